/**
 * The statements that the BigQuery adapter sends. Each is a pure function of the tables and the names of the
 * deployment. `exampleStatements` gives one of each for every table. The statements that create tables are in
 * `derive/ddl.ts`.
 */
import {
  outOfRange,
  promisesOf as columnPromises,
  type ColumnPromise,
} from '../../derive/column-promises.ts';
import type { GameDate } from '../../domain/game-date.ts';
import { gameDate } from '../../domain/game-date.ts';
import type { Mode } from '../../domain/partition.ts';
import type { RegisteredTable, Registry } from '../../domain/registry.ts';
import { firstDateOf, lastDateOf, type Season } from '../../domain/season.ts';
import {
  countedRowsOf,
  gamesIn,
  isComputed,
  sourceColumns,
  type TableDefinition,
} from '../../domain/table.ts';
import type { Names } from '../../derive/names.ts';
import { hasScheduleView, scheduleFactsQuery } from '../../derive/schedule-queries.ts';
import type { RowRange } from '../../ports/warehouse.ts';
import { exampleChangeQueries, keepChangesSql } from './bigquery-changes.ts';
import { readSql } from './bigquery-read.ts';
import {
  canonicalText,
  dateList,
  dateLiteral,
  identifier,
  integerLiteral,
  joined,
  lane,
  rowHash,
  stagingTable,
  storedValue,
  stringLiteral,
  tableOf,
  timestampLiteral,
  toBigQuery,
} from './bigquery-dialect.ts';

/** A statement or a script, and what it is for. Its parameters are DATEs, but for those of {@link TEXT_PARAMETERS}. */
export interface NamedStatement {
  /** `stage`, `measure`, `publish`, `publish_changes`, `published`, `read`, `row_counts`, `changes`, `change_counts`, `schedule_facts`. */
  readonly purpose: string;
  /** Name of its table; empty when it is for several. */
  readonly table: string;
  readonly sql: string;
}

/** Stands in the error message when a publication is refused because a newer run has published. */
const FENCED = 'fullcourt_fenced';

/** What `stageSql` needs. */
export interface StageStatement {
  readonly table: RegisteredTable;
  /** Name of the staged table. */
  readonly staging: string;
  readonly dates: readonly GameDate[];
  /** For a loaded table, the name of the table with its loaded rows; null when there are no rows. */
  readonly loaded?: string | null;
  readonly expiresAt: Date;
}

/** Creates a staged table with the rows of a batch. Each row has the two lanes of its hash. */
export function stageSql(job: StageStatement, names: Names): string {
  const { definition } = job.table;
  const columns = Object.entries(definition.columns);
  const sources = sourceColumns(definition).map(([name]) => identifier(name));
  const list = [...columns.map(([name]) => identifier(name)), ...sources].join(', ');
  const stored = [
    ...columns.map(
      ([name, column]) => `${storedValue(`computed.${identifier(name)}`, column)} AS ${identifier(name)}`,
    ),
    ...sources.map((name) => `computed.${name}`),
  ];
  return [
    `CREATE OR REPLACE TABLE ${stagingTable(job.staging, names)}`,
    `OPTIONS (expiration_timestamp = ${timestampLiteral(job.expiresAt)}) AS`,
    `SELECT ${list}, ${lane('row_hash', 0)} AS row_lane0, ${lane('row_hash', 1)} AS row_lane1`,
    `FROM (SELECT ${list}, ${rowHash(definition.columns)} AS row_hash`,
    `FROM (SELECT ${stored.join(', ')}`,
    `FROM (\n${sourceOf(job, names)}\n) AS computed`,
    `WHERE computed.${identifier(definition.partitionColumn)} IN (${dateList(job.dates)})) AS stored) AS hashed`,
  ].join('\n');
}

function sourceOf({ table, loaded }: StageStatement, names: Names): string {
  const columns = [...Object.entries(table.definition.columns), ...sourceColumns(table.definition)];
  if (loaded === null) {
    const nothing = columns.map(([name, { type }]) => `CAST(NULL AS ${type}) AS ${identifier(name)}`);
    return `SELECT ${nothing.join(', ')} FROM (SELECT 1 AS one) AS nothing WHERE one = 0`;
  }
  if (loaded !== undefined)
    return `SELECT ${columns.map(([name]) => identifier(name)).join(', ')} FROM ${stagingTable(loaded, names)}`;
  if (table.query === undefined) throw new Error(`Table ${table.definition.name} has no query`);
  return toBigQuery(table.query, names);
}

/** The rules of all columns of a table. `measureSql` gives the counts in `broken` in this order. */
export function promisesOf(definition: TableDefinition): readonly ColumnPromise[] {
  return columnPromises(definition, {
    identifier,
    string: stringLiteral,
    notFinite: (column) => `IS_INF(${column}) OR IS_NAN(${column})`,
  });
}

/** Counts the staged rows of some dates that have a value out of range, and the games they belong to. */
export function asideSql(
  { definition }: RegisteredTable,
  staging: string,
  dates: readonly GameDate[],
  names: Names,
): string {
  const part = identifier(definition.partitionColumn);
  const games = 'game_id' in definition.columns ? 'COUNT(DISTINCT game_id)' : 'COUNT(*)';
  return `SELECT CAST(${part} AS STRING) AS date, COUNT(*) AS n, ${games} AS games FROM ${stagingTable(staging, names)} WHERE ${outsideOn(definition, dates)} GROUP BY ${part}`;
}

/** Takes these rows away from the staged table. */
export function setAsideSql(
  { definition }: RegisteredTable,
  staging: string,
  dates: readonly GameDate[],
  names: Names,
): string {
  return `DELETE FROM ${stagingTable(staging, names)} WHERE ${outsideOn(definition, dates)}`;
}

function outsideOn(definition: TableDefinition, dates: readonly GameDate[]): string {
  return `${identifier(definition.partitionColumn)} IN (${dateList(dates)}) AND (${outOfRange(promisesOf(definition))})`;
}

/**
 * All measurements of a staged table in one query, because BigQuery charges a minimum for each query. The
 * column `section` says what a row is:
 *
 *   measured  one row for each date; `broken` holds a count for each rule of `promisesOf`, separated by commas
 *   expected  expected rows and games of a date
 *   counted   rows of a date that are among the expected ones, where a table says which ones are
 *   check     a check of the table that found failures
 *   game      hash of one entity on one date
 */
export function measureSql(table: RegisteredTable, staging: string, names: Names): string {
  const { definition } = table;
  const part = identifier(definition.partitionColumn);
  const columns = Object.keys(definition.columns).map(identifier).join(', ');
  const broken = promisesOf(definition).map((promise) => `CAST(COUNTIF(${promise.broken}) AS STRING)`);
  const key = definition.key.map((name) => {
    const column = definition.columns[name];
    if (column === undefined) throw new Error(`${definition.name} has no column ${name}`);
    return canonicalText(name, column);
  });
  const games = 'game_id' in definition.columns ? 'COUNT(DISTINCT game_id)' : '0';
  const ready = isComputed(definition) ? `COUNTIF(${identifier(definition.readinessColumn)})` : 'COUNT(*)';
  const synthetic =
    isComputed(definition) && definition.contextColumn !== undefined
      ? `COUNTIF(${identifier(definition.contextColumn)} = 'synthetic')`
      : '0';
  const sections = [
    `SELECT 'measured' AS section, CAST(${part} AS STRING) AS date, '' AS name, '' AS severity, COUNT(*) AS n, ${games} AS games,`,
    `  ${ready} AS ready, ${synthetic} AS synthetic, COUNT(*) - COUNT(DISTINCT ${joined(key, 'CHR(31)')}) AS duplicates,`,
    `  CAST(SUM(row_lane0) AS STRING) AS lane0, CAST(SUM(row_lane1) AS STRING) AS lane1,`,
    `  ${broken.length === 0 ? "''" : joined(broken, "','")} AS broken`,
    `FROM staged GROUP BY ${part}`,
  ];
  if (table.expectedQuery !== undefined)
    sections.push(
      'UNION ALL',
      `SELECT 'expected', CAST(expected_date AS STRING), '', '', expected_rows, expected_games, 0, 0, 0, '', '', ''`,
      `FROM (\n${toBigQuery(table.expectedQuery, names)}\n) AS expected`,
    );
  const of = countedRowsOf(definition);
  if (of !== undefined)
    sections.push(
      'UNION ALL',
      `SELECT 'counted', CAST(${part} AS STRING), '', '', COUNTIF(${identifier(of.column)} = ${stringLiteral(of.value)}), 0, 0, 0, 0, '', '', ''`,
      `FROM staged GROUP BY ${part}`,
    );
  if (table.checksQuery !== undefined)
    sections.push(
      'UNION ALL',
      `SELECT 'check', CAST(check_date AS STRING), check_name, severity, failures, 0, 0, 0, 0, '', '', ''`,
      `FROM (\n${toBigQuery(table.checksQuery, names)}\n) AS checked WHERE failures > 0`,
    );
  const counted = gamesIn(definition);
  if (counted !== undefined) {
    const { entityColumn, playedColumn } = counted;
    const entity = identifier(entityColumn);
    sections.push(
      'UNION ALL',
      `SELECT 'game', CAST(${part} AS STRING), CAST(${entity} AS STRING), '', 0, 0, 0, 0, 0,`,
      `  CAST(MOD(SUM(row_lane0), 4294967296) AS STRING), CAST(MOD(SUM(row_lane1), 4294967296) AS STRING), ''`,
      `FROM staged ${playedColumn === undefined ? '' : `WHERE ${identifier(playedColumn)} `}GROUP BY ${part}, ${entity}`,
    );
  }
  return [
    `WITH staged AS (SELECT ${columns}, row_lane0, row_lane1 FROM ${stagingTable(staging, names)})`,
    ...sections,
  ].join('\n');
}

/** What `publishScript` needs. */
export interface PublishStatement {
  readonly definition: TableDefinition;
  readonly staging: string;
  readonly dates: readonly GameDate[];
  readonly runId: string;
  readonly token: number;
  readonly mode: Mode;
  readonly processedAt: Date;
  /** Dates whose changes are kept. */
  readonly restated?: readonly GameDate[];
  readonly backfillId?: string | null;
}

/**
 * Replaces the rows of exactly these dates in one transaction. It fails with {@link FENCED} when one of the
 * dates has rows with a newer token. A script that fails changes nothing. It has no parameters: every value
 * is a literal.
 */
export function publishScript(job: PublishStatement, names: Names): string {
  const { definition, dates } = job;
  const table = tableOf(definition, names);
  const part = identifier(definition.partitionColumn);
  const columns = [...Object.keys(definition.columns), ...sourceColumns(definition).map(([name]) => name)]
    .map(identifier)
    .join(', ');
  const token = integerLiteral(job.token);
  const where = `${part} IN (${dateList(dates)})`;
  const fenced = stringLiteral(
    `${FENCED}: ${definition.dataset}.${definition.name} carries rows of a newer run (this one has token ${token})`,
  );
  return [
    'BEGIN TRANSACTION;',
    `SELECT IF((SELECT COALESCE(MAX(run_token), 0) FROM ${table} WHERE ${where}) > ${token}, ERROR(${fenced}), 0) AS fence;`,
    ...(job.restated === undefined || job.restated.length === 0
      ? []
      : [`${keepChangesSql(job, job.restated, names)};`]),
    `DELETE FROM ${table} WHERE ${where};`,
    `INSERT INTO ${table} (${columns}, run_id, run_token, run_mode, calculation_version, processed_at)`,
    `SELECT ${columns}, ${stringLiteral(job.runId)}, ${token}, ${stringLiteral(job.mode)},`,
    `  ${stringLiteral(definition.calculationVersion)}, ${timestampLiteral(job.processedAt)}`,
    `FROM ${stagingTable(job.staging, names)} WHERE ${where};`,
    'COMMIT TRANSACTION;',
  ].join('\n');
}

/** The number of rows and the sums of the two lanes for each of these dates, from the published table. */
export function publishedSql(definition: TableDefinition, dates: readonly GameDate[], names: Names): string {
  return contentsSql(definition, dates, names, 'run_token');
}

/** The same of what an overlay shows, whose rows have no token. */
export function shownSql(definition: TableDefinition, dates: readonly GameDate[], names: Names): string {
  return contentsSql(definition, dates, names, '0');
}

function contentsSql(
  definition: TableDefinition,
  dates: readonly GameDate[],
  names: Names,
  token: 'run_token' | '0',
): string {
  const part = identifier(definition.partitionColumn);
  return [
    `SELECT CAST(${part} AS STRING) AS date, COUNT(*) AS n, MAX(run_token) AS token,`,
    `  CAST(SUM(${lane('row_hash', 0)}) AS STRING) AS lane0, CAST(SUM(${lane('row_hash', 1)}) AS STRING) AS lane1`,
    `FROM (SELECT ${part}, ${token === '0' ? '0 AS run_token' : token}, ${rowHash(definition.columns)} AS row_hash FROM ${tableOf(definition, names)}`,
    `WHERE ${part} IN (${dateList(dates)})) AS hashed GROUP BY ${part}`,
  ].join('\n');
}

/** The number of rows on each date of each range. `i` is the index of the range. */
export function rowCountsSql(ranges: readonly RowRange[], names: Names): string {
  return ranges
    .map(({ table: { definition }, first, last }, i) => {
      const part = identifier(definition.partitionColumn);
      return [
        `SELECT ${i} AS i, CAST(${part} AS STRING) AS date, COUNT(*) AS n FROM ${tableOf(definition, names)}`,
        `WHERE ${part} BETWEEN ${dateLiteral(first)} AND ${dateLiteral(last)} GROUP BY ${part}`,
      ].join(' ');
    })
    .join('\nUNION ALL\n');
}

/** For each date of these seasons its numbers of scheduled, of final and of regular-season games. */
export function scheduleFactsSql(seasons: readonly Season[], names: Names): string {
  const ordered = [...seasons].sort();
  const [first = '', last = ''] = [ordered[0], ordered.at(-1)];
  const range = `BETWEEN ${dateLiteral(firstDateOf(first))} AND ${dateLiteral(lastDateOf(last))}`;
  return scheduleFactsQuery(
    (name) => tableOf({ dataset: 'nba_raw', name }, names),
    seasons.map(stringLiteral),
    range,
  );
}

/** One of each statement for every table of the registry, with example values. */
export function exampleStatements(registry: Registry, names: Names): NamedStatement[] {
  const dates = [gameDate('2024-01-10'), gameDate('2024-01-11')];
  const [first, last] = [gameDate('2024-01-01'), gameDate('2024-01-31')];
  const at = new Date('2024-02-01T12:00:00Z');
  return [
    ...registry.all.flatMap((table) => {
      const { definition } = table;
      const staging = `${definition.name}_example`;
      const of = (purpose: string, sql: string): NamedStatement => ({ purpose, table: definition.name, sql });
      const isLoaded = definition.rowsFrom !== 'query';
      return [
        of(
          'stage',
          stageSql(
            { table, staging, dates, expiresAt: at, ...(isLoaded ? { loaded: `${staging}_rows` } : {}) },
            names,
          ),
        ),
        ...(isLoaded
          ? [of('stage', stageSql({ table, staging, dates, expiresAt: at, loaded: null }, names))]
          : []),
        of('measure', measureSql(table, staging, names)),
        of(
          'publish',
          publishScript(
            { definition, staging, dates, runId: "r'1", token: 7, mode: 'backfill', processedAt: at },
            names,
          ),
        ),
        of(
          'publish_changes',
          publishScript(
            {
              ...{ definition, staging, dates, runId: 'r1', token: 7, mode: 'live', processedAt: at },
              restated: dates,
              backfillId: 'bf-1',
            },
            names,
          ),
        ),
        of('published', publishedSql(definition, dates, names)),
        of('read', readSql({ table, columns: Object.keys(definition.columns) }, names)),
      ];
    }),
    {
      purpose: 'row_counts',
      table: '',
      sql: rowCountsSql(
        registry.all.map((table) => ({ table, first, last })),
        names,
      ),
    },
    ...exampleChangeQueries(names),
    ...(hasScheduleView(registry)
      ? [{ purpose: 'schedule_facts', table: '', sql: scheduleFactsSql(['2023-24', '2022-23'], names) }]
      : []),
  ];
}
