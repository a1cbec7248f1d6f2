/**
 * `rules_v1`: hand-written rules as a baseline of evaluations, and nothing else. The steps are those of the rule set
 * that the predecessor served under the name xgboost_v1, without its noise, and with fatigue as it is meant: 100 is fresh.
 */
import { clamp } from '../domain/seeded-random.ts';

/** Columns of `ml_feature_store_v2` that the rules read. */
export const RULE_COLUMNS = [
  'points_avg_last_5',
  'points_avg_last_10',
  'points_avg_season',
  'fatigue_score',
  'shot_zone_mismatch_score',
  'pace_score',
  'usage_spike_score',
  'opponent_def_rating',
  'back_to_back',
  'home_away',
  'minutes_avg_last_10',
  'pct_paint',
] as const;

/** What the rules read of one row; NaN is unknown and moves nothing. */
export type RuleRow = Readonly<Record<(typeof RULE_COLUMNS)[number], number>>;

/** Points by the rules, within 0 and 60; NaN when the averages are unknown. */
export function ruledPoints(row: RuleRow): number {
  const base = 0.35 * row.points_avg_last_5 + 0.4 * row.points_avg_last_10 + 0.25 * row.points_avg_season;
  const moved =
    fatigueStep(row.fatigue_score) +
    0.35 * known(row.shot_zone_mismatch_score) +
    0.1 * known(row.pace_score) +
    0.35 * known(row.usage_spike_score) +
    defenceStep(row.opponent_def_rating) +
    (row.back_to_back === 1 ? -2.2 : 0) +
    (row.home_away === 1 ? 0.5 : 0) +
    minutesStep(row.minutes_avg_last_10) +
    (row.pct_paint >= 0.45 && row.shot_zone_mismatch_score > 0 ? 0.8 : 0);
  return Number.isNaN(base) ? NaN : clamp(base + moved, 0, 60);
}

function known(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

function fatigueStep(score: number): number {
  if (score < 50) return -2.5;
  return score < 70 ? -1 : 0;
}

/** A weak defence allows 116 points for 100 possessions and more, a strong one 108 and less. */
function defenceStep(rating: number): number {
  if (rating >= 116) return 1;
  return rating <= 108 ? -1 : 0;
}

function minutesStep(minutes: number): number {
  if (minutes >= 36) return 0.8;
  return minutes < 25 ? -1.2 : 0;
}
