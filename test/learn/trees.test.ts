/** Boosted trees: what holds for every model that is trained. */
import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRandom, shuffled } from '../../shared/domain/seeded-random.ts';
import { matrixOf } from '../../shared/learn/matrix.ts';
import { predict } from '../../shared/learn/model.ts';
import { importancesOf, leafOf, singleColumns, type Objective } from '../../shared/learn/trees/model.ts';
import type { TreeParameters } from '../../shared/learn/train/parameters.ts';
import { quantileOf, weightedQuantileOf } from '../../shared/learn/train/quantile-of.ts';
import { trainTrees } from '../../shared/learn/train/trees.ts';
import { learningRows, reordered, withColumn } from '../support/learning-rows.ts';

const OBJECTIVES: readonly Objective[] = [
  { kind: 'absolute' },
  { kind: 'quantile', quantile: 0.1 },
  { kind: 'squared' },
];
const SMALL: Omit<TreeParameters, 'objective'> = { n_estimators: 8, max_depth: 4, learning_rate: 0.3 };
const rows = learningRows(400, 8, 1);

describe.each(OBJECTIVES)('trees for the $kind error', (objective) => {
  const parameters: TreeParameters = { ...SMALL, objective };

  it('are the same to the last bit whatever the order of the rows', () => {
    const places = shuffled(makeRandom('order'), [...rows.keys.keys()]);
    const sampled = { ...parameters, subsample: 0.8, colsample_bytree: 0.6, seed: 3 };
    expect(trainTrees(reordered(rows, places), sampled)).toEqual(trainTrees(rows, sampled));
  });

  it('divide the rows in the same way when a feature is stretched in another scale', () => {
    const cubed = rows.features.columns[0]!.map((value) => Math.fround(Math.fround(value) ** 3 * 7 + 100));
    const other = { ...rows, features: withColumn(rows.features, 0, cubed) };
    const [plain, stretched] = [trainTrees(rows, parameters).model, trainTrees(other, parameters).model];
    for (const [t, tree] of plain.trees.entries()) {
      const { condition, ...rest } = stretched.trees[t]!;
      expect({ ...rest, condition: tree.condition }).toEqual(tree);
      for (const [node, feature] of tree.feature.entries())
        if (feature !== 0 || tree.left[node] === -1) expect(condition[node]).toBe(tree.condition[node]);
    }
    expect(predict(stretched, other.features)).toEqual(predict(plain, rows.features));
    expect(importancesOf(plain)[0]!.weight).toBeGreaterThan(0);
  });

  it('never look at a feature that has one value', () => {
    const same = { ...rows, features: withColumn(rows.features, 0, new Float64Array(400).fill(7)) };
    const [importance] = importancesOf(trainTrees(same, parameters).model);
    expect(importance).toEqual({ feature: 'f0', gain: 0, cover: 0, weight: 0 });
  });

  it('take a row of weight 2 for two rows', () => {
    const random = makeRandom('weights');
    const weights = Float64Array.from(rows.target, () => (random.chance(0.4) ? 2 : 1));
    const places = [...weights].flatMap((weight, i) => (weight === 2 ? [i, i] : [i]));
    const twice = reordered(rows, places);
    const doubled = { ...twice, keys: twice.keys.map((key, i) => `${key}-${i}`) };
    const byWeight = predict(trainTrees({ ...rows, weights }, parameters).model, rows.features);
    const byRows = predict(trainTrees(doubled, parameters).model, rows.features);
    for (const [i, prediction] of byRows.entries()) expect(byWeight[i]).toBeCloseTo(prediction, 4);
  });

  it('have more rows at a node than at either child, and as many as both together', () => {
    for (const { left, right, cover } of trainTrees(rows, { ...parameters, min_child_weight: 5 }).model.trees)
      for (const [node, child] of left.entries()) {
        if (child === -1) continue;
        expect(cover[child]! + cover[right[node]!]!).toBe(cover[node]);
        expect(Math.min(cover[child]!, cover[right[node]!]!)).toBeGreaterThanOrEqual(5);
      }
  });

  it('have no more error with more trees on the rows that they learned from', () => {
    const { validationErrors } = trainTrees(rows, parameters, {
      validation: { features: rows.features, target: rows.target },
    });
    for (const [i, error] of validationErrors.entries())
      if (i > 0) expect(error).toBeLessThanOrEqual(validationErrors[i - 1]! + 1e-9);
  });
});

describe('a tree for the absolute error', () => {
  const parameters: TreeParameters = { ...SMALL, objective: { kind: 'absolute' }, n_estimators: 1 };

  it('begins with the split that a search through all thresholds finds', () => {
    const few = learningRows(120, 5, 5);
    const { model } = trainTrees(few, { ...parameters, max_depth: 1 });
    const median = quantileOf(Float64Array.from(few.target), 120, 0.5);
    const gradients = [...few.target].map((each) => Math.sign(median - each));
    const score = (places: readonly number[]): number =>
      places.reduce((sum, i) => sum + gradients[i]!, 0) ** 2 / (places.length + 1);
    const all = [...gradients.keys()];
    let best = 0;
    for (const column of few.features.columns)
      for (const threshold of new Set(column.map(Math.fround)))
        for (const isMissingLeft of [true, false]) {
          const isLeft = (i: number): boolean =>
            Number.isNaN(column[i]!) ? isMissingLeft : Math.fround(column[i]!) < threshold;
          const left = all.filter(isLeft);
          const right = all.filter((i) => !isLeft(i));
          if (left.length > 0 && right.length > 0)
            best = Math.max(best, score(left) + score(right) - score(all));
        }
    expect(model.trees[0]!.gain[0]).toBeCloseTo(best, 4);
  });

  it('adds to each leaf the median of what is left over there, times the learning rate', () => {
    const { model } = trainTrees(rows, parameters);
    const tree = model.trees[0]!;
    const columns = singleColumns(model.features, rows.features);
    const leaves = Map.groupBy(rows.keys.keys(), (i) => leafOf(tree, columns, i));
    expect(leaves.size).toBeGreaterThan(8);
    for (const [leaf, places] of leaves) {
      const left = Float64Array.from(places, (i) => rows.target[i]! - model.base);
      expect(tree.condition[leaf]).toBeCloseTo(0.3 * quantileOf(left, left.length, 0.5), 5);
    }
  });

  it('sends a missing value to the side on which its answer is, also one that only prediction meets', () => {
    const x = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? null : i));
    const target = Float64Array.from(x, (value) => (value === null ? 50 : value < 30 ? 10 : 20));
    const { model } = trainTrees(
      { features: matrixOf({ x }), target, keys: x.map((_, i) => `${i}`.padStart(2, '0')) },
      { objective: { kind: 'absolute' }, learning_rate: 1, n_estimators: 4, max_depth: 2 },
    );
    expect([...predict(model, matrixOf({ x: [null, 1, 59, -1e9, 1e9] }))]).toEqual([50, 10, 20, 10, 20]);
  });

  it('has as many leaves as it may, by levels or where the loss falls most', () => {
    for (const grow_policy of ['depthwise', 'lossguide'] as const) {
      const { model } = trainTrees(rows, { ...parameters, grow_policy, max_depth: 0, max_leaves: 16 });
      expect(model.trees[0]!.left.filter((left) => left === -1)).toHaveLength(16);
    }
    const gains = (grow_policy: 'depthwise' | 'lossguide'): number =>
      trainTrees(rows, {
        ...parameters,
        grow_policy,
        max_depth: 0,
        max_leaves: 16,
      }).model.trees[0]!.gain.reduce((sum, gain) => sum + gain);
    expect(gains('lossguide')).toBeGreaterThan(gains('depthwise'));
  });

  it('makes no split that gains less than gamma', () => {
    const { model } = trainTrees(rows, { ...parameters, gamma: 4 });
    const tree = model.trees[0]!;
    const gains = [...tree.gain].filter((_, node) => tree.left[node] !== -1);
    expect(Math.min(...gains)).toBeGreaterThanOrEqual(4);
  });
});

describe('early stopping', () => {
  it('keeps the trees up to the best one on rows that nobody learned from', () => {
    const validation = learningRows(300, 8, 2);
    const { model, validationErrors } = trainTrees(
      rows,
      { objective: { kind: 'absolute' }, n_estimators: 200, early_stopping_rounds: 5 },
      { validation },
    );
    const best = validationErrors.indexOf(Math.min(...validationErrors));
    expect(model.trees).toHaveLength(best + 1);
    expect(validationErrors).toHaveLength(best + 6);
    const predicted = predict(model, validation.features);
    const error = predicted.reduce((sum, each, i) => sum + Math.abs(each - validation.target[i]!), 0) / 300;
    expect(error).toBeCloseTo(validationErrors[best]!, 9);
  });

  it('needs rows to look at', () => {
    expect(() => trainTrees(rows, { objective: { kind: 'absolute' }, early_stopping_rounds: 5 })).toThrow(
      'early_stopping_rounds needs validation rows',
    );
  });
});

describe('a quantile', () => {
  it('lies where a share of the sorted numbers ends, weighted or not', () => {
    assert(
      property(
        array(integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 }),
        constantFrom(0.1, 0.5, 0.9),
        (numbers, share) => {
          const sorted = Float64Array.from(numbers).sort();
          const rank = share * sorted.length;
          const k = Math.max(1, Math.ceil(rank));
          const expected =
            rank === k && k < sorted.length ? (sorted[k - 1]! + sorted[k]!) / 2 : sorted[k - 1]!;
          const n = numbers.length;
          expect(quantileOf(Float64Array.from(numbers), n, share)).toBe(expected);
          const ones = new Float64Array(n).fill(1);
          expect(weightedQuantileOf(Float64Array.from(numbers), ones, n, share)).toBe(expected);
        },
      ),
    );
  });
});
