/** `xgboost_v1`: the trained model that serves on the date. */
import type { Artifact } from '../../../../shared/domain/code-table.ts';
import type { TableRows } from '../../../../shared/domain/table-rows.ts';
import { matrixOf } from '../../../../shared/learn/matrix.ts';
import {
  explained,
  intervalOf,
  modelIn,
  overProbability,
  predictPoints,
  type Explanation,
  type PointsModel,
} from '../../../../shared/modeling/points-model.ts';
import type { Interval } from './interval.ts';
import type { OverProbability } from './recommendation.ts';
import { answered, unanswered, type PlayerFeatures, type SystemResult } from './system.ts';

/** What a model says of the players of a date. */
export interface Predictions {
  readonly modelId: string;
  /** The answer for the player of a row. */
  readonly resultAt: (i: number, features: PlayerFeatures, quality: number | null) => SystemResult;
  readonly intervalAt: (points: number) => Interval;
  /** What the answer for the player of a row is made of. */
  readonly explainedAt: (i: number) => Explanation;
  /** How likely more points than the line are; null where the model was trained on too few lines. */
  readonly overAt: (points: number, line: number) => OverProbability | null;
}

/** The model that was read last: the dates of a batch mostly share one. Its id names its bytes. */
let lastRead: { readonly id: string; readonly model: PointsModel } | undefined;

function modelOf({ id, text }: Artifact): PointsModel {
  if (lastRead?.id !== id) lastRead = { id, model: modelIn(text) };
  return lastRead.model;
}

/** @throws Error when the file is no model, or reads a feature that the rows do not have */
export function predictionsOf(artifact: Artifact, rows: TableRows): Predictions {
  const model = modelOf(artifact);
  const columns = Object.fromEntries(
    model.features.map((name) => {
      const column = rows.numbers[name];
      if (column === undefined)
        throw new Error(`The model ${artifact.id} reads ${name}, which no row of features has`);
      return [name, column];
    }),
  );
  const matrix = rows.count === 0 ? undefined : matrixOf(columns);
  const predicted = matrix === undefined ? new Float64Array() : predictPoints(model, matrix);
  return {
    modelId: artifact.id,
    resultAt: (i, features, quality) => {
      const points = predicted[i];
      if (points === undefined || Number.isNaN(points)) return unanswered('no_form');
      return answered({ points, confidence: modelConfidence(features, quality) });
    },
    intervalAt: (points) => {
      const [p10, p90] = intervalOf(model, points);
      return { p10, p90 };
    },
    explainedAt: (i) => {
      if (matrix === undefined) throw new RangeError('There are no rows to explain');
      return explained(model, matrix, i);
    },
    overAt: (points, line) => {
      const probability = overProbability(model, points, line);
      return Number.isNaN(probability) ? null : { probability, lower: null, upper: null };
    },
  };
}

/**
 * 0.72 to 0.90: 0.70, and up to 0.10 more by the quality of the features (90, 80, 70 and 60 of 100) and by the standard deviation of his
 * last points (below 4, 6 and 8).
 */
function modelConfidence({ points_std_last_10: spread }: PlayerFeatures, quality: number | null): number {
  const of = quality ?? 0;
  const byQuality = of >= 90 ? 0.1 : of >= 80 ? 0.07 : of >= 70 ? 0.05 : of >= 60 ? 0.02 : 0;
  const bySpread = spread === null || spread >= 8 ? 0.02 : spread >= 6 ? 0.05 : spread >= 4 ? 0.07 : 0.1;
  return 0.7 + byQuality + bySpread;
}
