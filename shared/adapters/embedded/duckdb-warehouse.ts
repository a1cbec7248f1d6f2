/** The warehouse of the embedded target: DuckDB, with the queries of BigQuery. */
import {
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  DuckDBTypeId,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import { DATASETS, RUN_HISTORY_COLUMNS } from '../../derive/ddl.ts';
import { dayNumber, type GameDate } from '../../domain/game-date.ts';
import { ok, permanent, transient, type Failure, type Result } from '../../domain/failure.ts';
import type { RegisteredTable, Registry } from '../../domain/registry.ts';
import { qualifiedName, type Column, type TableDefinition } from '../../domain/table.ts';
import type {
  Cell,
  CheckResult,
  PublishedDate,
  PublishJob,
  Row,
  RunHistoryRow,
  ScheduleFact,
  Staged,
  StagedDate,
  StageJob,
  Warehouse,
} from '../../ports/warehouse.ts';
import { EMPTY_FINGERPRINT, fingerprintOf, promisesOf, type PromiseSpelling } from '../audited-rows.ts';
import {
  DUCKDB_TYPES,
  canonicalRow,
  createTableSql,
  installDialect,
  quoted,
  stagedValue,
  toDuckDb,
} from './dialect.ts';
import { localTurns } from '../publish-turns.ts';
import { judgePortable } from './portable.ts';

export interface DuckDbWarehouse extends Warehouse {
  readonly close: () => void;
}

export interface DuckDbOptions {
  /** File of the database, or `:memory:`. */
  readonly path: string;
  readonly threads?: number;
  /** For example `2GB`; what does not fit is spilled to disk beside the file. */
  readonly memoryLimit?: string;
}

const CHUNK = 2048;

/** Opens the warehouse. @throws when another process has the file open */
export async function openWarehouse(registry: Registry, options: DuckDbOptions): Promise<DuckDbWarehouse> {
  const instance = await DuckDBInstance.create(options.path, {
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    // A checkpoint in the middle of the work holds everybody up; closing makes one, and the log survives a kill.
    checkpoint_threshold: '1GB',
  });
  const idle: DuckDBConnection[] = [];
  const staging = new Map<string, Staging>();
  const turns = localTurns();
  let stages = 0;

  const connect = async (): Promise<DuckDBConnection> => {
    const free = idle.pop();
    if (free !== undefined) return free;
    const connection = await instance.connect();
    await installDialect((sql) => connection.run(sql));
    return connection;
  };
  const using = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<Result<T>> => {
    const connection = await connect();
    try {
      return ok(await work(connection));
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    } finally {
      idle.push(connection);
    }
  };

  const stage = async (job: StageJob): Promise<Result<Staged>> => {
    const connection = await connect();
    const handle = `staging_${(stages += 1)}`;
    try {
      const { dates, contents } = await stageRows(connection, handle, job);
      staging.set(handle, { connection, contents });
      return ok({ table: job.table, runId: job.runId, dates, handle });
    } catch (error) {
      await dropStaging(connection, handle);
      idle.push(connection);
      return { ok: false, failure: failureOf(error) };
    }
  };

  const publish = async ({ staged, dates, token, mode, processedAt }: PublishJob): Promise<Result<void>> => {
    const connection = staging.get(staged.handle)?.connection;
    if (connection === undefined)
      return transient('staging_gone', `The staged rows of ${staged.runId} are gone`);
    const { definition } = staged.table;
    const table = qualifiedName(definition);
    const release = await turns.acquire(table, mode);
    try {
      const part = definition.partitionColumn;
      const columns = Object.keys(definition.columns).join(', ');
      const newer = await rowsOf(
        connection,
        `BEGIN TRANSACTION; SELECT MAX(run_token) AS token FROM ${table} WHERE ${part} IN (${dateList(dates)})`,
      );
      const found = newer[0]?.['token'];
      if (found !== null && found !== undefined && Number(found) > token) {
        await connection.run('ROLLBACK');
        return permanent(
          'fenced',
          `${table} carries rows of a newer run (token ${Number(found)}, this one has ${token})`,
        );
      }
      await connection.run(`DELETE FROM ${table} WHERE ${part} IN (${dateList(dates)})`);
      await connection.run(
        `INSERT INTO ${table} (${columns}, run_id, run_token, run_mode, calculation_version, processed_at)
         SELECT ${columns}, $run_id, $token, $mode, $version, $at FROM ${staged.handle} WHERE ${part} IN (${dateList(dates)})`,
        {
          run_id: staged.runId,
          token: BigInt(token),
          mode,
          version: definition.calculationVersion,
          at: new DuckDBTimestampValue(BigInt(processedAt.getTime()) * 1000n),
        },
      );
      await connection.run('COMMIT');
      return ok(undefined);
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined);
      return { ok: false, failure: failureOf(error) };
    } finally {
      await release();
    }
  };

  return {
    prepare: async () => {
      const connection = await connect();
      for (const dataset of DATASETS) await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dataset}`);
      for (const { definition } of registry.all) await connection.run(createTableSql(definition));
      await connection.run(RUN_HISTORY);
      if (registry.has('nbac_schedule') && registry.has('nbac_game_results'))
        await connection.run(SCHEDULE_VIEW);
      idle.push(connection);
    },
    stage,
    publish,
    discard: async (staged) => {
      const connection = staging.get(staged.handle)?.connection;
      if (connection === undefined) return;
      staging.delete(staged.handle);
      await dropStaging(connection, staged.handle);
      idle.push(connection);
    },
    readBack: async (staged, dates) => {
      const found = staging.get(staged.handle);
      if (found === undefined)
        return transient('staging_gone', `The staged rows of ${staged.runId} are gone`);
      try {
        return ok(await differingDates(found, staged, dates));
      } catch (error) {
        return { ok: false, failure: failureOf(error) };
      }
    },
    published: (table, dates) => using((connection) => publishedDates(connection, table.definition, dates)),
    rowCounts: (ranges) =>
      using(async (connection) => {
        const counts = ranges.map(() => new Map<GameDate, number>());
        if (ranges.length === 0) return counts;
        const selects = ranges.map(({ table, first, last }, i) => {
          const part = table.definition.partitionColumn;
          return `SELECT ${i} AS range, CAST(${part} AS VARCHAR) AS date, COUNT(*) AS n FROM ${qualifiedName(table.definition)}
                  WHERE ${part} BETWEEN DATE '${first}' AND DATE '${last}' GROUP BY ${part}`;
        });
        for (const row of await rowsOf(connection, selects.join(' UNION ALL '))) {
          counts[Number(row['range'])]?.set(String(row['date']) as GameDate, Number(row['n']));
        }
        return counts;
      }),
    scheduleFacts: (seasons) =>
      using(async (connection) => {
        const rows = await rowsOf(
          connection,
          `SELECT CAST(s.game_date AS VARCHAR) AS date, s.season, COUNT(*) AS games, COUNT(r.game_id) AS final_games,
                  COUNT(*) FILTER (s.season_type = 'regular') AS regular_games
           FROM nba_raw.nbac_schedule AS s
           LEFT JOIN nba_raw.nbac_game_results AS r ON r.game_id = s.game_id AND r.game_date = s.game_date
           WHERE s.season IN (${seasons.map((_, i) => `$s${i}`).join(', ')}) AND s.season_type IN ('regular', 'play_in', 'playoffs')
           GROUP BY s.game_date, s.season ORDER BY s.game_date`,
          Object.fromEntries(seasons.map((season, i) => [`s${i}`, season])),
        );
        return rows.map((row): ScheduleFact => ({
          date: String(row['date']) as GameDate,
          season: String(row['season']),
          games: Number(row['games']),
          finalGames: Number(row['final_games']),
          regularGames: Number(row['regular_games']),
        }));
      }),
    appendRunHistory: (rows) => using((connection) => appendRunHistory(connection, rows)),
    query: async (sql) => {
      const judged = await using((connection) =>
        judgePortable(sql, async (text) => {
          const rows = await rowsOf(connection, 'SELECT json_serialize_sql($text::VARCHAR) AS tree', {
            text,
          });
          return String(rows[0]?.['tree']);
        }),
      );
      if (!judged.ok) return judged;
      if (judged.value.violations.length > 0)
        return permanent('not_portable', judged.value.violations.join('; '));
      return using((connection) => rowsOf(connection, toDuckDb(sql)));
    },
    close: () => {
      for (const connection of idle) connection.closeSync();
      for (const { connection } of staging.values()) connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Staged rows, and what is to be found in the table once they are published. */
interface Staging {
  /** The connection that holds them, in a temporary table. */
  readonly connection: DuckDBConnection;
  /** Date -> number of rows and an order-free sum of the engine's own row hash, which is quick and needs no other engine. */
  readonly contents: ReadonlyMap<GameDate, string>;
}

async function stageRows(
  connection: DuckDBConnection,
  handle: string,
  job: StageJob,
): Promise<{ readonly dates: StagedDate[]; readonly contents: ReadonlyMap<GameDate, string> }> {
  const { definition } = job.table;
  const part = definition.partitionColumn;
  const columns = Object.entries(definition.columns);
  const source = await sourceOf(connection, handle, job);
  const staged = columns.map(([name, column]) => `${stagedValue(`q.${name}`, column)} AS ${name}`).join(', ');
  const text = canonicalRow(definition.columns);
  await connection.run(
    `CREATE TEMP TABLE ${handle} AS
     SELECT * EXCLUDE (canonical), md5_number_lower(canonical) AS row_hash
     FROM (SELECT *, ${text} AS canonical FROM (SELECT ${staged} FROM (${source.sql}) AS q WHERE q.${part} IN (${dateList(job.dates)})))`,
    source.values,
  );
  const measured = await measure(connection, handle, definition);
  const expected = await expectedOf(connection, job, measured);
  const checks = await checksOf(connection, handle, job.table);
  const hashes = await gameHashesOf(connection, handle, definition);
  const contents = new Map([...measured].map(([date, { content }]) => [date, content]));
  const dates = job.dates.map((date): StagedDate => {
    const found = measured.get(date);
    return {
      date,
      rows: found?.rows ?? 0,
      games: found?.games ?? 0,
      fingerprint: found?.fingerprint ?? EMPTY_FINGERPRINT,
      readyRows: found?.readyRows ?? 0,
      syntheticRows: found?.syntheticRows ?? 0,
      expectedRows: expected.get(date)?.rows ?? 0,
      expectedGames: expected.get(date)?.games ?? 0,
      checks: [...(found?.checks ?? []), ...(checks.get(date) ?? [])],
      ...(hashes === undefined ? {} : { gameHashes: hashes.get(date) ?? {} }),
    };
  });
  return { dates, contents };
}

/** The rows to stage, as a query and its parameters. */
async function sourceOf(
  connection: DuckDBConnection,
  handle: string,
  job: StageJob,
): Promise<{ readonly sql: string; readonly values: Record<string, DuckDBValue> }> {
  if (job.rows !== undefined) {
    await appendRows(connection, `${handle}_rows`, job.table.definition, job.rows);
    return { sql: `SELECT * FROM ${handle}_rows`, values: {} };
  }
  if (job.table.query === undefined) throw new Error(`Table ${job.table.definition.name} has no query`);
  return { sql: toDuckDb(job.table.query), values: parametersOf(job, job.table.query) };
}

/** The parameters of the batch that `sql` names. */
function parametersOf(job: StageJob, sql: string): Record<string, DuckDBValue> {
  const all = { start_date: job.dates[0], end_date: job.dates.at(-1), read_start: job.readStart };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, date]) =>
      date !== undefined && sql.includes(`@${name}`)
        ? [[name, new DuckDBDateValue(dayNumber(date))] as const]
        : [],
    ),
  );
}

async function appendRows(
  connection: DuckDBConnection,
  name: string,
  definition: TableDefinition,
  rows: readonly Row[],
): Promise<void> {
  const columns = Object.entries(definition.columns);
  await connection.run(
    `CREATE TEMP TABLE ${name} (${columns.map(([column, { type }]) => `${column} ${DUCKDB_TYPES[type]}`).join(', ')})`,
  );
  const appender = await connection.createAppender(name, 'main', 'temp');
  const types = Array.from({ length: columns.length }, (_, i) => appender.columnType(i));
  for (let at = 0; at < rows.length; at += CHUNK) {
    const slice = rows.slice(at, at + CHUNK);
    const chunk = DuckDBDataChunk.create(types);
    chunk.setColumns(
      columns.map(([column, { type }]) => slice.map((row) => duckDbValue(row[column] ?? null, type))),
    );
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function duckDbValue(cell: Cell, type: Column['type']): DuckDBValue {
  if (cell === null) return null;
  switch (type) {
    case 'INT64':
      return BigInt(cell);
    case 'DATE':
      return new DuckDBDateValue(dayNumber(String(cell) as GameDate));
    case 'TIMESTAMP':
      return new DuckDBTimestampValue(BigInt(new Date(String(cell)).getTime()) * 1000n);
    case 'STRING':
    case 'FLOAT64':
    case 'BOOL':
      return cell;
    default:
      return type satisfies never;
  }
}

interface Measured {
  readonly rows: number;
  readonly games: number;
  readonly fingerprint: string;
  readonly readyRows: number;
  readonly syntheticRows: number;
  readonly content: string;
  readonly checks: CheckResult[];
}

/** The first 64 bits of the MD5 of each row's canonical text, as two sums that no engine's integers can overflow. */
const LANES = `SUM(row_hash & 4294967295) AS lane0, SUM(row_hash >> 32) AS lane1`;

async function measure(
  connection: DuckDBConnection,
  handle: string,
  definition: TableDefinition,
): Promise<Map<GameDate, Measured>> {
  const part = definition.partitionColumn;
  const promises = promisesOf(definition, SPELLING);
  const games = 'game_id' in definition.columns ? 'COUNT(DISTINCT game_id)' : '0';
  const ready =
    definition.kind === 'computed' ? `COUNT(*) FILTER (${definition.readinessColumn})` : 'COUNT(*)';
  const synthetic =
    definition.kind === 'computed' && definition.contextColumn !== undefined
      ? `COUNT(*) FILTER (${definition.contextColumn} = 'synthetic')`
      : '0';
  // Nearly always no row breaks anything, which one pass without groups can tell.
  const anyBroken = await rowsOf(
    connection,
    `SELECT COUNT(*) AS n FROM ${handle} WHERE ${promises.map(({ broken }) => broken).join(' OR ') || 'FALSE'}`,
  );
  const suspects = Number(anyBroken[0]?.['n']) > 0 ? promises : [];
  const broken = suspects.map(({ broken }, i) => `, COUNT(*) FILTER (${broken}) AS broken${i}`).join('');
  const rows = await rowsOf(
    connection,
    `SELECT CAST(${part} AS VARCHAR) AS date, COUNT(*) AS row_count, ${games} AS games, ${ready} AS ready, ${synthetic} AS synthetic,
            COUNT(*) - COUNT(DISTINCT hash(${definition.key.join(', ')})) AS duplicates, ${LANES}, ${contentOf(definition)} AS content${broken}
     FROM ${handle} GROUP BY ${part}`,
  );
  return new Map(
    rows.map((row) => {
      const checks: CheckResult[] = suspects.flatMap(({ check }, i) => {
        const failures = Number(row[`broken${i}`]);
        return failures > 0 ? [{ check, severity: 'fail' as const, failures }] : [];
      });
      const duplicates = Number(row['duplicates']);
      if (duplicates > 0)
        checks.push({
          check: `duplicate_key(${definition.key.join(', ')})`,
          severity: 'fail',
          failures: duplicates,
        });
      const measured: Measured = {
        rows: Number(row['row_count']),
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

const SPELLING: PromiseSpelling = {
  identifier: quoted,
  string: (value) => `'${value.replaceAll("'", "''")}'`,
  notFinite: (column) => `NOT isfinite(${column})`,
};

async function expectedOf(
  connection: DuckDBConnection,
  job: StageJob,
  measured: ReadonlyMap<GameDate, Measured>,
): Promise<Map<GameDate, { rows: number; games: number }>> {
  const { expectedQuery } = job.table;
  if (expectedQuery === undefined)
    return new Map([...measured].map(([date, { rows, games }]) => [date, { rows, games }]));
  const rows = await rowsOf(
    connection,
    `SELECT CAST(expected_date AS VARCHAR) AS date, expected_rows, expected_games FROM (${toDuckDb(expectedQuery)})`,
    parametersOf(job, expectedQuery),
  );
  return new Map(
    rows.map((row) => [
      String(row['date']) as GameDate,
      { rows: Number(row['expected_rows']), games: Number(row['expected_games']) },
    ]),
  );
}

async function checksOf(
  connection: DuckDBConnection,
  handle: string,
  table: RegisteredTable,
): Promise<Map<GameDate, CheckResult[]>> {
  const found = new Map<GameDate, CheckResult[]>();
  if (table.checksQuery === undefined) return found;
  await connection.run(`CREATE OR REPLACE TEMP VIEW staged AS SELECT * FROM ${handle}`);
  const rows = await rowsOf(
    connection,
    `SELECT CAST(check_date AS VARCHAR) AS date, check_name, severity, failures FROM (${toDuckDb(table.checksQuery)}) WHERE failures > 0`,
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
  if (definition.kind !== 'computed' || definition.games === undefined) return undefined;
  const { entityColumn, playedColumn } = definition.games;
  const lane = (sum: string): string => `lpad(to_hex(CAST(${sum} % 4294967296 AS BIGINT)), 8, '0')`;
  // One row for each date: reading a row for each entity would take longer than all the rest.
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

/** Hex digits of the hash of one game. */
const HASH_DIGITS = 16;

async function publishedDates(
  connection: DuckDBConnection,
  definition: TableDefinition,
  dates: readonly GameDate[],
): Promise<PublishedDate[]> {
  const part = definition.partitionColumn;
  const text = canonicalRow(definition.columns);
  const rows = await rowsOf(
    connection,
    `SELECT CAST(${part} AS VARCHAR) AS date, COUNT(*) AS row_count, ${LANES}
     FROM (SELECT ${part}, md5_number_lower(canonical) AS row_hash
           FROM (SELECT ${part}, ${text} AS canonical FROM ${qualifiedName(definition)} WHERE ${part} IN (${dateList(dates)})))
     GROUP BY ${part}`,
  );
  const found = new Map(rows.map((row) => [String(row['date']), row]));
  return dates.map((date) => {
    const row = found.get(date);
    return row === undefined
      ? { date, rows: 0, fingerprint: EMPTY_FINGERPRINT }
      : {
          date,
          rows: Number(row['row_count']),
          fingerprint: fingerprintOf(row['row_count'], row['lane0'], row['lane1']),
        };
  });
}

/** Rows and content of a group of rows, as the engine's own text. */
function contentOf(definition: TableDefinition): string {
  return `COUNT(*) || ' ' || SUM(hash(${Object.keys(definition.columns).join(', ')}))`;
}

async function differingDates(
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

async function dropStaging(connection: DuckDBConnection, handle: string): Promise<void> {
  await connection.run(
    `DROP VIEW IF EXISTS temp.staged; DROP TABLE IF EXISTS temp.${handle}; DROP TABLE IF EXISTS temp.${handle}_rows`,
  );
}

/** Typed literals of validated dates. */
function dateList(dates: readonly GameDate[]): string {
  return dates.map((date) => `DATE '${date}'`).join(', ');
}

/** The rows of one statement. Without values all of it is done off the main thread; with values the planning is not. */
async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
  values?: Record<string, DuckDBValue>,
): Promise<Row[]> {
  const reader = await connection.runAndReadAll(sql, values);
  const dates = new Set(reader.columnNames().filter((_, i) => reader.columnTypeId(i) === DuckDBTypeId.DATE));
  return reader
    .getRowObjectsJS()
    .map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value, dates.has(name))])),
    );
}

function cellOf(value: unknown, isDate: boolean): Cell {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case 'bigint':
      return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(value)
        : value.toString();
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      if (value instanceof Date) return isDate ? value.toISOString().slice(0, 10) : value.toISOString();
      return JSON.stringify(value);
  }
}

const PERMANENT =
  /^(Binder|Catalog|Parser|Conversion|Out of Range|Invalid Input|Constraint|Mismatch Type|Not implemented|Dependency|Serialization)\b/i;

/** What an error of DuckDB means for whoever asked. Unknown errors may pass, so they are transient. */
export function failureOf(error: unknown): Failure {
  // A value that cannot be what its column is declared to be.
  if (error instanceof RangeError || error instanceof SyntaxError) {
    return { kind: 'permanent', code: 'value_refused', detail: error.message };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return PERMANENT.test(detail)
    ? { kind: 'permanent', code: 'query_refused', detail }
    : { kind: 'transient', code: 'warehouse_unavailable', detail };
}

const HISTORY = Object.entries(RUN_HISTORY_COLUMNS).map(
  ([name, { type, required }]) => ({ name, type: DUCKDB_TYPES[type], required }) as const,
);

const RUN_HISTORY = `CREATE TABLE IF NOT EXISTS nba_reference.processor_run_history (${HISTORY.map(
  ({ name, type, required }) => `${name} ${type}${required ? ' NOT NULL' : ''}`,
).join(', ')})`;

const SCHEDULE_VIEW = `CREATE OR REPLACE VIEW nba_reference.nba_schedule AS
  SELECT s.game_id, s.nba_game_id, s.game_date, s.season, s.season_type, s.home_team_abbr, s.away_team_abbr, s.tipoff_at,
         r.game_status, r.home_points, r.away_points, r.winning_team_abbr
  FROM nba_raw.nbac_schedule AS s
  LEFT JOIN nba_raw.nbac_game_results AS r ON r.game_id = s.game_id AND r.game_date = s.game_date`;

/** One statement for all rows, handed over as JSON: an appender would hold up everybody while it writes. */
async function appendRunHistory(connection: DuckDBConnection, rows: readonly RunHistoryRow[]): Promise<void> {
  const shape = JSON.stringify([Object.fromEntries(HISTORY.map(({ name, type }) => [name, type]))]);
  await connection.run(
    `INSERT INTO nba_reference.processor_run_history (${HISTORY.map(({ name }) => name).join(', ')})
     SELECT ${HISTORY.map(({ name }) => `each.${name}`).join(', ')} FROM (SELECT unnest(from_json($rows::JSON, '${shape}')) AS each)`,
    { rows: JSON.stringify(rows) },
  );
}
