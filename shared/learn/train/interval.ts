/** Trains intervals: quantile trees on some rows, and the factor that makes them hold on rows of a later time. */
import { rawInterval, type IntervalModel } from '../interval.ts';
import type { TreeParameters } from './parameters.ts';
import type { TrainingRows } from './rows.ts';
import { trainTrees, type TreesOptions, type ValidationRows } from './trees.ts';

export interface IntervalOptions extends TreesOptions {
  /** Share of the answers that lie inside; 0.8 by default, from the 10th to the 90th percentile. */
  readonly coverage?: number;
}

/**
 * Trains an interval on `rows` and takes its factor from `later` rows, which the trees have not seen: the least one with which
 * the share of them that lies inside is as wanted (split conformal prediction; Vovk and others 2005).
 * @throws RangeError as {@link trainTrees} does, and when there are too few later rows for the coverage
 */
export function trainInterval(
  rows: TrainingRows,
  later: ValidationRows,
  parameters: Omit<TreeParameters, 'objective'>,
  { coverage = 0.8, ...options }: IntervalOptions = {},
): IntervalModel {
  const tail = (1 - coverage) / 2;
  const [low, high] = [tail, 1 - tail].map(
    (quantile) =>
      trainTrees(rows, { ...parameters, objective: { kind: 'quantile', quantile } }, options).model,
  );
  return {
    kind: 'interval',
    low: low!,
    high: high!,
    factor: conformalFactor({ low: low!, high: high! }, later, coverage),
  };
}

/** The least factor with which at least `coverage` of the rows, and of one more, lies inside of its interval. */
function conformalFactor(
  trees: Pick<IntervalModel, 'low' | 'high'>,
  { features, target }: ValidationRows,
  coverage: number,
): number {
  const { middle, half } = rawInterval(trees, features);
  const needed = target.map((each, i) => Math.abs(each - middle[i]!) / half[i]!).sort();
  const rank = Math.ceil((needed.length + 1) * coverage);
  const factor = needed[rank - 1];
  if (factor === undefined)
    throw new RangeError(`${needed.length} rows are too few for an interval that holds ${coverage} of them`);
  return factor;
}
