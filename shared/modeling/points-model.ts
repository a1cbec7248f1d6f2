/**
 * A model of player points as its file holds it, and what it predicts. Nothing here learns: `train.ts` does, which no deployed
 * function needs to predict.
 */
import * as z from 'zod';
import { ALGORITHMS, type Algorithm } from '../domain/models.ts';
import { clamp } from '../domain/seeded-random.ts';
import { contributions } from '../learn/contributions.ts';
import { takeRows, withColumns, type Matrix } from '../learn/matrix.ts';
import { readModel, writeModel } from '../learn/model-file.ts';
import { predict, type Model } from '../learn/model.ts';
import { within, type BandPoint } from './bands.ts';
import { overAt, type OverPoint } from './over.ts';

/** What the file of a model holds. */
export interface PointsModel {
  readonly format: 'fullcourt_points_model_1';
  readonly algorithm: Algorithm;
  readonly featureVersion: string;
  /** The columns of `ml_feature_store_v2` that it reads. */
  readonly features: readonly string[];
  readonly rowsHash: string;
  /** Predicts the median of the points. Trees in it are XGBoost's own JSON model. */
  readonly point: Model;
  /** Feature -> mean points by which it moves predictions of the training rows. */
  readonly importance: Readonly<Record<string, number>>;
  /** P10 and P90 around the prediction. */
  readonly band: readonly BandPoint[];
  /** What the model and a line say together: `base + ofModel * prediction + ofLine * line`; null where it was trained on no lines. */
  readonly withLine: { readonly base: number; readonly ofModel: number; readonly ofLine: number } | null;
  /** How often points lie over a line, by how far the prediction lies above it; null where it was trained on too few lines. */
  readonly over: readonly OverPoint[] | null;
}

const number = z.number();
const schema = z.object({
  format: z.literal('fullcourt_points_model_1'),
  algorithm: z.enum(ALGORITHMS),
  featureVersion: z.string(),
  features: z.array(z.string()),
  rowsHash: z.string(),
  point: z.unknown(),
  importance: z.record(z.string(), number),
  band: z.array(z.object({ at: number, low: number, high: number })).min(1),
  withLine: z.object({ base: number, ofModel: number, ofLine: number }).nullable(),
  over: z
    .array(z.object({ edge: number, probability: number }))
    .min(1)
    .nullable(),
});

/** The text of the file of a model: the same model gives the same bytes. */
export function modelText(model: PointsModel): string {
  return `${JSON.stringify(schema.parse({ ...model, point: JSON.parse(writeModel(model.point)) as unknown }))}\n`;
}

/** The model in a file. @throws Error when it is no file of a model */
export function modelIn(text: string): PointsModel {
  const found = schema.parse(JSON.parse(text));
  return { ...found, point: readModel(JSON.stringify(found.point)) };
}

/** Points are predicted between these. */
const [LEAST, MOST] = [0, 60];

/** The predicted points of each row: the median of what he may score. NaN for a row that lacks a feature that the model cannot do without. */
export function predictPoints(model: PointsModel, features: Matrix): Float64Array {
  return predict(model.point, withColumns(features, model.features)).map((value) =>
    clamp(value, LEAST, MOST),
  );
}

/** P10 and P90 of predicted points. */
export function intervalOf(model: PointsModel, predicted: number): readonly [p10: number, p90: number] {
  return within(model.band, predicted);
}

/** What the model and a line say together; the model alone where there is no line or it has learned from none. */
export function withLine({ withLine: map }: PointsModel, predicted: number, line: number): number {
  if (map === null || Number.isNaN(line)) return predicted;
  return clamp(map.base + map.ofModel * predicted + map.ofLine * line, LEAST, MOST);
}

/** Probability, 0 to 1, that the points lie over a line; NaN without a line, or where the model was trained on too few of them. */
export function overProbability({ over }: PointsModel, predicted: number, line: number): number {
  return over === null || Number.isNaN(line) ? NaN : overAt(over, predicted - line);
}

/** What a prediction is made of. The parts add up to it, but for the bounds of 0 and 60 points. */
export interface Explanation {
  readonly base: number;
  readonly parts: readonly { readonly feature: string; readonly value: number; readonly adds: number }[];
  readonly predicted: number;
}

/** What each feature adds to the prediction of one row, the largest first. @throws RangeError when there is no such row */
export function explained(model: PointsModel, features: Matrix, row: number): Explanation {
  if (row < 0 || row >= features.rows) throw new RangeError(`There is no row ${row} of ${features.rows}`);
  const one = takeRows(withColumns(features, model.features), [row]);
  const { base, features: names, added } = contributions(model.point, one);
  const parts = names.map((feature, f) => ({
    feature,
    value: one.columns[one.names.indexOf(feature)]?.[0] ?? NaN,
    adds: added[f]?.[0] ?? NaN,
  }));
  const sum = parts.reduce((total, { adds }) => total + adds, base);
  return {
    base,
    parts: parts.sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds) || (a.feature < b.feature ? -1 : 1)),
    predicted: clamp(sum, LEAST, MOST),
  };
}
