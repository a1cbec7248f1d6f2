/** The confidence of the systems that rest on form, and the steps of fatigue that they share. */
import { clamp } from '../../../../shared/domain/seeded-random.ts';
import { type PlayerFeatures } from './system.ts';

/**
 * 0.2 to 0.8 by the spread of his points and by how much he has played lately: 0.5; 0.15 less with a standard
 * deviation above 6 points, 0.08 less above 4; 0.10 more with at least three games in seven days, 0.05 more with two, else 0.10 less.
 * What is unknown counts as wide and as not played.
 */
export function formConfidence(features: PlayerFeatures): number {
  const { points_std_last_10: spread, games_in_last_7_days: games } = features;
  const bySpread = spread === null || spread > 6 ? -0.15 : spread > 4 ? -0.08 : 0;
  const byGames = games === null || games < 2 ? -0.1 : games === 2 ? 0.05 : 0.1;
  return clamp(0.5 + bySpread + byGames, 0.2, 0.8);
}

/** How tired a player is by his fatigue score: 100 is fresh. */
export function tiredness(score: number | null): 'tired' | 'a_little' | 'fresh' {
  if (score === null || score >= 70) return 'fresh';
  return score < 50 ? 'tired' : 'a_little';
}
