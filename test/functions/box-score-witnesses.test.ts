/** Box scores of players and of teams are each other's witnesses, in whichever order their files come. */
import { afterAll, expect, it } from 'vitest';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { textOf } from '../../functions/ingest/sound-file.ts';
import { readFolder } from '../../scripts/cli/load.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import { SEASON, tinyFiles } from '../support/tiny-league.ts';
import {
  atHome,
  backfill,
  importFiles,
  newFolder,
  removeFolders,
  rowsOf,
  type Home,
} from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';

const PLAYERS = `player_box_${SEASON}.csv`;
const TEAMS = `team_box_${SEASON}.csv`;
const TABLES = ['nbac_player_boxscores', 'nbac_team_boxscore'] as const;

afterAll(removeFolders);

const files = readFolder(tinyFiles({ through: '2021-10-24' }));
const others = files.filter(({ name }) => name !== TEAMS && name !== PLAYERS);
const fileOf = (name: string): SourceFile => files.find((file) => file.name === name) ?? never(name);

function never(name: string): never {
  throw new Error(`There is no file ${name}`);
}

/** The file with one more assist in its line number `at`, and the date and team of that line. */
function withAssist({ name, bytes }: SourceFile, at: number) {
  const [head = '', ...lines] = textOf(bytes()).split('\n');
  const columns = head.split(',');
  const place = (column: string): number => columns.indexOf(column);
  const cells = (lines[at] ?? never(name)).split(',');
  cells[place('ast')] = String(Number(cells[place('ast')]) + 1);
  const changed = [head, ...lines.map((line, i) => (i === at ? cells.join(',') : line))].join('\n');
  return {
    file: sourceFile(name, changed),
    date: cells[place('game_date')] as GameDate,
    team: cells[place('team')] ?? '',
  };
}

/** For each of the two tables, its partial dates with their reasons. */
async function statesOf({ client }: Home) {
  const states = await Promise.all(TABLES.map((table) => tableSeason(client, table, SEASON)));
  return states.map((state) =>
    Object.entries(state?.dates ?? {}).flatMap(([date, { status, reason }]) =>
      status === 'partial' ? [`${date} ${reason}`] : [],
    ),
  );
}

it(
  'a team box and players that contradict each other put both tables and what is computed in doubt, on their date alone',
  { timeout: 240_000 },
  async () => {
    const wrong = withAssist(fileOf(TEAMS), 7);
    await atHome(newFolder(), async (home) => {
      await importFiles(home, [...others, fileOf(PLAYERS)], SEASON);
      expect(await statesOf(home)).toEqual([[], []]);

      await importFiles(home, [wrong.file], SEASON);
      const doubt = expect.stringMatching(
        new RegExp(
          `^${wrong.date} team_box_differs: .*\\(${wrong.team} has assists \\d+ of \\d+ in the team box\\)$`,
        ),
      ) as string;
      expect(await statesOf(home)).toEqual([[doubt], [doubt]]);

      await backfill(home, { season: SEASON, from: 'phase3', through: 'phase3' });
      const doubtful = (table: string, column: string) =>
        rowsOf(
          home,
          `SELECT DISTINCT CAST(game_date AS STRING) AS game_date, ${column} AS team FROM nba_analytics.${table}
         WHERE data_quality_issues LIKE '%team_box_differs%' AND NOT is_production_ready AND NOT has_complete_team_box`,
        );
      const own = [{ game_date: wrong.date, team: wrong.team }];
      expect(await doubtful('player_game_summary', 'team_abbr')).toEqual(own);
      expect(await doubtful('team_offense_game_summary', 'team_abbr')).toEqual(own);
      expect(await doubtful('team_defense_game_summary', 'defending_team_abbr')).toHaveLength(2);

      const { runs } = await importFiles(home, [fileOf(TEAMS)], SEASON);
      expect(runs).toBeGreaterThan(0);
      expect(await statesOf(home)).toEqual([[], []]);
      expect((await importFiles(home, [fileOf(TEAMS)], SEASON)).runs).toBe(0);

      const line = withAssist(fileOf(PLAYERS), 3);
      await importFiles(home, [line.file], SEASON);
      const other = expect.stringContaining(`${line.date} team_box_differs: `) as string;
      expect(await statesOf(home)).toEqual([[other], [other]]);
    });
  },
);
