/** Maps from what a model says to how often it comes true. They are fitted in `shared/learn/train/calibration.ts`. */
import { logistic } from './exponential.ts';

/** A map that never falls: straight lines between points, constant before the first and after the last one. */
export interface IsotonicMap {
  /** Ascending. */
  readonly at: readonly number[];
  readonly value: readonly number[];
}

/** The value of the map at `x`; NaN for NaN. */
export function isotonicAt({ at, value }: IsotonicMap, x: number): number {
  if (Number.isNaN(x)) return NaN;
  let low = 0;
  let high = at.length - 1;
  if (x <= at[low]!) return value[low]!;
  if (x >= at[high]!) return value[high]!;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (at[middle]! <= x) low = middle;
    else high = middle;
  }
  const share = (x - at[low]!) / (at[high]! - at[low]!);
  return value[low]! + share * (value[high]! - value[low]!);
}

/** The chance that a player scores more than the line, by the edge: predicted points minus the line. */
export interface OverMap {
  /** Log odds without an edge. */
  readonly intercept: number;
  /** Log odds for each point of edge, at least 0. */
  readonly slope: number;
}

/** The chance of more points than the line, between 0 and 1; NaN for NaN. */
export function chanceOfOver({ intercept, slope }: OverMap, edge: number): number {
  return logistic(intercept + slope * edge);
}
