/** Rows to learn from and to ask about: features as a matrix, with the keys, dates and points of the same player-games. */
import { digest } from '../domain/hash.ts';
import { takeNumbers, takeRows, type Matrix } from '../learn/matrix.ts';
import type { PlayerGame } from './games.ts';

/** Player-games with their features, in the order of their keys. */
export interface ModelRows {
  readonly games: readonly PlayerGame[];
  readonly features: Matrix;
  /** Points of each. */
  readonly target: Float64Array;
  /** The line on his points before the game; NaN without one. */
  readonly lines: Float64Array;
}

/** Rows of features, in any order. */
export interface FeatureRows {
  readonly keys: readonly string[];
  readonly features: Matrix;
  readonly lines: Float64Array;
}

/** The player-games that have a row of features, beside it. */
export function rowsOf(games: readonly PlayerGame[], found: FeatureRows): ModelRows {
  const placeOf = new Map(found.keys.map((key, i) => [key, i]));
  const known = games.filter(({ key }) => placeOf.has(key));
  const places = Uint32Array.from(known, ({ key }) => placeOf.get(key) ?? 0);
  return {
    games: known,
    features: takeRows(found.features, places),
    target: Float64Array.from(known, ({ points }) => points),
    lines: takeNumbers(found.lines, places),
  };
}

/** The rows at these places. */
export function someRows(rows: ModelRows, places: Uint32Array): ModelRows {
  return {
    games: Array.from(places, (at) => rows.games[at]).filter((game) => game !== undefined),
    features: takeRows(rows.features, places),
    target: takeNumbers(rows.target, places),
    lines: takeNumbers(rows.lines, places),
  };
}

/** The rows in the order of their keys: sums of floating point numbers depend on the order of the summands. */
export function inOrderOfKeys(rows: ModelRows): ModelRows {
  const keyAt = (at: number): string => rows.games[at]?.key ?? '';
  const places = Uint32Array.from(rows.games.keys()).sort((a, b) => (keyAt(a) < keyAt(b) ? -1 : 1));
  return someRows(rows, places);
}

/** The rows for which a question is answered with yes. */
export function rowsWhere(rows: ModelRows, is: (at: number) => boolean): ModelRows {
  return someRows(rows, Uint32Array.from(rows.games.flatMap((_, at) => (is(at) ? [at] : []))));
}

/** Hash of keys, points and features, in the order of the keys. A number is told by its shortest text, a missing one as `-`. */
export function hashOfRows({ games, features, target }: ModelRows): string {
  const lines = games.map(({ key }, at) =>
    [key, target[at], ...features.columns.map((column) => textOf(column[at] ?? NaN))].join('|'),
  );
  return digest([features.names.join('|'), ...lines].join('\n'));
}

function textOf(value: number): string {
  return Number.isNaN(value) ? '-' : String(value);
}

/** What is known of one feature in training rows. */
export interface FeatureState {
  readonly name: string;
  /** Share of the rows in which it is known, 0 to 1. */
  readonly fill: number;
  /** Why no model can learn from it; undefined when one can. */
  readonly why: 'empty' | 'constant' | undefined;
}

/** Fill share of each feature, and which of them have no value or only one. */
export function featureStates({ names, rows, columns }: Matrix): FeatureState[] {
  return names.map((name, f) => {
    const column = columns[f] ?? new Float64Array();
    let [known, low, high] = [0, Infinity, -Infinity];
    for (const value of column) {
      if (Number.isNaN(value)) continue;
      known += 1;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const why = known === 0 ? 'empty' : low === high && known === rows ? 'constant' : undefined;
    return { name, fill: rows === 0 ? 0 : known / rows, why };
  });
}
