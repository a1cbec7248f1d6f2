/** Weighted sums of products of columns, the costly part of a linear fit. */

/** Rows of a block: 64 columns of a block stay in the second cache of a processor. */
const BLOCK = 256;
/** Columns of a block are filled up to a multiple of this. */
const LANES = 4;

/**
 * Sums over the rows of `weight * left * right` for each pair of columns, as `m * m` numbers in which the lower triangle is
 * filled. Row `r` of the sums is column `r`. Only every `step`-th row is looked at.
 */
export function weightedProducts(
  columns: readonly Float64Array[],
  weights: Float64Array,
  step: number,
): Float64Array {
  const m = columns.length;
  const lanes = Math.ceil(m / LANES) * LANES;
  const sums = new Float64Array(lanes * lanes);
  const block = new Float64Array(lanes * BLOCK);
  const roots = new Float64Array(BLOCK);
  const rows = Math.ceil(weights.length / step);
  for (let first = 0; first < rows; first += BLOCK) {
    const size = Math.min(BLOCK, rows - first);
    for (let i = 0; i < size; i += 1) roots[i] = Math.sqrt(weights[(first + i) * step]!);
    for (let c = 0; c < m; c += 1) {
      const column = columns[c]!;
      const at = c * BLOCK;
      for (let i = 0; i < size; i += 1) block[at + i] = roots[i]! * column[(first + i) * step]!;
    }
    for (let r = 0; r < lanes; r += 2)
      for (let c = 0; c <= r + 1; c += LANES) addTile(block, size, sums, lanes, r, c);
  }
  const products = new Float64Array(m * m);
  for (let r = 0; r < m; r += 1) for (let c = 0; c <= r; c += 1) products[r * m + c] = sums[r * lanes + c]!;
  return products;
}

/** Adds the products of two columns with four columns: eight sums that stay in registers. */
function addTile(
  block: Float64Array,
  size: number,
  sums: Float64Array,
  lanes: number,
  r: number,
  c: number,
): void {
  const [r0, r1] = [r * BLOCK, (r + 1) * BLOCK];
  const [c0, c1, c2, c3] = [c * BLOCK, (c + 1) * BLOCK, (c + 2) * BLOCK, (c + 3) * BLOCK];
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < size; i += 1) {
    const a0 = block[r0 + i]!;
    const a1 = block[r1 + i]!;
    const b0 = block[c0 + i]!;
    const b1 = block[c1 + i]!;
    const b2 = block[c2 + i]!;
    const b3 = block[c3 + i]!;
    s00 += a0 * b0;
    s01 += a0 * b1;
    s02 += a0 * b2;
    s03 += a0 * b3;
    s10 += a1 * b0;
    s11 += a1 * b1;
    s12 += a1 * b2;
    s13 += a1 * b3;
  }
  const at0 = r * lanes + c;
  const at1 = at0 + lanes;
  sums[at0]! += s00;
  sums[at0 + 1]! += s01;
  sums[at0 + 2]! += s02;
  sums[at0 + 3]! += s03;
  sums[at1]! += s10;
  sums[at1 + 1]! += s11;
  sums[at1 + 2]! += s12;
  sums[at1 + 3]! += s13;
}
