/** A box score that contradicts the shots of its game: a dry run tells what the import then does, in whichever order they come. */
import { afterAll, describe, expect, it } from 'vitest';
import { dryRunImport } from '../../functions/control/import-dry-run.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import type { SourceFile } from '../../functions/control/import-plan.ts';
import { atHome, newFolder, partition, removeFolders, rowsOf, type Home } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game, secondGame, shot, type Cells } from '../support/source-lines.ts';

const DATE = '2023-10-24';
const jokic: Cells = {
  ...{ ...boxLine, team: 'DEN', opponent: 'LAL', is_home: true, win: true },
  ...{ player_id: 203999, player_name: 'Nikola Jokić', fgm: 1, fga: 3, fg3m: 0, fg3a: 0 },
  ...{ ftm: 0, fta: 0, pts: 2 },
};
const missed: Cells = { ...shot, made: false };
const schedule = file('schedule_2023-24.csv', [game, secondGame]);
const box = (cells: Cells = {}): SourceFile =>
  file('player_box_2023-24.csv', [boxLine, { ...jokic, ...cells }]);
const shots = file('shots_2023-24.csv', [shot, missed, missed]);
const roster = file('rosters_2023-24.csv', [
  {
    ...{ season: '2023-24', season_type: 'regular', game_date: DATE, team: 'DEN', player_id: 203999 },
    ...{ player_name: 'Nikola Jokić', position: 'C', birth_date: '1995-02-19' },
  },
]);

afterAll(removeFolders);

function file(name: string, rows: readonly Cells[]): SourceFile {
  const { text } = csv(name, rows);
  return sourceFile(name, text);
}

/** What the trial has told and the import has done, in what both can know. */
async function triedAndDone({ client, worker }: Home, files: readonly SourceFile[]) {
  const tried = await dryRunImport(client, files);
  const done = await loadFiles(client, files, { worker });
  const told = ({ failed, changes, rejected, causes }: typeof tried | typeof done) => ({
    failed,
    changes: changes.filter(({ table }) => table === 'nbac_shot_chart'),
    rejected,
    reasons: causes.map(({ table, cause, rows }) => [table, cause, rows]),
  });
  return { tried: told(tried), done: told(done) };
}

async function shotsOf(home: Home): Promise<number> {
  const rows = await rowsOf(home, 'SELECT COUNT(*) AS n FROM nba_raw.nbac_shot_chart');
  return Number(rows[0]?.['n']);
}

describe('a box score with fewer attempts than the game has shots', { timeout: 120_000 }, () => {
  it('that corrects one which had them all sets the shots aside, as its dry run has told', async () => {
    await atHome(newFolder(), async (home) => {
      const first = await loadFiles(home.client, [schedule, box(), shots], { worker: home.worker });
      expect(first.failed).toEqual([]);
      expect(await shotsOf(home)).toBe(3);

      const { tried, done } = await triedAndDone(home, [box({ fga: 1 })]);
      expect(tried.changes).toEqual([
        { table: 'nbac_shot_chart', date: DATE, added: 0, changed: 0, removed: 3 },
      ]);
      expect(done.changes).toEqual(tried.changes);
      expect([tried.failed, done.failed]).toEqual([[], []]);
      expect(await shotsOf(home)).toBe(0);
      expect(await partition(home.client, 'nbac_shot_chart', DATE)).toMatchObject({
        status: 'partial',
        reason: expect.stringContaining('rows_refused') as string,
      });

      await loadFiles(home.client, [box()], { worker: home.worker });
      expect(await shotsOf(home)).toBe(3);
    });
  });

  it('that comes after the shots sets them aside, too', async () => {
    await atHome(newFolder(), async (home) => {
      await loadFiles(home.client, [schedule, roster, shots], { worker: home.worker });
      expect(await shotsOf(home)).toBe(3);
      const { tried, done } = await triedAndDone(home, [box({ fga: 1 })]);
      expect([tried.failed, done.failed]).toEqual([[], []]);
      expect(done.changes).toEqual(tried.changes);
      expect(await shotsOf(home)).toBe(0);
    });
  });

  it('refuses new shots that would replace those which fit it', async () => {
    await atHome(newFolder(), async (home) => {
      await loadFiles(home.client, [schedule, box(), shots], { worker: home.worker });
      const more = file('shots_2023-24.csv', [shot, missed, missed, missed, missed]);
      const { tried, done } = await triedAndDone(home, [more]);
      expect(done.failed[1]).toMatch(
        /would have 0 rows instead of 3; line 2 of shots_2023-24.csv: .* in doubt/,
      );
      expect(tried.failed[0]).toBe(done.failed[1]);
      expect(await shotsOf(home)).toBe(3);
    });
  });
});
