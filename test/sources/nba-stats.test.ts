/** The game log of stats.nba.com fills the box scores of players and of teams of a date. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import nbaStats from '../../functions/sources/nba_stats/source.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { archiveHome } from '../support/archive-home.ts';
import { dataFolder } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { csv, game } from '../support/source-lines.ts';

const DATE = '2023-10-24';
const PLAYERS = `nba_stats.player_log.${DATE}.json`;
const TEAMS = `nba_stats.team_log.${DATE}.json`;
const NUMBERS = [
  'MIN',
  'FGM',
  'FGA',
  'FG3M',
  'FG3A',
  'FTM',
  'FTA',
  'OREB',
  'DREB',
  'REB',
  'AST',
  'STL',
  'BLK',
  'TOV',
  'PF',
  'PTS',
  'PLUS_MINUS',
];
const HEADERS = [
  'SEASON_ID',
  'PLAYER_ID',
  'PLAYER_NAME',
  'TEAM_ID',
  'TEAM_ABBREVIATION',
  'GAME_ID',
  'GAME_DATE',
  'MATCHUP',
  'WL',
  ...NUMBERS,
];
type Cells = readonly (string | number | null)[];

/** A line of a player with 2 points, in the order of the headers. */
const line = (
  id: number,
  team: string,
  changes: Readonly<Record<string, string | number | null>> = {},
): Cells => {
  const cells: Readonly<Record<string, string | number | null>> = {
    ...{
      SEASON_ID: '22023',
      PLAYER_ID: id,
      PLAYER_NAME: `Player ${'ABCDEFGHIJKL'[id % 12]}`,
      TEAM_ID: 1,
      TEAM_ABBREVIATION: team,
    },
    ...{
      GAME_ID: '0022300061',
      GAME_DATE: DATE,
      MATCHUP: team === 'DEN' ? 'DEN vs. LAL' : 'LAL @ DEN',
      WL: 'W',
    },
    ...Object.fromEntries(NUMBERS.map((column) => [column, 0])),
    ...{ MIN: 24, FGM: 1, FGA: 3, PTS: 2, ...changes },
  };
  return HEADERS.map((header) => cells[header] ?? null);
};
const five = (first: number, team: string): Cells[] => [0, 1, 2, 3, 4].map((n) => line(first + n, team));
const whole = [...five(1, 'DEN'), ...five(6, 'LAL')];
const log = (rowSet: readonly Cells[], headers: readonly string[] = HEADERS) => ({
  resource: 'leaguegamelog',
  parameters: { PlayerOrTeam: 'P' },
  resultSets: [{ name: 'LeagueGameLog', headers, rowSet }],
});
const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

describe('a game log', () => {
  it('fills the players and the teams of a date', async () => {
    const home = archiveHome(`${DATE}T15:00:00Z`);
    const schedule = csv('schedule_2023-24.csv', [game]);
    await home.importFiles([sourceFile(schedule.name, schedule.text)]);
    const teams = [
      line(1, 'DEN', { PTS: 119, FGM: 57, FG3M: 5, FG3A: 9, FGA: 80, MIN: 240 }),
      line(6, 'LAL', { PTS: 107, FGM: 53, FTM: 1, FTA: 1, FGA: 80, MIN: 240 }),
    ];
    await home.importFiles([
      { name: PLAYERS, bytes: () => bytes(log(whole)) },
      { name: TEAMS, bytes: () => bytes(log(teams)) },
    ]);
    const players = await home.rowsOf('nbac_player_boxscores', [gameDate(DATE)]);
    expect(players).toHaveLength(10);
    expect(players[0]).toMatchObject({
      ...{
        game_id: '20231024_LAL_DEN',
        team_abbr: 'DEN',
        is_home: true,
        nba_player_id: 1,
        minutes: 24,
        points: 2,
      },
      ...{ field_goals_attempted: 3, starter: null, source: 'nba_stats' },
    });
    expect(await home.rowsOf('nbac_team_boxscore', [gameDate(DATE)])).toMatchObject([
      { team_abbr: 'DEN', points: 119, minutes: 240 },
      { team_abbr: 'LAL', points: 107, is_home: false },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['without lines', log([]), 'has no lines of the date yet'],
    [
      'of another date',
      log(five(1, 'DEN').map((row) => row.map((cell) => (cell === DATE ? '2023-10-23' : cell)))),
      'has lines of the date 2023-10-23',
    ],
    ['with four players of a team', log(whole.slice(1)), 'has too few lines of game 0022300061'],
    ['with one team', log(five(1, 'DEN')), 'has too few lines of game 0022300061'],
    [
      'without a column',
      log(
        whole,
        HEADERS.map((header) => (header === 'OREB' ? 'OFF_REB' : header)),
      ),
      'lacks the column OREB',
    ],
    ['with a short row', log([...whole, [1, 2]]), 'has a row of 2 cells under 26 headers'],
    ['with another matchup', log([...whole, line(20, 'BOS')]), 'has the matchup LAL @ DEN of the team BOS'],
    [
      'of stars',
      log([...whole, line(20, 'DEN', { GAME_ID: '0032300001' })]),
      'is of 0032300001, which is no game of the league',
    ],
    ['of another resource', { ...log(whole), resource: 'boxscore' }, 'another shape than expected: resource'],
    ['in the shape of version 3', { boxScoreTraditional: {} }, 'another shape than expected: resource'],
  ])('%s is not loaded', (_, answer, fault) => {
    expect(textOfSource(PLAYERS, bytes(answer)).fault).toContain(fault);
  });

  it('is asked for by date and kind of game, in the months that have such games', () => {
    const { player_log, team_log_playoffs, player_log_play_in } = nbaStats.endpoints;
    expect(player_log.path(DATE)).toBe(
      `/stats/leaguegamelog?LeagueID=00&PlayerOrTeam=P&Season=2023-24&SeasonType=Regular%20Season&DateFrom=${DATE}&DateTo=${DATE}&Counter=0&Sorter=DATE&Direction=ASC`,
    );
    expect(team_log_playoffs.path('2024-05-20')).toContain(
      'PlayerOrTeam=T&Season=2023-24&SeasonType=Playoffs',
    );
    const today = gameDate('2024-06-30');
    const asked = (date: string) =>
      [player_log, player_log_play_in, team_log_playoffs].map(({ covers }) => covers(date, today));
    expect(asked('2024-01-15')).toEqual([true, false, false]);
    expect(asked('2024-04-20')).toEqual([true, true, true]);
    expect(asked('2024-06-06')).toEqual([false, false, true]);
    expect(asked('2024-07-01')).toEqual([false, false, false]);
  });
});

it('a schedule in the shape of version 2 is refused by name', () => {
  const answer = { resource: 'schedule', resultSets: [] };
  const fault = textOfSource('nba_stats.schedule.2023-24.json', bytes(answer)).fault;
  expect(fault).toBe('is of version 2 (resultSets), which is not read');
});

const SAMPLES = join(dataFolder(), 'api-samples', 'nba_com');
const haveSamples = existsSync(SAMPLES);
if (!haveSamples) console.log('Left out: real answers of stats.nba.com (no api-samples; set FULLCOURT_DATA)');

describe.skipIf(!haveSamples)('real answers of stats.nba.com', () => {
  const real = (file: string): Uint8Array => readFileSync(join(SAMPLES, file));

  it('have the teams of a date with two overtimes', () => {
    const found = JSON.parse(real('leaguegamelog_teams_2025-26_four_dates.json').toString()) as ReturnType<
      typeof log
    >;
    const [set] = found.resultSets;
    const ofDate = {
      ...found,
      resultSets: [{ ...set, rowSet: set?.rowSet.filter((row) => row.includes('2025-10-21')) }],
    };
    const { text = '' } = textOfSource('nba_stats.team_log.2025-10-21.json', bytes(ofDate));
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines).toContain(
      '2025-26,regular,0022500001,2025-10-21,HOU,OKC,false,290,43,97,11,39,27,31,16,36,52,23,6,5,25,26,124,-1',
    );
    // The whole file is of four dates.
    expect(textOfSource('nba_stats.team_log.2025-10-21.json', bytes(found)).fault).toContain(
      'has lines of the date 2025-10-23',
    );
  });

  it('have the players of 2025-03-15 as far as they are not cut', () => {
    const file = real('leaguegamelog_players_2025-03-15_first40.json');
    expect(textOfSource('nba_stats.player_log.2025-03-15.json', file).fault).toContain(
      'has too few lines of game',
    );
    const found = JSON.parse(file.toString()) as ReturnType<typeof log>;
    const [set] = found.resultSets;
    const games = Map.groupBy(set?.rowSet ?? [], (row) => row[6]);
    const [most = []] = [...games.values()].toSorted((a, b) => b.length - a.length);
    const { text = '' } = textOfSource(
      'nba_stats.player_log.2025-03-15.json',
      bytes({ ...found, resultSets: [{ ...set, rowSet: most }] }),
    );
    expect(text.trim().split('\n')).toContain(
      '2024-25,regular,0022400972,2025-03-15,MIL,IND,true,,203081,Damian Lillard,37,7,15,6,12,5,5,1,9,10,8,0,0,2,3,25,-10',
    );
  });

  it('have the schedule as cdn.nba.com has it, and no box score of version 2', () => {
    const name = 'nba_stats.schedule.2025-26.json';
    const excerpt = real('scheduleleaguev2_excerpt_2025-26.json');
    expect(textOfSource(name, excerpt)).toEqual(textOfSource(name.replace('nba_stats', 'nba_cdn'), excerpt));
    expect(
      textOfSource('nba_cdn.boxscore.0022400561.json', real('boxscoretraditionalv2_0022400561.json')).fault,
    ).toBe('is of version 2 (resultSets), which is not read');
  });
});
