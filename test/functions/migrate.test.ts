/** A home of the former format is brought to the present one without loading or building anything again. */
import { beforeEach, describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { migrate } from '../../functions/control/migrate.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { memoryArchive, type MemoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore, type MemoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { contentOf } from '../../shared/domain/contents.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import { FileLostError } from '../../shared/domain/failure.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { digest } from '../../shared/domain/hash.ts';
import { UNTOUCHED, type PartitionState } from '../../shared/domain/partition.ts';
import { updateStates } from '../../shared/state/completions.ts';
import { formerArchives, hasFormerFormat } from '../../shared/state/former-format.ts';
import { loadReportOf } from '../../shared/state/load-reports.ts';
import { knownPlayers } from '../../shared/state/players.ts';
import { loadView } from '../../shared/state/views.ts';
import { boxLine, csv, game, playoffGame, secondGame } from '../support/source-lines.ts';

const registry = loadRegistry();
const SEASON = '2023-24';
const OPENING = gameDate('2023-10-24');
const APRIL = gameDate('2024-04-20');
const clock = () => new Date('2024-06-01T12:00:00Z');
const FILES = [
  csv('schedule_2023-24.csv', [game, secondGame, playoffGame]),
  csv('player_box_2023-24.csv', [boxLine]),
];
/** Which file filled which table in the former format. */
const FILLED = [
  ['nbac_schedule', 0],
  ['nbac_game_results', 0],
  ['nbac_player_boxscores', 1],
] as const;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const built = (output: string): PartitionState => ({
  ...UNTOUCHED,
  status: 'success',
  rows: 2,
  token: 1,
  revision: 1,
  outputFingerprint: output,
});

describe('a home of the former format', () => {
  let store: MemoryStore;
  let archive: MemoryArchive;
  let ports: Parameters<typeof migrate>[0];

  /** Writes the documents as the former format had them: archives of whole files, a calendar and a load report. */
  beforeEach(async () => {
    store = memoryStore();
    archive = memoryArchive();
    ports = { store, archive, registry, clock };
    const shas: string[] = [];
    for (const [table, at] of FILLED) {
      const { name, text } = FILES[at] ?? { name: '', text: '' };
      const { uri, sha256 } = await archive.put(name, bytesOf(text));
      shas[at] = sha256;
      const dates = [OPENING, APRIL];
      await store.transaction((tx) =>
        Promise.resolve(
          tx.set(`archives/${table}_${SEASON}`, {
            ...{ table, season: SEASON, revision: 3 },
            ...{ files: [{ name, uri, sha256 }], dates },
          }),
        ),
      );
    }
    const games = { [OPENING]: { games: 2, finalGames: 2 }, [APRIL]: { games: 1, finalGames: 1 } };
    const reject = { file: 'schedule_2023-24.csv', line: 9, reason: 'game_date is ""', excerpt: '' };
    await store.transaction((tx) => {
      tx.set(`expectations/${SEASON}`, {
        ...{ season: SEASON, openingNight: OPENING, dates: [OPENING, APRIL] },
        ...{ games, readings: 4 },
      });
      tx.set(`load_reports/nbac_schedule_${SEASON}`, {
        ...{ table: 'nbac_schedule', season: SEASON, rows: 3, rejected: 1, rejects: [reject], notes: [] },
        loadedAt: clock().toISOString(),
      });
      return Promise.resolve();
    });
    // The schedule of both dates is current; the results of April were built from other files.
    for (const [table, at] of FILLED) {
      const found = registry.get(table);
      await updateStates(ports, found, [OPENING, APRIL], (_, date) => {
        const inputs = found.definition.inputs.map(
          ({ table: input }) =>
            `${input}=${contentOf(built(input === 'nbac_schedule' ? `schedule ${date}` : `${input} ${date}`))}`,
        );
        const now = `${found.codeFingerprint}.${digest([shas[at] ?? '', ...inputs].join('\n'))}`;
        const isStale = table === 'nbac_game_results' && date === APRIL;
        return {
          ...built(table === 'nbac_schedule' ? `schedule ${date}` : `${table} ${date}`),
          inputFingerprint: isStale ? `${found.codeFingerprint}.other` : now,
        };
      });
    }
  });

  it('is told apart, and a dry run says what would be done and changes nothing', async () => {
    expect(await hasFormerFormat(ports)).toBe(true);
    const before = JSON.stringify(await store.list('archives'));
    expect(await migrate(ports, true)).toEqual({
      archives: [`nbac_game_results ${SEASON}`, `nbac_player_boxscores ${SEASON}`, `nbac_schedule ${SEASON}`],
      calendars: [SEASON],
      partitions: 0,
      lost: [],
    });
    expect(JSON.stringify(await store.list('archives'))).toBe(before);
    expect(await hasFormerFormat(ports)).toBe(true);
  });

  it('is as if its files had been imported now', async () => {
    await migrate(ports, false);
    const fresh = { store: memoryStore(), archive: memoryArchive(), clock };
    await archiveFiles(
      fresh,
      FILES.map(({ name, text }) => ({ name, bytes: () => bytesOf(text) })),
    );
    for (const [table] of FILLED) {
      const path = `archives/${table}_${SEASON}`;
      const [migrated, imported] = [await store.get(path), await fresh.store.get(path)];
      expect(migrated).toMatchObject({ revision: 4, slices: imported?.['slices'] });
    }
    expect(await knownPlayers(ports)).toEqual(await knownPlayers(fresh));
    expect(await store.get(`calendars/${SEASON}`)).toMatchObject({ openingNight: OPENING, readings: 4 });
    expect((await loadReportOf(ports, 'nbac_schedule', SEASON))?.dates['undated']).toMatchObject({
      rejected: 1,
      rejects: [{ line: 9 }],
    });
    const load = archivedLoader({
      ...ports,
      publisher: { publish: () => Promise.resolve('m') },
      log: () => undefined,
    });
    expect(await load(registry.get('nbac_game_results'), [OPENING])).toMatchObject({
      ok: true,
      value: { rows: { length: 2 } },
    });
  });

  it('keeps current what was current, and loads again what was not', async () => {
    expect((await migrate(ports, false)).partitions).toBe(5);
    const view = await loadView(ports, registry, [SEASON], { gameHashes: false });
    const evaluation = evaluate(view);
    const current = FILLED.map(([table]) => [
      table,
      ...[OPENING, APRIL].map((date) => evaluation.isCurrent(registry.get(table), date)),
    ]);
    expect(current).toEqual([
      ['nbac_schedule', true, true],
      ['nbac_game_results', true, false],
      ['nbac_player_boxscores', true, true],
    ]);
  });

  it('is migrated once: the second time there is nothing to do', async () => {
    await migrate(ports, false);
    const after = JSON.stringify(
      await Promise.all(['archives', 'players', 'load_reports'].map((name) => store.list(name))),
    );
    expect(await hasFormerFormat(ports)).toBe(false);
    expect(await migrate(ports, false)).toEqual({ archives: [], calendars: [], partitions: 0, lost: [] });
    expect(
      JSON.stringify(
        await Promise.all(['archives', 'players', 'load_reports'].map((name) => store.list(name))),
      ),
    ).toBe(after);
  });

  it('names a file that is lacking in the archive, and migrates the others', async () => {
    ports = {
      ...ports,
      archive: {
        ...archive,
        get: (uri) =>
          uri.length > 0 && calls++ === 0
            ? Promise.reject(new FileLostError('missing', 'gone'))
            : archive.get(uri),
      },
    };
    let calls = 0;
    const { lost, archives } = await migrate(ports, false);
    expect(lost).toHaveLength(2);
    expect(lost[0]).toBe(
      `schedule_2023-24.csv of nbac_game_results ${SEASON}: it is not in the archive; import the file again`,
    );
    expect(archives).toHaveLength(3);
    expect(await hasFormerFormat(ports)).toBe(false);
  });

  it('ends with the error of an archive that does not answer, and goes on where it stopped', async () => {
    const sound = ports;
    const get = (): Promise<Uint8Array> => Promise.reject(new Error('no answer'));
    await expect(migrate({ ...ports, archive: { ...archive, get } }, false)).rejects.toThrow('no answer');
    expect(await migrate(sound, false)).toMatchObject({ lost: [] });
  });

  it('is told apart until all of its archives are written', async () => {
    const transaction: typeof store.transaction = (body) =>
      store.transaction(async (tx) => {
        const set: typeof tx.set = (path, document) => {
          if (path.startsWith('archives/') && (written += 1) === FILLED.length) throw new Error('killed');
          tx.set(path, document);
        };
        return body({ ...tx, set });
      });
    let written = 0;
    await expect(migrate({ ...ports, store: { ...store, transaction } }, false)).rejects.toThrow('killed');
    expect((await formerArchives(ports)).map(({ table }) => table)).toEqual(['nbac_game_results']);
    expect(await hasFormerFormat(ports)).toBe(true);
    expect((await migrate(ports, false)).archives).toEqual([`nbac_game_results ${SEASON}`]);
    expect(await hasFormerFormat(ports)).toBe(false);
  });
});
