/** Fits the model of the predecessor: its parameters, on rows that are cut in the order of time. */
import { withColumns, type Matrix } from '../learn/matrix.ts';
import type { TrainingRows } from '../learn/train/rows.ts';
import { trainTrees } from '../learn/train/trees.ts';
import { importancesOf, predictTrees } from '../learn/trees/model.ts';
import { absoluteErrors, mean } from './errors.ts';
import { featureStates, someRows, type ModelRows } from './rows.ts';
import { cutsOf, partsOf } from './split.ts';

/** Its fourth version. */
const PARAMETERS = {
  objective: { kind: 'squared' },
  max_depth: 8,
  learning_rate: 0.05,
  n_estimators: 500,
  min_child_weight: 3,
  subsample: 0.8,
  colsample_bytree: 0.8,
  gamma: 0,
  reg_alpha: 0,
  reg_lambda: 1,
  early_stopping_rounds: 20,
} as const;

export interface FittedPredecessor {
  readonly errors: { readonly train: number; readonly validation: number; readonly test: number };
  /** Its features by the gain of their splits, the most important first. Those that it does not use are left out. */
  readonly importance: readonly string[];
  readonly predict: (features: Matrix) => Float64Array;
}

/** @throws RangeError when the rows have fewer than three dates */
export function fitPredecessor(rows: ModelRows, seed: number): FittedPredecessor {
  const names = featureStates(rows.features).flatMap(({ name, why }) => (why === undefined ? [name] : []));
  const dates = rows.games.map(({ date }) => date);
  const places = partsOf(dates, cutsOf(dates));
  const [train, validation, test] = [places.train, places.validation, places.test].map(
    (part): TrainingRows => {
      const { games, features, target } = someRows(rows, part);
      return { features: withColumns(features, names), target, keys: games.map(({ key }) => key) };
    },
  ) as [TrainingRows, TrainingRows, TrainingRows];
  const { model } = trainTrees(train, { ...PARAMETERS, seed }, { validation });
  const errorOn = ({ features, target }: TrainingRows): number =>
    mean(absoluteErrors(predictTrees(model, features), target));
  return {
    errors: { train: errorOn(train), validation: errorOn(validation), test: errorOn(test) },
    importance: importancesOf(model)
      .filter(({ weight }) => weight > 0)
      .sort((a, b) => b.gain - a.gain || (a.feature < b.feature ? -1 : 1))
      .map(({ feature }) => feature),
    predict: (features) => predictTrees(model, withColumns(features, names)),
  };
}
