/** What a trainer learns from, and the order in which it adds up. */
import { takeNumbers, takeRows, type Matrix } from '../matrix.ts';

/** Rows with known answers. */
export interface TrainingRows {
  readonly features: Matrix;
  /** The answer of each row, such as the points that the player scored. */
  readonly target: Float64Array;
  /** A name of each row that no other row has, such as `0022300001|lukadoncic`. */
  readonly keys: readonly string[];
  /** How much each row counts, more than 0; 1 for every row when it is left out. */
  readonly weights?: Float64Array;
}

/** Training rows in ascending order of their keys, checked. */
export interface OrderedRows {
  readonly features: Matrix;
  readonly target: Float64Array;
  readonly weights: Float64Array | undefined;
}

/**
 * The rows in ascending order of their keys. Sums of floating point numbers depend on the order of the summands; in this
 * order the same rows give the same model to the last bit, however they arrived.
 * @throws RangeError when there is no row, when lengths differ, when a key comes twice, when a target is not a finite
 * number, when a feature is infinite, or when a weight is not positive
 */
export function inOrder(rows: TrainingRows): OrderedRows {
  const { features, target, keys, weights } = rows;
  const n = features.rows;
  if (n === 0) throw new RangeError('There are no rows to learn from');
  for (const [what, length] of [
    ['targets', target.length],
    ['keys', keys.length],
    ['weights', weights?.length ?? n],
  ] as const)
    if (length !== n) throw new RangeError(`There are ${n} rows and ${length} ${what}`);
  const places = orderOf(keys);
  for (let i = 0; i < n; i += 1)
    if (!Number.isFinite(target[i]!)) throw new RangeError(`The target of row ${keys[i]} is ${target[i]}`);
  for (let i = 0; i < (weights?.length ?? 0); i += 1) {
    const weight = weights![i]!;
    if (!(weight > 0 && weight < Infinity)) throw new RangeError(`The weight of row ${keys[i]} is ${weight}`);
  }
  for (const [c, column] of features.columns.entries())
    for (let i = 0; i < n; i += 1)
      if (Math.abs(column[i]!) === Infinity)
        throw new RangeError(`Feature ${features.names[c]} of row ${keys[i]} is infinite`);
  return {
    features: takeRows(features, places),
    target: takeNumbers(target, places),
    weights: weights === undefined ? undefined : takeNumbers(weights, places),
  };
}

/** Places of the keys in ascending order of their UTF-16 code units, which is the same on every machine. */
function orderOf(keys: readonly string[]): Uint32Array {
  const places = Uint32Array.from(keys, (_, i) => i).sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1));
  for (let i = 1; i < places.length; i += 1)
    if (keys[places[i]!] === keys[places[i - 1]!])
      throw new RangeError(`The key ${keys[places[i]!]} comes twice`);
  return places;
}
