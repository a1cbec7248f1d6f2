/**
 * Exact SHAP values of trees by path (Lundberg and others 2018, algorithm 2): how much each feature moves a prediction away
 * from the mean of the training rows. XGBoost's `pred_contribs` gives the same.
 */
import type { Matrix } from '../matrix.ts';
import { singleColumns, type Tree, type TreesModel } from './model.ts';

/** The features on the way to a node: `d + 1` entries each at depth `d`, one depth behind the other. */
interface Paths {
  readonly feature: Int32Array;
  /** Share of the training rows that go this way when the feature is unknown. */
  readonly zero: Float64Array;
  /** 1 when the row goes this way, else 0. */
  readonly one: Float64Array;
  readonly weight: Float64Array;
}

/**
 * What each feature adds to each row, one column for each feature of the model, and the base to which they add up. Base plus
 * the amounts of a row is its prediction, but for the rounding of the prediction to single precision.
 * @throws RangeError when the matrix lacks a column
 */
export function treeContributions(
  model: TreesModel,
  matrix: Matrix,
): { readonly base: number; readonly added: Float64Array[] } {
  const columns = singleColumns(model.features, matrix);
  const added = model.features.map(() => new Float64Array(matrix.rows));
  let base = model.base;
  for (const tree of model.trees) {
    const depth = depthOf(tree, 0);
    base += meanOf(tree, 0);
    const explain = makeExplainer(tree, columns, depth);
    for (let row = 0; row < matrix.rows; row += 1) explain(row, added);
  }
  return { base, added };
}

function depthOf({ left, right }: Tree, node: number): number {
  if (left[node] === -1) return 0;
  return (
    1 +
    Math.max(depthOf({ left, right } as Tree, left[node]!), depthOf({ left, right } as Tree, right[node]!))
  );
}

/** The mean of the leaves below a node, each weighted by the training rows that came to it. */
function meanOf(tree: Tree, node: number): number {
  const left = tree.left[node]!;
  if (left === -1) return tree.condition[node]!;
  const right = tree.right[node]!;
  const [a, b] = [tree.cover[left]!, tree.cover[right]!];
  return (a * meanOf(tree, left) + b * meanOf(tree, right)) / (a + b);
}

/** Adds what the features of one tree do for a row to `added`. */
function makeExplainer(
  tree: Tree,
  columns: readonly Float32Array[],
  depth: number,
): (row: number, added: readonly Float64Array[]) => void {
  const size = ((depth + 2) * (depth + 3)) / 2;
  const paths: Paths = {
    feature: new Int32Array(size),
    zero: new Float64Array(size),
    one: new Float64Array(size),
    weight: new Float64Array(size),
  };
  const { feature, zero, one, weight } = paths;

  const visit = (
    node: number,
    row: number,
    added: readonly Float64Array[],
    parentAt: number,
    parentLength: number,
    cameByZero: number,
    cameByOne: number,
    cameBy: number,
  ): void => {
    // The path of a node lies behind the one of its parent, so that its other child finds that one untouched.
    const at = parentAt + parentLength;
    for (const part of [feature, zero, one, weight]) part.copyWithin(at, parentAt, at);
    let length = extend(paths, at, parentLength, cameByZero, cameByOne, cameBy);
    const left = tree.left[node]!;
    if (left === -1) {
      for (let i = 1; i < length; i += 1) {
        const amount = unwoundSum(paths, at, length, i) * (one[at + i]! - zero[at + i]!);
        added[feature[at + i]!]![row]! += amount * tree.condition[node]!;
      }
      return;
    }
    const right = tree.right[node]!;
    const looked = tree.feature[node]!;
    const value = columns[looked]![row]!;
    const isLeft = value < tree.condition[node]! || (Number.isNaN(value) && tree.defaultLeft[node] === 1);
    const [hot, cold] = isLeft ? [left, right] : [right, left];
    let [formerZero, formerOne] = [1, 1];
    for (let i = 1; i < length; i += 1) {
      if (feature[at + i] !== looked) continue;
      formerZero = zero[at + i]!;
      formerOne = one[at + i]!;
      length = unwind(paths, at, length, i);
      break;
    }
    const share = formerZero / tree.cover[node]!;
    visit(hot, row, added, at, length, tree.cover[hot]! * share, formerOne, looked);
    visit(cold, row, added, at, length, tree.cover[cold]! * share, 0, looked);
  };
  return (row, added) => visit(0, row, added, 0, 0, 1, 1, -1);
}

/** Adds a feature to a path of this length and returns its new length. */
function extend(
  { feature, zero, one, weight }: Paths,
  at: number,
  length: number,
  zeroShare: number,
  oneShare: number,
  added: number,
): number {
  feature[at + length] = added;
  zero[at + length] = zeroShare;
  one[at + length] = oneShare;
  weight[at + length] = length === 0 ? 1 : 0;
  for (let i = length - 1; i >= 0; i -= 1) {
    weight[at + i + 1]! += (oneShare * weight[at + i]! * (i + 1)) / (length + 1);
    weight[at + i] = (zeroShare * weight[at + i]! * (length - i)) / (length + 1);
  }
  return length + 1;
}

/** Takes entry `which` out of a path and returns its new length. */
function unwind({ feature, zero, one, weight }: Paths, at: number, length: number, which: number): number {
  const oneShare = one[at + which]!;
  const zeroShare = zero[at + which]!;
  let next = weight[at + length - 1]!;
  for (let i = length - 2; i >= 0; i -= 1) {
    if (oneShare !== 0) {
      const former = weight[at + i]!;
      weight[at + i] = (next * length) / ((i + 1) * oneShare);
      next = former - (weight[at + i]! * zeroShare * (length - 1 - i)) / length;
    } else weight[at + i] = (weight[at + i]! * length) / (zeroShare * (length - 1 - i));
  }
  for (let i = which; i < length - 1; i += 1) {
    feature[at + i] = feature[at + i + 1]!;
    zero[at + i] = zero[at + i + 1]!;
    one[at + i] = one[at + i + 1]!;
  }
  return length - 1;
}

/** The sum of the weights that the path would have without entry `which`. */
function unwoundSum({ zero, one, weight }: Paths, at: number, length: number, which: number): number {
  const oneShare = one[at + which]!;
  const zeroShare = zero[at + which]!;
  let next = weight[at + length - 1]!;
  let sum = 0;
  for (let i = length - 2; i >= 0; i -= 1) {
    if (oneShare !== 0) {
      const here = (next * length) / ((i + 1) * oneShare);
      sum += here;
      next = weight[at + i]! - (here * zeroShare * (length - 1 - i)) / length;
    } else sum += (weight[at + i]! * length) / (zeroShare * (length - 1 - i));
  }
  return sum;
}
