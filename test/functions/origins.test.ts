/** Where rows come from in homes that never wrote it down, and what is said on each target. */
import { describe, expect, it } from 'vitest';
import {
  admit,
  claimOrigin,
  originOf,
  type Coming,
  type OriginPorts,
} from '../../functions/control/origins.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { readConfig } from '../../shared/config.ts';
import { FileLostError } from '../../shared/domain/failure.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { rememberImports } from '../../shared/state/archives.ts';
import { storedOrigin } from '../../shared/state/origins.ts';

const LINES = 'odds_api_player_points_props';
const linesOf = (source: string): string => `game_id,line,source\n0022100001,20.5,${source}\n`;

/** A home with one file for each season: lines of a source, or a schedule where there are none. */
async function homeWith(
  target: string,
  sources: Readonly<Record<string, string | undefined>>,
): Promise<OriginPorts> {
  const ports = {
    store: memoryStore(),
    archive: memoryArchive(),
    clock: () => new Date('2024-07-01T12:00:00Z'),
    config: readConfig({ FULLCOURT_TARGET: target, FULLCOURT_PROJECT: 'our-games', FULLCOURT_HOME: '/home' }),
  };
  for (const [season, source] of Object.entries(sources)) {
    const name = `${season}.csv`;
    const file = await ports.archive.put(name, new TextEncoder().encode(linesOf(source ?? '')));
    const table = source === undefined ? 'nbac_schedule' : LINES;
    const entry = {
      ...file,
      name,
      kind: table,
      source: 'files',
      observedAt: '',
      observedKind: 'assumed',
    } as const;
    const date = gameDate(`${season.slice(0, 4)}-12-25`);
    const incoming = {
      entries: { f: entry },
      slices: new Map([[date, [{ entry: 'f', digest: 'd', subjects: ['0022100001'] }]]]),
      wholeSeason: [],
      movable: [],
    };
    await rememberImports(ports, season, [{ table, incoming }]);
  }
  return ports;
}

const league: Coming = { command: 'start', origin: { kind: 'simulated', seed: 1, firstSeason: 2021 } };
const files: Coming = { command: 'start', origin: { kind: 'files' } };

describe('the origin of a home that never wrote it down', () => {
  it.each<[string, Readonly<Record<string, string | undefined>>, object | undefined]>([
    ['nothing where nothing is archived', {}, undefined],
    [
      'a league whose every season has lines of the simulator',
      { '2021-22': 'simulated', '2022-23': 'simulated' },
      { kind: 'simulated', seed: null, firstSeason: null },
    ],
    ['files with lines of another source', { '2021-22': 'books' }, { kind: 'files' }],
    [
      'files where one season has no lines',
      { '2021-22': 'simulated', '2022-23': undefined },
      { kind: 'files' },
    ],
  ])('is %s', async (_, sources, expected) => {
    expect(await originOf(await homeWith('embedded', sources))).toEqual(expected);
  });

  it('is told by a lost file to be files, and by no archive that does not answer', async () => {
    const home = await homeWith('embedded', { '2021-22': 'simulated' });
    const failing = (thrown: Error): OriginPorts => {
      const get = (): Promise<Uint8Array> => Promise.reject(thrown);
      return { ...home, archive: { ...home.archive, get } };
    };
    expect(await originOf(failing(new FileLostError('missing', 'gone')))).toEqual({ kind: 'files' });
    await expect(originOf(failing(new Error('no answer')))).rejects.toThrow('no answer');
  });
});

describe('rows that would be mixed', () => {
  it.each([
    ['embedded', /^\/home holds .* fullcourt reset, .* FULLCOURT_HOME/],
    ['emulator', /^\/home holds .* end fullcourt serve .* FULLCOURT_HOME/],
    ['gcp', /^The project our-games holds .* FULLCOURT_PROJECT, .* FULLCOURT_DATASET_PREFIX/],
  ])('are refused on the target %s with two ways out, and nothing is written', async (target, message) => {
    const home = await homeWith(target, { '2021-22': 'books' });
    await expect(admit(home, league)).rejects.toThrow(message);
    await expect(claimOrigin(home, league)).rejects.toThrow(message);
    expect(await storedOrigin(home)).toBeUndefined();
  });

  it('replace a simulated league only on the embedded target, and never while it is at work', async () => {
    const sources = { '2021-22': 'simulated' };
    expect(await admit(await homeWith('embedded', sources), files)).toBe('replace');
    await expect(claimOrigin(await homeWith('embedded', sources), files)).rejects.toThrow(
      /Nothing was written/,
    );
    await expect(admit(await homeWith('emulator', sources), files)).rejects.toThrow(/Nothing was written/);
    await expect(admit(await homeWith('gcp', sources), files)).rejects.toThrow(/Nothing was written/);
  });

  it('are remembered once they may be loaded', async () => {
    const home = await homeWith('embedded', { '2021-22': 'books' });
    expect(await admit(home, files)).toBe('load');
    await claimOrigin(home, files);
    expect(await storedOrigin(home)).toEqual({ kind: 'files' });
  });
});
