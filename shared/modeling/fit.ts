/** Fits the part of a model that predicts points: linear, trees, or both. */
import type { Algorithm } from '../domain/models.ts';
import { withColumns } from '../learn/matrix.ts';
import type { Model } from '../learn/model.ts';
import { trainLad } from '../learn/train/lad.ts';
import { trainMean } from '../learn/train/mean.ts';
import type { TreeParameters } from '../learn/train/parameters.ts';
import type { TrainingRows } from '../learn/train/rows.ts';
import { trainTrees, type TreesOptions } from '../learn/train/trees.ts';
import type { ModelRows } from './rows.ts';

/** Ridge term of the linear model, in points of error. */
const RIDGE = 1e-4;

/** Trees of 16 leaves on the absolute error; the number of trees is found on the validation rows. */
const TREES = {
  max_depth: 0,
  max_leaves: 16,
  learning_rate: 0.05,
  n_estimators: 600,
  min_child_weight: 20,
  subsample: 0.8,
  colsample_bytree: 0.6,
  reg_lambda: 1,
  early_stopping_rounds: 40,
} as const;

export interface FitOptions {
  readonly algorithm: Algorithm;
  readonly names: readonly string[];
  /** Features that may be missing. Others that are missing leave the linear model without an answer. */
  readonly fill: readonly string[];
  readonly seed: number;
  /** The number of trees; undefined where it is to be found on validation rows. */
  readonly trees: number | undefined;
  readonly say: (step: string) => void;
}

export interface Fitted {
  readonly model: Model;
  /** The number of trees; undefined without trees. */
  readonly trees: number | undefined;
}

/** Fits a model to rows. @param validation where trees stop to help */
export function fitPoint(rows: ModelRows, options: FitOptions, validation?: ModelRows): Fitted {
  const { algorithm, names } = options;
  const training: TrainingRows = {
    features: withColumns(rows.features, names),
    target: rows.target,
    keys: rows.games.map(({ key }) => key),
  };
  const lad = { ridge: RIDGE, fill: options.fill };
  if (algorithm === 'lad') return { model: trainLad(training, lad).model, trees: undefined };
  const { parameters, whileTraining } = treesOf(options, validation);
  if (algorithm === 'mean') {
    const { model, trees } = trainMean(training, { lad, trees: parameters, whileTraining });
    return { model, trees: trees.model.trees.length };
  }
  const { model } = trainTrees(training, { ...parameters, objective: { kind: 'absolute' } }, whileTraining);
  return { model, trees: model.trees.length };
}

/** How trees are trained. */
function treesOf(
  { names, seed, trees, say }: FitOptions,
  validation: ModelRows | undefined,
): { readonly parameters: Omit<TreeParameters, 'objective'>; readonly whileTraining: TreesOptions } {
  const { early_stopping_rounds, ...others } = TREES;
  const onTree = (count: number, error: number | undefined): void => {
    if (count % 50 === 0)
      say(`  ${count} trees${error === undefined ? '' : `, validation error ${error.toFixed(4)}`}`);
  };
  return {
    parameters: {
      ...{ ...others, grow_policy: 'lossguide', seed },
      ...(trees === undefined ? {} : { n_estimators: trees }),
      ...(validation === undefined ? {} : { early_stopping_rounds }),
    },
    whileTraining: {
      onTree,
      ...(validation === undefined
        ? {}
        : {
            validation: { features: withColumns(validation.features, names), target: validation.target },
          }),
    },
  };
}

/** The parameters of the learners, by `learner.name`. @param trees how many trees there are */
export function parametersOf(algorithm: Algorithm, trees: number | undefined): Record<string, number> {
  const ofTrees = Object.fromEntries(
    Object.entries({ ...TREES, n_estimators: trees ?? 0 }).map(([name, value]) => [`trees.${name}`, value]),
  );
  return {
    ...(algorithm === 'trees' ? {} : { 'lad.ridge': RIDGE }),
    ...(algorithm === 'lad' ? {} : ofTrees),
  };
}
