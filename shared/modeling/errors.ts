/** What errors of predictions say: their mean, their spread, and how sure one can be of a difference. */
import { makeRandom } from '../domain/seeded-random.ts';

/** Absolute errors, one for each row. */
export function absoluteErrors(predicted: Float64Array, actual: Float64Array): Float64Array {
  return predicted.map((value, at) => Math.abs(value - (actual[at] ?? NaN)));
}

/** The mean; NaN of nothing. */
export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Root of the mean of the squares. */
export function rootMeanSquare(errors: Float64Array): number {
  return Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
}

/** Share of the errors that are at most `k`. */
export function shareWithin(errors: Float64Array, k: number): number {
  return errors.reduce((sum, error) => sum + (error <= k ? 1 : 0), 0) / errors.length;
}

/** An interval, both ends included. */
export type Interval = readonly [low: number, high: number];

const RESAMPLES = 2_000;

/**
 * 95 % bootstrap interval of a mean. Whole dates are drawn with replacement, for errors of one night go together. Of the difference
 * of two errors of each row it is a paired interval.
 * @param dates of the rows
 * @returns NaN twice without rows
 */
export function bootstrapInterval(values: Float64Array, dates: readonly string[], seed: number): Interval {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const [at, date] of dates.entries()) {
    const of = sums.get(date) ?? { sum: 0, count: 0 };
    of.sum += values[at] ?? NaN;
    of.count += 1;
    sums.set(date, of);
  }
  const nights = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, of]) => of);
  if (nights.length === 0) return [NaN, NaN];
  const random = makeRandom('bootstrap', seed, nights.length);
  const means = new Float64Array(RESAMPLES);
  for (let draw = 0; draw < RESAMPLES; draw += 1) {
    let [sum, count] = [0, 0];
    for (let i = 0; i < nights.length; i += 1) {
      const night = nights[random.below(nights.length)];
      if (night === undefined) continue;
      sum += night.sum;
      count += night.count;
    }
    means[draw] = sum / count;
  }
  means.sort();
  return [means[Math.floor(RESAMPLES * 0.025)] ?? NaN, means[Math.ceil(RESAMPLES * 0.975) - 1] ?? NaN];
}

/**
 * The value below which a share of the values lies, between neighbours on a line.
 * @param sorted ascending, at least one
 */
export function quantileOf(sorted: Float64Array, share: number): number {
  const at = Math.min(sorted.length - 1, Math.max(0, share * (sorted.length - 1)));
  const [low, high] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return low + (high - low) * (at - Math.floor(at));
}
