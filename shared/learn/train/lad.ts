/**
 * Linear models fitted to the absolute error (least absolute deviations) by iteratively reweighted least squares: each round
 * solves a least squares problem in which a row weighs the inverse of its last residual (Schlossmacher 1973).
 */
import type { LinearModel, LinearTerm } from '../linear.ts';
import type { Matrix } from '../matrix.ts';
import { solve } from './cholesky.ts';
import { weightedProducts } from './normal-equations.ts';
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
  /** Most rounds over all rows; 40 by default. */
  readonly maxRounds?: number;
}

export interface TrainedLad {
  readonly model: LinearModel;
  /** Rounds over all rows. */
  readonly rounds: number;
  /** Whether the last round changed the mean absolute error by less than a millionth of it. */
  readonly hasConverged: boolean;
  /** Mean absolute error over the training rows, weighted. */
  readonly trainingError: number;
  /** Features with one value in all training rows. Their coefficients are 0. */
  readonly constant: readonly string[];
}

/** Rounds end when the mean absolute error changes by less than this share of it. */
const TOLERANCE = 1e-6;
/** A residual below this share of the first mean absolute error weighs no more than one of this size. */
const SMALLEST_RESIDUAL = 1e-3;
/** The first rounds look at about this many rows, evenly spread. */
const SAMPLE = 8_000;
const SAMPLE_ROUNDS = 15;

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
  const { ridge = 1e-4, fill = [], maxRounds = 40 } = options;
  if (!(ridge >= 0)) throw new RangeError(`The ridge term is ${ridge}; it must be at least 0`);
  const { features, target, weights } = inOrder(rows);
  const counts = weights ?? new Float64Array(features.rows).fill(1);
  refuseMissing(features, fill);
  const regressors = features.names.flatMap((_, f) => regressorsOf(f, features.columns[f]!, counts));
  const fit = fitAbsolute(
    [new Float64Array(features.rows).fill(1), ...regressors.map(({ values }) => values)],
    target,
    counts,
    { ridge, maxRounds },
  );
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

interface Fit {
  readonly coefficients: Float64Array;
  readonly rounds: number;
  readonly hasConverged: boolean;
  readonly error: number;
}

/** The coefficients that make the mean absolute error least. The first column is the constant, which has no ridge term. */
function fitAbsolute(
  columns: readonly Float64Array[],
  target: Float64Array,
  counts: Float64Array,
  { ridge, maxRounds }: { readonly ridge: number; readonly maxRounds: number },
): Fit {
  const problem = { columns, target, counts, ridge };
  const importance = Float64Array.from(counts);
  const residuals = new Float64Array(target.length);
  const sampleStep = Math.max(1, Math.floor(target.length / SAMPLE));
  let coefficients = leastSquares(problem, importance, sampleStep);
  let { error, loss } = errorOf(problem, coefficients, residuals);
  const smallest = error * SMALLEST_RESIDUAL;
  const reweigh = (): void => {
    for (let i = 0; i < residuals.length; i += 1)
      importance[i] = counts[i]! / Math.max(Math.abs(residuals[i]!), smallest);
  };
  const sampleRounds = sampleStep > 1 ? SAMPLE_ROUNDS : 0;
  for (let round = 0; round < sampleRounds && error > 0; round += 1) {
    reweigh();
    coefficients = leastSquares(problem, importance, sampleStep);
    ({ error, loss } = errorOf(problem, coefficients, residuals));
  }
  let rounds = 0;
  let hasConverged = error === 0;
  while (!hasConverged && rounds < maxRounds) {
    reweigh();
    coefficients = leastSquares(problem, importance, 1);
    const after = errorOf(problem, coefficients, residuals);
    rounds += 1;
    hasConverged = after.error === 0 || Math.abs(loss - after.loss) <= TOLERANCE * loss;
    ({ error, loss } = after);
  }
  return { coefficients, rounds, hasConverged, error };
}

interface Problem {
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  readonly counts: Float64Array;
  readonly ridge: number;
}

/** Solves the least squares problem in which each row has this importance. Only every `step`-th row is looked at. */
function leastSquares(
  { columns, target, counts, ridge }: Problem,
  importance: Float64Array,
  step: number,
): Float64Array {
  const m = columns.length;
  const products = weightedProducts([...columns, target], importance, step);
  const matrix = new Float64Array(m * m);
  for (let r = 0; r < m; r += 1)
    for (let c = 0; c <= r; c += 1) matrix[r * m + c] = products[r * (m + 1) + c]!;
  let total = 0;
  for (let i = 0; i < counts.length; i += step) total += counts[i]!;
  for (let r = 1; r < m; r += 1) matrix[r * m + r]! += ridge * total;
  return solve(matrix, products.slice(m * (m + 1), m * (m + 1) + m));
}

/** Fills in the residuals of all rows. `error` is their weighted mean absolute value, `loss` adds the ridge term. */
function errorOf(
  { columns, target, counts, ridge }: Problem,
  coefficients: Float64Array,
  residuals: Float64Array,
): { readonly error: number; readonly loss: number } {
  residuals.set(target);
  let squares = 0;
  for (const [c, column] of columns.entries()) {
    const coefficient = coefficients[c]!;
    if (c > 0) squares += coefficient * coefficient;
    for (let i = 0; i < residuals.length; i += 1) residuals[i]! -= coefficient * column[i]!;
  }
  let sum = 0;
  let total = 0;
  for (let i = 0; i < residuals.length; i += 1) {
    sum += counts[i]! * Math.abs(residuals[i]!);
    total += counts[i]!;
  }
  return { error: sum / total, loss: sum / total + (ridge / 2) * squares };
}
