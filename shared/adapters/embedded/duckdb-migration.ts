/**
 * Brings the tables of a DuckDB warehouse to their declared columns. Columns that a definition has gained are added when the
 * warehouse is opened. Columns that are gone or have another type are changed only by `fullcourt migrate`, because values are
 * lost: the partitions have to be built again, which the code fingerprint of the table asks for anyway.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { tableShapes, type TableShape } from '../../derive/ddl.ts';
import type { Registry } from '../../domain/registry.ts';
import { DUCKDB_TYPES, quoted } from './dialect.ts';
import { rowsOf } from './duckdb-values.ts';

/** A change to the columns of one table, and the statements that make it. */
export interface ColumnChange {
  /** For a person, such as `nba_raw.nbac_schedule: the column arena is STRING and was INT64`. */
  readonly what: string;
  /** Whether values are lost. */
  readonly losesValues: boolean;
  readonly statements: readonly string[];
}

/** What must change for the tables to have their declared columns. Tables that do not exist yet are left out. */
export async function columnChanges(
  connection: DuckDBConnection,
  registry: Registry,
): Promise<ColumnChange[]> {
  const found = await rowsOf(
    connection,
    `SELECT table_schema AS dataset, table_name AS name, column_name AS col, data_type AS type
     FROM information_schema.columns WHERE table_schema LIKE 'nba_%' ORDER BY ordinal_position`,
  );
  const tables = Map.groupBy(found, (row) => `${String(row['dataset'])}.${String(row['name'])}`);
  return tableShapes(registry).flatMap((shape) => {
    const columns = tables.get(`${shape.dataset}.${shape.name}`);
    if (columns === undefined) return [];
    return changesOf(shape, new Map(columns.map((row) => [String(row['col']), String(row['type'])])));
  });
}

/** Makes the changes, all or none. */
export async function makeChanges(
  connection: DuckDBConnection,
  changes: readonly ColumnChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await connection.run('BEGIN TRANSACTION');
  try {
    for (const statement of changes.flatMap(({ statements }) => statements)) await connection.run(statement);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function changesOf(shape: TableShape, actual: ReadonlyMap<string, string>): ColumnChange[] {
  const table = `${shape.dataset}.${shape.name}`;
  const alter = (what: string): string => `ALTER TABLE ${table} ${what}`;
  const changes: ColumnChange[] = [];
  for (const { name, type } of shape.columns) {
    const wanted = DUCKDB_TYPES[type];
    const is = actual.get(name);
    const add = alter(`ADD COLUMN ${quoted(name)} ${wanted}`);
    if (is === undefined)
      changes.push({ what: `${table}: the column ${name} is new`, losesValues: false, statements: [add] });
    else if (is !== wanted)
      changes.push({
        what: `${table}: the column ${name} is ${type} (${wanted}) and was ${is}`,
        losesValues: true,
        statements: [alter(`DROP COLUMN ${quoted(name)}`), add],
      });
  }
  const declared = new Set(shape.columns.map(({ name }) => name));
  for (const name of actual.keys()) {
    if (declared.has(name)) continue;
    changes.push({
      what: `${table}: the column ${name} is no longer declared`,
      losesValues: true,
      statements: [alter(`DROP COLUMN ${quoted(name)}`)],
    });
  }
  return changes;
}
