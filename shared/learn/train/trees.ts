/** Boosted trees on histograms, after XGBoost's `hist`: parameters, objectives and model are the same. */
import { makeRandom, shuffled } from '../../domain/seeded-random.ts';
import type { Matrix } from '../matrix.ts';
import { addTree, singleColumns, type Tree, type TreesModel } from '../trees/model.ts';
import { binned } from './bins.ts';
import { finishedTree, grownLeafOf, makeGrower, type GrownTree } from './grow-tree.ts';
import { bestConstant, emptyGradients, errorOf, fillGradients } from './objective.ts';
import { wholeParameters, type TreeParameters, type WholeParameters } from './parameters.ts';
import { newtonStep } from './split.ts';
import { inOrder, type OrderedRows, type TrainingRows } from './rows.ts';

/** Rows that show when more trees stop helping. They are not learned from. */
export interface ValidationRows {
  readonly features: Matrix;
  readonly target: Float64Array;
}

export interface TrainedTrees {
  readonly model: TreesModel;
  /** Error on the validation rows after each tree that was grown; empty without such rows. */
  readonly validationErrors: readonly number[];
}

export interface TreesOptions {
  readonly validation?: ValidationRows;
  /** Is told of each tree: how many there are, and the error on the validation rows. */
  readonly onTree?: (trees: number, validationError: number | undefined) => void;
}

/**
 * Fits boosted trees. With `early_stopping_rounds` the model keeps the trees up to the best one on the validation rows.
 * @throws RangeError when a parameter is outside of its range, when early stopping has no validation rows, and what
 * {@link inOrder} refuses
 */
export function trainTrees(
  rows: TrainingRows,
  given: TreeParameters,
  { validation, onTree }: TreesOptions = {},
): TrainedTrees {
  const parameters = wholeParameters(given);
  const { objective } = parameters;
  if (parameters.early_stopping_rounds < Infinity && validation === undefined)
    throw new RangeError('early_stopping_rounds needs validation rows');
  const ordered = inOrder(rows);
  const { target, weights } = ordered;
  const features = ordered.features.names;
  const base = Math.fround(bestConstant(objective, Float64Array.from(target), weights));
  const addNext = makeBooster(ordered, parameters, base);
  const watched = validation === undefined ? undefined : watch(validation, features, base);

  const trees: Tree[] = [];
  const errors: number[] = [];
  let best = 0;
  while (trees.length < parameters.n_estimators) {
    const tree = addNext(trees.length);
    trees.push(tree);
    if (watched === undefined) {
      onTree?.(trees.length, undefined);
      continue;
    }
    addTree(tree, watched.columns, watched.predictions);
    const error = errorOf(objective, watched.predictions, watched.target, undefined);
    errors.push(error);
    onTree?.(trees.length, error);
    if (error < errors[best]!) best = trees.length - 1;
    if (trees.length - 1 - best >= parameters.early_stopping_rounds) break;
  }
  const kept = parameters.early_stopping_rounds < Infinity ? trees.slice(0, best + 1) : trees;
  return {
    model: { kind: 'trees', objective, features, base, trees: kept },
    validationErrors: errors,
  };
}

interface Watched {
  readonly columns: readonly Float32Array[];
  readonly target: Float64Array;
  readonly predictions: Float32Array;
}

function watch(
  { features: matrix, target }: ValidationRows,
  features: readonly string[],
  base: number,
): Watched {
  if (target.length !== matrix.rows || matrix.rows === 0)
    throw new RangeError(`There are ${matrix.rows} validation rows with ${target.length} targets`);
  return {
    columns: singleColumns(features, matrix),
    target,
    predictions: new Float32Array(matrix.rows).fill(base),
  };
}

/** Makes one tree after the other, each from what those before it leave over. */
function makeBooster(
  { features, target, weights }: OrderedRows,
  parameters: WholeParameters,
  base: number,
): (number: number) => Tree {
  const { objective, seed } = parameters;
  const n = target.length;
  const bins = binned(features, weights, parameters.max_bin);
  const grow = makeGrower(bins, parameters);
  const gradients = emptyGradients(objective, n, weights);
  const predictions = new Float32Array(n).fill(base);
  const leafRows = { residuals: new Float64Array(n), weights: weights && new Float64Array(n) };
  const isUsable = features.names.map((_, f) => bins.cuts[f]!.length > 0 || bins.hasMissing[f] === true);

  /** What each leaf adds: the best constant for what is left over of its rows, shrunk by the learning rate. */
  const leavesOf = ({ nodes, places }: GrownTree): Float32Array =>
    Float32Array.from(nodes, ({ division, begin, end, total }) => {
      if (division !== undefined) return 0;
      if (objective.kind === 'squared') return parameters.learning_rate * newtonStep(total, parameters);
      for (let i = begin; i < end; i += 1) {
        const row = places[i]!;
        leafRows.residuals[i - begin] = target[row]! - predictions[row]!;
        if (leafRows.weights !== undefined) leafRows.weights[i - begin] = weights![row]!;
      }
      return (
        parameters.learning_rate * bestConstant(objective, leafRows.residuals, leafRows.weights, end - begin)
      );
    });

  return (number) => {
    fillGradients(objective, predictions, target, gradients);
    const { places, left } = sampled(n, parameters.subsample, seed, number);
    const chosen = chosenFeatures(isUsable, parameters.colsample_bytree, seed, number);
    const grown = grow(gradients, places, chosen);
    const leaves = leavesOf(grown);
    for (const [node, { division, begin, end }] of grown.nodes.entries())
      if (division === undefined)
        for (let i = begin; i < end; i += 1) predictions[places[i]!]! += leaves[node]!;
    for (const row of left) predictions[row]! += leaves[grownLeafOf(grown, bins, row)]!;
    return finishedTree(grown, bins, leaves, parameters);
  };
}

/** Rows that a tree looks at, and those that are left out; both ascending. */
function sampled(
  n: number,
  share: number,
  seed: number,
  tree: number,
): { readonly places: Int32Array; readonly left: readonly number[] } {
  const all = Int32Array.from({ length: n }, (_, i) => i);
  if (share === 1) return { places: all, left: [] };
  const random = makeRandom('rows', seed, tree);
  const left: number[] = [];
  const places = all.filter((row) => {
    const isIn = random.unit() < share;
    if (!isIn) left.push(row);
    return isIn;
  });
  return places.length === 0 ? { places: all, left: [] } : { places, left };
}

/** Features that a tree looks at, ascending: a share of those that have more than one value, at least one of them. */
function chosenFeatures(isUsable: readonly boolean[], share: number, seed: number, tree: number): number[] {
  const usable = [...isUsable.keys()].filter((f) => isUsable[f]);
  if (share === 1) return usable;
  const count = Math.max(1, Math.floor(share * usable.length));
  return shuffled(makeRandom('features', seed, tree), usable)
    .slice(0, count)
    .sort((a, b) => a - b);
}
