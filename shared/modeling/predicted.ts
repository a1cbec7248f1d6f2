/** Predictions of player-games, as evaluations, plots and gates take them. */
import type { AbsentReason, PlayerGame } from './games.ts';
import { intervalOf, overProbability, predictPoints, withLine, type PointsModel } from './points-model.ts';
import { rowsWhere, type ModelRows } from './rows.ts';

/** Predicted player-games, in the order of their keys. Every array has a value for each. */
export interface Predicted {
  readonly games: readonly PlayerGame[];
  readonly predicted: Float64Array;
  /** P10 and P90. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** The line on his points before the game; NaN without one. */
  readonly lines: Float64Array;
  /** What the model and the line say together; null where a model has learned from no lines. */
  readonly seeingLine: Float64Array | null;
  /** Probability that the points lie over the line; NaN where there is no line or the model was trained on too few. */
  readonly over: Float64Array;
  /** Points by `rules_v1`; NaN where its averages are unknown. */
  readonly rules: Float64Array;
}

/** A player-game without a prediction, and why. */
export interface Absent {
  readonly game: PlayerGame;
  readonly reason: AbsentReason;
}

/**
 * What a model predicts of rows. A row that lacks a feature that the model cannot do without is absent.
 * @param rules points by `rules_v1`, one for each row
 */
export function predictedBy(
  model: PointsModel,
  rows: ModelRows,
  rules: Float64Array,
): { readonly found: Predicted; readonly absent: readonly Absent[] } {
  const all = predictPoints(model, rows.features);
  const isThere = (at: number): boolean => !Number.isNaN(all[at] ?? NaN);
  const known = rowsWhere(rows, isThere);
  const predicted = all.filter((value) => !Number.isNaN(value));
  const bands = Array.from(predicted, (value) => intervalOf(model, value));
  return {
    found: {
      games: known.games,
      predicted,
      low: Float64Array.from(bands, ([low]) => low),
      high: Float64Array.from(bands, ([, high]) => high),
      lines: known.lines,
      seeingLine:
        model.withLine === null
          ? null
          : predicted.map((value, at) => withLine(model, value, known.lines[at] ?? NaN)),
      over: predicted.map((value, at) => overProbability(model, value, known.lines[at] ?? NaN)),
      rules: rules.filter((_, at) => isThere(at)),
    },
    absent: rows.games.flatMap((game, at): Absent[] =>
      isThere(at) ? [] : [{ game, reason: 'feature_missing' }],
    ),
  };
}

/** Predictions of several models, one after the other, as those of one. */
export function joined(parts: readonly Predicted[]): Predicted {
  const all = (of: (part: Predicted) => Float64Array): Float64Array =>
    Float64Array.from(parts.flatMap((part) => Array.from(of(part))));
  const seesLines = parts.some(({ seeingLine }) => seeingLine !== null);
  return {
    games: parts.flatMap(({ games }) => games),
    predicted: all(({ predicted }) => predicted),
    low: all(({ low }) => low),
    high: all(({ high }) => high),
    lines: all(({ lines }) => lines),
    seeingLine: seesLines ? all(({ seeingLine, predicted }) => seeingLine ?? predicted) : null,
    over: all(({ over }) => over),
    rules: all(({ rules }) => rules),
  };
}
