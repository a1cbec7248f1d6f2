/** Feature values as small whole numbers, on which trees are grown. */
import type { Matrix } from '../matrix.ts';

/** Features whose bins stand in one 32-bit word. */
export const WORD = 4;

/** Rows whose values are replaced by the number of their bin. */
export interface Binned {
  readonly rows: number;
  /** Words of four bins, one array for each four features: the bin of feature `f` is byte `f % 4` of word `f / 4`. */
  readonly words: readonly Int32Array[];
  /** Where bin `b` of a feature ends: a value belongs to the bin when it is below `cuts[b]`. The last bin has no end. */
  readonly cuts: readonly Float32Array[];
  /** Whether some value of the feature is missing. Its bin is the one after the last. */
  readonly hasMissing: readonly boolean[];
  /** Where the bins of each feature begin in a histogram, and the length of one. */
  readonly offsets: Int32Array;
  readonly length: number;
}

/** A bin has 8 bits, and a missing value needs one, too. */
const MOST_BINS = 256;

/**
 * Sorts the values of each feature into bins of about the same weight. The bins depend on the order of the values alone.
 * @param maxBin most bins of a feature without the one for missing values, 2 to 256
 */
export function binned({ columns, rows }: Matrix, weights: Float64Array | undefined, maxBin: number): Binned {
  const hasMissing = columns.map((column) => column.some((value) => Number.isNaN(value)));
  const cuts = columns.map((column, f) =>
    cutsOf(
      Float32Array.from(column, withoutSign),
      weights,
      Math.min(maxBin, MOST_BINS - (hasMissing[f] === true ? 1 : 0)),
    ),
  );
  const words = Array.from({ length: Math.ceil(columns.length / WORD) }, () => new Int32Array(rows));
  const offsets = new Int32Array(words.length * WORD);
  let length = 0;
  for (let f = 0; f < offsets.length; f += 1) {
    offsets[f] = length;
    length += (cuts[f]?.length ?? 0) + (hasMissing[f] === true ? 2 : 1);
  }
  for (const [f, column] of columns.entries()) {
    const word = words[Math.floor(f / WORD)]!;
    const shift = 8 * (f % WORD);
    const ends = cuts[f]!;
    for (let i = 0; i < rows; i += 1) word[i]! |= binOf(ends, Math.fround(column[i]!)) << shift;
  }
  return { rows, words, cuts, hasMissing, offsets, length };
}

/** The value itself, but 0 for -0: a file of JSON knows one of them. */
const withoutSign = (value: number): number => value + 0;

/** The bin of a single precision value: how many cuts are not above it. A missing value has the bin after the last. */
function binOf(cuts: Float32Array, value: number): number {
  if (Number.isNaN(value)) return cuts.length + 1;
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cuts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The values at which the bins of a feature begin, without the lowest one. */
function cutsOf(column: Float32Array, weights: Float64Array | undefined, maxBin: number): Float32Array {
  const { values, weightUpTo } = sorted(column, weights);
  const distinct = values.filter((value, i) => i === 0 || value > values[i - 1]!);
  if (distinct.length <= maxBin) return distinct.slice(1);
  const cuts: number[] = [];
  const total = weightUpTo(values.length - 1);
  let i = 0;
  for (let bin = 1; bin < maxBin; bin += 1) {
    while (weightUpTo(i) <= (bin * total) / maxBin) i += 1;
    const value = values[i]!;
    if (value > (cuts.at(-1) ?? values[0]!)) cuts.push(value);
  }
  return Float32Array.from(cuts);
}

interface Sorted {
  readonly values: Float32Array;
  /** Weight of the values up to this place, itself included. */
  readonly weightUpTo: (place: number) => number;
}

/** The values that are there, ascending. */
function sorted(column: Float32Array, weights: Float64Array | undefined): Sorted {
  if (weights === undefined) {
    const values = column.filter((value) => !Number.isNaN(value)).sort();
    return { values, weightUpTo: (place) => place + 1 };
  }
  const places = Uint32Array.from(column, (_, i) => i).filter((i) => !Number.isNaN(column[i]!));
  places.sort((a, b) => column[a]! - column[b]! || a - b);
  const sums = new Float64Array(places.length);
  let sum = 0;
  for (const [i, place] of places.entries()) {
    sum += weights[place]!;
    sums[i] = sum;
  }
  return {
    values: Float32Array.from(places, (place) => column[place]!),
    weightUpTo: (place) => sums[place]!,
  };
}
