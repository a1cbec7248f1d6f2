/**
 * Boosted trees: what they predict. Values, thresholds, leaves and sums are single precision numbers, as in XGBoost, so that
 * both give the same prediction for one model file.
 */
import { withColumns, type Matrix } from '../matrix.ts';

/** What the trees were fitted to: the absolute error, the error at a quantile between 0 and 1, or the squared error. */
export type Objective =
  | { readonly kind: 'absolute' }
  | { readonly kind: 'quantile'; readonly quantile: number }
  | { readonly kind: 'squared' };

/** One tree. Node 0 is its root; a node with `left` -1 is a leaf. Every array has one entry for each node. */
export interface Tree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Place of the feature that an inner node looks at. */
  readonly feature: Int32Array;
  /** 1 where a row whose value is missing goes to the left. */
  readonly defaultLeft: Uint8Array;
  /** Of an inner node the threshold: a value below it goes to the left. Of a leaf what it adds to the prediction. */
  readonly condition: Float32Array;
  /** How much the split of an inner node lowers the loss, 0 at a leaf. */
  readonly gain: Float32Array;
  /** Weight of the training rows that came to the node. */
  readonly cover: Float32Array;
  /** What the node would add if it were a leaf, by the gradients alone. */
  readonly weight: Float32Array;
}

/** A prediction is `base` plus the leaf of each tree to which the row comes. */
export interface TreesModel {
  readonly kind: 'trees';
  readonly objective: Objective;
  readonly features: readonly string[];
  /** A single precision number. */
  readonly base: number;
  readonly trees: readonly Tree[];
}

/** The columns that a model reads, in its order and in single precision. @throws RangeError when one is not there */
export function singleColumns(features: readonly string[], matrix: Matrix): Float32Array[] {
  return withColumns(matrix, features).columns.map((column) => Float32Array.from(column));
}

/** The leaf of a tree to which a row comes. */
export function leafOf(tree: Tree, columns: readonly Float32Array[], row: number): number {
  const { left, right, feature, defaultLeft, condition } = tree;
  let node = 0;
  for (let next = left[0]!; next !== -1; next = left[node]!) {
    const value = columns[feature[node]!]![row]!;
    const isLeft = value < condition[node]! || (value !== value && defaultLeft[node] === 1);
    node = isLeft ? next : right[node]!;
  }
  return node;
}

/** Adds the leaves of a tree to the predictions, in single precision. */
export function addTree(tree: Tree, columns: readonly Float32Array[], predictions: Float32Array): void {
  for (let i = 0; i < predictions.length; i += 1)
    predictions[i]! += tree.condition[leafOf(tree, columns, i)]!;
}

/** The prediction of each row; a missing value is never an obstacle. @throws RangeError when the matrix lacks a column */
export function predictTrees(model: TreesModel, matrix: Matrix): Float64Array {
  const columns = singleColumns(model.features, matrix);
  const predictions = new Float32Array(matrix.rows).fill(model.base);
  for (const tree of model.trees) addTree(tree, columns, predictions);
  return Float64Array.from(predictions);
}

/** How much a model uses a feature. */
export interface Importance {
  readonly feature: string;
  /** Mean gain of the splits at the feature; 0 without splits. */
  readonly gain: number;
  /** Mean weight of the training rows that came to these splits; 0 without splits. */
  readonly cover: number;
  /** Number of splits at the feature. */
  readonly weight: number;
}

/** The importance of every feature, in the order of the model, by XGBoost's definitions of `gain`, `cover` and `weight`. */
export function importancesOf({ features, trees }: TreesModel): Importance[] {
  const gain = new Float64Array(features.length);
  const cover = new Float64Array(features.length);
  const weight = new Float64Array(features.length);
  for (const tree of trees)
    for (const [node, left] of tree.left.entries()) {
      if (left === -1) continue;
      const feature = tree.feature[node]!;
      gain[feature]! += tree.gain[node]!;
      cover[feature]! += tree.cover[node]!;
      weight[feature]! += 1;
    }
  return features.map((feature, f) => ({
    feature,
    gain: weight[f] === 0 ? 0 : gain[f]! / weight[f]!,
    cover: weight[f] === 0 ? 0 : cover[f]! / weight[f]!,
    weight: weight[f]!,
  }));
}
