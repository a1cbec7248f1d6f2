/** The stamp of a home in its DuckDB file. It is the comment on a table that every home has. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Registry } from '../../domain/registry.ts';
import { qualifiedName } from '../../domain/table.ts';
import { rowsOf } from './duckdb-values.ts';

const STAMPED = { schema: 'nba_reference', table: 'row_changes' } as const;

export async function stampIn(connection: DuckDBConnection): Promise<string | undefined> {
  const [row] = await rowsOf(
    connection,
    `SELECT comment FROM duckdb_tables() WHERE schema_name = '${STAMPED.schema}' AND table_name = '${STAMPED.table}'`,
  );
  const comment = row?.['comment'];
  return typeof comment === 'string' ? comment : undefined;
}

/** @param stamp JSON of letters, digits and dashes */
export async function writeStampIn(connection: DuckDBConnection, stamp: string): Promise<void> {
  await connection.run(
    `COMMENT ON TABLE ${STAMPED.schema}.${STAMPED.table} IS '${stamp.replaceAll("'", "''")}'`,
  );
}

export async function hasRowsIn(connection: DuckDBConnection, registry: Registry): Promise<boolean> {
  const looks = registry.all.map(
    ({ definition }) => `(SELECT 1 AS n FROM ${qualifiedName(definition)} LIMIT 1)`,
  );
  return (await rowsOf(connection, `${looks.join(' UNION ALL ')} LIMIT 1`)).length > 0;
}
