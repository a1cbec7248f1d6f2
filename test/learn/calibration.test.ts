/** Intervals that hold on later rows, and maps from what a model says to how often it comes true. */
import { array, assert, integer, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRandom, shuffled } from '../../shared/domain/seeded-random.ts';
import { chanceOfOver, isotonicAt } from '../../shared/learn/calibration.ts';
import { predictInterval } from '../../shared/learn/interval.ts';
import { readInterval, writeInterval } from '../../shared/learn/model-file.ts';
import { coverageOf } from '../../shared/learn/statistics.ts';
import { fitIsotonic, fitOverMap } from '../../shared/learn/train/calibration.ts';
import { trainInterval } from '../../shared/learn/train/interval.ts';
import { trainMean } from '../../shared/learn/train/mean.ts';
import { predict } from '../../shared/learn/model.ts';
import { learningRows } from '../support/learning-rows.ts';

describe('an interval', () => {
  const [train, later, last] = [1, 2, 3].map((seed) => learningRows(800, 5, seed)) as [
    ReturnType<typeof learningRows>,
    ReturnType<typeof learningRows>,
    ReturnType<typeof learningRows>,
  ];
  const parameters = { n_estimators: 30, max_depth: 3, learning_rate: 0.1, min_child_weight: 10 };
  const model = trainInterval(train, later, parameters);

  it('holds four of five answers of rows that nothing was fitted to', () => {
    const { low, high } = predictInterval(model, last.features);
    expect(coverageOf(low, high, last.target)).toBeGreaterThan(0.76);
    expect(coverageOf(low, high, last.target)).toBeLessThan(0.84);
  });

  it('holds exactly the wanted share of the rows that its factor comes from', () => {
    const { low, high } = predictInterval(model, later.features);
    // Rank 641 of 800 is the first of which the row and those below it are at least four fifths of 801.
    expect(coverageOf(low, high, later.target)).toBeCloseTo(641 / 800, 9);
  });

  it('is the same after it was written and read', () => {
    expect(readInterval(writeInterval(model))).toEqual(model);
    expect(() => readInterval('{}')).toThrow('This is no interval');
  });

  it('needs rows enough to take its factor from', () => {
    const few = learningRows(3, 5, 4);
    expect(() => trainInterval(train, few, parameters)).toThrow('3 rows are too few');
  });
});

describe('the mean of a linear model and trees', () => {
  it('errs less on other rows than the worse of the two', () => {
    const [train, other] = [learningRows(800, 5, 1), learningRows(800, 5, 2)];
    const trained = trainMean(train, {
      lad: { fill: ['f3'] },
      trees: { n_estimators: 40, max_depth: 4, learning_rate: 0.1 },
    });
    const errorOf = (model: Parameters<typeof predict>[0]): number =>
      predict(model, other.features).reduce((sum, each, i) => sum + Math.abs(each - other.target[i]!), 0);
    const worse = Math.max(errorOf(trained.lad.model), errorOf(trained.trees.model));
    expect(errorOf(trained.model)).toBeLessThan(worse);
  });
});

describe('an isotonic map', () => {
  it('rises from point to point, is the same in any order of the rows, and is constant beyond its ends', () => {
    assert(
      property(
        array(tuple(integer({ min: 0, max: 30 }), integer({ min: 0, max: 1 })), {
          minLength: 2,
          maxLength: 40,
        }),
        (pairs) => {
          const [x, y] = [pairs.map(([each]) => each), pairs.map(([, each]) => each)];
          const map = fitIsotonic(x, y);
          for (let i = 1; i < map.at.length; i += 1) {
            expect(map.at[i]).toBeGreaterThan(map.at[i - 1]!);
            expect(map.value[i]).toBeGreaterThan(map.value[i - 1]!);
          }
          expect(fitIsotonic(x.toReversed(), y.toReversed())).toEqual(map);
          expect(isotonicAt(map, -1)).toBe(map.value[0]);
          expect(isotonicAt(map, 31)).toBe(map.value.at(-1));
        },
      ),
    );
  });

  it('pools neighbours in the wrong order', () => {
    expect(fitIsotonic([1, 2, 3, 4], [0, 1, 0, 1])).toEqual({ at: [1, 2.5, 4], value: [0, 0.5, 1] });
    expect(isotonicAt({ at: [1, 2.5, 4], value: [0, 0.5, 1] }, 3.25)).toBe(0.75);
  });
});

describe('the chance of more points than the line', () => {
  const random = makeRandom('edges');
  const edges = Array.from({ length: 4000 }, () => 3 * random.normal());
  const isOver = edges.map((edge) => (random.unit() < 1 / (1 + Math.exp(0.1 - 0.08 * edge)) ? 1 : 0));

  it('is found again in rows that were drawn with it', () => {
    const map = fitOverMap(edges, isOver);
    expect(map.intercept).toBeCloseTo(-0.1, 1);
    expect(Math.abs(map.slope - 0.08)).toBeLessThan(0.03);
    expect(chanceOfOver(map, 5)).toBeGreaterThan(chanceOfOver(map, 0));
    const places = shuffled(random, [...edges.keys()]);
    expect(
      fitOverMap(
        places.map((i) => edges[i]!),
        places.map((i) => isOver[i]!),
      ),
    ).toEqual(map);
  });

  it('does not depend on an edge that points the wrong way', () => {
    const map = fitOverMap(
      edges.map((edge) => -edge),
      isOver,
    );
    expect(map.slope).toBe(0);
    expect(chanceOfOver(map, 5)).toBeCloseTo(isOver.reduce<number>((sum, each) => sum + each, 0) / 4000, 6);
  });

  it('has an answer for rows that the edge divides perfectly', () => {
    const map = fitOverMap([-2, -1, 1, 2], [0, 0, 1, 1]);
    expect(chanceOfOver(map, 1)).toBeGreaterThan(0.9);
    expect(chanceOfOver(map, 1)).toBeLessThan(1);
  });
});
