/** How the rows of a partition differ from others of it: row by row and cell by cell. */
import type { Cell, Row } from './table-rows.ts';
import type { TableDefinition } from './table.ts';

/** A cell with two values. */
export interface CellDifference {
  readonly column: string;
  readonly old: Cell;
  readonly new: Cell;
}

/** A row that only one side has, or that differs in some cells. */
export interface RowDifference {
  /** Values of the key columns without the date, separated by spaces. */
  readonly key: string;
  readonly kind: 'added' | 'changed' | 'removed';
  /** Empty for a row that only one side has. */
  readonly cells: readonly CellDifference[];
}

/** The differing rows of one date, those of `before` first. Both sides have each key once. */
export function rowDifferences(
  { key, partitionColumn, columns }: Pick<TableDefinition, 'key' | 'partitionColumn' | 'columns'>,
  before: readonly Row[],
  after: readonly Row[],
): RowDifference[] {
  const keyOf = (row: Row): string =>
    key
      .filter((name) => name !== partitionColumn)
      .map((name) => String(row[name]))
      .join(' ');
  const [was, is] = [before, after].map((rows) => new Map(rows.map((row) => [keyOf(row), row])));
  const names = Object.keys(columns);
  const differing: RowDifference[] = [];
  for (const each of new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])) {
    const [old, now] = [was?.get(each), is?.get(each)];
    if (old === undefined || now === undefined) {
      differing.push({ key: each, kind: old === undefined ? 'added' : 'removed', cells: [] });
      continue;
    }
    const cells = names
      .filter((column) => old[column] !== now[column])
      .map((column) => ({ column, old: old[column] ?? null, new: now[column] ?? null }));
    if (cells.length > 0) differing.push({ key: each, kind: 'changed', cells });
  }
  return differing;
}

/** A cell of a table on a date that gets another value. */
export interface Move extends CellDifference {
  readonly table: string;
  readonly date: string;
  readonly key: string;
}

/**
 * How far a value moves, from 0 to 1, compared with the larger of the two values: 0.2 from 20 to 25. It is 0 for what is no pair of
 * numbers.
 */
export function shareMoved({ old, new: now }: Pick<CellDifference, 'old' | 'new'>): number {
  if (typeof old !== 'number' || typeof now !== 'number') return 0;
  const larger = Math.max(Math.abs(old), Math.abs(now));
  return larger === 0 ? 0 : Math.min(1, Math.abs(now - old) / larger);
}

/** The largest moves, the largest first, one for each table and column. */
export function largestMoves(moves: Iterable<Move>, limit: number): Move[] {
  const largest = new Map<string, Move>();
  for (const move of moves) {
    const name = `${move.table}.${move.column}`;
    const known = largest.get(name);
    if (known === undefined || shareMoved(move) > shareMoved(known)) largest.set(name, move);
  }
  return [...largest.values()].toSorted((a, b) => shareMoved(b) - shareMoved(a)).slice(0, limit);
}
