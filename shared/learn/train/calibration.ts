/** Fits maps from what a model says to how often it comes true. */
import type { IsotonicMap, OverMap } from '../calibration.ts';
import { logistic } from '../exponential.ts';

/**
 * The map with the least squared error among those that never fall, by pooling neighbours that violate the order (pool adjacent
 * violators). Each pool stands at the mean of its `x`. The order of the rows does not matter.
 * @throws RangeError when there are no rows, when lengths differ or when a number is not finite
 */
export function fitIsotonic(x: ArrayLike<number>, y: ArrayLike<number>): IsotonicMap {
  const pools: { n: number; x: number; y: number }[] = [];
  for (const [at, outcome] of sortedPairs(x, y)) {
    let pool = { n: 1, x: at, y: outcome };
    // Rows with the same `x` have one value, so they are pooled whatever their outcomes.
    for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
      if (last.y < pool.y && last.x < pool.x) break;
      pools.pop();
      const n = last.n + pool.n;
      pool = { n, x: (last.n * last.x + pool.n * pool.x) / n, y: (last.n * last.y + pool.n * pool.y) / n };
    }
    pools.push(pool);
  }
  return { at: pools.map((pool) => pool.x), value: pools.map((pool) => pool.y) };
}

/** Rounds of Newton's method, which has long ended by then. */
const ROUNDS = 50;
/** Weak pull of the slope to 0, so that rows which an edge divides perfectly have an answer. */
const RIDGE = 1e-3;

/**
 * Fits the chance of more points than the line to the edges of past rows, by logistic regression. A push is no row.
 * @param edges predicted points minus the line
 * @param isOver 1 where the player scored more than the line, else 0
 * @throws RangeError when there are no rows, when lengths differ or when a number is not finite
 */
export function fitOverMap(edges: ArrayLike<number>, isOver: ArrayLike<number>): OverMap {
  const pairs = sortedPairs(edges, isOver);
  const both = newton(pairs, true);
  // A falling map would say that the model is worse than its opposite; then the edge says nothing.
  return both.slope >= 0 ? both : newton(pairs, false);
}

function newton(pairs: readonly Pair[], hasSlope: boolean): OverMap {
  let [intercept, slope] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    let [g0, g1, h00, h01, h11] = [0, hasSlope ? -RIDGE * slope : 0, 1e-9, 0, RIDGE];
    for (const [edge, over] of pairs) {
      const chance = logistic(intercept + slope * edge);
      const spread = chance * (1 - chance);
      g0 += over - chance;
      h00 += spread;
      if (!hasSlope) continue;
      g1 += (over - chance) * edge;
      h01 += spread * edge;
      h11 += spread * edge * edge;
    }
    const determinant = h00 * h11 - h01 * h01;
    const by0 = (h11 * g0 - h01 * g1) / determinant;
    const by1 = (h00 * g1 - h01 * g0) / determinant;
    // A step of more than 5 in log odds would overshoot.
    const shrink = 5 / Math.max(5, Math.abs(by0), Math.abs(by1));
    intercept += shrink * by0;
    slope += shrink * by1;
    if (Math.abs(by0) + Math.abs(by1) < 1e-12) break;
  }
  return { intercept, slope };
}

type Pair = readonly [x: number, y: number];

/** The rows in ascending order, so that sums do not depend on the order in which they came. */
function sortedPairs(x: ArrayLike<number>, y: ArrayLike<number>): Pair[] {
  if (x.length === 0 || x.length !== y.length)
    throw new RangeError(`There are ${x.length} values and ${y.length} outcomes`);
  const pairs = Array.from(x, (value, i): Pair => [value, y[i]!]);
  const wrong = pairs.find(([value, outcome]) => !Number.isFinite(value) || !Number.isFinite(outcome));
  if (wrong !== undefined) throw new RangeError(`A value is ${wrong[0]} with the outcome ${wrong[1]}`);
  return pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}
