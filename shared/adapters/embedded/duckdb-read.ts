/** Reads rows of a table from DuckDB. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { ORIGIN_COLUMN } from '../../domain/seal.ts';
import { qualifiedName, type ColumnType } from '../../domain/table.ts';
import { gatherRows, orderOf, typesOf, type Cell, type TableRows } from '../../domain/table-rows.ts';
import type { RowsAsked } from '../../ports/warehouse.ts';
import { quoted } from './dialect.ts';

/**
 * The rows, ordered by date and key. They come chunk by chunk, so that they are in memory once.
 * @throws DuckDB's error, and RangeError for a column or value that cannot be read
 */
export async function readRows(
  connection: DuckDBConnection,
  { table: { definition }, columns, first, last, onlyLive = false }: RowsAsked,
): Promise<TableRows> {
  const gathered = gatherRows(definition, columns);
  const readers = typesOf(definition, columns).map((type, i) => readerOf(columns[i] ?? '', type));
  const part = quoted(definition.partitionColumn);
  const result = await connection.stream(
    `SELECT ${readers.map(({ sql }) => sql).join(', ')} FROM ${qualifiedName(definition)}
     WHERE ${part} BETWEEN DATE '${first}' AND DATE '${last}' ${onlyLive ? `AND ${quoted(ORIGIN_COLUMN)} = 'live'` : ''}
     ORDER BY ${orderOf(definition).map(quoted).join(', ')}`,
  );
  for (;;) {
    const chunk = await result.fetchChunk();
    const length = chunk?.rowCount ?? 0;
    if (chunk === null || length === 0) return gathered.rows();
    const vectors = columns.map((_, i) => chunk.getColumnVector(i));
    gathered.takeColumns(length, (column, row) => {
      const value = vectors[column]?.getItem(row) as Cell | undefined;
      return value === null || value === undefined ? null : (readers[column]?.cellOf(value) ?? null);
    });
  }
}

interface ColumnReader {
  /** What is selected, without an object for each value that is no text. */
  readonly sql: string;
  readonly cellOf: (value: NonNullable<Cell>) => Cell;
}

function readerOf(name: string, type: ColumnType): ColumnReader {
  const column = quoted(name);
  switch (type) {
    // No stored number is NaN, so that NaN can stand for NULL; for a NULL itself a bit map would be looked at for each value.
    // A whole number beyond 2^53 is so as a DOUBLE, too, and is refused.
    case 'INT64':
      return { sql: `COALESCE(CAST(${column} AS DOUBLE), 'NaN')`, cellOf: nullOfNaN };
    case 'FLOAT64':
      return { sql: `COALESCE(${column}, 'NaN')`, cellOf: nullOfNaN };
    case 'DATE':
      return {
        sql: `epoch_ms(CAST(${column} AS TIMESTAMP))::DOUBLE`,
        cellOf: isoOf((iso) => iso.slice(0, 10)),
      };
    case 'TIMESTAMP':
      return { sql: `epoch_ms(${column})::DOUBLE`, cellOf: isoOf((iso) => iso) };
    case 'STRING':
    case 'BOOL':
      return { sql: column, cellOf: (value) => value };
    default:
      return type satisfies never;
  }
}

const nullOfNaN = (value: Cell): Cell => (Number.isNaN(value) ? null : value);

/** Text of a moment in milliseconds since 1970, made once for each moment. */
function isoOf(textOf: (iso: string) => string): (value: NonNullable<Cell>) => Cell {
  const known = new Map<NonNullable<Cell>, string>();
  return (value) => {
    const text = known.get(value) ?? textOf(new Date(Number(value)).toISOString());
    known.set(value, text);
    return text;
  };
}
