/** What differs between the tables of two closed homes, and how one is changed behind the pipeline's back. */
import { DuckDBInstance } from '@duckdb/node-api';
import { join } from 'node:path';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { quoted } from '../../shared/adapters/embedded/dialect.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { isRaw, qualifiedName, type TableDefinition } from '../../shared/domain/table.ts';
import { run, type Row } from './tables.ts';

const WAREHOUSE = 'warehouse.duckdb';

/** A row of a computed table that is not equal in both homes in every declared column. */
export interface DifferingRow {
  readonly table: string;
  readonly date: string;
  /** The player or the team the row is about. */
  readonly entity: string;
}

/** Every row of a computed table that one home has and the other has not. */
export async function differingRows(
  before: string,
  after: string,
  registry: Registry,
): Promise<DifferingRow[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `ATTACH '${join(before, WAREHOUSE)}' AS before (READ_ONLY); ATTACH '${join(after, WAREHOUSE)}' AS after (READ_ONLY)`,
  );
  const found: DifferingRow[] = [];
  for (const { definition } of registry.all) {
    if (isRaw(definition)) continue;
    const columns = Object.keys(definition.columns).map(quoted).join(', ');
    const rows = (home: string): string => `SELECT ${columns} FROM ${home}.${qualifiedName(definition)}`;
    const entity = ['player_lookup', 'defending_team_abbr', 'team_abbr', 'system_id'].find(
      (column) => column in definition.columns,
    );
    const differing = await run(
      connection,
      `SELECT DISTINCT CAST(${definition.partitionColumn} AS VARCHAR) AS date, ${entity} AS entity
       FROM ((${rows('before')} EXCEPT ALL ${rows('after')}) UNION ALL (${rows('after')} EXCEPT ALL ${rows('before')})) ORDER BY ALL`,
    );
    found.push(
      ...differing.map((row) => ({
        table: definition.name,
        date: String(row['date']),
        entity: String(row['entity']),
      })),
    );
  }
  connection.closeSync();
  instance.closeSync();
  return found;
}

/** The columns of a table in which rows with the same key differ between two homes, without the rows of some entities; sorted. */
export async function differingColumns(
  before: string,
  after: string,
  definition: TableDefinition,
  without: readonly string[],
): Promise<string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `ATTACH '${join(before, WAREHOUSE)}' AS before (READ_ONLY); ATTACH '${join(after, WAREHOUSE)}' AS after (READ_ONLY)`,
  );
  const columns = Object.keys(definition.columns).sort();
  const counts = columns.map(
    (column) =>
      `COUNT(*) FILTER (WHERE old.${quoted(column)} IS DISTINCT FROM new.${quoted(column)}) AS ${quoted(column)}`,
  );
  const key = definition.key.map(quoted).join(', ');
  const [found = {}] = await run(
    connection,
    `SELECT ${counts.join(', ')} FROM before.${qualifiedName(definition)} AS old JOIN after.${qualifiedName(definition)} AS new USING (${key})
     WHERE player_lookup NOT IN ('${without.join("', '")}')`,
  );
  connection.closeSync();
  instance.closeSync();
  return columns.filter((column) => Number(found[column]) > 0);
}

/** Runs statements on the warehouse file of a closed home, as somebody would who knows nothing of the pipeline. @returns the rows of the last one */
export async function behindTheBack(home: string, ...statements: readonly string[]): Promise<readonly Row[]> {
  const instance = await DuckDBInstance.create(join(home, WAREHOUSE));
  const connection = await instance.connect();
  let rows: readonly Row[] = [];
  for (const statement of statements) rows = await run(connection, statement);
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** Number and content of the rows of every table of a closed home, without the columns of the run. */
export async function contentsOf(folder: string): Promise<unknown> {
  const looks = loadRegistry().all.map(({ definition }) => {
    const columns = Object.keys(definition.columns).join(', ');
    return `SELECT '${definition.name}' AS name, COUNT(*) AS n, CAST(SUM(hash(${columns})) AS VARCHAR) AS content FROM ${qualifiedName(definition)}`;
  });
  return (await behindTheBack(folder, looks.join(' UNION ALL '))).map((row) => ({ ...row }));
}
