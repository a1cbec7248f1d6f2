/**
 * The coefficients with the least sum of absolute residuals, by iteratively reweighted least squares (Schlossmacher 1973): each
 * round solves a least squares problem in which a row weighs the inverse of its last residual.
 *
 * Two things make a round cheap. The matrix of the problem is made of a sample of the rows and is made anew every few rounds
 * only, while its right side takes all rows. The step that its solution proposes is combined with the one before it, as
 * conjugate gradients do, and goes as far as the true error falls. So what the rounds end at is the least error of all rows.
 */
import { solve } from './cholesky.ts';
import { weightedProducts } from './normal-equations.ts';

export interface Problem {
  /** Standardised columns; the first one is the constant 1, on whose coefficient there is no ridge term. */
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  /** How much each row counts, more than 0. */
  readonly counts: Float64Array;
  /** This times half the sum of the squared coefficients is added to the mean absolute residual. */
  readonly ridge: number;
  readonly maxRounds: number;
}

export interface Fit {
  readonly coefficients: Float64Array;
  readonly rounds: number;
  readonly hasConverged: boolean;
  /** Weighted mean of the absolute residuals. */
  readonly error: number;
}

/** Rows that the matrix of the least squares problem is made of, evenly spread. */
const SAMPLE = 10_000;
/** Rounds after which the matrix is made anew. */
const ROUNDS_PER_MATRIX = 8;
/** A residual below this share of the mean absolute one weighs no more than one of this size. */
const SMALLEST_RESIDUAL = 1e-3;
/** The rounds end when this many of them together lower the loss by less than `TOLERANCE` of it. */
const PATIENCE = 8;
const TOLERANCE = 1e-5;
const LINE_SEARCH_STEPS = 14;

export function fitAbsolute(problem: Problem): Fit {
  const { columns, target, counts, ridge, maxRounds } = problem;
  const n = target.length;
  const m = columns.length;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const penalty = ridge * total;
  const step = Math.max(1, Math.floor(n / SAMPLE));

  const coefficients = new Float64Array(m);
  const residuals = Float64Array.from(target);
  const direction = new Float64Array(m);
  const change = new Float64Array(n);
  const losses: number[] = [];
  let smallest = Infinity;
  let solveRight: ((right: Float64Array) => Float64Array) | undefined;
  let former: { readonly gradient: Float64Array; readonly product: number } | undefined;
  let error = meanAbsolute(residuals, counts, total);
  let rounds = 0;
  let hasConverged = error === 0;
  while (!hasConverged && rounds < maxRounds) {
    if (rounds % ROUNDS_PER_MATRIX === 0 || solveRight === undefined) {
      solveRight = reweighed(problem, residuals, smallest, step);
      former = undefined;
    }
    smallest = error * SMALLEST_RESIDUAL;
    const gradient = descent(problem, residuals, smallest, coefficients, penalty);
    const proposed = solveRight(gradient);
    const product = dot(gradient, proposed);
    const kept =
      former === undefined ? 0 : Math.max(0, (product - dot(former.gradient, proposed)) / former.product);
    former = { gradient, product };
    for (let c = 0; c < m; c += 1) direction[c] = proposed[c]! + kept * direction[c]!;
    changeOf(columns, direction, change);
    const length = bestLength(problem, residuals, change, coefficients, direction, penalty);
    for (let c = 0; c < m; c += 1) coefficients[c]! += length * direction[c]!;
    for (let i = 0; i < n; i += 1) residuals[i]! -= length * change[i]!;
    rounds += 1;
    error = meanAbsolute(residuals, counts, total);
    const loss = error + (ridge / 2) * squares(coefficients);
    const before = losses.at(-PATIENCE);
    losses.push(loss);
    hasConverged = error === 0 || (before !== undefined && before - loss <= TOLERANCE * loss);
  }
  return { coefficients, rounds, hasConverged, error };
}

/** The least squares problem in which each row weighs the inverse of its residual, ready to be solved for right sides. */
function reweighed(
  { columns, counts, ridge }: Problem,
  residuals: Float64Array,
  smallest: number,
  step: number,
): (right: Float64Array) => Float64Array {
  const isFirst = smallest === Infinity;
  const importance = counts.map((count, i) =>
    isFirst ? count : count / Math.max(Math.abs(residuals[i]!), smallest),
  );
  const matrix = weightedProducts(columns, importance, step);
  const m = columns.length;
  let total = 0;
  for (let i = 0; i < counts.length; i += step) total += counts[i]!;
  // Without a ridge term a hundred-millionth keeps columns that depend on each other from dividing by 0; it moves no optimum.
  const mean = matrix.reduce((sum, value, at) => sum + (at % (m + 1) === 0 ? value : 0), 0) / m;
  for (let c = 1; c < m; c += 1) matrix[c * (m + 1)]! += ridge * total + 1e-8 * mean;
  return (right) => solve(matrix, right);
}

/** The right side of the least squares problem: how the loss falls with each coefficient. */
function descent(
  { columns, counts }: Problem,
  residuals: Float64Array,
  smallest: number,
  coefficients: Float64Array,
  penalty: number,
): Float64Array {
  const pull = residuals.map(
    (residual, i) => (counts[i]! * residual) / Math.max(Math.abs(residual), smallest),
  );
  return Float64Array.from(
    columns,
    (column, c) => dot(column, pull) - (c === 0 ? 0 : penalty * coefficients[c]!),
  );
}

/** What a step in this direction takes off the residuals. */
function changeOf(columns: readonly Float64Array[], direction: Float64Array, change: Float64Array): void {
  change.fill(0);
  for (const [c, column] of columns.entries()) {
    const by = direction[c]!;
    for (let i = 0; i < change.length; i += 1) change[i]! += by * column[i]!;
  }
}

/** How far to go in a direction until the loss stops falling, by halving the interval in which its slope changes sign. */
function bestLength(
  { counts }: Problem,
  residuals: Float64Array,
  change: Float64Array,
  coefficients: Float64Array,
  direction: Float64Array,
  penalty: number,
): number {
  const slopeAt = (length: number): number => {
    let slope = 0;
    for (let c = 1; c < direction.length; c += 1)
      slope += penalty * direction[c]! * (coefficients[c]! + length * direction[c]!);
    for (let i = 0; i < residuals.length; i += 1) {
      const left = residuals[i]! - length * change[i]!;
      const amount = counts[i]! * change[i]!;
      slope += left > 0 ? -amount : left < 0 ? amount : 0;
    }
    return slope;
  };
  let low = 0;
  let high = 1;
  while (high < 1024 && slopeAt(high) < 0) {
    low = high;
    high *= 2;
  }
  for (let round = 0; round < LINE_SEARCH_STEPS; round += 1) {
    const middle = (low + high) / 2;
    if (slopeAt(middle) < 0) low = middle;
    else high = middle;
  }
  return low === 0 ? high : (low + high) / 2;
}

function meanAbsolute(residuals: Float64Array, counts: Float64Array, total: number): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i += 1) sum += counts[i]! * Math.abs(residuals[i]!);
  return sum / total;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i += 1) sum += left[i]! * right[i]!;
  return sum;
}

/** Sum of the squared coefficients without that of the constant. */
function squares(coefficients: Float64Array): number {
  return dot(coefficients, coefficients) - coefficients[0]! * coefficients[0]!;
}
