/** Linear models fitted to the absolute error (least absolute deviations), on standardised columns. */
import type { LinearModel, LinearTerm } from '../linear.ts';
import type { Matrix } from '../matrix.ts';
import { fitAbsolute } from './fit-absolute.ts';
import { inOrder, type TrainingRows } from './rows.ts';

export interface LadOptions {
  /**
   * Ridge term: this times half the sum of the squared coefficients of the standardised columns is added to the mean absolute
   * error. At least 0; by default 0.0001. Columns that depend on each other need more than 0.
   */
  readonly ridge?: number;
  /**
   * Features that may be missing. A missing value takes the mean of the values that are there, and the model learns how much
   * the answer differs where the value is missing. A missing value of any other feature is an error.
   */
  readonly fill?: readonly string[];
  /** Most rounds; 200 by default. */
  readonly maxRounds?: number;
}

export interface TrainedLad {
  readonly model: LinearModel;
  readonly rounds: number;
  /** Whether the rounds ended because the error had stopped falling, and not at the limit. */
  readonly hasConverged: boolean;
  /** Mean absolute error over the training rows, weighted. */
  readonly trainingError: number;
  /** Features with one value in all training rows. Their coefficients are 0. */
  readonly constant: readonly string[];
}

/** A standardised column of the least squares problem. */
interface Regressor {
  /** Place of the feature it was made of. */
  readonly feature: number;
  /** The values of the feature, or where they are missing. */
  readonly of: 'values' | 'missing';
  readonly mean: number;
  /** Standard deviation before it was standardised. */
  readonly sd: number;
  readonly values: Float64Array;
}

/**
 * Fits a linear model to the absolute error.
 * @throws RangeError when a feature that `fill` does not name is missing in a row, and what {@link inOrder} refuses
 */
export function trainLad(rows: TrainingRows, options: LadOptions = {}): TrainedLad {
  const { ridge = 1e-4, fill = [], maxRounds = 200 } = options;
  if (!(ridge >= 0)) throw new RangeError(`The ridge term is ${ridge}; it must be at least 0`);
  const { features, target, weights } = inOrder(rows);
  const counts = weights ?? new Float64Array(features.rows).fill(1);
  refuseMissing(features, fill);
  const regressors = features.names.flatMap((_, f) => regressorsOf(f, features.columns[f]!, counts));
  const fit = fitAbsolute({
    columns: [new Float64Array(features.rows).fill(1), ...regressors.map(({ values }) => values)],
    target,
    counts,
    ridge,
    maxRounds,
  });
  const [base = 0, ...slopes] = fit.coefficients;
  const terms = features.names.map((feature, f): LinearTerm => {
    const slopeOf = (of: Regressor['of']): { readonly slope: number; readonly mean: number } => {
      const r = regressors.findIndex((each) => each.feature === f && each.of === of);
      const found = regressors[r];
      return found === undefined ? { slope: 0, mean: 0 } : { slope: slopes[r]! / found.sd, mean: found.mean };
    };
    const { slope, mean } = slopeOf('values');
    const missing = slopeOf('missing');
    return {
      feature,
      coefficient: slope,
      center: mean,
      offset: 0 - missing.slope * missing.mean,
      missing: fill.includes(feature) ? missing.slope * (1 - missing.mean) : null,
    };
  });
  return {
    model: { kind: 'linear', base, terms },
    rounds: fit.rounds,
    hasConverged: fit.hasConverged,
    trainingError: fit.error,
    constant: features.names.filter(
      (_, f) => !regressors.some((each) => each.feature === f && each.of === 'values'),
    ),
  };
}

function refuseMissing({ names, columns }: Matrix, fill: readonly string[]): void {
  for (const [f, name] of names.entries()) {
    if (fill.includes(name)) continue;
    const lacking = columns[f]!.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
    if (lacking > 0)
      throw new RangeError(`Feature ${name} is missing in ${lacking} rows and is not among those to fill`);
  }
}

/** The standardised columns that a feature gives: its values and, where some are missing, where they are. */
function regressorsOf(feature: number, column: Float64Array, counts: Float64Array): Regressor[] {
  const isMissing = column.map((value) => (Number.isNaN(value) ? 1 : 0));
  const present = counts.map((count, i) => count * (1 - isMissing[i]!));
  const values = momentsOf(column, present);
  const missing = momentsOf(isMissing, counts);
  const made: Regressor[] = [];
  if (values.sd > 0) {
    const { mean, sd } = values;
    const standard = column.map((value) => (Number.isNaN(value) ? 0 : (value - mean) / sd));
    made.push({ feature, of: 'values', mean, sd, values: standard });
  }
  if (missing.sd > 0) {
    const { mean, sd } = missing;
    made.push({ feature, of: 'missing', mean, sd, values: isMissing.map((value) => (value - mean) / sd) });
  }
  return made;
}

/** Weighted mean and standard deviation of the values that weigh something; the deviation is 0 when they are all equal. */
function momentsOf(
  values: Float64Array,
  counts: Float64Array,
): { readonly mean: number; readonly sd: number } {
  let [total, sum, low, high] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < values.length; i += 1) {
    const count = counts[i]!;
    if (count === 0) continue;
    const value = values[i]!;
    total += count;
    sum += count * value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low >= high) return { mean: low < Infinity ? low : 0, sd: 0 };
  const mean = sum / total;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1)
    if (counts[i]! !== 0) squares += counts[i]! * (values[i]! - mean) * (values[i]! - mean);
  return { mean, sd: Math.sqrt(squares / total) };
}
