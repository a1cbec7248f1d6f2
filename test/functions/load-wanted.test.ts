/** What is to be loaded of archived files is written down with them: whoever builds next loads it, and nobody else does. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { archiveUnlessRefused } from '../../functions/control/imports.ts';
import { claimOrigin } from '../../functions/control/origins.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import type { Season } from '../../shared/domain/season.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { endWantedLoad, wantedLoads, wantLoad, type WantedLoad } from '../../shared/state/wanted-loads.ts';
import { contentsOf } from '../support/compare-homes.ts';
import { atHome, newFolder, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { sourceFile } from '../support/source-file.ts';
import { importInto, OPENING_NIGHT, SEASON, tinyFiles } from '../support/tiny-league.ts';

const LAST = '2021-10-21';
const RANGE = ['--start', OPENING_NIGHT, '--end', LAST] as const;

afterAll(removeFolders);

/** Archives files and loads nothing, as an import does that is killed then. */
function archiveOnly(folder: string, files: readonly SourceFile[]) {
  return atHome(folder, async ({ client }) => {
    await claimOrigin(client, { command: 'import', origin: { kind: 'files' } });
    return archiveUnlessRefused(client, files, { wantsLoads: true });
  });
}

const wantedIn = (folder: string): Promise<WantedLoad[]> =>
  atHome(folder, ({ client }) => wantedLoads(client));
const backfillsIn = async (folder: string): Promise<number> =>
  (await cliJson<{ backfills: unknown[] }>(folder, 'backfills')).document.backfills.length;

describe('files that are archived and not loaded', () => {
  it('are loaded by the backfill that follows, once; commands that read ask for nothing and say so', async () => {
    const folder = newFolder();
    await archiveOnly(folder, readFolder(tinyFiles({ through: LAST })));
    const wanted = await wantedIn(folder);
    expect(wanted.map(({ season, isTold }) => [season, isTold])).toEqual([[SEASON, true]]);

    for (const args of [
      ['plan', ...RANGE],
      ['backfill', ...RANGE, '--dry-run'],
    ])
      expect((await cli(folder, ...args)).stderr).toContain(
        `An import has archived files of ${SEASON} and not loaded them; a backfill loads them first`,
      );
    for (const args of [['status'], ['query', 'SELECT 1 AS one'], ['gaps']]) await cli(folder, ...args);
    expect(await wantedIn(folder)).toEqual(wanted);
    expect(await backfillsIn(folder)).toBe(0);

    const built = await cli(folder, 'backfill', ...RANGE);
    expect([built.code, built.stderr]).toEqual([
      0,
      expect.stringContaining(`Loading first what an import has archived and not loaded: ${SEASON}`),
    ]);
    expect(await wantedIn(folder)).toEqual([]);
    const again = await cli(folder, 'backfill', ...RANGE);
    expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining('Loading first')]);
    // Those of the games, of the other raw tables, and the two that were asked for.
    expect(await backfillsIn(folder)).toBe(4);
  });

  it('are loaded by the next import with its own files', async () => {
    const folder = newFolder();
    const files = tinyFiles({ through: LAST });
    const isOdds = ({ name }: { readonly name: string }): boolean => name.startsWith('game_odds');
    await archiveOnly(
      folder,
      readFolder(files).filter((file) => !isOdds(file)),
    );
    const odds = readFolder(files).find(isOdds)?.name ?? '';
    expect((await cli(folder, 'import', join(files, odds))).code).toBe(0);
    expect(await wantedIn(folder)).toEqual([]);
    const clean = newFolder();
    await importInto(clean, files);
    expect(await contentsOf(folder)).toEqual(await contentsOf(clean));
  });

  it('are none where the import is refused', async () => {
    const folder = newFolder();
    const files = tinyFiles({ through: LAST });
    await importInto(folder, files);
    const third = readFolder(files)
      .filter(({ name }) => name.startsWith('player_box'))
      .map(({ name, bytes }) => {
        const lines = new TextDecoder().decode(bytes()).split('\n');
        return sourceFile(name, lines.filter((_, i) => i % 3 === 0).join('\n'));
      });
    const { refused, report } = await archiveOnly(folder, third);
    expect([refused.length > 0, report, await wantedIn(folder)]).toEqual([true, undefined, []]);
  });
});

describe('what is wanted of a season', () => {
  const season: Season = SEASON;
  const want = (id: string, more: Partial<WantedLoad> = {}): WantedLoad => ({
    ...{ season, id, isTold: true, tables: ['a'], anew: [], shrinking: [], forgettable: [] },
    ...more,
  });

  it('is what all imports have wanted that nobody has loaded, and ends with the last of them', async () => {
    const store = memoryStore();
    const first = want('one', { forgettable: ['a'] });
    await wantLoad({ store }, first);
    const second = want('two', { isTold: false, tables: ['b'], anew: ['c'], forgettable: [] });
    await wantLoad({ store }, second);
    expect(await wantedLoads({ store })).toEqual([
      want('two', { tables: ['a', 'b'], anew: ['c'], forgettable: ['a'] }),
    ]);
    // Whoever has loaded what the first one wanted does not take down what the second one wants.
    await endWantedLoad({ store }, first);
    expect(await wantedLoads({ store })).toHaveLength(1);
    await endWantedLoad({ store }, second);
    expect(await wantedLoads({ store })).toEqual([]);
  });

  it('is forgotten for no season that was known before the first import', async () => {
    const store = memoryStore();
    await wantLoad({ store }, want('one'));
    await wantLoad({ store }, want('two', { forgettable: ['a'] }));
    expect((await wantedLoads({ store })).map(({ forgettable }) => forgettable)).toEqual([[]]);
  });
});
