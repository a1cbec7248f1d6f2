import { describe, expect, it } from 'vitest';
import { readSql } from '../../functions/processors/load-sql.ts';
import { toDuckDb } from '../../shared/adapters/embedded/dialect.ts';
import type { TableDefinition } from '../../shared/domain/table.ts';
import { loadDefinitions, openTables, run, type Row } from '../support/tables.ts';

const definitions = await loadDefinitions();
const connection = await openTables([]);
const DATE = '2024-01-10';

describe('the checks of team_defense_zone_analysis', () => {
  const sound = {
    analysis_date: DATE,
    team_abbr: 'AAA',
    games_in_sample: 15,
    zone_games_in_sample: 15,
    zone_gaps: 0,
    paint_pct_allowed_last_15: 0.6,
    league_paint_pct: 0.58,
    paint_defense_vs_league_avg: 2.04,
    defensive_rating_last_15: 112,
    opponent_pace: 99,
    expected_games_count: 15,
    actual_games_count: 15,
  };

  it.each<[string, Row]>([
    ['fail:zone_games_exceed_sample', { zone_games_in_sample: 16 }],
    ['fail:zone_games_exceed_sample', { zone_gaps: 16 }],
    ['fail:zone_games_exceed_sample', { actual_games_count: 16 }],
    ['fail:zones_without_zone_games', { zone_games_in_sample: 0 }],
    ['fail:difference_does_not_match', { paint_defense_vs_league_avg: -2 }],
    ['warn:rating_out_of_bounds', { defensive_rating_last_15: 140 }],
    ['warn:pace_out_of_bounds', { opponent_pace: 130 }],
  ])('%s for %j', async (check, change) => {
    expect(await checked('team_defense_zone_analysis', [sound])).toEqual([]);
    expect(await checked('team_defense_zone_analysis', [{ ...sound, ...change }])).toEqual([check]);
  });
});

describe('the checks of player_shot_zone_analysis', () => {
  const sound = {
    analysis_date: DATE,
    player_lookup: 'a',
    games_in_sample_10: 10,
    zone_games_10: 10,
    games_in_sample_20: 12,
    zone_games_20: 12,
    zone_gaps_10: 2,
    zone_gaps_20: 2,
    paint_rate_last_10: 33.33,
    mid_range_rate_last_10: 33.33,
    three_pt_rate_last_10: 33.33,
    primary_scoring_zone: 'balanced',
  };

  it.each<[string, Row]>([
    ['fail:rates_do_not_add_up', { paint_rate_last_10: 40 }],
    ['fail:rates_do_not_add_up', { paint_rate_last_10: null }],
    ['fail:rates_of_a_thin_sample', { zone_games_10: 4 }],
    ['fail:samples_disagree', { games_in_sample_10: 9 }],
    ['fail:samples_disagree', { zone_games_20: 9 }],
    ['fail:samples_disagree', { zone_gaps_20: 1 }],
    ['fail:samples_disagree', { zone_gaps_20: 13 }],
    ['warn:assists_do_not_add_up', { assisted_rate_last_10: 60, unassisted_rate_last_10: 50 }],
  ])('%s for %j', async (check, change) => {
    expect(await checked('player_shot_zone_analysis', [sound])).toEqual([]);
    expect(await checked('player_shot_zone_analysis', [{ ...sound, ...change }])).toContain(check);
  });
});

describe('the checks of player_daily_cache', () => {
  const sound = {
    cache_date: DATE,
    player_lookup: 'a',
    games_played_season: 5,
    points_avg_last_5: 10,
    points_avg_last_10: 10,
    points_avg_season: 10,
    games_in_last_7_days: 2,
    games_in_last_14_days: 5,
    usage_rate_last_10: 20,
    team_pace_last_10: 99,
    team_off_rating_last_10: 112,
  };

  it.each<[string, Row]>([
    ['fail:windows_disagree', { points_avg_last_5: 11 }],
    ['fail:windows_disagree', { games_played_season: 8, points_avg_season: 11 }],
    ['fail:load_exceeds_games', { games_in_last_7_days: 6 }],
    ['fail:load_exceeds_games', { games_in_last_14_days: 9 }],
    ['warn:usage_out_of_bounds', { usage_rate_last_10: 60 }],
    ['warn:team_form_out_of_bounds', { team_pace_last_10: 130 }],
  ])('%s for %j', async (check, change) => {
    expect(await checked('player_daily_cache', [sound])).toEqual([]);
    expect(await checked('player_daily_cache', [{ ...sound, ...change }])).toEqual([check]);
  });
});

describe('the checks of player_composite_factors', () => {
  const sound = {
    game_date: DATE,
    context_source: 'upcoming_context',
    days_rest: 1,
    back_to_back: false,
    fatigue_back_to_back_penalty: 0,
    fatigue_rest_bonus: 0,
    fatigue_games_penalty: -10,
    fatigue_minutes_penalty: 0,
    fatigue_avg_minutes_penalty: 0,
    fatigue_prior_back_to_backs_penalty: 0,
    fatigue_age_penalty: 0,
    fatigue_score: 90,
    pace_differential: 1,
    projected_usage_rate: 20,
    all_upstreams_ready: true,
    is_production_ready: true,
  };
  const team = (count: number, change: Row = {}): Row[] =>
    Array.from({ length: count }, (_, i) => ({ ...sound, player_lookup: `player${i}`, ...change }));
  const rested = { fatigue_games_penalty: 0, fatigue_score: 100 };

  it.each<[string, Row]>([
    ['fail:fatigue_without_its_parts', { fatigue_score: -2 }],
    ['fail:back_to_back_against_rest', { back_to_back: true }],
    ['fail:back_to_back_against_rest', { days_rest: 0 }],
    ['fail:ready_without_upstreams', { all_upstreams_ready: false }],
    ['warn:synthetic_context', { context_source: 'synthetic' }],
  ])('%s for %j', async (check, change) => {
    expect(await checked('player_composite_factors', team(1))).toEqual([]);
    expect(await checked('player_composite_factors', team(1, change))).toContain(check);
  });

  it('stops a date whose scores are adjustments, or all the same', async () => {
    expect(await checked('player_composite_factors', team(51))).toEqual(['fail:fatigue_constant']);
    expect(await checked('player_composite_factors', team(50))).toEqual([]);
    expect(
      await checked('player_composite_factors', [...team(50), { ...sound, player_lookup: 'z', ...rested }]),
    ).toEqual([]);
    expect(await checked('player_composite_factors', team(51, { fatigue_score: 0 }))).toContain(
      'fail:fatigue_collapsed',
    );
  });

  it('lets everybody be fresh after a break of the league', async () => {
    expect(await checked('player_composite_factors', team(51, rested))).toEqual([]);
  });

  it('tells when pace or usage is unknown for most', async () => {
    const unknown = team(51, { ...rested, pace_differential: null, projected_usage_rate: null });
    expect(await checked('player_composite_factors', unknown)).toEqual([
      'warn:pace_mostly_unknown',
      'warn:usage_mostly_unknown',
    ]);
  });
});

describe('the checks of ml_feature_store_v2', () => {
  /** Players who differ in everything. */
  const players = (count: number, change: Row = {}, date = DATE): Row[] =>
    Array.from({ length: count }, (_, i) => ({
      game_date: date,
      player_lookup: `player${i}`,
      feature_version: 'v1_33features',
      points_avg_last_5: i,
      points_avg_last_10: i,
      points_avg_season: i,
      points_std_last_10: i,
      games_in_last_7_days: i % 4,
      fatigue_score: 100 - i,
      shot_zone_mismatch_score: i % 10,
      pace_score: i % 3,
      usage_spike_score: i % 3,
      opponent_def_rating: 100 + i,
      opponent_pace: 90 + i,
      team_pace: 90 + i,
      team_off_rating: 90 + i,
      team_win_pct: i / count,
      back_to_back: 0,
      days_rest: 1,
      playoff_game: 0,
      home_away: 1,
      is_home: 1,
      pct_paint: 0.3,
      paint_rate_last_10: 30,
      required_default_count: 0,
      feature_quality_score: 100,
      all_upstreams_ready: true,
      is_production_ready: true,
      ...change,
    }));

  it('accepts players who differ', async () => {
    expect(await checked('ml_feature_store_v2', players(51))).toEqual([]);
  });

  it.each([
    'points_avg_last_5',
    'points_avg_last_10',
    'points_avg_season',
    'points_std_last_10',
    'games_in_last_7_days',
    'fatigue_score',
    'shot_zone_mismatch_score',
    'pace_score',
    'usage_spike_score',
    'opponent_def_rating',
    'opponent_pace',
    'team_pace',
    'team_off_rating',
    'team_win_pct',
  ])(
    'stops a date on which %s is the same for more than 50 players, unless it is their default',
    async (feature) => {
      expect(await checked('ml_feature_store_v2', players(51, { [feature]: 3 }))).toEqual([
        `fail:constant_${feature}`,
      ]);
      expect(await checked('ml_feature_store_v2', players(50, { [feature]: 3 }))).toEqual([]);
      const defaulted = { [feature]: 3, defaulted_features: `injury_risk,${feature}` };
      expect(await checked('ml_feature_store_v2', players(51, defaulted))).toEqual([]);
    },
  );

  it('only tells of what a break of the league or a young season explains', async () => {
    const explained = { games_in_last_7_days: 0, fatigue_score: 100, usage_spike_score: 0 };
    expect(await checked('ml_feature_store_v2', players(51, explained))).toEqual([
      'warn:constant_fatigue_score',
      'warn:constant_games_in_last_7_days',
      'warn:constant_usage_spike_score',
    ]);
  });

  it('stops two weeks of games without one back-to-back', async () => {
    const days = (numbers: readonly number[]) =>
      numbers.map((day) => `2024-01-${String(day).padStart(2, '0')}`);
    const games = (numbers: readonly number[], change: Row = {}) =>
      days(numbers).flatMap((date) => players(51, change, date));

    const eleven = [1, 2, 3, 5, 6, 7, 8, 9, 11, 12, 14];
    expect(await checked('ml_feature_store_v2', games(eleven))).toEqual(['fail:no_back_to_backs']);
    expect(await checked('ml_feature_store_v2', games(eleven.slice(1)))).toEqual([]);
    expect(await checked('ml_feature_store_v2', games(eleven.slice(1).concat(17)))).toEqual([]);
    expect(await checked('ml_feature_store_v2', games(eleven, { playoff_game: 1 }))).toEqual([]);
    expect(
      await checked('ml_feature_store_v2', [
        ...games(eleven.slice(0, -1)),
        ...games([14], { back_to_back: 1, days_rest: 0 }),
      ]),
    ).toEqual([]);
  });

  it.each<[string, Row]>([
    ['fail:back_to_back_against_rest', { back_to_back: 1 }],
    ['fail:back_to_back_against_rest', { days_rest: 0 }],
    ['fail:training_names_disagree', { is_home: 0 }],
    ['fail:training_names_disagree', { paint_rate_last_10: 0.3 }],
    ['fail:training_names_disagree', { team_pace_last_10: 250 }],
    ['fail:ready_without_upstreams', { all_upstreams_ready: false }],
    ['fail:quality_above_its_defaults', { required_default_count: 1, feature_quality_score: 99 }],
    ['fail:quality_above_its_defaults', { required_default_count: 5, feature_quality_score: 92 }],
  ])('%s for %j', async (check, change) => {
    expect(await checked('ml_feature_store_v2', players(2, change))).toEqual([check]);
  });
});

/** `severity:name` of the promises that the staged `rows` of a table break, sorted. */
async function checked(name: string, rows: readonly Row[]): Promise<string[]> {
  const table = definitions.get(name);
  const sql = readSql(name, 'checks.sql');
  if (table === undefined || sql === undefined) throw new Error(`${name} has no checks`);
  const found = await run(
    connection,
    toDuckDb(`WITH staged AS (${relation(table, rows)}) SELECT * FROM (${sql})`),
  );
  return found.map((row) => `${String(row['severity'])}:${String(row['check_name'])}`).toSorted();
}

/** A relation of all columns of `table` that holds `rows`; what they leave out is NULL. */
function relation(table: TableDefinition, rows: readonly Row[]): string {
  const columns = Object.entries(table.columns);
  const unknown = Object.keys(rows[0] ?? {}).filter((name) => !(name in table.columns));
  if (unknown.length > 0) throw new Error(`${table.name} has no column ${unknown.join(', ')}`);
  const typed = columns.map(([name, { type }]) => `CAST(${name} AS ${type}) AS ${name}`);
  const values = rows.map((row) => `(${columns.map(([name]) => literal(row[name])).join(', ')})`);
  return `SELECT ${typed.join(', ')} FROM (VALUES ${values.join(', ')}) AS given(${columns.map(([name]) => name).join(', ')})`;
}

function literal(value: unknown): string {
  if (value === undefined || value === null) return 'NULL';
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}
