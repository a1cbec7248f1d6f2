/** Writes rows as a Parquet file, by a DuckDB of its own. */
import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnswerColumn, Cell } from '../../ports/warehouse.ts';
import type { ColumnType } from '../../domain/table.ts';
import { DUCKDB_TYPES, quoted } from './dialect.ts';
import { cellWriter } from './duckdb-values.ts';

/** The bytes of a Parquet file with these rows. @throws Error when two columns have one name */
export async function parquetOf(
  columns: readonly AnswerColumn[],
  chunks: AsyncIterable<readonly (readonly Cell[])[]>,
): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-'));
  try {
    const path = join(folder, 'rows.parquet');
    await parquetFile(path, columns, chunks);
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a Parquet file with these rows. @throws Error when two columns have one name, or the file cannot be written */
export async function parquetFile(
  path: string,
  columns: readonly AnswerColumn[],
  chunks: AsyncIterable<readonly (readonly Cell[])[]>,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(
      `CREATE TABLE answer (${columns.map(({ name, type }) => `${quoted(name)} ${DUCKDB_TYPES[storedAs(type)]}`).join(', ')})`,
    );
    const appender = await connection.createAppender('answer');
    const write = cellWriter(
      appender,
      columns.map(({ type }) => storedAs(type)),
    );
    for await (const rows of chunks) write(rows);
    appender.closeSync();
    await connection.run(`COPY answer TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A list is stored as its JSON. */
function storedAs(type: AnswerColumn['type']): ColumnType {
  return type === 'ARRAY' ? 'STRING' : type;
}
