/**
 * Models that predict a number for each row, whatever their kind. Nothing here learns: the trainers stand in
 * `shared/learn/train`, which no deployed function needs to predict.
 */
import { predictLinear, type LinearModel } from './linear.ts';
import type { Matrix } from './matrix.ts';

export type Model = LinearModel;

/**
 * The prediction of each row. It is NaN for a row that lacks a feature for which the model has no answer.
 * @throws RangeError when the matrix lacks a column that the model reads
 */
export function predict(model: Model, matrix: Matrix): Float64Array {
  return predictLinear(model, matrix);
}
