/** How many rows are expected of a table of which only some rows can be counted. */
import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allExpected } from '../../shared/domain/counted-rows.ts';

describe('the expected rows of a table of which some are counted', () => {
  it('are those that are counted, where there are no others', () => {
    expect(allExpected(409, { rows: 400, counted: 400 })).toBe(409);
    expect(allExpected(409, { rows: 0, counted: 0 })).toBe(409);
  });

  it('are as many as there are when every counted row is there', () => {
    expect(allExpected(409, { rows: 1553, counted: 409 })).toBe(1553);
  });

  it('are more than there are when none of the counted ones is there', () => {
    expect(allExpected(400, { rows: 1000, counted: 0 })).toBe(1400);
  });

  it('leave the share of the counted rows, whatever comes on top, and never less than is there', () => {
    assert(
      property(
        integer({ min: 1, max: 500 }),
        integer({ min: 0, max: 500 }),
        integer({ min: 0, max: 3000 }),
        (counted, lacking, others) => {
          const [expected, rows] = [counted + lacking, counted + others];
          const all = allExpected(expected, { rows, counted });
          expect(all).toBeGreaterThanOrEqual(rows);
          expect(Math.abs(rows - (all * counted) / expected)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
