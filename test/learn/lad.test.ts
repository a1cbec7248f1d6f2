/** Linear models that are fitted to the absolute error. */
import { describe, expect, it } from 'vitest';
import { makeRandom, shuffled } from '../../shared/domain/seeded-random.ts';
import { linearContributions, type LinearModel } from '../../shared/learn/linear.ts';
import { matrixOf, takeNumbers, takeRows } from '../../shared/learn/matrix.ts';
import { predict } from '../../shared/learn/model.ts';
import { trainLad } from '../../shared/learn/train/lad.ts';
import type { TrainingRows } from '../../shared/learn/train/rows.ts';

const keysOf = (n: number): string[] => Array.from({ length: n }, (_, i) => `row-${i}`);
const rowsOf = (
  columns: Readonly<Record<string, readonly number[]>>,
  target: readonly number[],
): TrainingRows => ({
  features: matrixOf(columns),
  target: Float64Array.from(target),
  keys: keysOf(target.length),
});

const random = makeRandom('lad', 1);
const N = 3000;
const minutes = Array.from({ length: N }, () => 24 + 6 * random.normal());
const pace = Array.from({ length: N }, () => random.normal());
// Noise with a long upper tail: its median is 0 and its mean is 3.
const noise = Array.from(
  { length: N },
  () => (random.chance(0.3) ? 10 : 0) + (random.chance(0.5) ? 0.5 : -0.5),
);
const noisy = rowsOf(
  { minutes, pace },
  minutes.map((each, i) => 2 + 0.5 * each - pace[i]! + noise[i]! * (random.chance(0.5) ? 1 : 0)),
);

describe('a linear model fitted to the absolute error', () => {
  it('finds the line that most rows lie on, however far off the others are', () => {
    const x = Array.from({ length: 101 }, (_, i) => i);
    const target = x.map((each, i) => (i % 4 === 0 ? 1000 : 3 + 2 * each));
    const { model } = trainLad(rowsOf({ x }, target), { ridge: 0 });
    const predicted = predict(model, matrixOf({ x: [10, 50] }));
    expect(predicted[0]).toBeCloseTo(23, 1);
    expect(predicted[1]).toBeCloseTo(103, 1);
  });

  it('has the least error that can be found by moving any coefficient', () => {
    const { model, hasConverged } = trainLad(noisy, { ridge: 0 });
    const errorOf = (changed: LinearModel): number =>
      predict(changed, noisy.features).reduce((sum, each, i) => sum + Math.abs(each - noisy.target[i]!), 0) /
      N;
    const least = errorOf(model);
    expect(hasConverged).toBe(true);
    for (const by of [-0.1, -0.01, 0.01, 0.1]) {
      expect(errorOf({ ...model, base: model.base + by })).toBeGreaterThan(least - 1e-4);
      for (const moved of model.terms.keys()) {
        const terms = model.terms.map((term, t) =>
          t === moved ? { ...term, coefficient: term.coefficient + by } : term,
        );
        expect(errorOf({ ...model, terms })).toBeGreaterThan(least - 1e-4);
      }
    }
  });

  it('is the same to the last bit whatever the order of the rows', () => {
    const places = shuffled(
      random,
      Array.from({ length: N }, (_, i) => i),
    );
    const other: TrainingRows = {
      features: takeRows(noisy.features, places),
      target: takeNumbers(noisy.target, places),
      keys: places.map((place) => noisy.keys[place]!),
    };
    expect(trainLad(other)).toEqual(trainLad(noisy));
  });

  it('says what each feature adds, which gives the prediction with the base', () => {
    const { model } = trainLad(noisy);
    const predicted = predict(model, noisy.features);
    const added = linearContributions(model, noisy.features);
    for (let i = 0; i < N; i += 1)
      expect(model.base + added[0]![i]! + added[1]![i]!).toBeCloseTo(predicted[i]!, 9);
    for (const column of added) expect(column.reduce((sum, each) => sum + each, 0) / N).toBeCloseTo(0, 9);
  });

  it('refuses a missing value that nobody has said to fill, by name', () => {
    const rows = rowsOf({ minutes: [1, NaN, 3], pace: [1, 2, 3] }, [1, 2, 3]);
    expect(() => trainLad(rows)).toThrow('Feature minutes is missing in 1 rows');
    const { model } = trainLad(rows, { fill: ['minutes'] });
    const predicted = predict(model, matrixOf({ minutes: [NaN, 1], pace: [1, NaN] }));
    expect(predicted[0]).toBeGreaterThan(0);
    expect(predicted[1]).toBeNaN();
  });

  it('learns how much the answer differs where a value is missing', () => {
    const line = pace.map((each, i) => (i % 3 === 0 ? NaN : each));
    const target = line.map(
      (each, i) => (Number.isNaN(each) ? 4 : 10 + 2 * each) + (i % 2 === 0 ? 0.01 : -0.01),
    );
    const { model } = trainLad(rowsOf({ line }, target), { fill: ['line'], ridge: 0 });
    const predicted = predict(model, matrixOf({ line: [NaN, 0, 1] }));
    expect([...predicted].map((each) => Math.round(each * 10) / 10)).toEqual([4, 10, 12]);
  });

  it('gives a feature with one value no coefficient, and names it', () => {
    const { model, constant } = trainLad(rowsOf({ x: [1, 2, 3, 4], same: [7, 7, 7, 7] }, [1, 2, 3, 4]));
    expect(constant).toEqual(['same']);
    expect(model.terms[1]).toMatchObject({ feature: 'same', coefficient: 0 });
  });
});
