/** How good predictions are said to be, against numbers worked out by hand or by brute force. */
import { array, assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../../shared/domain/seeded-random.ts';
import { exponential } from '../../shared/learn/exponential.ts';
import {
  bootstrapMean,
  coverageOf,
  deciles,
  errorSummary,
  pinballLoss,
  wilsonInterval,
} from '../../shared/learn/statistics.ts';

describe('a summary of errors', () => {
  it('says mean absolute error, root mean square, bias and shares within 1, 3 and 5', () => {
    expect(errorSummary([11, 7, 20, 14], [10, 10, 10, 14])).toEqual({
      rows: 4,
      mae: 3.5,
      rmse: Math.sqrt(110 / 4),
      bias: 2,
      within: { 1: 0.5, 3: 0.75, 5: 0.75 },
    });
  });

  it('is refused when a row has no prediction', () => {
    expect(() => errorSummary([1, NaN], [1, 2])).toThrow('Row 1 has no prediction');
    expect(() => errorSummary([], [])).toThrow('There are 0 predictions');
  });

  it('by tenths looks at every row once, lowest first', () => {
    const predicted = Array.from({ length: 25 }, (_, i) => 25 - i);
    const groups = deciles(predicted, predicted, new Float64Array(25));
    expect(groups).toHaveLength(10);
    expect(groups.reduce((sum, { rows }) => sum + rows, 0)).toBe(25);
    expect(groups[0]).toMatchObject({
      from: 1,
      to: 2,
      rows: 2,
      bias: 1.5,
      meanPredicted: 1.5,
      meanActual: 0,
    });
    expect(groups[9]).toMatchObject({ from: 23, to: 25 });
  });
});

describe('a bootstrap interval', () => {
  const random = makeRandom('values');
  const values = Array.from({ length: 400 }, () => 1 + random.normal());

  it('is the same for the same seed and about as wide as the standard error says', () => {
    const found = bootstrapMean(values, { seed: 1, samples: 500 });
    expect(bootstrapMean(values, { seed: 1, samples: 500 })).toEqual(found);
    expect(bootstrapMean(values, { seed: 2, samples: 500 })).not.toEqual(found);
    const { mean, rmse } = {
      mean: found.mean,
      rmse: errorSummary(values, new Float64Array(400).fill(found.mean)).rmse,
    };
    expect(mean - found.low).toBeCloseTo((1.96 * rmse) / 20, 1.5);
    expect(found.high - mean).toBeCloseTo((1.96 * rmse) / 20, 1.5);
  });

  it('is wider when rows of a group, such as a date, go together', () => {
    const groups = values.map((_, i) => `date-${i % 20}`);
    const shifted = values.map((value, i) => value + (i % 20) / 10);
    const alone = bootstrapMean(shifted, { seed: 1, samples: 500 });
    const together = bootstrapMean(shifted, { seed: 1, samples: 500, groups });
    expect(together.high - together.low).toBeGreaterThan(1.5 * (alone.high - alone.low));
    expect(together.mean).toBeCloseTo(alone.mean, 9);
  });
});

describe('a share', () => {
  it("has Wilson's interval", () => {
    const { low, high } = wilsonInterval(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
    expect(wilsonInterval(0, 5).low).toBe(0);
    expect(wilsonInterval(5, 5).high).toBe(1);
  });
});

describe('quantiles and intervals', () => {
  it('cost a tenth of a point for each point below the 10th percentile and nine tenths for each above it', () => {
    expect(pinballLoss([10, 10], [20, 5], 0.1)).toBeCloseTo((0.1 * 10 + 0.9 * 5) / 2, 12);
  });

  it('hold an answer at their ends', () => {
    expect(coverageOf([0, 0, 0, 0], [5, 5, 5, 5], [0, 5, 6, 2])).toBe(0.75);
  });

  it('have the least pinball loss at the quantile', () => {
    assert(
      property(array(integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 40 }), (answers) => {
        const sorted = answers.toSorted((a, b) => a - b);
        const best = sorted[Math.ceil(0.9 * sorted.length) - 1]!;
        const loss = (at: number): number =>
          pinballLoss(
            answers.map(() => at),
            answers,
            0.9,
          );
        for (const other of answers) expect(loss(best)).toBeLessThanOrEqual(loss(other) + 1e-9);
      }),
    );
  });
});

describe('the exponential function', () => {
  it('agrees with that of the platform to 14 digits', () => {
    assert(
      property(double({ min: -600, max: 600, noNaN: true }), (x) => {
        expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-14);
      }),
    );
  });
});
