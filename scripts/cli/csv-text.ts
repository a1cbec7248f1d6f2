/** Writes the rows of a query as CSV. Pure. */
import type { Cell } from '../../shared/ports/warehouse.ts';

/**
 * The rows, a line for each, without a line break at the end. NULL is an empty cell. Where a row would be an empty line, which
 * readers pass over, it is `""`.
 */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => row.map(cellText).join(',') || '""').join('\n');
}

/** A value as CSV. A text is quoted where a reader could take it for something else. */
function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return /^ |[",\r\n\ufeff]| $/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
