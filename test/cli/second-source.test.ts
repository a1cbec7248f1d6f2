/** A night of which the league tells nothing flows from Ball Don't Lie into the summaries of its players. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, expect, it } from 'vitest';
import { SEASON, simulatedTexts } from '../support/nba-cdn-answers.ts';
import type { Ingested } from '../../functions/control/ingest.ts';
import { bdlGame, bdlLine, bdlPage } from '../support/balldontlie-answers.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import { recordedServer } from '../support/recorded-server.ts';
import { cli, cliWith } from '../support/run-cli.ts';

type Cells = Readonly<Record<string, string>>;

const KEY = 'key-of-the-operator';
const FIRST_YEAR = Number(SEASON.slice(0, 4));
const textOf = simulatedTexts(6);
const rowsOf = (kind: string): Cells[] => {
  const text = textOf(kind);
  return Papa.parse<Cells>(text, { header: true, skipEmptyLines: true }).data;
};
const [schedule, players, teams] = ['schedule', 'player_box', 'team_box'].map(rowsOf) as [
  Cells[],
  Cells[],
  Cells[],
];
/** The last night of the files, with all of its games. */
const DATE =
  teams
    .map((row) => row['game_date'] ?? '')
    .toSorted()
    .at(-1) ?? expect.fail();
const games = schedule.filter((row) => row['game_date'] === DATE);

const server = await recordedServer();
afterAll(async () => {
  await server.close();
  removeFolders();
});

/** What Ball Don't Lie says of a game. */
function answerOf(game: Cells, withPlayers: boolean): object {
  const sideOf = (column: 'home' | 'visitor') => {
    const team = game[`${column}_team`] ?? '';
    const own = players.filter((row) => row['game_id'] === game['game_id'] && row['team'] === team);
    const side = { team, points: Number(game[`${column}_pts`]) };
    return withPlayers ? { ...side, players: own.map(lineOf) } : side;
  };
  return bdlGame(game['game_date'] ?? '', [sideOf('visitor'), sideOf('home')], { season: FIRST_YEAR });
}

function lineOf(row: Cells): object {
  const of = (column: string): number => Number(row[column]);
  const minutes = of('minutes');
  const names = [
    'fgm',
    'fga',
    'fg3m',
    'fg3a',
    'ftm',
    'fta',
    'oreb',
    'dreb',
    'reb',
    'ast',
    'stl',
    'blk',
    'pf',
    'pts',
    'plus_minus',
  ];
  const seconds = String(Math.round((minutes % 1) * 60)).padStart(2, '0');
  return bdlLine(
    (of('player_id') % 1000) + 1,
    row['player_name'] ?? '',
    `${Math.floor(minutes)}:${seconds}`,
    {
      ...Object.fromEntries(names.map((name) => [name, of(name)])),
      turnover: of('tov'),
    },
  );
}

/** Files without what happened on the night. */
function folderBefore(): string {
  const folder = newFolder();
  const blank = { home_pts: '', visitor_pts: '', winner: '' };
  const rows: Readonly<Record<string, Cells[]>> = {
    schedule: schedule.map((row) => (row['game_date'] === DATE ? { ...row, ...blank } : row)),
    player_box: players.filter((row) => row['game_date'] !== DATE),
    team_box: teams.filter((row) => row['game_date'] !== DATE),
  };
  for (const [kind, own] of Object.entries(rows))
    writeFileSync(join(folder, `${kind}_${SEASON}.csv`), `${Papa.unparse(own, { newline: '\n' })}\n`);
  return folder;
}

it(
  'is built from its results and box scores, and says where they are from',
  { timeout: 240_000 },
  async () => {
    expect(games.length).toBeGreaterThan(0);
    server.answers.set(
      `/v1/games?seasons[]=${FIRST_YEAR}&per_page=100`,
      bdlPage(schedule.map((game) => answerOf(game, false))),
    );
    server.answers.set(`/v1/box_scores?date=${DATE}&per_page=100`, {
      data: games.map((game) => answerOf(game, true)),
    });
    const home = newFolder();
    expect((await cli(home, 'import', '--from', folderBefore())).code).toBe(0);

    const env = { FULLCOURT_SOURCE_BALLDONTLIE_URL: server.address, BALLDONTLIE_API_KEY: KEY };
    const now = new Date(Date.parse(`${DATE}T12:00:00Z`) + 86_400_000).toISOString();
    const asked = await cliWith(env, home, 'ingest', '--date', DATE, '--now', now, '--json');
    const { fetches } = JSON.parse(asked.stdout) as Ingested;
    expect(fetches.find(({ source }) => source === 'balldontlie')).toMatchObject({
      status: 'fetched',
      entries: 2,
      details: [],
    });
    expect(server.headers()['authorization']).toBe(KEY);
    expect(asked.stdout + asked.stderr).not.toContain(KEY);

    await cli(home, 'backfill', '--start', DATE, '--end', DATE, '--from', 'phase2', '--through', 'phase3');
    const query = async (sql: string) =>
      (await cli(home, 'query', '--format', 'csv', sql)).stdout.trim().split('\n').slice(1);
    const ofNight = `FROM nba_analytics.player_game_summary WHERE game_date = '${DATE}'`;
    const expected = players.filter((row) => row['game_date'] === DATE && Number(row['minutes']) > 0);
    expect(
      await query(
        `SELECT primary_source_used, COUNT(*), SUM(points), SUM(fg_attempts), COUNTIF(usage_rate IS NULL) ${ofNight} GROUP BY 1`,
      ),
    ).toEqual([`bdl_player_boxscores,${expected.length},${sum(expected, 'pts')},${sum(expected, 'fga')},0`]);
    expect(
      await query(`SELECT DISTINCT data_quality_tier, is_production_ready, data_quality_issues ${ofNight}`),
    ).toEqual(['bronze,true,"second_source,shot_zones_missing,starter_unknown,team_box_reconstructed"']);
    const states = JSON.parse(
      (await cli(home, 'coverage', '--start', DATE, '--end', DATE, '--json')).stdout,
    ) as {
      tables: { table: string; expected: number; present: number }[];
    };
    const coverageOf = (table: string) => states.tables.find((each) => each.table === table);
    for (const table of [
      'nbac_game_results',
      'bdl_player_boxscores',
      'player_game_summary',
      'team_offense_game_summary',
    ])
      expect(coverageOf(table), table).toMatchObject({ expected: 1, present: 1 });
    expect(coverageOf('nbac_player_boxscores')).toMatchObject({ expected: 1, present: 0 });
  },
);

function sum(rows: readonly Cells[], column: string): number {
  return rows.reduce((total, row) => total + Number(row[column]), 0);
}
