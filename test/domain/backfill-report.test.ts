/** What a report of a backfill concludes: gaps by their first cause, the pace beside the forecast, the commands to type next. */
import { describe, expect, it } from 'vitest';
import {
  besideForecast,
  datesAnHour,
  gapsByCause,
  gapsOf,
  nextCommands,
  type Stands,
} from '../../shared/domain/backfill-report.ts';
import type { Cause } from '../../shared/domain/cause.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { CellWhy } from '../../shared/domain/why.ts';

const DAY = gameDate('2024-01-05');
const LATER = gameDate('2024-01-07');
const cause = (table: string, cure: string | null = `cure ${table}`): Cause => ({
  ...{ table, date: DAY, kind: 'failed', detail: 'out of memory', cure },
});
const cell = (table: string, date = DAY, ...causes: readonly Cause[]): CellWhy => ({
  ...{ table, date, status: 'blocked', causes },
});

describe('gaps', () => {
  const cells = [
    cell('summary', DAY, cause('box_scores'), cause('schedule')),
    cell('averages', LATER, cause('lines')),
    cell('averages', DAY, cause('box_scores')),
    cell('features', LATER),
  ];

  it('have the first cause of each cell, and none is a cell that is still to be built', () => {
    const gaps = gapsOf(cells, ({ table, date }) => table === 'averages' && date === LATER);
    expect(gaps.map(({ table, cause: first }) => [table, first?.table ?? null])).toEqual([
      ['summary', 'box_scores'],
      ['averages', 'box_scores'],
      ['features', null],
    ]);
  });

  it('stand together by first cause, that of the most cells first', () => {
    const groups = gapsByCause(gapsOf(cells, () => false));
    expect(groups.map(({ cause: first, gaps }) => [first?.table ?? null, gaps.length])).toEqual([
      ['box_scores', 2],
      ['lines', 1],
      [null, 1],
    ]);
  });
});

describe('the pace', () => {
  it.each([
    [30, 60, 1800],
    [0, 60, null],
    [30, 0, null],
  ])('%i dates in %i seconds are %s an hour', (dates, seconds, rate) => {
    expect(datesAnHour(dates, seconds)).toBe(rate);
  });

  it.each([
    [8, 'under p50'],
    [10, 'under p50'],
    [20, 'p50 to p90'],
    [20.1, 'over p90'],
  ])('%f seconds are %s of a forecast of 10 to 20', (seconds, beside) => {
    expect(besideForecast(seconds, { p50: 10, p90: 20 })).toBe(beside);
    expect(besideForecast(seconds, null)).toBeNull();
  });
});

describe('the commands to type next', () => {
  const stands: Stands = {
    ...{ id: 'bf-1', state: 'done', noGo: [], gaps: [], stale: 0 },
    range: { start: DAY, end: LATER },
  };
  const commands = (more: Partial<Stands>) =>
    nextCommands({ ...stands, ...more }).map(({ command }) => command);
  const groups = (...tables: readonly string[]) =>
    gapsByCause(
      gapsOf(
        tables.map((table) => cell('features', DAY, cause(table))),
        () => false,
      ),
    );

  it.each([
    ['running', 'fullcourt backfills watch bf-1'],
    ['interrupted', 'fullcourt backfills watch bf-1'],
    ['paused', 'fullcourt backfills resume bf-1'],
    ['cancelled', 'fullcourt backfills retry bf-1'],
  ] as const)('of one that is %s', (state, command) => {
    expect(commands({ state })).toEqual([command]);
  });

  it('are none when all is done', () => {
    expect(commands({})).toEqual([]);
  });

  it('are the cures of the criteria that stopped it, each once, then to ask again', () => {
    const noGo = [
      { name: 'dates of a', cure: 'fill a' },
      { name: 'rows of a', cure: 'fill a' },
      { name: 'nothing', cure: null },
    ];
    expect(commands({ state: 'refused', noGo })).toEqual(['fill a', 'fullcourt backfills retry bf-1']);
  });

  it('are the cures of the first causes, then to ask again for the rest, then for what is stale', () => {
    const gaps = groups('a', 'b');
    expect(commands({ state: 'done_with_failures', gaps, stale: 2 })).toEqual([
      'cure a',
      'cure b',
      'fullcourt backfills retry bf-1',
      'fullcourt backfill --start 2024-01-05 --end 2024-01-07 --only stale',
    ]);
  });

  it('name five cures, and where the others are', () => {
    const gaps = groups('a', 'b', 'c', 'd', 'e', 'f', 'g');
    expect(commands({ gaps }).slice(4)).toEqual([
      'cure e',
      'fullcourt why --start 2024-01-05 --end 2024-01-07',
    ]);
  });
});
