/** The rows of a result of DuckDB, chunk by chunk, as cells of the warehouse port. */
import {
  DuckDBArrayValue,
  DuckDBDateValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTypeId,
  type DuckDBDataChunk,
  type DuckDBResult,
} from '@duckdb/node-api';
import type { AnswerColumn, Cell } from '../../../ports/warehouse.ts';
import { scalarCell } from '../duckdb-values.ts';

const TYPES: Readonly<Partial<Record<DuckDBTypeId, AnswerColumn['type']>>> = {
  [DuckDBTypeId.BOOLEAN]: 'BOOL',
  [DuckDBTypeId.TINYINT]: 'INT64',
  [DuckDBTypeId.SMALLINT]: 'INT64',
  [DuckDBTypeId.INTEGER]: 'INT64',
  [DuckDBTypeId.BIGINT]: 'INT64',
  [DuckDBTypeId.HUGEINT]: 'INT64',
  [DuckDBTypeId.FLOAT]: 'FLOAT64',
  [DuckDBTypeId.DOUBLE]: 'FLOAT64',
  [DuckDBTypeId.DECIMAL]: 'FLOAT64',
  [DuckDBTypeId.DATE]: 'DATE',
  [DuckDBTypeId.TIMESTAMP]: 'TIMESTAMP',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'TIMESTAMP',
  [DuckDBTypeId.LIST]: 'ARRAY',
  [DuckDBTypeId.ARRAY]: 'ARRAY',
};

/** The columns of a result: names as in the query, types as BigQuery names them. Anything else is text. */
export function columnsOfResult(result: DuckDBResult): AnswerColumn[] {
  return result.columnNames().map((name, i) => ({ name, type: TYPES[result.columnTypeId(i)] ?? 'STRING' }));
}

/** Most rows of a chunk. */
const ROWS = 256;

/** The rows, in chunks. @throws DuckDB's error */
export async function* chunksOf(result: DuckDBResult): AsyncGenerator<Cell[][]> {
  const readers = result.columnTypes().map((_, i) => readerOf(result.columnTypeId(i)));
  for (;;) {
    const chunk = await result.fetchChunk();
    // Each look at the number of rows is a call of the engine.
    const length = chunk?.rowCount ?? 0;
    if (chunk === null || length === 0) return;
    for (let first = 0; first < length; first += ROWS)
      yield rowsOf(chunk, readers, first, Math.min(ROWS, length - first));
  }
}

function rowsOf(
  chunk: DuckDBDataChunk,
  readers: readonly ((value: unknown) => Cell)[],
  first: number,
  length: number,
): Cell[][] {
  const rows: Cell[][] = Array.from({ length }, () => new Array<Cell>(readers.length).fill(null));
  for (const [column, read] of readers.entries()) {
    // A vector keeps every text that was read from it, so only those of a slice are kept at a time.
    const vector = chunk.getColumnVector(column).slice(first, length);
    for (const [i, row] of rows.entries()) {
      const value = vector.getItem(i) as unknown;
      if (value !== null && value !== undefined) row[column] = read(value);
    }
  }
  return rows;
}

const DAY_MS = 86_400_000;

function readerOf(type: DuckDBTypeId): (value: unknown) => Cell {
  switch (type) {
    case DuckDBTypeId.DATE:
      return (value) => new Date((value as { days: number }).days * DAY_MS).toISOString().slice(0, 10);
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return (value) => new Date(Number((value as { micros: bigint }).micros / 1000n)).toISOString();
    case DuckDBTypeId.DECIMAL:
      return (value) => Number(String(value));
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
    case DuckDBTypeId.STRUCT:
      return (value) => JSON.stringify(nestedOf(value));
    default:
      return plainOf;
  }
}

/** A list or a row inside of a row, as a value of JSON. */
function nestedOf(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return value.items.map((item) => nestedOf(item));
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, each]) => [name, nestedOf(each)]));
  if (value instanceof DuckDBDateValue) return readerOf(DuckDBTypeId.DATE)(value);
  if (typeof value === 'object' && 'micros' in value) return readerOf(DuckDBTypeId.TIMESTAMP)(value);
  return plainOf(value);
}

const plainOf = (value: unknown): Cell => scalarCell(value) ?? String(value);
