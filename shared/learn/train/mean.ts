/** Trains the mean of a linear model and boosted trees, both fitted to the absolute error. */
import type { MeanModel } from '../model.ts';
import { trainLad, type LadOptions, type TrainedLad } from './lad.ts';
import type { TreeParameters } from './parameters.ts';
import type { TrainingRows } from './rows.ts';
import { trainTrees, type TrainedTrees, type TreesOptions } from './trees.ts';

export interface TrainedMean {
  readonly model: MeanModel;
  readonly lad: TrainedLad;
  readonly trees: TrainedTrees;
}

/** Trains both members on the same rows. @throws RangeError as {@link trainLad} and {@link trainTrees} do */
export function trainMean(
  rows: TrainingRows,
  options: {
    readonly lad?: LadOptions;
    readonly trees: Omit<TreeParameters, 'objective'>;
    readonly whileTraining?: TreesOptions;
  },
): TrainedMean {
  const lad = trainLad(rows, options.lad);
  const trees = trainTrees(
    rows,
    { ...options.trees, objective: { kind: 'absolute' } },
    options.whileTraining,
  );
  return { model: { kind: 'mean', members: [lad.model, trees.model] }, lad, trees };
}
