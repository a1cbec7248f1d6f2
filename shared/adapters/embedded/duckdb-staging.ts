/**
 * Staged rows in DuckDB: puts them into a temporary table, measures them, and compares them with the
 * published table.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { outOfRange, promisesOf, type PromiseSpelling } from '../../derive/column-promises.ts';
import { allExpected } from '../../domain/counted-rows.ts';
import type { GameDate } from '../../domain/game-date.ts';
import type { RegisteredTable } from '../../domain/registry.ts';
import {
  countedRowsOf,
  gamesIn,
  isComputed,
  qualifiedName,
  sourceColumns,
  type TableDefinition,
} from '../../domain/table.ts';
import type {
  CheckResult,
  PublishedDate,
  RowsAside,
  ShownDate,
  Staged,
  StagedDate,
  StageJob,
} from '../../ports/warehouse.ts';
import { EMPTY_FINGERPRINT, fingerprintOf } from '../audited-rows.ts';
import { canonicalRow, quoted, stagedValue, toDuckDb } from './dialect.ts';
import { expectedBy, type Expectations, type Expected } from './duckdb-expectations.ts';
import type { LeasedQuery, RememberedParts } from './duckdb-parts.ts';
import { appendRows, dateList, rowsOf } from './duckdb-values.ts';

/** What is remembered between the batches of one database, until a table that it was computed from is published. */
export interface Remembered {
  readonly expectations: Expectations;
  readonly parts: RememberedParts;
  /** Gives a connection for what can be asked while rows are staged; absent where there is only one. */
  readonly beside?: <T>(work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;
}

/** Staged rows, and what the table must hold after they are published. */
export interface Staging {
  /** The connection that holds them, in a temporary table. */
  readonly connection: DuckDBConnection;
  /**
   * For each date the number of rows and the sum of DuckDB's own row hash. This hash is fast. It is compared
   * only with hashes of the same process.
   */
  readonly contents: ReadonlyMap<GameDate, string>;
}

/** Stages the rows of a job in the temporary table `handle` and measures them. @throws DuckDB's error */
export async function stageRows(
  connection: DuckDBConnection,
  handle: string,
  job: StageJob,
  remembered: Remembered,
): Promise<{ readonly dates: StagedDate[]; readonly contents: ReadonlyMap<GameDate, string> }> {
  const { definition } = job.table;
  const part = definition.partitionColumn;
  const columns = Object.entries(definition.columns);
  const beside = remembered.beside?.((other) => expectedOf(other, job, remembered));
  // The expectation is waited for below, unless the staging fails first.
  beside?.catch(() => undefined);
  const source = await sourceOf(connection, handle, job, remembered.parts);
  const staged = columns.map(([name, column]) => `${stagedValue(`q.${name}`, column)} AS ${name}`).join(', ');
  const sources = sourceColumns(definition)
    .map(([name]) => `, q.${name}`)
    .join('');
  const text = canonicalRow(definition.columns);
  try {
    await connection.run(
      `CREATE TEMP TABLE ${handle} AS
       SELECT * EXCLUDE (canonical), md5_number_lower(canonical) AS row_hash
       FROM (SELECT *, ${text} AS canonical FROM (SELECT ${staged}${sources} FROM (${source.sql}) AS q WHERE q.${part} IN (${dateList(job.dates)})))`,
    );
  } finally {
    source.release();
  }
  // A season of shots takes a hundred megabytes; they are not kept twice while they are published.
  if (job.rows !== undefined) await dropStaged(connection, rowsOfStaging(handle));
  const aside = await setAside(connection, handle, definition, job.inRangeOnly ?? []);
  const measured = await measure(connection, handle, definition);
  const expected = (await (beside ?? expectedOf(connection, job, remembered))) ?? measured;
  const checks = await checksOf(connection, handle, job.table);
  const hashes = await gameHashesOf(connection, handle, definition);
  const contents = new Map([...measured].map(([date, { content }]) => [date, content]));
  const dates = job.dates.map((date): StagedDate => {
    const found = measured.get(date);
    const rowsAside = aside.get(date);
    return {
      date,
      rows: found?.rows ?? 0,
      games: found?.games ?? 0,
      fingerprint: found?.fingerprint ?? EMPTY_FINGERPRINT,
      readyRows: found?.readyRows ?? 0,
      syntheticRows: found?.syntheticRows ?? 0,
      expectedRows: allExpected(expected.get(date)?.rows ?? 0, found ?? { rows: 0, counted: 0 }),
      expectedGames: expected.get(date)?.games ?? 0,
      checks: [...(found?.checks ?? []), ...(checks.get(date) ?? [])],
      ...(rowsAside === undefined ? {} : { aside: rowsAside }),
      ...(hashes === undefined ? {} : { gameHashes: hashes.get(date) ?? {} }),
    };
  });
  return { dates, contents };
}

/** Takes the rows with values out of range away from some dates. @returns how many, and of how many games, by date */
async function setAside(
  connection: DuckDBConnection,
  handle: string,
  definition: TableDefinition,
  dates: readonly GameDate[],
): Promise<Map<GameDate, RowsAside>> {
  if (dates.length === 0) return new Map();
  const part = definition.partitionColumn;
  const games = 'game_id' in definition.columns ? 'COUNT(DISTINCT game_id)' : 'COUNT(*)';
  const which = `${part} IN (${dateList(dates)}) AND (${outOfRange(promisesOf(definition, SPELLING))})`;
  const counted = await rowsOf(
    connection,
    `SELECT CAST(${part} AS VARCHAR) AS date, COUNT(*) AS n, ${games} AS games FROM ${handle} WHERE ${which} GROUP BY ${part}`,
  );
  await connection.run(`DELETE FROM ${handle} WHERE ${which}`);
  return new Map(
    counted.map((row) => [
      String(row['date']) as GameDate,
      { rows: Number(row['n']), games: Number(row['games']) },
    ]),
  );
}

/** The temporary table of the rows that are loaded for a staging. */
function rowsOfStaging(handle: string): string {
  return `${handle}_rows`;
}

/** The rows to stage, as a query. */
async function sourceOf(
  connection: DuckDBConnection,
  handle: string,
  job: StageJob,
  parts: RememberedParts,
): Promise<LeasedQuery> {
  if (job.rows !== undefined) {
    await appendRows(connection, rowsOfStaging(handle), job.table.definition, job.rows);
    return { sql: `SELECT * FROM ${rowsOfStaging(handle)}`, release: () => undefined };
  }
  if (job.table.query === undefined) throw new Error(`Table ${job.table.definition.name} has no query`);
  return parts.lease(job.table.query, parametersOf(job));
}

/**
 * The parameters of the batch. They are written into the text of a query: DuckDB plans a statement that has values on the main
 * thread, and without knowing them.
 */
function parametersOf({ dates, readStart }: StageJob): Record<string, GameDate> {
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) throw new Error('A batch has no dates');
  return { start_date: first, end_date: last, read_start: readStart };
}

interface Measured {
  readonly rows: number;
  /** Those among them that `expected.sql` counts. */
  readonly counted: number;
  readonly games: number;
  readonly fingerprint: string;
  readonly readyRows: number;
  readonly syntheticRows: number;
  readonly content: string;
  readonly checks: CheckResult[];
}

/**
 * Two sums of 32 bits of each row's hash. Sums of 32-bit numbers do not overflow the integers of any engine.
 */
const LANES = `SUM(row_hash & 4294967295) AS lane0, SUM(row_hash >> 32) AS lane1`;

async function measure(
  connection: DuckDBConnection,
  handle: string,
  definition: TableDefinition,
): Promise<Map<GameDate, Measured>> {
  const part = definition.partitionColumn;
  const promises = promisesOf(definition, SPELLING);
  const games = 'game_id' in definition.columns ? 'COUNT(DISTINCT game_id)' : '0';
  const ready = isComputed(definition) ? `COUNT(*) FILTER (${definition.readinessColumn})` : 'COUNT(*)';
  const synthetic =
    isComputed(definition) && definition.contextColumn !== undefined
      ? `COUNT(*) FILTER (${definition.contextColumn} = 'synthetic')`
      : '0';
  const of = countedRowsOf(definition);
  const counted =
    of === undefined
      ? 'COUNT(*)'
      : `COUNT(*) FILTER (${SPELLING.identifier(of.column)} = ${SPELLING.string(of.value)})`;
  const anyBroken = promises.map(({ broken }) => broken).join(' OR ') || 'FALSE';
  const rows = await rowsOf(
    connection,
    `SELECT CAST(${part} AS VARCHAR) AS date, COUNT(*) AS row_count, ${games} AS games, ${ready} AS ready, ${synthetic} AS synthetic,
            ${counted} AS counted, COUNT(*) - COUNT(DISTINCT hash(${definition.key.join(', ')})) AS duplicates, ${LANES}, ${contentOf(definition)} AS content,
            COUNT(*) FILTER (${anyBroken}) AS broken
     FROM ${handle} GROUP BY ${part}`,
  );
  const isAnyBroken = rows.some((row) => Number(row['broken']) > 0);
  const broken = isAnyBroken ? await brokenPromises(connection, handle, part, promises) : undefined;
  return new Map(
    rows.map((row) => {
      const checks: CheckResult[] = [...(broken?.get(String(row['date'])) ?? [])];
      const duplicates = Number(row['duplicates']);
      if (duplicates > 0)
        checks.push({
          check: `duplicate_key(${definition.key.join(', ')})`,
          severity: 'fail',
          failures: duplicates,
        });
      const measured: Measured = {
        rows: Number(row['row_count']),
        counted: Number(row['counted']),
        games: Number(row['games']),
        fingerprint: fingerprintOf(row['row_count'], row['lane0'], row['lane1']),
        readyRows: Number(row['ready']),
        syntheticRows: Number(row['synthetic']),
        content: String(row['content']),
        checks,
      };
      return [String(row['date']) as GameDate, measured];
    }),
  );
}

/** How many rows of each date break each promise. Most batches break none, and are not asked. */
async function brokenPromises(
  connection: DuckDBConnection,
  handle: string,
  part: string,
  promises: ReturnType<typeof promisesOf>,
): Promise<Map<string, CheckResult[]>> {
  const counts = promises.map(({ broken }, i) => `, COUNT(*) FILTER (${broken}) AS broken${i}`).join('');
  const rows = await rowsOf(
    connection,
    `SELECT CAST(${part} AS VARCHAR) AS date${counts} FROM ${handle} GROUP BY ${part}`,
  );
  return new Map(
    rows.map((row) => [
      String(row['date']),
      promises.flatMap(({ check, isRange }, i) => {
        const failures = Number(row[`broken${i}`]);
        return failures > 0
          ? [{ check, severity: 'fail' as const, failures, ...(isRange ? { isRange } : {}) }]
          : [];
      }),
    ]),
  );
}

const SPELLING: PromiseSpelling = {
  identifier: quoted,
  string: (value) => `'${value.replaceAll("'", "''")}'`,
  notFinite: (column) => `NOT isfinite(${column})`,
};

/** What the table's own query expects; undefined for a table without one, of which its rows are expected. */
async function expectedOf(
  connection: DuckDBConnection,
  job: StageJob,
  { expectations, parts }: Remembered,
): Promise<Expected | undefined> {
  const { expectedQuery } = job.table;
  if (expectedQuery === undefined) return undefined;
  const dates = parametersOf(job);
  return expectations.of(toDuckDb(expectedQuery, dates), async () => {
    const { sql, release } = await parts.lease(expectedQuery, dates);
    try {
      return await expectedBy(connection, sql);
    } finally {
      release();
    }
  });
}

async function checksOf(
  connection: DuckDBConnection,
  handle: string,
  table: RegisteredTable,
): Promise<Map<GameDate, CheckResult[]>> {
  const found = new Map<GameDate, CheckResult[]>();
  if (table.checksQuery === undefined) return found;
  const rows = await rowsOf(
    connection,
    `WITH staged AS (SELECT * FROM ${handle})
     SELECT CAST(check_date AS VARCHAR) AS date, check_name, severity, failures FROM (${toDuckDb(table.checksQuery)}) WHERE failures > 0`,
  );
  for (const row of rows) {
    const date = String(row['date']) as GameDate;
    const result: CheckResult = {
      check: String(row['check_name']),
      severity: row['severity'] === 'warn' ? 'warn' : 'fail',
      failures: Number(row['failures']),
    };
    found.set(date, [...(found.get(date) ?? []), result]);
  }
  return found;
}

async function gameHashesOf(
  connection: DuckDBConnection,
  handle: string,
  definition: TableDefinition,
): Promise<Map<GameDate, Record<string, string>> | undefined> {
  const counted = gamesIn(definition);
  if (counted === undefined) return undefined;
  const { entityColumn, playedColumn } = counted;
  const lane = (sum: string): string => `lpad(to_hex(CAST(${sum} % 4294967296 AS BIGINT)), 8, '0')`;
  // One row for each date: reading a row for each entity takes longer than everything else here.
  const rows = await rowsOf(
    connection,
    `SELECT CAST(date AS VARCHAR) AS date, CAST(to_json(list(entity ORDER BY entity)) AS VARCHAR) AS entities,
            string_agg(hash, '' ORDER BY entity) AS hashes
     FROM (SELECT ${definition.partitionColumn} AS date, CAST(${entityColumn} AS VARCHAR) AS entity,
                  lower(${lane('SUM(row_hash & 4294967295)')} || ${lane('SUM(row_hash >> 32)')}) AS hash
           FROM ${handle} ${playedColumn === undefined ? '' : `WHERE ${playedColumn}`} GROUP BY ALL)
     GROUP BY date`,
  );
  return new Map(
    rows.map((row) => {
      const hashes = String(row['hashes']);
      const entities = JSON.parse(String(row['entities'])) as string[];
      const ofDate = Object.fromEntries(
        entities.map((entity, i) => [entity, hashes.slice(i * HASH_DIGITS, (i + 1) * HASH_DIGITS)]),
      );
      return [String(row['date']) as GameDate, ofDate];
    }),
  );
}

/** Hex digits of the hash of one entity's game. */
const HASH_DIGITS = 16;

/** Rows, fingerprint and newest token of each of `dates` in the published table. @throws DuckDB's error */
export function publishedDates(
  connection: DuckDBConnection,
  definition: TableDefinition,
  dates: readonly GameDate[],
): Promise<PublishedDate[]> {
  return contentsOf(connection, definition, dates, 'run_token');
}

/** Rows and fingerprint of each of `dates` in what an overlay shows. @throws DuckDB's error */
export async function shownDates(
  connection: DuckDBConnection,
  definition: TableDefinition,
  dates: readonly GameDate[],
): Promise<ShownDate[]> {
  const found = await contentsOf(connection, definition, dates, '0');
  return found.map(({ date, rows, fingerprint }) => ({ date, rows, fingerprint }));
}

/** @param token the SQL for the token of a row */
async function contentsOf(
  connection: DuckDBConnection,
  definition: TableDefinition,
  dates: readonly GameDate[],
  token: 'run_token' | '0',
): Promise<PublishedDate[]> {
  if (dates.length === 0) return [];
  const part = definition.partitionColumn;
  const text = canonicalRow(definition.columns);
  const rows = await rowsOf(
    connection,
    `SELECT CAST(${part} AS VARCHAR) AS date, COUNT(*) AS row_count, MAX(run_token) AS token, ${LANES}
     FROM (SELECT ${part}, run_token, md5_number_lower(canonical) AS row_hash
           FROM (SELECT ${part}, ${token} AS run_token, ${text} AS canonical FROM ${qualifiedName(definition)} WHERE ${part} IN (${dateList(dates)})))
     GROUP BY ${part}`,
  );
  const found = new Map(rows.map((row) => [String(row['date']), row]));
  return dates.map((date) => {
    const row = found.get(date);
    return row === undefined
      ? { date, rows: 0, fingerprint: EMPTY_FINGERPRINT, token: 0 }
      : {
          date,
          rows: Number(row['row_count']),
          fingerprint: fingerprintOf(row['row_count'], row['lane0'], row['lane1']),
          token: Number(row['token']),
        };
  });
}

/** The SQL for the text that a group of rows has in `Staging.contents`. */
function contentOf(definition: TableDefinition): string {
  return `COUNT(*) || ' ' || SUM(hash(${Object.keys(definition.columns).join(', ')}))`;
}

/** Those of `dates` whose published rows differ from the staged ones. @throws DuckDB's error */
export async function differingDates(
  { connection, contents }: Staging,
  { table: { definition } }: Staged,
  dates: readonly GameDate[],
): Promise<GameDate[]> {
  const part = definition.partitionColumn;
  const rows = await rowsOf(
    connection,
    `SELECT CAST(${part} AS VARCHAR) AS date, ${contentOf(definition)} AS content
     FROM ${qualifiedName(definition)} WHERE ${part} IN (${dateList(dates)}) GROUP BY ${part}`,
  );
  const found = new Map(rows.map((row) => [String(row['date']), String(row['content'])]));
  return dates.filter((date) => found.get(date) !== contents.get(date));
}

/** Drops a staged table. */
export async function dropStaged(connection: DuckDBConnection, handle: string): Promise<void> {
  await connection.run(`DROP TABLE IF EXISTS temp.${handle}`);
}

/** Drops what a staging that has failed has left: a staged table, and the rows that were loaded for it. */
export async function dropLeftovers(connection: DuckDBConnection, handle: string): Promise<void> {
  await dropStaged(connection, handle);
  await dropStaged(connection, rowsOfStaging(handle));
}
