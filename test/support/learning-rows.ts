/** Rows to learn from that a seed makes: some features matter, one has missing values, and the noise has a long tail. */
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { takeNumbers, takeRows, type Matrix } from '../../shared/learn/matrix.ts';
import type { TrainingRows } from '../../shared/learn/train/rows.ts';

export interface LearningRows extends TrainingRows {
  readonly target: Float64Array;
}

/** `rows` rows with `features` features (at least 4) whose targets are whole numbers, as points are. */
export function learningRows(rows: number, features: number, seed: number): LearningRows {
  const random = makeRandom('learning rows', seed);
  const common = Float64Array.from({ length: rows }, () => random.normal());
  const columns = Array.from({ length: features }, (_, f) =>
    Float64Array.from({ length: rows }, (__, i) => {
      if (f % 7 === 3 && random.chance(0.15)) return NaN;
      const value = random.normal() + (f % 3) * 0.7 * common[i]!;
      return f % 5 === 4 ? Math.round(2 * value) : value;
    }),
  );
  const target = Float64Array.from({ length: rows }, (_, i) => {
    const [a, b, c, d] = [0, 1, 2, 3].map((f) => columns[f]![i]!) as [number, number, number, number];
    const noise = 4 * random.normal() * (random.chance(0.3) ? 3 : 1) + (random.chance(0.2) ? 10 : 0);
    return Math.round(10 + 3 * a - b + 0.5 * c * a + (Number.isNaN(d) ? 4 : d) + noise);
  });
  return {
    features: { names: columns.map((_, f) => `f${f}`), rows, columns },
    target,
    keys: Array.from({ length: rows }, (_, i) => `row-${String(i).padStart(6, '0')}`),
  };
}

/** These rows in this order. */
export function reordered(rows: TrainingRows, places: readonly number[]): TrainingRows {
  return {
    features: takeRows(rows.features, places),
    target: takeNumbers(rows.target, places),
    keys: places.map((place) => rows.keys[place]!),
  };
}

/** The same rows with another column in place of column `feature`. */
export function withColumn(matrix: Matrix, feature: number, column: Float64Array): Matrix {
  return { ...matrix, columns: matrix.columns.map((each, f) => (f === feature ? column : each)) };
}
