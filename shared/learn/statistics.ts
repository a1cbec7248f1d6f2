/** How good predictions are. An error is predicted minus actual, so a positive bias is a prediction that is too high. */
import { makeRandom } from '../domain/seeded-random.ts';

export interface ErrorSummary {
  readonly rows: number;
  /** Mean absolute error. */
  readonly mae: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Mean error. */
  readonly bias: number;
  /** Share of the rows whose absolute error is at most 1, 3 and 5. */
  readonly within: { readonly 1: number; readonly 3: number; readonly 5: number };
}

type Numbers = ArrayLike<number>;

/** The errors of predictions. @throws RangeError when there are no rows, when lengths differ or when a number is missing */
export function errorSummary(predicted: Numbers, actual: Numbers): ErrorSummary {
  const errors = errorsOf(predicted, actual);
  const meanOf = (of: (error: number) => number): number =>
    errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
  const within = (most: number): number => meanOf((error) => (Math.abs(error) <= most ? 1 : 0));
  return {
    rows: errors.length,
    mae: meanOf(Math.abs),
    rmse: Math.sqrt(meanOf((error) => error * error)),
    bias: meanOf((error) => error),
    within: { 1: within(1), 3: within(3), 5: within(5) },
  };
}

/** Predicted minus actual. A row without a prediction is refused: a mean over the others would look better than it is. */
function errorsOf(predicted: Numbers, actual: Numbers): Float64Array {
  if (predicted.length === 0 || predicted.length !== actual.length)
    throw new RangeError(`There are ${predicted.length} predictions for ${actual.length} rows`);
  const errors = Float64Array.from(actual, (each, i) => predicted[i]! - each);
  const missing = errors.findIndex((error) => Number.isNaN(error));
  if (missing !== -1) throw new RangeError(`Row ${missing} has no prediction or no answer`);
  return errors;
}

/** Rows between two bounds of a number, such as the predictions. */
export interface Group extends ErrorSummary {
  readonly from: number;
  readonly to: number;
  readonly meanPredicted: number;
  readonly meanActual: number;
}

/**
 * Errors by tenths of the rows in ascending order of `by`, for example of the predictions. Equal numbers may be divided
 * between two tenths; then the earlier row is in the lower one. Fewer than ten rows give as many groups.
 */
export function deciles(by: Numbers, predicted: Numbers, actual: Numbers): Group[] {
  const order = Array.from(by, (_, i) => i).sort((a, b) => by[a]! - by[b]! || a - b);
  const count = Math.min(10, order.length);
  return Array.from({ length: count }, (_, g) => {
    const places = order.slice(
      Math.floor((g * order.length) / count),
      Math.floor(((g + 1) * order.length) / count),
    );
    const [p, a] = [places.map((i) => predicted[i]!), places.map((i) => actual[i]!)];
    return {
      ...errorSummary(p, a),
      from: by[places[0]!]!,
      to: by[places.at(-1)!]!,
      meanPredicted: mean(p),
      meanActual: mean(a),
    };
  });
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly seed: number;
  /** Samples; 2000 by default. */
  readonly samples?: number;
  /** Share of the samples that lies inside; 0.95 by default. */
  readonly level?: number;
  /** What belongs together and is drawn together, such as the date of each row; by default every row is drawn by itself. */
  readonly groups?: readonly string[];
}

/**
 * The mean of a number of each row with its interval, by drawing rows again and again (percentile bootstrap). For two models,
 * give the differences of their absolute errors on the same rows: the interval is then a paired one.
 * @throws RangeError when there are no rows or when a number is missing
 */
export function bootstrapMean(
  values: Numbers,
  { seed, samples = 2000, level = 0.95, groups }: BootstrapOptions,
): Interval & { readonly mean: number } {
  const parts = partsOf(values, groups);
  const random = makeRandom('bootstrap', seed);
  const means = Float64Array.from({ length: samples }, () => {
    let [sum, rows] = [0, 0];
    for (let i = 0; i < parts.sums.length; i += 1) {
      const drawn = random.below(parts.sums.length);
      sum += parts.sums[drawn]!;
      rows += parts.rows[drawn]!;
    }
    return sum / rows;
  }).sort();
  const tail = (1 - level) / 2;
  const sum = parts.sums.reduce((total, each) => total + each, 0);
  return {
    mean: sum / values.length,
    low: means[Math.floor(tail * samples)]!,
    high: means[Math.min(samples - 1, Math.ceil((1 - tail) * samples) - 1)]!,
  };
}

function partsOf(
  values: Numbers,
  groups: readonly string[] | undefined,
): { readonly sums: Float64Array; readonly rows: Float64Array } {
  if (values.length === 0) throw new RangeError('There are no rows to draw from');
  for (let i = 0; i < values.length; i += 1)
    if (!Number.isFinite(values[i]!)) throw new RangeError(`The number of row ${i} is ${values[i]}`);
  if (groups === undefined)
    return { sums: Float64Array.from(values), rows: new Float64Array(values.length).fill(1) };
  const names = [...new Set(groups)].sort();
  const placeOf = new Map(names.map((name, place) => [name, place]));
  const sums = new Float64Array(names.length);
  const rows = new Float64Array(names.length);
  for (const [i, group] of groups.entries()) {
    sums[placeOf.get(group)!]! += values[i]!;
    rows[placeOf.get(group)!]! += 1;
  }
  return { sums, rows };
}

/** The 97.5th percentile of the normal distribution. */
const NORMAL_975 = 1.959963984540054;

/**
 * The interval of Wilson (1927) for a share, by default of 95 %.
 * @throws RangeError when there are no trials
 */
export function wilsonInterval(successes: number, trials: number, z = NORMAL_975): Interval {
  if (!(trials > 0)) throw new RangeError('A share needs a trial');
  const share = successes / trials;
  const bottom = 1 + (z * z) / trials;
  const middle = share + (z * z) / (2 * trials);
  const reach = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  // At the ends the bound is 0 or 1, which rounding would miss.
  return {
    low: successes === 0 ? 0 : (middle - reach) / bottom,
    high: successes === trials ? 1 : (middle + reach) / bottom,
  };
}

/** Mean loss of a quantile between 0 and 1: `quantile` for each unit that it is too low, `1 - quantile` for each that it is too high. */
export function pinballLoss(predicted: Numbers, actual: Numbers, quantile: number): number {
  const errors = errorsOf(predicted, actual);
  return (
    errors.reduce((sum, error) => sum + (error > 0 ? (1 - quantile) * error : -quantile * error), 0) /
    errors.length
  );
}

/** Share of the answers that lie in their interval, ends included. */
export function coverageOf(low: Numbers, high: Numbers, actual: Numbers): number {
  const below = errorsOf(low, actual);
  const above = errorsOf(high, actual);
  return below.reduce((sum, error, i) => sum + (error <= 0 && above[i]! >= 0 ? 1 : 0), 0) / below.length;
}
