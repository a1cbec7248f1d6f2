/**
 * Seeded randomness that gives the same numbers on every machine. It uses 32-bit integer arithmetic, and
 * floating point only where IEEE 754 fixes the result: `+ - * /` and `Math.sqrt`, but never `Math.exp`,
 * `Math.log` or trigonometry.
 */

/** One stream of random numbers. */
export interface Random {
  /** A number in [0, 1), a multiple of 2^-32. */
  readonly unit: () => number;
  /** A whole number in [0, bound); `bound` is a whole number of at least 1. */
  readonly below: (bound: number) => number;
  /** A whole number in [first, last]. */
  readonly between: (first: number, last: number) => number;
  /** True with this probability, 0 to 1. */
  readonly chance: (probability: number) => boolean;
  /**
   * Nearly normal with mean 0 and standard deviation 1, never beyond 4.25: the sum of six uniform numbers.
   */
  readonly normal: () => number;
}

/**
 * The stream of random numbers named by `path`, for example a seed, a season and a purpose. Streams of
 * different paths are independent: drawing more numbers from one of them changes nothing in another.
 * (Generator: sfc32 by Chris Doty-Humphrey.)
 */
export function makeRandom(...path: readonly (number | string)[]): Random {
  let a = hashOf(path, 0x9e3779b9);
  let b = hashOf(path, 0x85ebca6b);
  let c = hashOf(path, 0xc2b2ae35);
  let counter = 1;

  const uint32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i += 1) uint32();

  const unit = (): number => uint32() / 4_294_967_296;
  const below = (bound: number): number => Math.floor(unit() * bound);
  const halves = (bits: number): number => (bits >>> 16) + (bits & 0xffff);
  return {
    unit,
    below,
    between: (first, last) => first + below(last - first + 1),
    chance: (probability) => unit() < probability,
    normal: () => {
      const sum = (halves(uint32()) + halves(uint32()) + halves(uint32())) / 65_536;
      return (sum - 3) * Math.SQRT2;
    },
  };
}

/** A 32-bit hash of the parts of a path (FNV-1a over their text, finished as in MurmurHash3). */
function hashOf(path: readonly (number | string)[], basis: number): number {
  let hash = basis;
  for (const part of path) {
    const text = `${part}/`;
    for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * One element of `list`, each with the same probability.
 * @throws RangeError when the list is empty
 */
export function pick<T>(random: Random, list: readonly T[]): T {
  const chosen = list[random.below(list.length)];
  if (chosen === undefined) throw new RangeError('Nothing to pick from');
  return chosen;
}

/** The elements of `list` in random order; `list` itself stays as it is. */
export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, key: random.unit() }))
    .toSorted((left, right) => left.key - right.key)
    .map(({ value }) => value);
}

/**
 * A choice among `options`, each a value with its weight. Weights need not add up to 1.
 * @throws RangeError when there are no options
 */
export function weightedChoice<T>(options: readonly (readonly [T, number])[]): (random: Random) => T {
  const last = options.at(-1);
  if (last === undefined) throw new RangeError('Nothing to choose from');
  const total = options.reduce((sum, [, weight]) => sum + weight, 0);
  return (random) => {
    let left = random.unit() * total;
    for (const [value, weight] of options) {
      left -= weight;
      if (left < 0) return value;
    }
    return last[0];
  };
}

/** A point of a piecewise linear curve: at `at` it has the value `value`. */
export type CurvePoint = readonly [at: number, value: number];

/**
 * The value at `x` of the piecewise linear curve through `points`, which ascend by `at`. Before the first
 * and after the last point the curve is constant.
 * @throws RangeError when there are no points
 */
export function curveAt(points: readonly CurvePoint[], x: number): number {
  let previous = points[0];
  if (previous === undefined) throw new RangeError('A curve needs a point');
  for (const point of points) {
    if (x < point[0]) {
      const width = point[0] - previous[0];
      return width === 0 ? previous[1] : previous[1] + ((point[1] - previous[1]) * (x - previous[0])) / width;
    }
    previous = point;
  }
  return previous[1];
}

/** `value` kept within [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
