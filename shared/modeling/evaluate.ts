/** Judges predictions of player-games: errors, baselines on the same rows, parts of the rows, lines, and what is absent. */
import type { Comparison } from '../domain/models.ts';
import {
  absoluteErrors,
  bootstrapInterval,
  mean,
  rootMeanSquare,
  shareWithin,
  type Interval,
} from './errors.ts';
import type { AbsentReason, PlayerGame } from './games.ts';
import type { Absent, Predicted } from './predicted.ts';

/** Errors of a part of the rows. */
export interface Part {
  readonly part: string;
  readonly rows: number;
  readonly mae: number;
  /** Mean of predicted minus actual points: positive where too much is predicted. */
  readonly bias: number;
  /** The error of the mean of the last 10 games on the same rows. */
  readonly l10: number;
}

export const BASELINES = ['l5', 'l10', 'season', 'rules'] as const;
export type Baseline = (typeof BASELINES)[number];

export interface Evaluation {
  /** Predicted player-games, and all of which there should be one. */
  readonly rows: number;
  readonly of: number;
  readonly absent: Readonly<Partial<Record<AbsentReason, number>>>;
  readonly mae: number;
  /** 95 % bootstrap interval of `mae`, by nights. */
  readonly interval: Interval;
  /** The error over all of `of`, with the mean of the last 10 games where a prediction is absent. */
  readonly maeWithL10ForAbsent: number;
  readonly baselines: Readonly<Record<Baseline, number>>;
  /** Paired 95 % interval of the error of the model minus that of the baseline. */
  readonly differences: Readonly<Record<Baseline, Interval>>;
  readonly withLine: {
    readonly rows: number;
    readonly mae: number;
    readonly lineMae: number;
    /** The error of what the model and the line say together; null where the model has learned from no lines. */
    readonly seeingLine: number | null;
    readonly difference: Interval;
    /** Mean square of the probability of over minus what happened, 0.25 for a coin; null where no probability is told. */
    readonly overScore: number | null;
  };
  /** Share of the rows whose points lie from P10 to P90. */
  readonly p10p90: number;
  readonly rmse: number;
  readonly within: Readonly<Record<'1' | '3' | '5', number>>;
  readonly bias: number;
  readonly parts: Readonly<
    Record<'decile' | 'scorer' | 'minutes' | 'month' | 'week' | 'interval', readonly Part[]>
  >;
}

/** Tiers of scorers, by the mean points of the season before the game, and of minutes, by the last 10 games. */
const SCORERS = [0, 5, 10, 15, 20] as const;
const MINUTES = [0, 15, 24, 30, 34] as const;

/** The tier that a value belongs to, such as `10 to 15` or `20 and more`. */
export function tierOf(value: number, bounds: readonly number[]): string {
  const at = bounds.findLastIndex((bound) => value >= bound);
  const [low, high] = [bounds[at] ?? 0, bounds[at + 1]];
  return high === undefined ? `${low} and more` : `${low} to ${high}`;
}

/** The tier of scorers of a player-game. */
const scorerTier = (game: PlayerGame): string => tierOf(game.season, SCORERS);

/** @throws RangeError without predicted rows */
export function evaluatePoints(found: Predicted, absent: readonly Absent[], seed: number): Evaluation {
  const { games, predicted, low, high, rules } = found;
  if (games.length === 0) throw new RangeError('There are no predictions to judge');
  const actual = Float64Array.from(games, ({ points }) => points);
  const dates = games.map(({ date }) => date);
  const errors = absoluteErrors(predicted, actual);
  const baselineOf: Readonly<Record<Baseline, Float64Array>> = {
    l5: Float64Array.from(games, ({ l5 }) => l5),
    l10: Float64Array.from(games, ({ l10 }) => l10),
    season: Float64Array.from(games, ({ season }) => season),
    rules: rules.map((value, at) => (Number.isNaN(value) ? (games[at]?.l10 ?? NaN) : value)),
  };
  const baselineErrors = mapped((name) => absoluteErrors(baselineOf[name], actual));
  const l10OfAbsent = Float64Array.from(absent, ({ game }) => Math.abs(game.l10 - game.points));
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const of = games.length + absent.length;
  const l10 = baselineErrors.l10;
  const partsBy = (partOf: (at: number) => string, order?: readonly string[]): Part[] =>
    partsOf({ errors, l10, predicted, actual }, partOf, order);
  const deciles = decilesOf(predicted);
  const isIn = games.map((_, at) => {
    const points = actual[at] ?? NaN;
    return points >= (low[at] ?? NaN) && points <= (high[at] ?? NaN);
  });
  return {
    rows: games.length,
    of,
    absent: countsOf(absent),
    mae: mean(errors),
    interval: bootstrapInterval(errors, dates, seed),
    maeWithL10ForAbsent: (sum(errors) + sum(l10OfAbsent)) / of,
    baselines: mapped((name) => mean(baselineErrors[name])),
    differences: mapped((name) => bootstrapInterval(minus(errors, baselineErrors[name]), dates, seed)),
    withLine: linesOf(found, actual, seed),
    p10p90: isIn.filter(Boolean).length / games.length,
    rmse: rootMeanSquare(errors),
    within: { 1: shareWithin(errors, 1), 3: shareWithin(errors, 3), 5: shareWithin(errors, 5) },
    bias: mean(minus(predicted, actual)),
    parts: {
      decile: partsBy((at) => String((deciles[at] ?? 0) + 1).padStart(2, '0')),
      scorer: partsBy(
        (at) => scorerTier(games[at] as PlayerGame),
        SCORERS.map((low) => tierOf(low, SCORERS)),
      ),
      minutes: partsBy(
        (at) => tierOf(games[at]?.minutes10 ?? 0, MINUTES),
        MINUTES.map((low) => tierOf(low, MINUTES)),
      ),
      month: partsBy((at) => (dates[at] ?? '').slice(0, 7)),
      week: partsBy((at) => weekOf(dates[at] ?? '')),
      interval: partsBy((at) => (isIn[at] === true ? 'inside P10 to P90' : 'outside')),
    },
  };
}

function mapped<T>(of: (name: Baseline) => T): Readonly<Record<Baseline, T>> {
  return { l5: of('l5'), l10: of('l10'), season: of('season'), rules: of('rules') };
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, at) => value - (b[at] ?? NaN));
}

function countsOf(absent: readonly Absent[]): Partial<Record<AbsentReason, number>> {
  const counts: Partial<Record<AbsentReason, number>> = {};
  for (const { reason } of absent) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** The Monday of the week of a date. */
function weekOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

/** The tenth of the predictions to which each belongs, 0 to 9, by their size. */
function decilesOf(predicted: Float64Array): Uint8Array {
  const order = Uint32Array.from(predicted, (_, at) => at).sort(
    (a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0) || a - b,
  );
  const deciles = new Uint8Array(predicted.length);
  order.forEach((at, place) => {
    deciles[at] = Math.floor((place * 10) / predicted.length);
  });
  return deciles;
}

interface Errors {
  readonly errors: Float64Array;
  readonly l10: Float64Array;
  readonly predicted: Float64Array;
  readonly actual: Float64Array;
}

function partsOf(of: Errors, partOf: (at: number) => string, order?: readonly string[]): Part[] {
  const places = Map.groupBy(of.errors.keys(), partOf);
  const names = order ?? [...places.keys()].sort();
  return names.flatMap((part) => {
    const at = places.get(part);
    if (at === undefined) return [];
    const meanOf = (value: (place: number) => number): number =>
      at.reduce((sum, place) => sum + value(place), 0) / at.length;
    return [
      {
        part,
        rows: at.length,
        mae: meanOf((place) => of.errors[place] ?? NaN),
        bias: meanOf((place) => (of.predicted[place] ?? NaN) - (of.actual[place] ?? NaN)),
        l10: meanOf((place) => of.l10[place] ?? NaN),
      },
    ];
  });
}

function linesOf(
  { games, predicted, lines, seeingLine, over }: Predicted,
  actual: Float64Array,
  seed: number,
): Evaluation['withLine'] {
  const at = games.flatMap((_, place) => (Number.isNaN(lines[place] ?? NaN) ? [] : [place]));
  if (at.length === 0)
    return { rows: 0, mae: 0, lineMae: 0, seeingLine: null, difference: [0, 0], overScore: null };
  const errorsOf = (value: (place: number) => number): Float64Array =>
    Float64Array.from(at, (place) => Math.abs(value(place) - (actual[place] ?? NaN)));
  const ofModel = errorsOf((place) => predicted[place] ?? NaN);
  const ofLine = errorsOf((place) => lines[place] ?? NaN);
  const dates = at.map((place) => games[place]?.date ?? '');
  const scores = at.flatMap((place) => {
    const [probability, points, line] = [over[place] ?? NaN, actual[place] ?? NaN, lines[place] ?? NaN];
    if (Number.isNaN(probability) || points === line) return [];
    return [(probability - (points > line ? 1 : 0)) ** 2];
  });
  return {
    rows: at.length,
    mae: mean(ofModel),
    lineMae: mean(ofLine),
    seeingLine: seeingLine === null ? null : mean(errorsOf((place) => seeingLine[place] ?? NaN)),
    difference: bootstrapInterval(minus(ofModel, ofLine), dates, seed),
    overScore: scores.length === 0 ? null : mean(Float64Array.from(scores)),
  };
}

/**
 * A candidate and another model, or a baseline, on the rows that both predict.
 * @param other predictions of the other, by key
 */
export function compared(
  against: string,
  { games, predicted }: Pick<Predicted, 'games' | 'predicted'>,
  other: ReadonlyMap<string, number>,
  canaries: Comparison['canaries'],
  seed: number,
): Comparison {
  const at = games.flatMap(({ key }, place) => (Number.isFinite(other.get(key) ?? NaN) ? [place] : []));
  const errorsOf = (value: (place: number) => number): Float64Array =>
    Float64Array.from(at, (place) => Math.abs(value(place) - (games[place]?.points ?? NaN)));
  const ofCandidate = errorsOf((place) => predicted[place] ?? NaN);
  const ofOther = errorsOf((place) => other.get(games[place]?.key ?? '') ?? NaN);
  const tiers = Map.groupBy(at.keys(), (i) => scorerTier(games[at[i] ?? 0] as PlayerGame));
  const meanOf = (values: Float64Array, places: readonly number[]): number =>
    places.reduce((sum, place) => sum + (values[place] ?? NaN), 0) / places.length;
  return {
    against,
    rows: at.length,
    candidateMae: mean(ofCandidate),
    otherMae: mean(ofOther),
    difference: bootstrapInterval(
      minus(ofCandidate, ofOther),
      at.map((place) => games[place]?.date ?? ''),
      seed,
    ),
    tiers: SCORERS.map((low) => tierOf(low, SCORERS)).flatMap((tier) => {
      const places = tiers.get(tier);
      if (places === undefined) return [];
      return [
        { tier, rows: places.length, candidate: meanOf(ofCandidate, places), other: meanOf(ofOther, places) },
      ];
    }),
    canaries,
  };
}
