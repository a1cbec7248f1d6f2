/**
 * The interval from P10 to P90 around a prediction. Points scatter more where more points are expected, so the residuals of rows that
 * the model has not learned from are gathered by predicted points, and each group gives a lower and an upper distance.
 */
import { quantileOf } from './errors.ts';

/** At predicted points of `at`, P10 is `low` above the prediction (a negative number), and P90 is `high` above it. */
export interface BandPoint {
  readonly at: number;
  readonly low: number;
  readonly high: number;
}

/** Groups of a band; each has the same number of rows. */
const GROUPS = 20;

/**
 * The band that holds 80 % of the rows. The quantiles of a group are those of a split-conformal interval: of n residuals the one at
 * place `(n + 1) * 0.9`, so that 80 % of new rows are covered, not only of these.
 * @param predicted out of sample
 * @throws RangeError without rows
 */
export function bandOf(predicted: Float64Array, actual: Float64Array): BandPoint[] {
  if (predicted.length === 0) throw new RangeError('A band needs rows that the model has not learned from');
  const order = Uint32Array.from(predicted, (_, at) => at).sort(
    (a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0) || a - b,
  );
  const groups = Math.max(1, Math.min(GROUPS, Math.floor(order.length / 50)));
  return Array.from({ length: groups }, (_, g) => {
    const places = order.subarray(
      Math.floor((g * order.length) / groups),
      Math.floor(((g + 1) * order.length) / groups),
    );
    const residuals = Float64Array.from(places, (at) => (actual[at] ?? NaN) - (predicted[at] ?? NaN)).sort();
    const n = residuals.length;
    const outer = ((n + 1) / n) * 0.9;
    const at = places.reduce((sum, place) => sum + (predicted[place] ?? NaN), 0) / n;
    return { at, low: quantileOf(residuals, 1 - outer), high: quantileOf(residuals, outer) };
  });
}

/** P10 and P90 of a prediction, between the points of the band on a line, neither below 0. */
export function within(band: readonly BandPoint[], predicted: number): readonly [p10: number, p90: number] {
  const after = band.findIndex(({ at }) => predicted < at);
  const [low, high] = [
    band[after === -1 ? band.length - 1 : Math.max(0, after - 1)],
    band[after === -1 ? band.length - 1 : after],
  ];
  if (low === undefined || high === undefined) return [NaN, NaN];
  const share = high.at === low.at ? 0 : (predicted - low.at) / (high.at - low.at);
  const between = (a: number, b: number): number => a + (b - a) * Math.max(0, Math.min(1, share));
  return [
    Math.max(0, predicted + between(low.low, high.low)),
    Math.max(0, predicted + between(low.high, high.high)),
  ];
}
