/** Tables of the repository in an in-memory DuckDB, and their queries run as the warehouse runs them. */
import {
  DuckDBInstance,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBTimestampValue,
} from '@duckdb/node-api';
import { existsSync, readdirSync } from 'node:fs';
import { readSql } from '../../functions/processors/load-sql.ts';
import {
  createTableSql,
  installDialect,
  parametersOf,
  quoted,
  stagedSelect,
  toDuckDb,
} from '../../shared/adapters/embedded/dialect.ts';
import { computedRows } from '../../functions/steps/computed-rows.ts';
import { computing } from './computing.ts';
import { readRows } from '../../shared/adapters/embedded/duckdb-read.ts';
import { appendRows } from '../../shared/adapters/embedded/duckdb-values.ts';
import { ok } from '../../shared/domain/failure.ts';
import { dayNumber, type GameDate } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { RowsAsked } from '../../shared/ports/warehouse.ts';
import { qualifiedName, type TableDefinition } from '../../shared/domain/table.ts';

const PROCESSORS = new URL('../../functions/processors/', import.meta.url);

/** The definitions of all folders that have one, by table name. */
export async function loadDefinitions(): Promise<ReadonlyMap<string, TableDefinition>> {
  const folders = readdirSync(PROCESSORS, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/definition.ts`, PROCESSORS)),
  );
  const definitions = await Promise.all(
    folders.map(async ({ name }) => {
      const module = (await import(new URL(`${name}/definition.ts`, PROCESSORS).href)) as {
        default: TableDefinition;
      };
      return [name, module.default] as const;
    }),
  );
  return new Map(definitions);
}

/** A fresh in-memory database with the subset installed and an empty table for each definition. */
export async function openTables(definitions: Iterable<TableDefinition>): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await installDialect((sql) => connection.run(sql));
  for (const dataset of ['nba_raw', 'nba_analytics', 'nba_precompute', 'nba_predictions', 'nba_reference']) {
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dataset}`);
  }
  for (const definition of definitions) await connection.run(createTableSql(definition));
  return connection;
}

/** Stores `rows` in `table`; columns left out are NULL. @throws Error when a row names a column that the table lacks */
export async function insertRows(
  connection: DuckDBConnection,
  table: TableDefinition,
  rows: readonly Row[],
): Promise<void> {
  // One statement for all rows that name the same columns.
  const alike = Map.groupBy(rows, (row) => JSON.stringify(Object.keys(row)));
  for (const [key, group] of alike) {
    const names = JSON.parse(key) as string[];
    const unknown = names.filter((name) => !(name in table.columns));
    if (unknown.length > 0) throw new Error(`${table.name} has no column ${unknown.join(', ')}`);
    const values = group.map((row) => `(${names.map((name) => literal(row[name])).join(', ')})`);
    await connection.run(
      `INSERT INTO ${qualifiedName(table)} (${names.map(quoted).join(', ')}) VALUES ${values.join(', ')}`,
    );
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

export interface Batch {
  /** Ascending, one season. */
  readonly dates: readonly GameDate[];
  readonly readStart: GameDate;
}

/** The statement for the rows of the batch as they would be stored. @throws Error when the table has no query */
export function batchSelect(table: TableDefinition, batch: Batch): string {
  return stagedSelect(table, toDuckDb(sqlOf(table, 'query.sql')), batch.dates);
}

/**
 * The same statement, also for a table whose rows come from code: they are computed from the tables of the connection and put into a
 * temporary table first.
 * @param openingNight the first game date of the season
 */
export async function rowsSelect(
  connection: DuckDBConnection,
  registry: Registry,
  table: TableDefinition,
  batch: Batch,
  openingNight: GameDate,
): Promise<string> {
  if (table.rowsFrom !== 'code') return batchSelect(table, batch);
  const reader = { read: async (asked: RowsAsked) => ok(await readRows(connection, asked)) };
  const season = seasonOf(openingNight);
  const calendar = { season, openingNight, dates: batch.dates, games: {} };
  const computed = await computedRows(
    computing(registry),
    reader,
    registry.get(table.name),
    batch.dates,
    calendar,
  );
  if (!computed.ok) throw new Error(computed.failure.detail);
  const name = `code_${table.name}`;
  await connection.run(`DROP TABLE IF EXISTS temp.${name}`);
  await appendRows(connection, name, table, computed.value?.rows ?? []);
  return stagedSelect(table, `SELECT * FROM temp.${name}`, batch.dates);
}

/** Computes the batch and stores it. Rows of its dates must not be there yet. */
export async function build(
  connection: DuckDBConnection,
  table: TableDefinition,
  batch: Batch,
  select: string = batchSelect(table, batch),
): Promise<void> {
  const columns = Object.keys(table.columns).map(quoted).join(', ');
  await run(connection, `INSERT INTO ${qualifiedName(table)} (${columns}) ${select}`, batch);
}

export interface Expectation {
  readonly date: string;
  readonly rows: number;
  readonly games: number;
}

/** What expected.sql says of the batch. */
export async function expectations(
  connection: DuckDBConnection,
  table: TableDefinition,
  batch: Batch,
): Promise<Expectation[]> {
  const rows = await run(connection, toDuckDb(sqlOf(table, 'expected.sql')), batch);
  return rows.map((row) => ({
    date: String(row['expected_date']),
    rows: Number(row['expected_rows']),
    games: Number(row['expected_games']),
  }));
}

/** The broken promises of the stored rows by checks.sql, `severity:name` -> failures; empty without a checks.sql. */
export async function brokenChecks(
  connection: DuckDBConnection,
  table: TableDefinition,
): Promise<Map<string, number>> {
  const sql = readSql(table.name, 'checks.sql');
  if (sql === undefined) return new Map();
  const rows = await run(
    connection,
    `WITH staged AS (SELECT * FROM ${qualifiedName(table)}) SELECT * FROM (${toDuckDb(sql)})`,
  );
  const broken = new Map<string, number>();
  for (const row of rows) {
    const name = `${String(row['severity'])}:${String(row['check_name'])}`;
    broken.set(name, (broken.get(name) ?? 0) + Number(row['failures']));
  }
  return broken;
}

export type Row = Readonly<Record<string, unknown>>;

/** Runs `sql` (DuckDB spelling) and gives its rows with numbers as numbers and dates and timestamps as text. */
export async function run(connection: DuckDBConnection, sql: string, batch?: Batch): Promise<Row[]> {
  const wanted = new Set([...parametersOf(sql.replaceAll('$', '@'))]);
  const values: Record<string, DuckDBDateValue> = {};
  const [first, last] = [batch?.dates[0], batch?.dates.at(-1)];
  if (batch !== undefined && first !== undefined && last !== undefined) {
    if (wanted.has('start_date')) values['start_date'] = new DuckDBDateValue(dayNumber(first));
    if (wanted.has('end_date')) values['end_date'] = new DuckDBDateValue(dayNumber(last));
    if (wanted.has('read_start')) values['read_start'] = new DuckDBDateValue(dayNumber(batch.readStart));
  }
  const reader = await connection.runAndReadAll(sql, values);
  return reader
    .getRowObjects()
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])));
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string')
    return value;
  if (value instanceof DuckDBDateValue || value instanceof DuckDBTimestampValue) return value.toString();
  throw new TypeError(`A column of the type ${typeof value} is in no table`);
}

function sqlOf(table: TableDefinition, file: 'query.sql' | 'expected.sql'): string {
  const sql = readSql(table.name, file);
  if (sql === undefined) throw new Error(`${table.name} has no ${file}`);
  return sql;
}
