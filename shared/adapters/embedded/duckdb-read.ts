/** Reads rows of a table from DuckDB. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { qualifiedName } from '../../domain/table.ts';
import { gatherRows, orderOf, type TableRows } from '../../domain/table-rows.ts';
import type { RowsAsked } from '../../ports/warehouse.ts';
import { quoted } from './dialect.ts';
import { chunksOf } from './query/chunks.ts';

/**
 * The rows, ordered by date and key. They come chunk by chunk, so that they are in memory once.
 * @throws DuckDB's error, and RangeError for a column or value that cannot be read
 */
export async function readRows(
  connection: DuckDBConnection,
  { table: { definition }, columns, first, last }: RowsAsked,
): Promise<TableRows> {
  const gathered = gatherRows(definition, columns);
  const part = quoted(definition.partitionColumn);
  const result = await connection.stream(
    `SELECT ${columns.map(quoted).join(', ')} FROM ${qualifiedName(definition)}
     WHERE ${part} BETWEEN DATE '${first}' AND DATE '${last}'
     ORDER BY ${orderOf(definition).map(quoted).join(', ')}`,
  );
  for await (const rows of chunksOf(result)) for (const cells of rows) gathered.take(cells);
  return gathered.rows();
}
