/** What trees are fitted to: gradients, leaves and errors, by XGBoost's definitions. */
import type { Objective } from '../trees/model.ts';
import { ONE_ROW, type Gradients } from './histogram.ts';
import { quantileOf, weightedQuantileOf } from './quantile-of.ts';

/** The share of answers below the prediction that has the least error; undefined for the squared error. */
function shareOf(objective: Objective): number | undefined {
  if (objective.kind === 'squared') return undefined;
  return objective.kind === 'absolute' ? 0.5 : objective.quantile;
}

/** The best constant prediction for these numbers, which change their order: a mean or a quantile. */
export function bestConstant(
  objective: Objective,
  numbers: Float64Array,
  weights: Float64Array | undefined,
  n: number = numbers.length,
): number {
  const share = shareOf(objective);
  if (share !== undefined)
    return weights === undefined
      ? quantileOf(numbers, n, share)
      : weightedQuantileOf(numbers, weights, n, share);
  let sum = 0;
  let total = 0;
  for (let i = 0; i < n; i += 1) {
    const weight = weights === undefined ? 1 : weights[i]!;
    sum += weight * numbers[i]!;
    total += weight;
  }
  return sum / total;
}

/** Memory for the gradients of some rows. */
export function emptyGradients(
  objective: Objective,
  rows: number,
  weights: Float64Array | undefined,
): Gradients {
  if (objective.kind !== 'squared' && weights === undefined)
    return {
      kind: 'steps',
      packed: new Float64Array(rows),
      shift: objective.kind === 'absolute' ? 1 : objective.quantile,
    };
  return {
    kind: 'sums',
    gradient: new Float64Array(rows),
    weight: Float64Array.from(weights ?? new Float64Array(rows).fill(1)),
  };
}

/**
 * Fills in the gradient of each row. With the absolute error it is -1 below the answer, 0 at it and 1 above it: 0 to 2 steps
 * above -1. At a quantile it is `1 - quantile` at the answer and above, else `-quantile`: 0 or 1 step above `-quantile`.
 */
export function fillGradients(
  objective: Objective,
  predictions: Float32Array,
  target: Float64Array,
  gradients: Gradients,
): void {
  if (gradients.kind === 'sums') {
    const { gradient, weight } = gradients;
    const shift = objective.kind === 'absolute' ? 1 : (shareOf(objective) ?? 0);
    for (let i = 0; i < target.length; i += 1) {
      const above = predictions[i]! - target[i]!;
      gradient[i] = weight[i]! * (objective.kind === 'squared' ? above : stepsOf(objective, above) - shift);
    }
    return;
  }
  const { packed } = gradients;
  for (let i = 0; i < target.length; i += 1)
    packed[i] = ONE_ROW + stepsOf(objective, predictions[i]! - target[i]!);
}

function stepsOf(objective: Objective, above: number): number {
  if (objective.kind === 'quantile') return above >= 0 ? 1 : 0;
  return (above >= 0 ? 1 : 0) + (above > 0 ? 1 : 0);
}

/** Mean error of predictions: absolute, at the quantile, or the root of the mean squared one; weighted. */
export function errorOf(
  objective: Objective,
  predictions: ArrayLike<number>,
  target: Float64Array,
  weights: Float64Array | undefined,
): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < target.length; i += 1) {
    const weight = weights === undefined ? 1 : weights[i]!;
    sum += weight * lossOf(objective, predictions[i]! - target[i]!);
    total += weight;
  }
  return objective.kind === 'squared' ? Math.sqrt(sum / total) : sum / total;
}

function lossOf(objective: Objective, above: number): number {
  switch (objective.kind) {
    case 'absolute':
      return Math.abs(above);
    case 'quantile':
      return above >= 0 ? (1 - objective.quantile) * above : -objective.quantile * above;
    case 'squared':
      return above * above;
    default:
      return objective satisfies never;
  }
}
