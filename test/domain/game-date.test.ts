/** Game dates: parsing, arithmetic, and the Eastern date of an instant. */
import * as fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  assertEasternZone,
  datesBetween,
  dayNumber,
  daysBetween,
  gameDate,
  gameDateOf,
  parseGameDate,
} from '../../shared/domain/game-date.ts';
import {
  firstDateOf,
  isBootstrap,
  isSeason,
  lastDateOf,
  seasonOf,
  seasonStarting,
} from '../../shared/domain/season.ts';

/**
 * Instants with their Eastern dates: around midnight, at both clock changes, on the leap day and at New
 * Year.
 */
const INSTANTS = [
  { at: '2024-01-15T04:59:59Z', is: '2024-01-14' },
  { at: '2024-01-15T05:00:00Z', is: '2024-01-15' },
  { at: '2024-07-15T03:59:59Z', is: '2024-07-14' },
  { at: '2024-07-15T04:00:00Z', is: '2024-07-15' },
  { at: '2024-03-10T04:59:59Z', is: '2024-03-09' },
  { at: '2024-03-10T05:00:00Z', is: '2024-03-10' },
  { at: '2024-03-10T07:00:00Z', is: '2024-03-10' },
  { at: '2024-03-11T03:59:59Z', is: '2024-03-10' },
  { at: '2024-03-11T04:00:00Z', is: '2024-03-11' },
  { at: '2024-11-03T03:59:59Z', is: '2024-11-02' },
  { at: '2024-11-03T04:00:00Z', is: '2024-11-03' },
  { at: '2024-11-04T04:59:59Z', is: '2024-11-03' },
  { at: '2024-11-04T05:00:00Z', is: '2024-11-04' },
  { at: '2024-02-29T23:59:59Z', is: '2024-02-29' },
  { at: '2024-03-01T04:59:59Z', is: '2024-02-29' },
  { at: '2024-01-01T00:30:00Z', is: '2023-12-31' },
  { at: '2023-11-02T00:00:00Z', is: '2023-11-01' },
  { at: '2024-10-23T02:30:00Z', is: '2024-10-22' },
] as const;

/** Often within a month. */
const someDays = fc.oneof(fc.integer({ min: -30, max: 30 }), fc.integer({ min: -800, max: 800 }));

describe('game dates', () => {
  it.each(INSTANTS)('$at is the game date $is', ({ at, is }) => {
    expect(gameDateOf(new Date(at))).toBe(is);
  });

  it.each(['UTC', 'America/Los_Angeles', 'Asia/Tokyo', 'Pacific/Kiritimati'])(
    'are the same on a host in %s',
    (zone) => {
      const module = new URL('../../shared/domain/game-date.ts', import.meta.url).href;
      const script = `import { gameDateOf, addDays, dayNumber } from ${JSON.stringify(module)};
      console.log(JSON.stringify([...${JSON.stringify(INSTANTS.map(({ at }) => at))}.map((at) => gameDateOf(new Date(at))), addDays('2024-03-09', 2), dayNumber('2024-11-04')]));`;
      const printed = execFileSync(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
        { env: { ...process.env, TZ: zone } },
      );
      expect(JSON.parse(printed.toString())).toEqual([...INSTANTS.map(({ is }) => is), '2024-03-11', 20031]);
    },
  );

  it('need time zone data, and say so when they have it', () => {
    expect(() => assertEasternZone()).not.toThrow();
  });

  it.each([
    'TODAY',
    '',
    '2023-02-29',
    '2024-02-30',
    '2024-13-01',
    '2024-00-10',
    '2024-1-1',
    '20240101',
    '2024-01-01T00:00:00Z',
    ' 2024-01-01',
    '1899-12-31',
  ])('"%s" is none', (text) => {
    expect(parseGameDate(text)).toBeUndefined();
    expect(() => gameDate(text)).toThrow(RangeError);
  });

  it('move by whole days and count back, over every change of the clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), someDays, (start, days) => {
        const first = addDays(gameDate('1970-01-01'), start);
        const last = addDays(first, days);
        expect(daysBetween(first, last)).toBe(days);
        expect(addDays(last, -days)).toBe(first);
        expect(dayNumber(last)).toBe(start + days);
        expect(first < last).toBe(days > 0);
      }),
    );
  });

  it('lists every date between two, both included', () => {
    expect(datesBetween(gameDate('2024-02-28'), gameDate('2024-03-01'))).toEqual([
      '2024-02-28',
      '2024-02-29',
      '2024-03-01',
    ]);
    expect(datesBetween(gameDate('2024-03-01'), gameDate('2024-02-28'))).toEqual([]);
  });
});

describe('seasons', () => {
  it.each([
    ['2023-10-01', '2023-24'],
    ['2023-12-31', '2023-24'],
    ['2024-06-20', '2023-24'],
    ['2024-09-30', '2023-24'],
    // The shortened seasons of 1998-99 and 2011-12, and the one that ended in October.
    ['1999-02-05', '1998-99'],
    ['2011-12-25', '2011-12'],
    ['2020-10-11', '2019-20'],
    ['2020-10-31', '2019-20'],
    ['2020-11-01', '2020-21'],
    ['2020-12-22', '2020-21'],
    ['2021-07-20', '2020-21'],
    ['2021-10-01', '2021-22'],
    ['2024-10-01', '2024-25'],
    ['1999-11-02', '1999-00'],
  ])('%s belongs to %s', (date, season) => {
    expect(seasonOf(gameDate(date))).toBe(season);
  });

  it('have labels whose years follow each other', () => {
    expect(isSeason('2023-24')).toBe(true);
    expect(isSeason('1999-00')).toBe(true);
    expect([firstDateOf('2019-20'), lastDateOf('2019-20')]).toEqual(['2019-10-01', '2020-10-31']);
    expect([firstDateOf('2020-21'), lastDateOf('2020-21')]).toEqual(['2020-11-01', '2021-09-30']);
    for (const label of ['2023-25', '2023', '23-24', '2023-2024']) expect(isSeason(label)).toBe(false);
    expect(seasonStarting(2009)).toBe('2009-10');
  });

  it('are in their bootstrap for 14 calendar days, opening night included', () => {
    const opening = gameDate('2023-10-24');
    const inside = Array.from({ length: 40 }, (_, i) => addDays(opening, i - 10)).filter((date) =>
      isBootstrap(date, opening),
    );
    expect(inside).toEqual(datesBetween(opening, gameDate('2023-11-06')));
  });
});
