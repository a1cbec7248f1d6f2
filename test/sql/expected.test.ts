/** How many rows a date should have when rows of its sources are lacking: `expected.sql` of small worlds. */
import { describe, expect, it } from 'vitest';
import { readSql } from '../../functions/processors/load-sql.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { expectations, insertRows, loadDefinitions, openTables, type Row } from '../support/tables.ts';

const definitions = await loadDefinitions();

function definitionOf(name: string) {
  const found = definitions.get(name);
  if (found === undefined) throw new Error(`There is no table ${name}`);
  return found;
}

/** Rows that `table` expects on each date of a batch, when its inputs have these rows. */
async function expectedRows(
  table: string,
  dates: string | readonly string[],
  inputs: Readonly<Record<string, readonly Row[]>>,
) {
  const definition = definitionOf(table);
  const connection = await openTables(
    new Set(definition.inputs.map(({ table: input }) => definitionOf(input))),
  );
  for (const [name, rows] of Object.entries(inputs)) await insertRows(connection, definitionOf(name), rows);
  const batch = { dates: [dates].flat() as GameDate[], readStart: '2023-10-24' as GameDate };
  const found = await expectations(connection, definition, batch);
  return found.toSorted((a, b) => (a.date < b.date ? -1 : 1)).map(({ rows }) => rows);
}

const idOf = (date: string): string => `${date.replaceAll('-', '')}_AAA_BBB`;

/** A game of AAA in BBB, before it is played. */
const scheduled = (date: string): Row => ({
  ...{ game_id: idOf(date), game_date: date, season: '2023-24', season_type: 'regular' },
  ...{ home_team_abbr: 'BBB', away_team_abbr: 'AAA' },
});
const final = (date: string): Row => ({
  ...{ game_id: idOf(date), game_date: date, season_type: 'regular' },
  ...{ home_team_abbr: 'BBB', away_team_abbr: 'AAA', home_points: 90, away_points: 80 },
});
/** What a player of AAA did in a game. */
const played = (player_lookup: string, date: string, has_complete_team_box = true): Row => ({
  ...{ game_id: idOf(date), game_date: date, season_type: 'regular', player_lookup, team_abbr: 'AAA' },
  ...{ is_active: true, points: 10, nba_player_id: 1, has_complete_team_box },
});

describe('the summaries of players', () => {
  const box = (team_abbr: string, player_lookup: string, points: number): Row => ({
    ...{ game_id: idOf('2024-01-10'), game_date: '2024-01-10', team_abbr, player_lookup, points },
  });
  /** What the summary of a team says of its box score: all is right, unless `doubt` says otherwise. */
  const team = (team_abbr: string, doubt: Row = {}): Row => ({
    ...{ game_id: idOf('2024-01-10'), game_date: '2024-01-10', team_abbr, points_add_up: true },
    ...{ minutes_add_up: true, team_box_agrees: true, has_complete_team_box: true, ...doubt },
  });
  const contradicted = (witness: string): Row => ({ [witness]: false, has_complete_team_box: false });
  const whole = [box('AAA', 'ada', 80), box('BBB', 'bob', 50), box('BBB', 'ben', 40)];

  it.each<[string, readonly Row[], Row, number]>([
    ['as many rows as the box scores have, when nothing contradicts them', whole, {}, 3],
    [
      'one more of a team whose players have fewer points than the final score',
      whole.slice(0, 2),
      contradicted('points_add_up'),
      3,
    ],
    ['one more of a team that its team box contradicts', whole, contradicted('team_box_agrees'), 4],
    ['one more of a team that the minutes of the game contradict', whole, contradicted('minutes_add_up'), 4],
    [
      'one more of a team with a new id for a known name: the known player is lacking',
      whole,
      { has_complete_team_box: false, data_quality_issues: 'id_in_doubt,shot_zones_missing' },
      4,
    ],
    [
      'none more of a team of which a cell is unknown',
      whole,
      { has_complete_team_box: false, data_quality_issues: 'attempts_unknown' },
      3,
    ],
    ['five of a team without any row', whole.slice(0, 1), {}, 6],
  ])('are expected to have %s', async (_, rows, doubt, expected) => {
    const inputs = {
      nbac_game_results: [final('2024-01-10')],
      nbac_player_boxscores: rows,
      team_offense_game_summary: [team('AAA'), team('BBB', doubt)],
    };
    expect(await expectedRows('player_game_summary', '2024-01-10', inputs)).toEqual([expected]);
  });
});

describe('a player with two known games', () => {
  const dates = ['2023-11-01', '2023-11-03', '2023-11-05'];
  const two = [played('ada', '2023-11-01'), played('ada', '2023-11-05')];
  const other = played('bea', '2023-11-03', false);
  const inputs = (games: readonly Row[], season_type = 'regular') => ({
    nbac_schedule: [scheduled('2023-11-07')],
    nbac_game_results: dates.map((date) => ({
      ...final(date),
      ...(date === '2023-11-03' ? { season_type } : {}),
    })),
    player_game_summary: games,
  });

  it.each([
    ['is expected with shot zones when a game of his team is missing: it may be his third', inputs(two), 1],
    ['is expected with shot zones when a game of his team is contradicted', inputs([...two, other]), 1],
    [
      'is not expected when the box score of that game is whole',
      inputs([...two, played('bea', '2023-11-03')]),
      0,
    ],
    ['is expected when nobody knows the kind of the game that is missing', inputs(two, 'unread'), 1],
    ['is not expected when no source has games of that kind', inputs(two, 'play_in'), 0],
  ])('%s', async (_, given, expected) => {
    expect(await expectedRows('player_shot_zone_analysis', '2023-11-07', given)).toEqual([expected]);
  });
});

describe.each([
  'upcoming_player_game_context',
  'player_composite_factors',
  'ml_feature_store_v2',
  'player_daily_cache',
])('%s', (table) => {
  const early = ['2023-11-01', '2023-11-03', '2023-11-05'];
  const inputs = (finals: readonly string[], games: readonly Row[]) => ({
    nbac_schedule: [scheduled('2024-01-10')],
    nbac_game_results: finals.map(final),
    player_game_summary: games,
  });
  const ofAda = early.map((date) => played('ada', date));
  const ofBob = (player_lookup: string, date: string): Row => ({
    ...played(player_lookup, date),
    team_abbr: 'BBB',
  });
  const lately = ['2024-01-05', '2024-01-07', '2024-01-08'];

  it('expects a player whose games are more than 30 days old when his team has played since and no row of that game is known', async () => {
    const finals = [...early, '2024-01-08'];
    // Ada, and somebody of BBB, of which no game is known.
    expect(await expectedRows(table, '2024-01-10', inputs(finals, ofAda))).toEqual([2]);
  });

  it('expects nobody for such a game when its box score is whole and he is not in it', async () => {
    const games = [
      ...ofAda,
      ...lately.flatMap((date) => [played('bea', date), ofBob('bob', date)]),
      ...early.map((date) => ofBob('bob', date)),
    ];
    expect(await expectedRows(table, '2024-01-10', inputs([...early, ...lately], games))).toEqual([2]);
  });

  it.each([
    ['whose box score is contradicted: she may still be of her team', false, 2],
    ['whose box score is whole: she has changed teams', true, 1],
  ])(
    'expects of a player who was last seen with the opponent, in a game %s',
    async (_, isWhole, expected) => {
      const last = lately.at(-1) ?? '';
      const games = [
        ...[...early, ...lately].filter((date) => date !== last).map((date) => played('ada', date)),
        ...lately.map((date) => played('bea', date, date !== last || isWhole)),
        ofBob('ada', last),
        ofBob('bob', last),
      ];
      const given = {
        ...inputs([...early, ...lately], games),
        nbac_schedule: [{ ...scheduled('2024-01-10'), home_team_abbr: 'CCC' }],
      };
      expect(await expectedRows(table, '2024-01-10', given)).toEqual([expected]);
    },
  );
});

it.each([
  ['is expected when a row of it was matched with nobody', 'nobody', 2],
  ['is not expected when all rows of it are understood', 'id', 1],
])('a player who is lacking on the roster of his team %s', async (_, matched_by, expected) => {
  const roster = { game_date: '2024-01-10', team_abbr: 'AAA', player_lookup: 'adq', matched_by };
  const inputs = {
    nbac_schedule: [scheduled('2024-01-10')],
    nbac_game_results: [final('2023-11-01')],
    player_game_summary: [played('ada', '2023-11-01')],
    espn_team_rosters: [roster],
  };
  expect(await expectedRows('upcoming_player_game_context', '2024-01-10', inputs)).toEqual([expected]);
});

describe('what is expected of a date does not depend on the other dates of the batch', () => {
  const tables = ['player_shot_zone_analysis', 'player_daily_cache', 'upcoming_player_game_context'];
  const later = ['2023-11-07', '2023-11-09', '2023-11-11'];

  it.each(
    tables.flatMap((table) =>
      (['regular', 'play_in', 'playoffs', 'unread'] as const).map((kind) => [table, kind] as const),
    ),
  )('%s after games of the kind %s without rows', async (table, season_type) => {
    const inputs = {
      nbac_schedule: later.map(scheduled),
      nbac_game_results: ['2023-11-01', '2023-11-03', '2023-11-05', ...later].map((date) => ({
        ...final(date),
        season_type,
      })),
      // The first game of which a source has rows is played on the first date of the batch.
      player_game_summary: [{ ...played('bea', '2023-11-07'), season_type }],
    };
    const alone: number[] = [];
    for (const date of later) alone.push(...(await expectedRows(table, date, inputs)));
    expect(await expectedRows(table, later, inputs)).toEqual(alone);
    if (table === 'upcoming_player_game_context')
      expect(alone[0]).toBe(season_type === 'regular' || season_type === 'unread' ? 2 : 0);
  });
});

it('the factors and the features of players expect the same rows by one text', () => {
  const [factors, features] = ['player_composite_factors', 'ml_feature_store_v2'].map((table) =>
    readSql(table, 'expected.sql'),
  );
  expect(features).toBe(factors);
});
