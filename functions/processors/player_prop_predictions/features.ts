/** Rows of the feature store as the systems read them. */
import type { TableRows } from '../../../shared/domain/table-rows.ts';
import type { PastGame, PlayerFeatures, ZoneDefence } from './systems/system.ts';

/** Columns of ml_feature_store_v2 that the rules read as numbers. */
const NUMBERS = [
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
  'days_rest',
  'pct_paint',
  'pct_mid_range',
  'pct_three',
  'pct_free_throw',
] as const satisfies readonly (keyof PlayerFeatures)[];

/** The columns of ml_feature_store_v2 that {@link featuresAt} needs. */
export const FEATURE_COLUMNS: readonly string[] = [
  ...NUMBERS,
  'home_away',
  'back_to_back',
  'defaulted_features',
];

/** The columns that {@link pastGameAt} needs of ml_feature_store_v2. */
export const PAST_COLUMNS: readonly string[] = [
  'points_avg_last_5',
  'points_avg_season',
  'opponent_def_rating',
  'days_rest',
  'home_away',
  'defaulted_features',
];

/** The columns of team_defense_zone_analysis that {@link zoneDefenceAt} needs. */
export const ZONE_COLUMNS: readonly string[] = [
  'paint_defense_vs_league_avg',
  'mid_range_defense_vs_league_avg',
  'three_pt_defense_vs_league_avg',
];

/** A number of a row; null for NULL. */
export function numberAt(rows: TableRows, column: string, i: number): number | null {
  const value = rows.numbers[column]?.[i];
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** The base features of a row that hold their default. */
function defaultsAt(rows: TableRows, i: number): ReadonlySet<string> {
  return new Set((rows.texts['defaulted_features']?.[i] ?? '').split(',').filter((name) => name !== ''));
}

/** What the systems may look at in a row with {@link FEATURE_COLUMNS}. */
export function featuresAt(rows: TableRows, i: number): PlayerFeatures {
  const defaults = defaultsAt(rows, i);
  const known = Object.fromEntries(
    NUMBERS.map((name) => [name, defaults.has(name) ? null : numberAt(rows, name, i)]),
  ) as Record<(typeof NUMBERS)[number], number | null>;
  return {
    ...known,
    isHome: numberAt(rows, 'home_away', i) === 1,
    isBackToBack: numberAt(rows, 'back_to_back', i) === 1,
  };
}

/** An earlier game by its row with {@link PAST_COLUMNS}, and the points of the player in it. */
export function pastGameAt(rows: TableRows, i: number, points: number): PastGame {
  const defaults = defaultsAt(rows, i);
  const known = (name: string): number | null => (defaults.has(name) ? null : numberAt(rows, name, i));
  return {
    points,
    opponentDefRating: known('opponent_def_rating'),
    daysRest: known('days_rest'),
    isHome: numberAt(rows, 'home_away', i) === 1,
    pointsLast5: known('points_avg_last_5'),
    pointsSeason: known('points_avg_season'),
  };
}

/** How the opponent defends the zones by a row with {@link ZONE_COLUMNS}; unknown without a row. */
export function zoneDefenceAt(rows: TableRows, i: number | undefined): ZoneDefence {
  if (i === undefined) return { paint: null, midRange: null, three: null };
  return {
    paint: numberAt(rows, 'paint_defense_vs_league_avg', i),
    midRange: numberAt(rows, 'mid_range_defense_vs_league_avg', i),
    three: numberAt(rows, 'three_pt_defense_vs_league_avg', i),
  };
}
