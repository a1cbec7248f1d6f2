/** `zone_matchup_v1`: the mean of the season, corrected for how the opponent defends the zones that a player scores from. */
import { clamp } from '../../../../shared/domain/seeded-random.ts';
import { formConfidence, tiredness } from './confidence.ts';
import {
  answered,
  sumOf,
  unanswered,
  type PlayerFeatures,
  type SystemResult,
  type ZoneDefence,
} from './system.ts';
import { ZONE_MATCHUP } from './weights.ts';

/** Mean defensive rating of the league, points for 100 possessions, from which free throws take their difference. */
export const LEAGUE_DEFENSIVE_RATING = 110;

/** How much a zone counts by the share that it has of a player's scoring, a fraction. */
export function weightOfShare(share: number): number {
  if (share >= 0.4) return 1;
  return share >= 0.2 ? 0.7 : 0.4;
}

/**
 * The sum over four zones of what the opponent allows there, each held within 3 points and weighted by his share of the zone. Zones
 * are compared with the league in percentage points; free throws by the opponent's defensive rating, for want of a zone. A zone whose
 * share or defence is unknown adds nothing.
 */
export function zoneAdjustment(features: PlayerFeatures, defence: ZoneDefence): number {
  const rating = features.opponent_def_rating;
  const zones: readonly (readonly [share: number | null, difference: number | null, weight: number])[] = [
    [features.pct_paint, defence.paint, ZONE_MATCHUP.paint],
    [features.pct_mid_range, defence.midRange, ZONE_MATCHUP.midRange],
    [features.pct_three, defence.three, ZONE_MATCHUP.three],
    [
      features.pct_free_throw,
      rating === null ? null : rating - LEAGUE_DEFENSIVE_RATING,
      ZONE_MATCHUP.freeThrow,
    ],
  ];
  let sum = 0;
  for (const [share, difference, weight] of zones) {
    if (share === null || difference === null) continue;
    sum += weightOfShare(share) * clamp(weight * difference, -3, 3);
  }
  return sum;
}

/** The mean of the season plus what the zones, the pace, the venue and fatigue add, with fitted weights. */
export function zoneMatchup(features: PlayerFeatures, defence: ZoneDefence): SystemResult {
  const { points_avg_season: season, pct_paint: paint, pct_mid_range: midRange, pct_three: three } = features;
  if (season === null) return unanswered('no_form');
  if (paint === null && midRange === null && three === null) return unanswered('no_shot_zones');
  const tired = tiredness(features.fatigue_score);
  const adjustments = {
    shotZone: zoneAdjustment(features, defence),
    pace: ZONE_MATCHUP.pace * (features.pace_score ?? 0),
    homeAway: features.isHome ? ZONE_MATCHUP.home : -ZONE_MATCHUP.home,
    fatigue: tired === 'tired' ? ZONE_MATCHUP.tired : tired === 'a_little' ? ZONE_MATCHUP.aLittleTired : 0,
  };
  return answered({
    points: ZONE_MATCHUP.intercept + ZONE_MATCHUP.season * season + sumOf(adjustments),
    confidence: formConfidence(features),
    adjustments,
  });
}
