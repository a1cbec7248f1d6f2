/** Which dates of a table a plan builds. */
import type { GameDate } from './game-date.ts';
import type { RegisteredTable } from './registry.ts';

/** The dates of one table and season, and which of them the plan builds. */
export interface MarkedDates {
  readonly table: RegisteredTable;
  readonly dates: readonly GameDate[];
  /** 1 for each date to be built, 0 for the others; in the order of `dates`. */
  readonly marked: Uint8Array;
  /** Index of the earliest marked date; `Infinity` without any. */
  first: number;
}

/** Remembers the index of each date for as long as the list of dates is in use. */
const indexesOf = new WeakMap<readonly GameDate[], ReadonlyMap<GameDate, number>>();

/** Where a date is among the dates of a table; undefined when it is none of them. */
export function indexOfDate(dates: readonly GameDate[], date: GameDate): number | undefined {
  let indexes = indexesOf.get(dates);
  if (indexes === undefined) {
    indexes = new Map(dates.map((each, i) => [each, i]));
    indexesOf.set(dates, indexes);
  }
  return indexes.get(date);
}

/** Whether the plan builds the partition of this date. */
export function isMarked(ofTable: MarkedDates, date: GameDate): boolean {
  const i = indexOfDate(ofTable.dates, date);
  return i !== undefined && ofTable.marked[i] === 1;
}

/** Whether the plan builds any partition of a table. */
export function isAnyMarked(ofTable: MarkedDates | undefined): ofTable is MarkedDates {
  return ofTable !== undefined && ofTable.first !== Infinity;
}
