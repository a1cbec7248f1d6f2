/** `zone_matchup_v1`: the mean of the season, corrected for how the opponent defends the zones that a player scores from. */
import { clamp } from '../../../../shared/domain/seeded-random.ts';
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
 * What the opponent allows in each of four zones, held within 3 points and weighted by the player's share of the zone. Zones are
 * compared with the league in percentage points; free throws by the opponent's defensive rating, for want of a zone. A zone whose
 * share or defence is unknown is not among the terms.
 */
function zoneTerms(features: PlayerFeatures, defence: ZoneDefence): Term[] {
  const rating = features.opponent_def_rating;
  const zones: readonly (readonly [
    name: string,
    share: number | null,
    difference: number | null,
    weight: number,
  ])[] = [
    ['paint_defense_vs_league_avg', features.pct_paint, defence.paint, ZONE_MATCHUP.paint],
    ['mid_range_defense_vs_league_avg', features.pct_mid_range, defence.midRange, ZONE_MATCHUP.midRange],
    ['three_pt_defense_vs_league_avg', features.pct_three, defence.three, ZONE_MATCHUP.three],
    [
      'opponent_def_rating',
      features.pct_free_throw,
      rating === null ? null : rating - LEAGUE_DEFENSIVE_RATING,
      ZONE_MATCHUP.freeThrow,
    ],
  ];
  return zones.flatMap(([name, share, difference, weight]): Term[] =>
    share === null || difference === null
      ? []
      : [
          {
            name,
            value: name === 'opponent_def_rating' ? rating : difference,
            adds: weightOfShare(share) * clamp(weight * difference, -3, 3),
          },
        ],
  );
}

/** What the four zones add together, points. */
export function zoneAdjustment(features: PlayerFeatures, defence: ZoneDefence): number {
  return totalOf(zoneTerms(features, defence));
}

/** The mean of the season plus what the zones, the pace, the venue and fatigue add, with fitted weights. */
export function zoneMatchup(features: PlayerFeatures, defence: ZoneDefence): SystemResult {
  const { points_avg_season: season, pct_paint: paint, pct_mid_range: midRange, pct_three: three } = features;
  if (season === null) return unanswered('no_form');
  if (paint === null && midRange === null && three === null) return unanswered('no_shot_zones');
  const tired = tiredness(features.fatigue_score);
  const zones = zoneTerms(features, defence);
  const adjustments = {
    shotZone: totalOf(zones),
    pace: ZONE_MATCHUP.pace * (features.pace_score ?? 0),
    homeAway: features.isHome ? ZONE_MATCHUP.home : -ZONE_MATCHUP.home,
    fatigue: tired === 'tired' ? ZONE_MATCHUP.tired : tired === 'a_little' ? ZONE_MATCHUP.aLittleTired : 0,
  };
  const base: readonly Term[] = [
    { name: 'intercept', value: null, adds: ZONE_MATCHUP.intercept },
    { name: 'points_avg_season', value: season, adds: ZONE_MATCHUP.season * season },
  ];
  const { shotZone: _, ...others } = adjustments;
  return answered({
    points: totalOf(base) + sumOf(adjustments),
    confidence: formConfidence(features),
    adjustments,
    terms: [...base, ...zones, ...adjustmentTerms(features, others)],
  });
}
