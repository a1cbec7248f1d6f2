/** A linear model: what it predicts, and how much each feature adds. */
import { withColumns, type Matrix } from './matrix.ts';

/** What one feature adds to a prediction. Over the training rows these amounts have the mean 0. */
export interface LinearTerm {
  readonly feature: string;
  /** Target units for each unit of the feature. */
  readonly coefficient: number;
  /** Mean of the feature over the training rows that have it. */
  readonly center: number;
  /** Added to `coefficient * (value - center)` where the value is there. */
  readonly offset: number;
  /** Added where the value is missing; null when the model has no answer for a row without this feature. */
  readonly missing: number | null;
}

/** A prediction is `base` plus what each term adds, in the order of the terms. */
export interface LinearModel {
  readonly kind: 'linear';
  readonly base: number;
  readonly terms: readonly LinearTerm[];
}

/** What a term adds for this value: NaN when the value is missing and the model has no answer for that. */
function added({ coefficient, center, offset, missing }: LinearTerm, value: number): number {
  if (Number.isNaN(value)) return missing ?? NaN;
  return coefficient * (value - center) + offset;
}

/**
 * The prediction of each row. It is NaN for a row that lacks a feature for which the model has no answer.
 * @throws RangeError when the matrix lacks a column
 */
export function predictLinear(model: LinearModel, matrix: Matrix): Float64Array {
  const { columns, rows } = withColumns(
    matrix,
    model.terms.map(({ feature }) => feature),
  );
  const predictions = new Float64Array(rows).fill(model.base);
  for (const [t, term] of model.terms.entries()) {
    const column = columns[t]!;
    for (let i = 0; i < rows; i += 1) predictions[i]! += added(term, column[i]!);
  }
  return predictions;
}

/** What each feature adds to each row: one column for each term, in their order. */
export function linearContributions(model: LinearModel, matrix: Matrix): Float64Array[] {
  const { columns } = withColumns(
    matrix,
    model.terms.map(({ feature }) => feature),
  );
  return model.terms.map((term, t) => columns[t]!.map((value) => added(term, value)));
}
