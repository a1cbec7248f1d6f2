/** Quantiles of unordered numbers. */

/**
 * The number below which a share of the first `n` numbers lies; halfway between two of them when the share falls between
 * them. The numbers change their order.
 */
export function quantileOf(numbers: Float64Array, n: number, share: number): number {
  const rank = share * n;
  const k = Math.min(n, Math.max(1, Math.ceil(rank)));
  const value = select(numbers, n, k - 1);
  if (rank !== k || k === n) return value;
  let next = Infinity;
  for (let i = k; i < n; i += 1) if (numbers[i]! < next) next = numbers[i]!;
  return (value + next) / 2;
}

/** The same for numbers that weigh differently. A weight of 2 counts as two equal numbers. */
export function weightedQuantileOf(
  numbers: Float64Array,
  weights: Float64Array,
  n: number,
  share: number,
): number {
  const places = Uint32Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => numbers[a]! - numbers[b]! || a - b,
  );
  let total = 0;
  for (let i = 0; i < n; i += 1) total += weights[i]!;
  const rank = share * total;
  let sum = 0;
  for (const [i, place] of places.entries()) {
    sum += weights[place]!;
    if (sum < rank && i < n - 1) continue;
    const value = numbers[place]!;
    return sum === rank && i < n - 1 ? (value + numbers[places[i + 1]!]!) / 2 : value;
  }
  return NaN;
}

/** Puts the number that has place `k` in ascending order there, none greater before it and none smaller behind it (Hoare). */
function select(numbers: Float64Array, n: number, k: number): number {
  let low = 0;
  let high = n - 1;
  while (low < high) {
    const pivot = middleOf(numbers[low]!, numbers[(low + high) >>> 1]!, numbers[high]!);
    let i = low;
    let j = high;
    while (i <= j) {
      while (numbers[i]! < pivot) i += 1;
      while (numbers[j]! > pivot) j -= 1;
      if (i > j) break;
      const swapped = numbers[i]!;
      numbers[i] = numbers[j]!;
      numbers[j] = swapped;
      i += 1;
      j -= 1;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return numbers[k]!;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
