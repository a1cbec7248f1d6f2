/** What every prediction system has in common: what it may look at, what it answers, and the scales of both. */
import { clamp } from '../../../../shared/domain/seeded-random.ts';

/** The prediction systems in the order of their rows. `ensemble_v1` is the mean of the others. */
export const SYSTEM_IDS = [
  'moving_average',
  'zone_matchup_v1',
  'similarity_balanced_v1',
  'xgboost_v1',
  'ensemble_v1',
] as const;
/** One of {@link SYSTEM_IDS}. */
export type SystemId = (typeof SYSTEM_IDS)[number];

/**
 * What is known of a player before a game: columns of his row of ml_feature_store_v2, under their names and in their units. A base
 * feature that the row holds only as a default is unknown here.
 */
export interface PlayerFeatures {
  readonly points_avg_last_5: number | null;
  readonly points_avg_last_10: number | null;
  readonly points_avg_season: number | null;
  readonly points_std_last_10: number | null;
  readonly games_in_last_7_days: number | null;
  /** 0 to 100; 100 is fresh. */
  readonly fatigue_score: number | null;
  readonly shot_zone_mismatch_score: number | null;
  readonly pace_score: number | null;
  readonly usage_spike_score: number | null;
  readonly opponent_def_rating: number | null;
  readonly days_rest: number | null;
  readonly isHome: boolean;
  readonly isBackToBack: boolean;
  /** Shares of his attempts, fractions. */
  readonly pct_paint: number | null;
  readonly pct_mid_range: number | null;
  readonly pct_three: number | null;
  /** Share of his points from free throws, a fraction. */
  readonly pct_free_throw: number | null;
}

/** The defence that a player meets: percentage points that it allows above the league in each zone; positive is weak. */
export interface ZoneDefence {
  readonly paint: number | null;
  readonly midRange: number | null;
  readonly three: number | null;
}

/** An earlier game of the player, as it was known before that game, with the points that he scored in it. */
export interface PastGame {
  readonly points: number;
  readonly opponentDefRating: number | null;
  readonly daysRest: number | null;
  readonly isHome: boolean;
  readonly pointsLast5: number | null;
  readonly pointsSeason: number | null;
}

/** The adjustments in points that a prediction may consist of, beside its base. */
export interface Adjustments {
  readonly fatigue?: number;
  readonly shotZone?: number;
  readonly pace?: number;
  readonly usageSpike?: number;
  readonly homeAway?: number;
  readonly other?: number;
}

/** A part of a prediction: what one thing that a rule looks at adds to it. */
export interface Term {
  /** A column of prediction_inputs, a system, or `intercept`. */
  readonly name: string;
  /** The value of it; null where it is unknown or has none. */
  readonly value: number | null;
  /** Points. */
  readonly adds: number;
}

/** What a system says of one player before one game. */
export interface SystemAnswer {
  /** Predicted points, 0 to 60. */
  readonly points: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** The confidence before it was calibrated, 0 to 1, where the two differ. */
  readonly rawConfidence?: number;
  readonly adjustments?: Adjustments;
  /** What the points consist of before they were held within 0 to 60; a system without terms is explained by its model. */
  readonly terms?: readonly Term[];
  /** What a system of similar games rests on. */
  readonly similar?: {
    /** Mean points of the similar games, weighted by their scores. */
    readonly baseline: number;
    readonly games: number;
    /** Mean score, 0 to 100. */
    readonly score: number;
  };
}

/** Why a system has no answer for a player. */
export type NoAnswer = 'no_form' | 'no_shot_zones' | 'few_similar_games' | 'few_systems';

/** An answer, or why there is none. */
export type SystemResult =
  { readonly ok: true; readonly answer: SystemAnswer } | { readonly ok: false; readonly reason: NoAnswer };

/** An answer with its points held within 0 to 60, the range of every system. */
export function answered(answer: SystemAnswer): SystemResult {
  return { ok: true, answer: { ...answer, points: clamp(answer.points, 0, 60) } };
}

/** No answer, for a reason. */
export function unanswered(reason: NoAnswer): SystemResult {
  return { ok: false, reason };
}

/** The sum of what terms add, points, in their order. */
export function totalOf(terms: readonly Term[]): number {
  return terms.reduce((sum, { adds }) => sum + adds, 0);
}

/** The adjustments of a prediction as terms, each with what it was computed from. */
export function adjustmentTerms(features: PlayerFeatures, adjustments: Adjustments): Term[] {
  const of: Readonly<Record<keyof Adjustments, readonly [name: string, value: number | null]>> = {
    fatigue: ['fatigue_score', features.fatigue_score],
    shotZone: ['shot_zone_mismatch_score', features.shot_zone_mismatch_score],
    pace: ['pace_score', features.pace_score],
    usageSpike: ['usage_spike_score', features.usage_spike_score],
    homeAway: ['home_away', features.isHome ? 1 : 0],
    other: ['back_to_back', features.isBackToBack ? 1 : 0],
  };
  return Object.entries(of).flatMap(([name, [column, value]]): Term[] => {
    const adds = adjustments[name as keyof Adjustments];
    return adds === undefined ? [] : [{ name: column, value, adds }];
  });
}

/** The sum of the adjustments of a prediction, points; one that its system does not have adds nothing. */
export function sumOf(adjustments: Adjustments): number {
  return Object.values(adjustments).reduce((sum: number, each: number | undefined) => sum + (each ?? 0), 0);
}
