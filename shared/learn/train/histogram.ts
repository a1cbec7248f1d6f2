/**
 * Sums of gradients for each bin of each feature.
 *
 * The gradients of the absolute and of the quantile error are steps of 1 above a constant, and a row weighs 1. Number of rows
 * and number of steps are whole, so one 53-bit number holds both sums exactly: `rows * 2^27 + steps`. A histogram then is half
 * as long, and its sums do not depend on the order of the rows. Other gradients need two numbers.
 */
import { WORD, type Binned } from './bins.ts';

/** Gradients of all rows. */
export type Gradients =
  /** The gradient of a row is its steps minus `shift`, its weight 1; `packed` is `2^27 + steps`. */
  | { readonly kind: 'steps'; readonly packed: Float64Array; readonly shift: number }
  | { readonly kind: 'sums'; readonly gradient: Float64Array; readonly weight: Float64Array };

/** What a row counts in a packed number: 2 to the power of 27. At most half as many rows can be told apart. */
export const ONE_ROW = 134_217_728;
const ROW_SHARE = 1 / ONE_ROW;

/** Sums for each bin: packed ones, or gradients and weights. */
export interface Histogram {
  readonly first: Float64Array;
  /** Empty when the sums are packed. */
  readonly second: Float64Array;
}

export function emptyHistogram(length: number, kind: Gradients['kind']): Histogram {
  return { first: new Float64Array(length), second: new Float64Array(kind === 'steps' ? 0 : length) };
}

/** Which rows: those that stand in `places` from `begin` to before `end`. */
export interface RowRange {
  readonly places: Int32Array;
  readonly begin: number;
  readonly end: number;
}

/** Fills a histogram with the sums of some rows, for the groups of four features of which some are looked at. */
export function fillHistogram(
  histogram: Histogram,
  { words, offsets }: Binned,
  gradients: Gradients,
  rows: RowRange,
  groups: readonly number[],
): void {
  histogram.first.fill(0);
  histogram.second.fill(0);
  const [first, second] =
    gradients.kind === 'steps' ? [gradients.packed] : [gradients.gradient, gradients.weight];
  for (const group of groups) {
    const at = offsets.subarray(group * WORD, (group + 1) * WORD);
    addFour(histogram.first, words[group]!, at, first, rows);
    if (second !== undefined) addFour(histogram.second, words[group]!, at, second, rows);
  }
}

/** The hot loop of training: four sums for each row. */
function addFour(
  sums: Float64Array,
  words: Int32Array,
  offsets: Int32Array,
  values: Float64Array,
  { places, begin, end }: RowRange,
): void {
  const o0 = offsets[0]!;
  const o1 = offsets[1]!;
  const o2 = offsets[2]!;
  const o3 = offsets[3]!;
  for (let i = begin; i < end; i += 1) {
    const row = places[i]!;
    const word = words[row]!;
    const value = values[row]!;
    sums[o0 + (word & 255)]! += value;
    sums[o1 + ((word >>> 8) & 255)]! += value;
    sums[o2 + ((word >>> 16) & 255)]! += value;
    sums[o3 + (word >>> 24)]! += value;
  }
}

/** Takes the sums of `part` away from those of `whole`. */
export function subtract(whole: Histogram, part: Histogram): void {
  const { first, second } = whole;
  for (let i = 0; i < first.length; i += 1) first[i]! -= part.first[i]!;
  for (let i = 0; i < second.length; i += 1) second[i]! -= part.second[i]!;
}

/** Gradients and weights of the bins of one feature, as plain sums. */
export interface BinSums {
  readonly gradient: Float64Array;
  readonly weight: Float64Array;
}

/** Writes the sums of `count` bins from `offset` on into `sums`. */
export function readBins(
  { first, second }: Histogram,
  gradients: Gradients,
  offset: number,
  count: number,
  sums: BinSums,
): void {
  const { gradient, weight } = sums;
  if (gradients.kind === 'sums') {
    for (let b = 0; b < count; b += 1) {
      gradient[b] = first[offset + b]!;
      weight[b] = second[offset + b]!;
    }
    return;
  }
  const { shift } = gradients;
  for (let b = 0; b < count; b += 1) {
    const packed = first[offset + b]!;
    const rows = Math.floor(packed * ROW_SHARE);
    weight[b] = rows;
    gradient[b] = packed - rows * ONE_ROW - shift * rows;
  }
}
