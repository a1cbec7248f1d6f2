/** Counts the rows of many tables, also when one of them is gone. */
import { ok, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { RowRange, Warehouse } from '../../shared/ports/warehouse.ts';

/** Failure code of a warehouse that has no such table. */
export const TABLE_GONE = 'not_found';

/**
 * The rows by date of each range, in their order. All are counted at once. If that fails because a table is gone, each is counted
 * alone, so that one missing table does not hide the others.
 */
export async function countRows(
  warehouse: Pick<Warehouse, 'rowCounts'>,
  ranges: readonly RowRange[],
): Promise<Result<ReadonlyMap<GameDate, number>>[]> {
  const all = await warehouse.rowCounts(ranges);
  if (all.ok) return all.value.map((counted) => ok(counted));
  if (all.failure.code !== TABLE_GONE) return ranges.map(() => all);
  const each: Result<ReadonlyMap<GameDate, number>>[] = [];
  for (const range of ranges) {
    const counted = await warehouse.rowCounts([range]);
    each.push(counted.ok ? ok(counted.value[0] ?? new Map()) : counted);
  }
  return each;
}
