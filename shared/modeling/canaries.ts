/**
 * Canaries of an evaluation: three faults that would make a model look better or worse than it is are put into the rows, and a
 * detector has to find each of them there and nothing in the rows as they are.
 */
import { makeRandom, shuffled } from '../domain/seeded-random.ts';
import type { Matrix } from '../learn/matrix.ts';
import { absoluteErrors, bootstrapInterval, mean } from './errors.ts';
import { predictPoints, type PointsModel } from './points-model.ts';
import { rowsWhere, type ModelRows } from './rows.ts';

/** What a canary found. It is `ok` when the planted fault was caught and the rows as they are were not accused. */
export interface Canary {
  readonly name: 'shuffled targets' | 'future leak' | 'scrambled day';
  readonly ok: boolean;
  readonly found: string;
}

/**
 * Lets the three canaries fly over the player-games that the model predicts.
 * @param given player-games with the features of the model
 * @throws RangeError when it predicts none of them
 */
export function canariesOf(model: PointsModel, given: ModelRows, seed: number): Canary[] {
  const predicted = predictPoints(model, given.features);
  const rows = rowsWhere(given, (at) => !Number.isNaN(predicted[at] ?? NaN));
  if (rows.games.length === 0) throw new RangeError('There are no rows for canaries');
  return [shuffledTargets(model, rows, seed), futureLeak(rows, seed), scrambledDay(model, rows, seed)];
}

/** Skill against one number for all is proved only where an interval excludes 0; with shuffled points there is none. */
function shuffledTargets(model: PointsModel, rows: ModelRows, seed: number): Canary {
  const predicted = predictPoints(model, rows.features);
  const points = Float64Array.from(shuffled(makeRandom('shuffle', seed), Array.from(rows.target)));
  const [asIs, planted] = [
    hasSkill(predicted, rows.target, rows, seed),
    hasSkill(predicted, points, rows, seed),
  ];
  return {
    name: 'shuffled targets',
    ok: asIs && !planted,
    found: `${asIs ? 'better' : 'no better'} than the median of all rows; with shuffled points ${planted ? 'still better' : 'no better'}`,
  };
}

function hasSkill(predicted: Float64Array, points: Float64Array, rows: ModelRows, seed: number): boolean {
  const sorted = points.toSorted();
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const gain = absoluteErrors(predicted, points).map(
    (error, at) => error - Math.abs(median - (points[at] ?? NaN)),
  );
  const dates = rows.games.map(({ date }) => date);
  return bootstrapInterval(gain, dates, seed)[1] < 0;
}

/**
 * What was known before a game says little of how far the points will be from the mean of the last games: no honest feature has
 * a (partial) correlation of more than this with that surprise. One that has holds the game itself.
 */
const MOST_FORESIGHT = 0.45;

function futureLeak(rows: ModelRows, seed: number): Canary {
  const l10 = Float64Array.from(rows.games, (game) => game.l10);
  const surprise = minusMean(rows.target, l10);
  const random = makeRandom('leak', seed);
  const leak = rows.target.map((points) => points + 4 * random.normal());
  const strongest = strongestOf(rows.features, surprise, l10);
  const planted = strongestOf({ names: ['leak'], rows: leak.length, columns: [leak] }, surprise, l10);
  return {
    name: 'future leak',
    ok: strongest.correlation <= MOST_FORESIGHT && planted.correlation > MOST_FORESIGHT,
    found: `${strongest.feature} knows most of the surprise, correlation ${strongest.correlation.toFixed(2)}; points of the game with noise ${planted.correlation.toFixed(2)}; more than ${MOST_FORESIGHT} is a leak`,
  };
}

function minusMean(points: Float64Array, l10: Float64Array): Float64Array {
  return points.map((value, at) => value - (l10[at] ?? NaN));
}

/** The feature that knows most of the surprise beyond what it has in common with the mean of the last games (partial correlation). */
function strongestOf(
  { names, columns }: Matrix,
  surprise: Float64Array,
  l10: Float64Array,
): { readonly feature: string; readonly correlation: number } {
  return names
    .map((feature, f) => ({ feature, correlation: partial(columns[f] ?? new Float64Array(), surprise, l10) }))
    .reduce((most, each) => (each.correlation > most.correlation ? each : most), {
      feature: 'none',
      correlation: 0,
    });
}

function partial(feature: Float64Array, surprise: Float64Array, l10: Float64Array): number {
  const known = l10.map((value, at) => (Number.isNaN(feature[at] ?? NaN) ? NaN : value));
  const [both, first, second] = [
    correlationOf(feature, surprise),
    correlationOf(feature, known),
    correlationOf(surprise, known),
  ];
  const rest = (1 - first * first) * (1 - second * second);
  return rest <= 1e-12 ? 0 : Math.abs(both - first * second) / Math.sqrt(rest);
}

/** Pearson's correlation over the rows where both are known; 0 where one of them has a single value. */
function correlationOf(a: Float64Array, b: Float64Array): number {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i] ?? NaN, b[i] ?? NaN];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    n += 1;
    sa += x;
    sb += y;
    saa += x * x;
    sbb += y * y;
    sab += x * y;
  }
  const variances = (saa - (sa * sa) / n) * (sbb - (sb * sb) / n);
  return variances > 0 ? (sab - (sa * sb) / n) / Math.sqrt(variances) : 0;
}

/** A day on which predictions are worse than the mean of the last 10 games by this many standard errors was mixed up. */
const MIXED_UP = 4.5;
/** Days with fewer rows than this cannot show it. */
const LEAST_ROWS = 30;

function scrambledDay(model: PointsModel, rows: ModelRows, seed: number): Canary {
  const predicted = predictPoints(model, rows.features);
  const days = Map.groupBy(rows.games.keys(), (at) => rows.games[at]?.date ?? '');
  let worst = { date: '', score: -Infinity };
  let busy = { date: '', rows: 0 };
  for (const [date, places] of days) {
    if (places.length > busy.rows) busy = { date, rows: places.length };
    const score = mixUpOf(rows, predicted, places);
    if (places.length >= LEAST_ROWS && score > worst.score) worst = { date, score };
  }
  const places = [...rows.games.keys()].filter((at) => rows.games[at]?.date === busy.date);
  const mixed = Float64Array.from(predicted);
  const order = shuffled(makeRandom('scramble', seed), places);
  places.forEach((at, i) => {
    mixed[at] = predicted[order[i] ?? at] ?? NaN;
  });
  const planted = mixUpOf(rows, mixed, places);
  const isAccused = worst.score > MIXED_UP;
  return {
    name: 'scrambled day',
    ok: !isAccused && planted > MIXED_UP,
    found: `the worst day ${worst.date === '' ? 'has too few rows' : `is ${worst.date}, ${worst.score.toFixed(1)} standard errors worse than the mean of the last 10 games`}; ${busy.date} scrambled is ${planted.toFixed(1)}; more than ${MIXED_UP} is a mix-up`,
  };
}

/** By how many standard errors the predictions of a day are worse than the mean of the last 10 games. */
function mixUpOf(rows: ModelRows, predicted: Float64Array, places: readonly number[]): number {
  const worse = Float64Array.from(places, (at) => {
    const { points = NaN, l10 = NaN } = rows.games[at] ?? {};
    return Math.abs((predicted[at] ?? NaN) - points) - Math.abs(l10 - points);
  });
  const center = mean(worse);
  const spread = Math.sqrt(
    worse.reduce((sum, value) => sum + (value - center) * (value - center), 0) /
      Math.max(1, worse.length - 1),
  );
  return spread > 0 ? center / (spread / Math.sqrt(worse.length)) : 0;
}
