/** How much each feature adds to a prediction, for every kind of model. */
import { linearContributions } from './linear.ts';
import type { Matrix } from './matrix.ts';
import { featuresOf, type Model } from './model.ts';
import { treeContributions } from './trees/shap.ts';

/** Base plus what the features add to a row is the prediction for it, to about 0.0001 for trees and exactly for a linear model but for rounding. */
export interface Contributions {
  readonly base: number;
  readonly features: readonly string[];
  /** One column for each feature: what it adds to each row, in units of the target. */
  readonly added: readonly Float64Array[];
}

/**
 * What each feature of a model adds to each row: exact SHAP values, by path in trees. NaN where the model has no answer.
 * @throws RangeError when the matrix lacks a column that the model reads
 */
export function contributions(model: Model, matrix: Matrix): Contributions {
  switch (model.kind) {
    case 'linear':
      return { base: model.base, features: featuresOf(model), added: linearContributions(model, matrix) };
    case 'trees':
      return { features: model.features, ...treeContributions(model, matrix) };
    case 'mean': {
      const parts = model.members.map((member) => contributions(member, matrix));
      const share = 1 / model.members.length;
      const features = featuresOf(model);
      const added = features.map(() => new Float64Array(matrix.rows));
      for (const part of parts)
        for (const [p, feature] of part.features.entries()) {
          const sums = added[features.indexOf(feature)]!;
          for (let i = 0; i < sums.length; i += 1) sums[i]! += share * part.added[p]![i]!;
        }
      return { base: parts.reduce((sum, { base }) => sum + share * base, 0), features, added };
    }
    default:
      return model satisfies never;
  }
}
