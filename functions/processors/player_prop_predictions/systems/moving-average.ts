/** `moving_average`: recent form, corrected for the situation of the game. */
import { formConfidence, tiredness } from './confidence.ts';
import {
  adjustmentTerms,
  answered,
  sumOf,
  totalOf,
  unanswered,
  type PlayerFeatures,
  type SystemResult,
  type Term,
} from './system.ts';
import { MOVING_AVERAGE } from './weights.ts';

/** Weighted means of the last 5, the last 10 and all games of the season plus adjustments, with fitted weights. */
export function movingAverage(features: PlayerFeatures): SystemResult {
  const { points_avg_last_5: five, points_avg_last_10: ten, points_avg_season: season } = features;
  if (five === null || ten === null || season === null) return unanswered('no_form');
  const weights = MOVING_AVERAGE;
  const tired = tiredness(features.fatigue_score);
  const adjustments = {
    fatigue: tired === 'tired' ? weights.tired : tired === 'a_little' ? weights.aLittleTired : 0,
    shotZone: weights.mismatch * (features.shot_zone_mismatch_score ?? 0),
    pace: weights.pace * (features.pace_score ?? 0),
    usageSpike: weights.usage * (features.usage_spike_score ?? 0),
    homeAway: features.isHome ? weights.home : -weights.home,
    other: features.isBackToBack ? weights.backToBack : 0,
  };
  const base: readonly Term[] = [
    { name: 'intercept', value: null, adds: weights.intercept },
    { name: 'points_avg_last_5', value: five, adds: weights.last5 * five },
    { name: 'points_avg_last_10', value: ten, adds: weights.last10 * ten },
    { name: 'points_avg_season', value: season, adds: weights.season * season },
  ];
  return answered({
    points: totalOf(base) + sumOf(adjustments),
    confidence: formConfidence(features),
    adjustments,
    terms: [...base, ...adjustmentTerms(features, adjustments)],
  });
}
