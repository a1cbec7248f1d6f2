/** What a date of a raw table should hold by its schedule and the final scores. */
import { describe, expect, it } from 'vitest';
import { knownOfDate } from '../../functions/ingest/known-independently.ts';
import { scheduleOf } from '../../functions/ingest/schedule.ts';
import { loadTable } from '../../functions/ingest/load-table.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { boxLine, context, csv, SEASON } from '../support/source-lines.ts';

const date = gameDate('2022-10-28');
const players = RAW_LOADS.of('nbac_player_boxscores').definition;
const teams = RAW_LOADS.of('nbac_team_boxscore').definition;
const rosters = RAW_LOADS.of('espn_team_rosters').definition;

const games = [
  { nba_game_id: '0022200076', game_id: '20221028_LAL_MIN', season: '2022-23' },
  { nba_game_id: '0022200077', game_id: '20221028_CHI_SAS', season: '2022-23' },
];
const schedule = scheduleOf(games, [
  { nba_game_id: '0022200076', home_points: 111, away_points: 102 },
  { nba_game_id: '0022200077', home_points: 129, away_points: 124 },
]);
const regular = new Set(['regular'] as const);
const row = (game: number, team_abbr: string, points: number) => ({
  nba_game_id: games[game]?.nba_game_id ?? '',
  team_abbr,
  points,
});
const whole = [
  row(0, 'LAL', 28),
  row(0, 'LAL', 74),
  row(0, 'MIN', 111),
  row(1, 'CHI', 124),
  row(1, 'SAS', 129),
];

describe('a date of box scores', () => {
  it('lacks nothing when every game has rows and every team its points', () => {
    expect(knownOfDate(players, date, whole, 0, schedule, regular)).toEqual({
      expectedGames: 2,
      lackingRows: 0,
      lacking: [],
    });
  });

  it('lacks a player when the points of his team do not add up', () => {
    expect(knownOfDate(players, date, whole.slice(1), 0, schedule, regular)).toEqual({
      expectedGames: 2,
      lackingRows: 1,
      lacking: [{ code: 'points_do_not_add_up', detail: '20221028_LAL_MIN (LAL has 74 of 102 points)' }],
    });
  });

  it('lacks refused rows, a team without a row and a game without a row', () => {
    const rows = [row(0, 'MIN', 111)];
    expect(knownOfDate(players, date, rows, 3, schedule, regular)).toEqual({
      expectedGames: 2,
      lackingRows: 11,
      lacking: [
        { code: 'game_missing', detail: '20221028_CHI_SAS' },
        { code: 'points_do_not_add_up', detail: '20221028_LAL_MIN (LAL has 0 of 102 points)' },
        { code: 'rows_refused', detail: '3 rows' },
      ],
    });
    expect(knownOfDate(teams, date, [], 0, schedule, regular)).toMatchObject({
      expectedGames: 2,
      lackingRows: 4,
    });
  });

  it('has a doubt and lacks no row when a team has more points than the final score', () => {
    expect(knownOfDate(teams, date, [...whole, row(0, 'MIN', 2)], 0, schedule, regular)).toMatchObject({
      lackingRows: 0,
      lacking: [{ code: 'points_do_not_add_up' }],
    });
  });

  it('misses no game of a kind that no file is about, and no game without a final score', () => {
    expect(knownOfDate(players, date, [], 0, schedule, new Set(['playoffs'] as const)).expectedGames).toBe(0);
    expect(knownOfDate(players, date, [], 0, scheduleOf(games), regular).expectedGames).toBe(0);
    expect(knownOfDate(players, gameDate('2022-10-29'), [], 0, schedule, regular).expectedGames).toBe(0);
  });
});

it('a table of what is known before a game lacks only refused rows', () => {
  expect(knownOfDate(rosters, date, [], 1, schedule, regular)).toEqual({
    expectedGames: 0,
    lackingRows: 1,
    lacking: [{ code: 'rows_refused', detail: '1 row' }],
  });
});

it('a line that repeats a loaded row is refused and lacks nothing; another refused line is lacking', () => {
  const load = RAW_LOADS.of('nbac_player_boxscores');
  const lackingOf = (second: Record<string, string>) => {
    const file = csv('player_box_2023-24.csv', [boxLine, { ...boxLine, ...second }]);
    const { rejects, lacking } = loadTable(load, SEASON, [file], context);
    return [rejects.length, lacking];
  };
  expect(lackingOf({})).toEqual([1, 0]);
  expect(lackingOf({ pts: 'many' })).toEqual([1, 1]);
});
