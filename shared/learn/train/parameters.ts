/** What boosted trees can be told, by the names and with the defaults that XGBoost has for it. */
import type { Objective } from '../trees/model.ts';

export interface TreeParameters {
  readonly objective: Objective;
  /** Most splits between the root and a leaf; 0 is no limit and needs `max_leaves`. 6 by default. */
  readonly max_depth?: number;
  /** Most leaves of a tree; 0, the default, is no limit. */
  readonly max_leaves?: number;
  /** `depthwise`, the default, splits level by level; `lossguide` splits where the loss falls most. */
  readonly grow_policy?: 'depthwise' | 'lossguide';
  /** Share of each tree that is added to the prediction, above 0 to 1; 0.3 by default. */
  readonly learning_rate?: number;
  /** Most trees; 100 by default. */
  readonly n_estimators?: number;
  /** Least weight of the rows of a node; 1 by default. */
  readonly min_child_weight?: number;
  /** Share of the rows that each tree looks at, above 0 to 1; 1 by default. */
  readonly subsample?: number;
  /** Share of the features that each tree looks at, above 0 to 1; 1 by default. */
  readonly colsample_bytree?: number;
  /** Least gain of a split; 0 by default. */
  readonly gamma?: number;
  /** L1 term on leaves; 0 by default. */
  readonly reg_alpha?: number;
  /** L2 term on leaves; 1 by default. */
  readonly reg_lambda?: number;
  /** Names the random numbers that choose rows and features; 0 by default. */
  readonly seed?: number;
  /** Training ends after this many trees that did not improve the validation rows; without it no tree is left out. */
  readonly early_stopping_rounds?: number;
  /** Most bins of a feature, 2 to 256; 256 by default. */
  readonly max_bin?: number;
}

/** Parameters that are all there. Without early stopping its number of rounds is Infinity. */
export type WholeParameters = Required<TreeParameters>;

/** The parameters with their defaults. @throws RangeError when one is outside of its range */
export function wholeParameters(given: TreeParameters): WholeParameters {
  const whole: WholeParameters = {
    max_depth: 6,
    max_leaves: 0,
    grow_policy: 'depthwise',
    learning_rate: 0.3,
    n_estimators: 100,
    min_child_weight: 1,
    subsample: 1,
    colsample_bytree: 1,
    gamma: 0,
    reg_alpha: 0,
    reg_lambda: 1,
    seed: 0,
    early_stopping_rounds: Infinity,
    max_bin: 256,
    ...given,
  };
  const ranges = [
    ['max_depth', 0, 1000],
    ['max_leaves', 0, 1e6],
    ['learning_rate', Number.MIN_VALUE, 1],
    ['n_estimators', 1, 1e6],
    ['min_child_weight', 0, Infinity],
    ['subsample', Number.MIN_VALUE, 1],
    ['colsample_bytree', Number.MIN_VALUE, 1],
    ['gamma', 0, Infinity],
    ['reg_alpha', 0, Infinity],
    ['reg_lambda', 0, Infinity],
    ['early_stopping_rounds', 1, Infinity],
    ['max_bin', 2, 256],
  ] as const;
  for (const [name, least, most] of ranges)
    if (!(whole[name] >= least && whole[name] <= most))
      throw new RangeError(`${name} is ${whole[name]}; it can be ${least} to ${most}`);
  for (const name of ['max_depth', 'max_leaves', 'n_estimators', 'max_bin'] as const)
    if (!Number.isInteger(whole[name]))
      throw new RangeError(`${name} is ${whole[name]}; it is a whole number`);
  const { objective } = whole;
  if (objective.kind === 'quantile' && !(objective.quantile > 0 && objective.quantile < 1))
    throw new RangeError(`The quantile is ${objective.quantile}; it lies between 0 and 1`);
  if (whole.max_depth === 0 && whole.max_leaves === 0)
    throw new RangeError('Without max_depth the number of leaves needs a limit: max_leaves');
  return whole;
}
