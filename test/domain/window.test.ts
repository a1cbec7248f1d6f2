/** Windows: `reads` and `affects` are each the inverse of the other. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import {
  affects,
  aroundDate,
  lastGames,
  previousDays,
  previousSeasons,
  reads,
  readStart,
  sameDate,
  seasonToDate,
  type Window,
} from '../../shared/domain/window.ts';

const OPENING = gameDate('2023-10-24');

const window: fc.Arbitrary<Window> = fc.oneof(
  fc.constant(sameDate),
  fc.constant(seasonToDate),
  fc.integer({ min: 1, max: 40 }).map(previousDays),
  fc.integer({ min: 1, max: 20 }).map((games) => lastGames(games, 'player')),
  fc
    .tuple(fc.integer({ min: 0, max: 14 }), fc.integer({ min: 0, max: 14 }))
    .map(([back, ahead]) => aroundDate(back, ahead)),
);
/** Game dates of a season with gaps, ascending. */
const season: fc.Arbitrary<GameDate[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 180 }), { minLength: 1, maxLength: 60 })
  .map((days) => [...new Set([0, ...days])].sort((a, b) => a - b).map((day) => addDays(OPENING, day)));

describe('windows', () => {
  it('a date is read by exactly the dates it affects', () => {
    fc.assert(
      fc.property(window, season, (window, dates) => {
        for (const date of dates) {
          for (const other of dates) {
            expect(reads(window, date, dates).includes(other)).toBe(
              affects(window, other, dates).includes(date),
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('nothing is read before the first date a query is given, nor outside the season', () => {
    fc.assert(
      fc.property(window, season, (window, dates) => {
        for (const date of dates) {
          const start = readStart(window, date, OPENING);
          expect(start >= OPENING).toBe(true);
          for (const read of reads(window, date, dates)) {
            expect(read >= start).toBe(true);
            expect(dates).toContain(read);
          }
        }
      }),
    );
  });

  it('only a window that says so reads the date itself or looks ahead', () => {
    fc.assert(
      fc.property(window, season, (window, dates) => {
        for (const date of dates) {
          const latest = reads(window, date, dates).at(-1) ?? OPENING;
          if (window.kind === 'same_date') expect(reads(window, date, dates)).toEqual([date]);
          else if (window.kind !== 'around_date') expect(latest < date || date === OPENING).toBe(true);
          else expect(latest <= addDays(date, window.ahead)).toBe(true);
        }
      }),
    );
  });

  it.each([
    { window: sameDate, on: '2023-11-10', is: ['2023-11-10'] },
    { window: previousDays(4), on: '2023-11-10', is: ['2023-11-07', '2023-11-08'] },
    { window: seasonToDate, on: '2023-11-08', is: ['2023-10-24', '2023-11-07'] },
    { window: lastGames(2, 'team'), on: '2023-11-08', is: ['2023-10-24', '2023-11-07'] },
    { window: aroundDate(1, 3), on: '2023-11-08', is: ['2023-11-07', '2023-11-08', '2023-11-10'] },
    { window: seasonToDate, on: '2023-10-24', is: [] },
    { window: previousSeasons(2), on: '2023-11-08', is: [] },
  ])('$window.kind on $on reads $is', ({ window, on, is }) => {
    const dates = ['2023-10-24', '2023-11-07', '2023-11-08', '2023-11-10', '2023-11-14'].map(gameDate);
    expect(reads(window, gameDate(on), dates)).toEqual(is);
  });
});
