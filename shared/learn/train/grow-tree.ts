/** Grows one tree from gradients. */
import type { Tree } from '../trees/model.ts';
import { WORD, type Binned } from './bins.ts';
import {
  emptyHistogram,
  fillHistogram,
  ONE_ROW,
  subtract,
  type Gradients,
  type Histogram,
  type RowRange,
} from './histogram.ts';
import type { WholeParameters } from './parameters.ts';
import { makeSplitter, newtonStep, type Split, type Totals } from './split.ts';

/** A node of a tree that grows. */
export interface GrownNode {
  readonly depth: number;
  /** Its rows are `places` of the tree from `begin` to before `end`. */
  readonly begin: number;
  readonly end: number;
  readonly total: Totals;
  /** Set when the node was divided. */
  division?: { readonly split: Split; readonly left: number; readonly right: number };
}

/** A tree whose leaves have no values yet. */
export interface GrownTree {
  readonly nodes: readonly GrownNode[];
  /** The rows that it was grown from, those of each leaf together and in ascending order. */
  readonly places: Int32Array;
}

interface Candidate {
  readonly node: number;
  readonly split: Split;
  readonly histogram: Histogram;
}

/** A threshold below which no value lies: all that is not missing goes to the right. */
const BELOW_ALL = -3.4028234663852886e38;

/** Grows trees on the same rows; the memory for histograms is used again. */
export function makeGrower(binned: Binned, parameters: WholeParameters) {
  const free: Histogram[] = [];
  const spare = new Int32Array(binned.rows);
  const maxDepth = parameters.max_depth === 0 ? Infinity : parameters.max_depth;
  const maxLeaves = parameters.max_leaves === 0 ? Infinity : parameters.max_leaves;
  const isLossGuided = parameters.grow_policy === 'lossguide';

  /** @param places the rows to look at, ascending; their order changes @param features the features to look at, ascending */
  return (gradients: Gradients, places: Int32Array, features: readonly number[]): GrownTree => {
    const bestSplit = makeSplitter(binned, gradients, parameters);
    const groups = [...new Set(features.map((feature) => Math.floor(feature / WORD)))];
    const nodes: GrownNode[] = [];
    const open: Candidate[] = [];
    const histogramOf = (rows: RowRange): Histogram => {
      const histogram = free.pop() ?? emptyHistogram(binned.length, gradients.kind);
      fillHistogram(histogram, binned, gradients, rows, groups);
      return histogram;
    };
    const mayGrow = ({ depth, total }: GrownNode): boolean =>
      depth < maxDepth && total.weight >= 2 * parameters.min_child_weight;
    const look = (node: number, histogram: Histogram): void => {
      const grown = nodes[node]!;
      const split = mayGrow(grown) ? bestSplit(histogram, grown.total, features) : undefined;
      if (split === undefined) free.push(histogram);
      else open.push({ node, split, histogram });
    };

    const root: GrownNode = { depth: 0, begin: 0, end: places.length, total: totalOf(gradients, places) };
    nodes.push(root);
    look(0, histogramOf({ places, begin: 0, end: places.length }));
    for (let leaves = 1; open.length > 0 && leaves < maxLeaves; leaves += 1) {
      const { node, split, histogram } = isLossGuided ? takeGreatest(open) : open.shift()!;
      const parent = nodes[node]!;
      const middle = divide(binned, split, { ...parent, places }, spare);
      const depth = parent.depth + 1;
      const left = { depth, begin: parent.begin, end: middle, total: split.left };
      const right = { depth, begin: middle, end: parent.end, total: split.right };
      const at = nodes.push(left, right) - 2;
      parent.division = { split, left: at, right: at + 1 };
      if (!mayGrow(left) && !mayGrow(right)) {
        free.push(histogram);
        continue;
      }
      // The sums of the greater side are those of the node without those of the smaller side.
      const isLeftSmaller = middle - parent.begin <= parent.end - middle;
      const small = histogramOf({ places, ...(isLeftSmaller ? left : right) });
      subtract(histogram, small);
      look(at, isLeftSmaller ? small : histogram);
      look(at + 1, isLeftSmaller ? histogram : small);
    }
    free.push(...open.map(({ histogram }) => histogram));
    return { nodes, places };
  };
}

function totalOf(gradients: Gradients, places: Int32Array): Totals {
  let gradient = 0;
  let weight = 0;
  if (gradients.kind === 'sums') {
    for (const row of places) {
      gradient += gradients.gradient[row]!;
      weight += gradients.weight[row]!;
    }
    return { gradient, weight };
  }
  weight = places.length;
  for (const row of places) gradient += gradients.packed[row]! - ONE_ROW;
  return { gradient: gradient - gradients.shift * weight, weight };
}

/** Takes the candidate with the greatest gain out of the list; of equal ones the one that came first. */
function takeGreatest(open: Candidate[]): Candidate {
  let greatest = 0;
  for (const [i, { split }] of open.entries()) if (split.gain > open[greatest]!.split.gain) greatest = i;
  return open.splice(greatest, 1)[0]!;
}

/** For each bin of a feature whether its rows go to the left. */
function sidesOf(binned: Binned, { feature, bin, isMissingLeft }: Split): Uint8Array {
  const sides = new Uint8Array(256);
  sides.fill(1, 0, bin + 1);
  if (isMissingLeft) sides[binned.cuts[feature]!.length + 1] = 1;
  return sides;
}

/** Puts the rows that go to the left before the others, keeping their order on both sides; returns where the right side begins. */
function divide(binned: Binned, split: Split, { places, begin, end }: RowRange, spare: Int32Array): number {
  const sides = sidesOf(binned, split);
  const words = binned.words[Math.floor(split.feature / WORD)]!;
  const shift = 8 * (split.feature % WORD);
  let left = begin;
  let right = 0;
  for (let i = begin; i < end; i += 1) {
    const row = places[i]!;
    const isLeft = sides[(words[row]! >>> shift) & 255]!;
    places[left] = row;
    spare[right] = row;
    left += isLeft;
    right += 1 - isLeft;
  }
  places.set(spare.subarray(0, right), left);
  return left;
}

/** The leaf of a grown tree to which a row of the training rows comes. */
export function grownLeafOf({ nodes }: GrownTree, binned: Binned, row: number): number {
  let node = 0;
  for (let division = nodes[0]!.division; division !== undefined; division = nodes[node]!.division) {
    const { split, left, right } = division;
    const bin =
      (binned.words[Math.floor(split.feature / WORD)]![row]! >>> (8 * (split.feature % WORD))) & 255;
    const isMissing = bin === binned.cuts[split.feature]!.length + 1;
    node = (isMissing ? split.isMissingLeft : bin <= split.bin) ? left : right;
  }
  return node;
}

/** The tree for prediction. @param leaves what each node adds that is a leaf */
export function finishedTree(
  { nodes }: GrownTree,
  binned: Binned,
  leaves: Float32Array,
  parameters: WholeParameters,
): Tree {
  const n = nodes.length;
  const tree: Tree = {
    left: new Int32Array(n).fill(-1),
    right: new Int32Array(n).fill(-1),
    feature: new Int32Array(n),
    defaultLeft: new Uint8Array(n),
    condition: Float32Array.from(leaves),
    gain: new Float32Array(n),
    cover: Float32Array.from(nodes, ({ total }) => total.weight),
    weight: Float32Array.from(leaves),
  };
  for (const [i, { division, total }] of nodes.entries()) {
    if (division === undefined) continue;
    const { split, left, right } = division;
    tree.left[i] = left;
    tree.right[i] = right;
    tree.feature[i] = split.feature;
    tree.defaultLeft[i] = split.isMissingLeft ? 1 : 0;
    tree.condition[i] = split.bin === -1 ? BELOW_ALL : binned.cuts[split.feature]![split.bin]!;
    tree.gain[i] = split.gain;
    tree.weight[i] = parameters.learning_rate * newtonStep(total, parameters);
  }
  return tree;
}
