/** Model files, and what each feature adds to a prediction. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contributions } from '../../shared/learn/contributions.ts';
import { matrixOf } from '../../shared/learn/matrix.ts';
import { featuresOf, predict, type Model } from '../../shared/learn/model.ts';
import { readModel, writeModel } from '../../shared/learn/model-file.ts';
import type { Tree, TreesModel } from '../../shared/learn/trees/model.ts';
import { trainLad } from '../../shared/learn/train/lad.ts';
import { trainTrees } from '../../shared/learn/train/trees.ts';
import { learningRows } from '../support/learning-rows.ts';

const rows = learningRows(200, 5, 4);
const linear = trainLad(rows, { fill: ['f3'] }).model;
const trees = trainTrees(rows, { objective: { kind: 'absolute' }, n_estimators: 15, max_depth: 4 }).model;
const mean: Model = { kind: 'mean', members: [linear, trees] };
const MODELS: readonly Model[] = [linear, trees, mean];

describe.each(MODELS)('a $kind model', (model) => {
  it('adds up to its prediction for every row, to 0.0001', () => {
    const { base, added } = contributions(model, rows.features);
    const predicted = predict(model, rows.features);
    for (let i = 0; i < predicted.length; i += 1) {
      const sum = added.reduce((total, column) => total + column[i]!, base);
      expect(Math.abs(sum - predicted[i]!)).toBeLessThan(1e-4);
    }
  });

  it('is the same after it was written to a file and read', () => {
    const text = writeModel(model);
    const read = readModel(text);
    expect(read).toEqual(model);
    expect(writeModel(read)).toBe(text);
    expect(predict(read, rows.features)).toEqual(predict(model, rows.features));
  });

  it('names a column that the rows lack', () => {
    expect(featuresOf(model)).toContain('f0');
    expect(() => predict(model, matrixOf({ other: [1] }))).toThrow('There is no column f0');
  });
});

describe('the mean of models', () => {
  it('has the same bytes on every machine', () => {
    expect(createHash('sha256').update(writeModel(mean)).digest('hex')).toBe(
      '120a5777cf89152d9124ade3a12b152d06b4ded2d16f73ec7c07d8ac7f6a6f87',
    );
  });

  it('predicts halfway between two of them', () => {
    const [a, b, both] = [linear, trees, mean].map((model) => predict(model, rows.features));
    for (const [i, prediction] of both!.entries()) expect(prediction).toBe((a![i]! + b![i]!) / 2);
  });
});

describe('what a feature adds in trees', () => {
  /** What a tree predicts when only the features of `known` are known: unknown ones go both ways, by the training rows. */
  function expected(
    tree: Tree,
    known: ReadonlySet<number>,
    value: (feature: number) => number,
    node = 0,
  ): number {
    const left = tree.left[node]!;
    if (left === -1) return tree.condition[node]!;
    const right = tree.right[node]!;
    const feature = tree.feature[node]!;
    if (known.has(feature)) {
      const at = Math.fround(value(feature));
      const isLeft = Number.isNaN(at) ? tree.defaultLeft[node] === 1 : at < tree.condition[node]!;
      return expected(tree, known, value, isLeft ? left : right);
    }
    const [a, b] = [tree.cover[left]!, tree.cover[right]!];
    return (a * expected(tree, known, value, left) + b * expected(tree, known, value, right)) / (a + b);
  }

  /** Shapley's definition: the mean, over all orders in which features become known, of what the feature changes. */
  function shapley(model: TreesModel, feature: number, value: (feature: number) => number): number {
    const others = model.features.map((_, f) => f).filter((f) => f !== feature);
    const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
    let sum = 0;
    for (let set = 0; set < 2 ** others.length; set += 1) {
      const known = new Set(others.filter((_, i) => (set >> i) % 2 === 1));
      const orders = factorial(known.size) * factorial(others.length - known.size);
      for (const tree of model.trees)
        sum += orders * (expected(tree, new Set([...known, feature]), value) - expected(tree, known, value));
    }
    return sum / factorial(model.features.length);
  }

  it("is Shapley's value, which a sum over all orders of the features gives", () => {
    const { added } = contributions(trees, rows.features);
    for (const row of [0, 17, 133])
      for (const feature of trees.features.keys()) {
        const exact = shapley(trees, feature, (f) => rows.features.columns[f]![row]!);
        expect(added[feature]![row]).toBeCloseTo(exact, 6);
      }
  });
});

describe('a text that is no model', () => {
  it.each([
    ['nothing', '', 'A model file is JSON'],
    ['another JSON', '{"format":"other"}', 'This is no model'],
    [
      'a model of another kind of booster',
      writeModel(trees).replace('"gbtree"}', '"dart"}'),
      'no model of XGBoost',
    ],
    [
      'a tree in which a way does not end',
      writeModel(trees).replace('"left_children":[1,', '"left_children":[0,'),
      'Tree 0 is broken',
    ],
  ])('is refused: %s', (_, text, message) => {
    expect(() => readModel(text)).toThrow(message);
  });
});
