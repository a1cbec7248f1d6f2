/** Trains a model of player points from rows: chronological parts, a fit, a refit on all rows, the band and the map of lines. */
import type { Algorithm } from '../domain/models.ts';
import { matrixOf, takeRows, withColumns, type Matrix } from '../learn/matrix.ts';
import { contributions } from '../learn/contributions.ts';
import { predict, type Model } from '../learn/model.ts';
import { trainLad } from '../learn/train/lad.ts';
import { fitPoint, parametersOf, type Fitted } from './fit.ts';
import { bandOf } from './bands.ts';
import { absoluteErrors, mean } from './errors.ts';
import { overMapOf } from './over.ts';
import { predictPoints, type PointsModel } from './points-model.ts';
import {
  featureStates,
  hashOfRows,
  inOrderOfKeys,
  rowsWhere,
  someRows,
  type FeatureState,
  type ModelRows,
} from './rows.ts';
import { cutsOf, partsOf, type Cuts } from './split.ts';

export interface TrainOptions {
  readonly algorithm: Algorithm;
  readonly featureVersion: string;
  /** The features to learn from; empty and constant ones are left out. */
  readonly features: readonly string[];
  readonly seed: number;
  /** Told of each step. */
  readonly say?: (step: string) => void;
}

/** A model with what was found while it was trained. */
export interface Trained {
  readonly model: PointsModel;
  readonly parameters: Readonly<Record<string, number>>;
  readonly features: readonly FeatureState[];
  readonly cuts: Cuts;
  /** Mean absolute errors of the model that has learned from the first part alone. */
  readonly errors: { readonly train: number; readonly validation: number; readonly test: number };
  /** Rows of the first two parts. */
  readonly counts: { readonly train: number; readonly validation: number };
  /** The test rows, and what the model that has learned from the first part alone predicts of them. */
  readonly test: { readonly rows: ModelRows; readonly predicted: Float64Array };
  /** Test error of the same fit on the first two parts, and whether the model of the file has therefore learned from all rows. */
  readonly refit: { readonly test: number; readonly isUsed: boolean };
}

/** A refit is used unless it is worse by more than this share: more rows are worth more than a chance of one season's end. */
const WORSE_REFIT = 0.002;

/**
 * Trains a model.
 * 1. The rows are cut at date boundaries into 70 %, 15 % and 15 %, in the order of time.
 * 2. A model learns from the first part; its errors on the other two are what is reported.
 * 3. The same fit on the first two parts is tried on the third. Unless it is worse there, the model of the file has learned from all rows.
 * 4. The band from P10 to P90 and the map of lines are fitted to predictions of rows that the model of step 2 has not seen.
 * @throws RangeError when the rows have fewer than three dates, or no feature can be learned from
 */
export function trainPoints(given: ModelRows, options: TrainOptions): Trained {
  const rows = inOrderOfKeys(given);
  const say = options.say ?? (() => undefined);
  const states = featureStates(withColumns(rows.features, options.features));
  const names = states.filter(({ why }) => why === undefined).map(({ name }) => name);
  if (names.length === 0) throw new RangeError('No feature has two values: there is nothing to learn from');
  const fill = states.filter(({ fill: share }) => share < 1).map(({ name }) => name);
  const cuts = cutsOf(rows.games.map(({ date }) => date));
  const parts = partsOf(
    rows.games.map(({ date }) => date),
    cuts,
  );
  const fit = (of: ModelRows, trees?: number): Fitted =>
    fitPoint(of, { algorithm: options.algorithm, names, fill, seed: options.seed, trees, say });
  const errorOn = (model: Model, of: ModelRows): number =>
    mean(absoluteErrors(predict(model, of.features), of.target));

  say(`fitting ${options.algorithm} on ${parts.train.length} rows before ${cuts.validation}`);
  const [train, validation, test] = [parts.train, parts.validation, parts.test].map((places) =>
    someRows(rows, places),
  ) as [ModelRows, ModelRows, ModelRows];
  const { model: first, trees } = fitPoint(
    train,
    { algorithm: options.algorithm, names, fill, seed: options.seed, trees: undefined, say },
    validation,
  );
  const errors = {
    train: errorOn(first, train),
    validation: errorOn(first, validation),
    test: errorOn(first, test),
  };
  say(`refitting on the rows before ${cuts.test}, then on all ${rows.games.length}`);
  const isBeforeTest = (at: number): boolean => (rows.games[at]?.date ?? '') < cuts.test;
  const refitted = errorOn(fit(rowsWhere(rows, isBeforeTest), trees).model, test);
  const isUsed = refitted <= errors.test * (1 + WORSE_REFIT);
  const point = isUsed ? fit(rows, trees).model : first;

  const unseen = rowsWhere(rows, (at) => (rows.games[at]?.date ?? '') >= cuts.validation);
  const predicted = predict(first, unseen.features);
  const model: PointsModel = {
    format: 'fullcourt_points_model_1',
    algorithm: options.algorithm,
    featureVersion: options.featureVersion,
    features: names,
    rowsHash: hashOfRows({ ...rows, features: withColumns(rows.features, names) }),
    point,
    importance: importanceOf(point, withColumns(rows.features, names)),
    band: bandOf(predicted, unseen.target),
    withLine: lineMapOf(unseen, predicted),
    over: overMapOf(predicted, unseen.lines, unseen.target),
  };
  return {
    model,
    parameters: parametersOf(options.algorithm, trees),
    features: states,
    cuts,
    errors,
    counts: { train: train.games.length, validation: validation.games.length },
    test: { rows: test, predicted: predictPoints({ ...model, point: first }, test.features) },
    refit: { test: refitted, isUsed },
  };
}

/** Fewer lines than this are too few to say how much a line is worth. */
const LEAST_LINES = 500;

/** How a prediction and a line are weighed, fitted to the absolute error; null where too few rows have a line. */
function lineMapOf(rows: ModelRows, predicted: Float64Array): PointsModel['withLine'] {
  const withLines = Uint32Array.from(
    rows.games.flatMap((_, at) => (Number.isNaN(rows.lines[at] ?? NaN) ? [] : [at])),
  );
  if (withLines.length < LEAST_LINES) return null;
  const of = someRows(rows, withLines);
  const { model } = trainLad({
    features: matrixOf({
      model: Float64Array.from(withLines, (at) => predicted[at] ?? NaN),
      line: of.lines,
    }),
    target: of.target,
    keys: of.games.map(({ key }) => key),
  });
  const [ofModel, ofLine] = ['model', 'line'].map(
    (name) => model.terms.find(({ feature }) => feature === name) ?? { coefficient: 0, center: 0 },
  );
  if (ofModel === undefined || ofLine === undefined) return null;
  return {
    base: model.base - ofModel.coefficient * ofModel.center - ofLine.coefficient * ofLine.center,
    ofModel: ofModel.coefficient,
    ofLine: ofLine.coefficient,
  };
}

/** The importance is measured on at most this many rows, evenly spread. */
const IMPORTANCE_ROWS = 1_000;

/** Mean points by which each feature moves predictions. A row that the model has no answer for moves nothing. */
function importanceOf(model: Model, features: Matrix): Record<string, number> {
  const step = Math.max(1, Math.floor(features.rows / IMPORTANCE_ROWS));
  const places = Array.from({ length: Math.floor(features.rows / step) }, (_, i) => i * step);
  const { features: names, added } = contributions(model, takeRows(features, places));
  return Object.fromEntries(
    names.map((name, f) => {
      const moved = Array.from(added[f] ?? [], (value) => (Number.isNaN(value) ? 0 : Math.abs(value)));
      return [name, moved.reduce((sum, value) => sum + value, 0) / Math.max(1, moved.length)];
    }),
  );
}
