/** How far the points of a game lie around a prediction of rules. */
import { clamp } from '../../../../shared/domain/seeded-random.ts';
import { type SystemId } from './system.ts';
import { SPREADS } from './weights.ts';

/** What a player stays below in one, and exceeds in another of ten games, points. */
export interface Interval {
  readonly p10: number;
  readonly p90: number;
}

/**
 * The interval around a prediction of rules: the deviation grows with the square root of the predicted points, and its tenth and
 * ninetieth percentiles were measured on past games. Undefined for a system whose intervals come from its model.
 * @param points predicted points, 0 to 60
 */
export function intervalOf(system: SystemId, points: number): Interval | undefined {
  const spread = SPREADS[system];
  if (spread === undefined) return undefined;
  const unit = unitOf(points);
  return {
    p10: clamp(points + spread.p10 * unit, 0, points),
    p90: clamp(points + spread.p90 * unit, points, 60),
  };
}

/** What deviations from a prediction are measured in, points. */
export function unitOf(points: number): number {
  return Math.sqrt(points + 2);
}
