/**
 * What a model says of games from what was known before them, beside what it says from the rows as they are corrected now. Corrections
 * make an error look smaller or larger than it was for whoever had to predict.
 */
import { takeRows } from '../learn/matrix.ts';
import { absoluteErrors, mean } from './errors.ts';
import { predictPoints, type PointsModel } from './points-model.ts';
import type { FeatureRows, ModelRows } from './rows.ts';

/** The same games predicted from two states of knowledge. */
export interface KnownThen {
  /** Predicted games whose features were sealed before the game: they are known to be those of then. */
  readonly measured: number;
  /** All other predicted games. Of these the features of now are taken, which assumes that nothing was corrected since. */
  readonly assumed: number;
  /** Games that the model predicts from the features of now, and could not predict from the sealed ones. They are not in `mae`. */
  readonly unknownThen: number;
  /** Mean absolute error over the measured and the assumed games, as known then. */
  readonly mae: number;
  /** The measured games alone; null when there are none. */
  readonly onMeasured: {
    /** Mean absolute error as known then, and from the features as they are now. */
    readonly mae: number;
    readonly correctedMae: number;
    /** How many predictions a correction has changed. */
    readonly changed: number;
  } | null;
}

/** Features of games, in any order. */
export type SealedRows = Pick<FeatureRows, 'keys' | 'features'>;

/** Predictions of rows from both. NaN where the model cannot predict. */
export interface PredictedThen {
  readonly points: Float64Array;
  readonly now: Float64Array;
  readonly then: Float64Array;
  /** Whether the features of then are those that were sealed. */
  readonly isMeasured: readonly boolean[];
}

/**
 * Predicts rows from the features of now and of then.
 * @param sealed features that were sealed before games, with the columns of `rows`; games that are none of `rows` do not count
 */
export function predictedThen(model: PointsModel, rows: ModelRows, sealed: SealedRows): PredictedThen {
  const placeOf = new Map(sealed.keys.map((key, i) => [key, i]));
  const places = rows.games.map(({ key }) => placeOf.get(key));
  const now = predictPoints(model, rows.features);
  const then = Float64Array.from(now);
  const measured = places.filter((place) => place !== undefined);
  const predictions = predictPoints(model, takeRows(sealed.features, measured)).values();
  for (const [at, place] of places.entries())
    if (place !== undefined) then[at] = predictions.next().value ?? NaN;
  return { points: rows.target, now, then, isMeasured: places.map((place) => place !== undefined) };
}

/** Adds up the predictions of one model, or of those of a rolling origin. */
export function knownThen(parts: readonly PredictedThen[]): KnownThen {
  const all = parts.flatMap(({ points, now, then, isMeasured }) =>
    isMeasured.flatMap((measured, at) => {
      const each = { measured, points: points[at] ?? NaN, now: now[at] ?? NaN, then: then[at] ?? NaN };
      return Number.isNaN(each.now) ? [] : [each];
    }),
  );
  const known = all.filter(({ then }) => !Number.isNaN(then));
  const measured = known.filter((each) => each.measured);
  return {
    measured: measured.length,
    assumed: known.length - measured.length,
    unknownThen: all.length - known.length,
    mae: errorOf(known, ({ then }) => then),
    onMeasured:
      measured.length === 0
        ? null
        : {
            mae: errorOf(measured, ({ then }) => then),
            correctedMae: errorOf(measured, ({ now }) => now),
            changed: measured.filter(({ now, then }) => now !== then).length,
          },
  };
}

interface Each {
  readonly points: number;
  readonly now: number;
  readonly then: number;
}

function errorOf(rows: readonly Each[], predicted: (each: Each) => number): number {
  return mean(
    absoluteErrors(
      Float64Array.from(rows, predicted),
      Float64Array.from(rows, ({ points }) => points),
    ),
  );
}
