/** How likely points above a line are, from the distance of a prediction from the line. */
import type { OverProbability } from './recommendation.ts';
import type { SystemId } from './system.ts';
import { OVER_MAPS, OVER_MAPS_FROM } from './weights.ts';

/** A step of a map: what was seen from this distance on. */
export interface OverStep {
  readonly probability: number;
  readonly lower: number;
  readonly upper: number;
  /** Smallest predicted points - line of the step; of the first step all smaller ones, too. */
  readonly from: number;
}

/**
 * The probability that a system's map gives for a distance from the line. Null for a system without a map, and for dates before the
 * maps were known: they were fitted on lines of earlier dates.
 * @param edge predicted points - line
 */
export function overProbability(system: SystemId, edge: number, date: string): OverProbability | null {
  const steps = OVER_MAPS[system];
  if (steps === undefined || date < OVER_MAPS_FROM) return null;
  return stepAt(steps, edge);
}

/** The step of a map that a distance falls into; null for an empty map. */
function stepAt(steps: readonly OverStep[], edge: number): OverProbability | null {
  let found = steps[0] ?? null;
  for (const step of steps) if (edge >= step.from) found = step;
  return found;
}
