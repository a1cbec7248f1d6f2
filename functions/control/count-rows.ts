/** Counts the rows of many tables, also when one of them is gone. */
import { ok, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { RowRange, Warehouse } from '../../shared/ports/warehouse.ts';

/** Failure code of a warehouse that has no such table. */
export const TABLE_GONE = 'not_found';

/** The rows by date of some dates of a table, or why they cannot be counted. */
interface CountedRange {
  readonly range: RowRange;
  readonly counted: Result<ReadonlyMap<GameDate, number>>;
}

/**
 * The rows of each range, in their order. All are counted at once. If that fails because a table is gone, each is counted alone, so that
 * one missing table does not hide the others.
 */
export async function countRows(
  warehouse: Pick<Warehouse, 'rowCounts'>,
  ranges: readonly RowRange[],
): Promise<CountedRange[]> {
  const all = await warehouse.rowCounts(ranges);
  if (!all.ok && all.failure.code !== TABLE_GONE) return ranges.map((range) => ({ range, counted: all }));
  const each: CountedRange[] = [];
  for (const [i, range] of ranges.entries()) {
    const [counts, at] = all.ok ? [all, i] : [await warehouse.rowCounts([range]), 0];
    each.push({ range, counted: counts.ok ? ok(counts.value[at] ?? new Map<GameDate, number>()) : counts });
  }
  return each;
}
