/** Intervals around predictions: two quantiles by trees, and one factor that makes them hold on rows of a later time. */
import type { Matrix } from './matrix.ts';
import { predictTrees, type TreesModel } from './trees/model.ts';

export interface IntervalModel {
  readonly kind: 'interval';
  readonly low: TreesModel;
  readonly high: TreesModel;
  /** What half the width is multiplied by; 1 when the trees hold as they are. */
  readonly factor: number;
}

/** Half of an interval is never smaller than this, in units of the target. */
const LEAST_HALF = 0.5;

/** Middle and half width of each interval before the factor. Quantiles that cross change places. */
export function rawInterval(
  { low, high }: Pick<IntervalModel, 'low' | 'high'>,
  matrix: Matrix,
): { readonly middle: Float64Array; readonly half: Float64Array } {
  const lows = predictTrees(low, matrix);
  const highs = predictTrees(high, matrix);
  return {
    middle: lows.map((each, i) => (each + highs[i]!) / 2),
    half: lows.map((each, i) => Math.max(LEAST_HALF, Math.abs(highs[i]! - each) / 2)),
  };
}

/** Lower and upper end for each row. @throws RangeError when the matrix lacks a column */
export function predictInterval(
  model: IntervalModel,
  matrix: Matrix,
): { readonly low: Float64Array; readonly high: Float64Array } {
  const { middle, half } = rawInterval(model, matrix);
  return {
    low: middle.map((each, i) => each - model.factor * half[i]!),
    high: middle.map((each, i) => each + model.factor * half[i]!),
  };
}
