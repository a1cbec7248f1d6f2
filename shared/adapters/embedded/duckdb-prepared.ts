/**
 * Notes that a database holds what this version declares, so that it is not made anew at each opening. The note has a digest of
 * the declared statements and one of what the catalog holds: when either differs, for example because a person has dropped a
 * column, everything is compared and made again.
 */
import { createHash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { rowsOf } from './duckdb-values.ts';

/** The note is a comment on this table. */
const NOTED_ON = { schema: 'nba_reference', table: 'processor_run_history' } as const;

const OURS = "schema_name LIKE 'nba_%'";

/** The names and types of all columns, the texts of all views, the schemas, and the note. */
const LOOK = `SELECT
  (SELECT CAST(bit_xor(hash(schema_name, table_name, column_name, column_index, data_type, is_nullable)) AS VARCHAR) || '-' || COUNT(*)
   FROM duckdb_columns() WHERE ${OURS}) AS columns,
  (SELECT CAST(bit_xor(hash(schema_name, view_name, sql)) AS VARCHAR) FROM duckdb_views() WHERE ${OURS}) AS views,
  (SELECT CAST(bit_xor(hash(schema_name)) AS VARCHAR) FROM duckdb_schemas() WHERE ${OURS}) AS schemas,
  (SELECT MAX(comment) FROM duckdb_tables() WHERE schema_name = '${NOTED_ON.schema}' AND table_name = '${NOTED_ON.table}') AS note`;

/** Whether the database holds what the statements make, and nothing has been changed since that was noted. */
export async function isPrepared(
  connection: DuckDBConnection,
  statements: readonly string[],
): Promise<boolean> {
  const { note, catalog } = await lookAt(connection);
  return note === noteOf(statements, catalog);
}

/** Notes that the statements were run. */
export async function notePrepared(
  connection: DuckDBConnection,
  statements: readonly string[],
): Promise<void> {
  const { catalog } = await lookAt(connection);
  await connection.run(
    `COMMENT ON TABLE ${NOTED_ON.schema}.${NOTED_ON.table} IS '${noteOf(statements, catalog)}'`,
  );
}

function noteOf(statements: readonly string[], catalog: string): string {
  return `declared ${createHash('sha256').update(statements.join(';\n')).digest('hex')}, found ${catalog}`;
}

async function lookAt(connection: DuckDBConnection): Promise<{ note: string | null; catalog: string }> {
  const [found] = await rowsOf(connection, LOOK);
  const { note = null, ...catalog } = found ?? {};
  return {
    note: typeof note === 'string' ? note : null,
    catalog: Object.values(catalog).map(String).join(' '),
  };
}
