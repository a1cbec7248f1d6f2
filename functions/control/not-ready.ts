/** Which rows of partitions may not be used in production, and by which codes. */
import type { PartitionRef } from '../../shared/domain/partition.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { isComputed, type ComputedTable } from '../../shared/domain/table.ts';
import type { TableRows } from '../../shared/domain/table-rows.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';

/** The rows of a partition that are not ready and have a code. A row with several codes counts for each of them. */
export interface NotReadyRows extends PartitionRef {
  /** A code of `data_quality_issues` without its number, such as `incomplete_history`; null for rows that have none. */
  readonly code: string | null;
  readonly rows: number;
  /** The keys of the first of them, without the date. */
  readonly examples: readonly string[];
}

const ISSUES = 'data_quality_issues';
const EXAMPLES = 3;

/**
 * Most rows first, partition by partition in the order given. Partitions of raw tables have no readiness and are passed over.
 * @throws Error when the warehouse does not answer
 */
export async function notReadyRows(
  registry: Registry,
  warehouse: Pick<Warehouse, 'read'>,
  cells: readonly PartitionRef[],
): Promise<NotReadyRows[]> {
  const found: NotReadyRows[] = [];
  for (const { table: name, date } of cells) {
    const table = registry.get(name);
    const { definition } = table;
    if (!isComputed(definition)) continue;
    const keys = definition.key.filter((column) => column !== definition.partitionColumn);
    const issues = ISSUES in definition.columns ? [ISSUES] : [];
    const columns = [...new Set([...keys, definition.readinessColumn, ...issues])];
    const read = await warehouse.read({ table, columns, first: date, last: date });
    if (!read.ok) throw new Error(read.failure.detail);
    for (const of of byCode(definition, keys, read.value)) found.push({ table: name, date, ...of });
  }
  return found;
}

function byCode(
  { readinessColumn }: ComputedTable,
  keys: readonly string[],
  { count, texts, numbers, flags }: TableRows,
): Omit<NotReadyRows, 'table' | 'date'>[] {
  const rowsOf = new Map<string | null, number[]>();
  for (let row = 0; row < count; row += 1) {
    if (flags[readinessColumn]?.[row] === true) continue;
    const codes = (texts[ISSUES]?.[row] ?? '').split(',').filter((each) => each !== '');
    const names = codes.length === 0 ? [null] : new Set(codes.map((each) => each.split(':')[0] ?? each));
    for (const name of names) {
      const rows = rowsOf.get(name) ?? [];
      rows.push(row);
      rowsOf.set(name, rows);
    }
  }
  const keyOf = (row: number): string =>
    keys.map((column) => texts[column]?.[row] ?? String(numbers[column]?.[row] ?? '')).join(' ');
  return [...rowsOf]
    .map(([code, rows]) => ({ code, rows: rows.length, examples: rows.slice(0, EXAMPLES).map(keyOf) }))
    .sort((a, b) => b.rows - a.rows || (a.code ?? '').localeCompare(b.code ?? ''));
}
