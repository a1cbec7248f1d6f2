/**
 * Models that predict a number for each row, whatever their kind. Nothing here learns: the trainers stand in
 * `shared/learn/train`, which no deployed function needs to predict.
 */
import { predictLinear, type LinearModel } from './linear.ts';
import type { Matrix } from './matrix.ts';
import { predictTrees, type TreesModel } from './trees/model.ts';

/** The mean of what its members predict. */
export interface MeanModel {
  readonly kind: 'mean';
  readonly members: readonly (LinearModel | TreesModel)[];
}

export type Model = LinearModel | TreesModel | MeanModel;

/** The features that a model reads, each once. */
export function featuresOf(model: Model): readonly string[] {
  switch (model.kind) {
    case 'linear':
      return model.terms.map(({ feature }) => feature);
    case 'trees':
      return model.features;
    case 'mean':
      return [...new Set(model.members.flatMap(featuresOf))];
    default:
      return model satisfies never;
  }
}

/**
 * The prediction of each row. It is NaN for a row that lacks a feature for which the model has no answer.
 * @throws RangeError when the matrix lacks a column that the model reads
 */
export function predict(model: Model, matrix: Matrix): Float64Array {
  switch (model.kind) {
    case 'linear':
      return predictLinear(model, matrix);
    case 'trees':
      return predictTrees(model, matrix);
    case 'mean': {
      const sums = new Float64Array(matrix.rows);
      for (const member of model.members)
        for (const [i, prediction] of predict(member, matrix).entries()) sums[i]! += prediction;
      return sums.map((sum) => sum / model.members.length);
    }
    default:
      return model satisfies never;
  }
}
