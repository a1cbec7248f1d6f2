/** The warehouse of the embedded target: DuckDB, which runs the same queries as BigQuery. */
import { DuckDBInstance, DuckDBTimestampValue, type DuckDBConnection } from '@duckdb/node-api';
import { DATASETS } from '../../derive/ddl.ts';
import { hasPlayersView, playersQuery } from '../../derive/players-registry.ts';
import {
  hasScheduleView,
  scheduleFactsQuery,
  scheduleQuery,
  type RawTableName,
} from '../../derive/schedule-queries.ts';
import type { GameDate } from '../../domain/game-date.ts';
import { ok, permanent, RequestError, transient, type Result } from '../../domain/failure.ts';
import type { Registry } from '../../domain/registry.ts';
import { qualifiedName, sourceColumns } from '../../domain/table.ts';
import type { Answer, PublishJob, Staged, StageJob, Warehouse } from '../../ports/warehouse.ts';
import { createTableSql, installDialect, toDuckDb } from './dialect.ts';
import { columnChanges, makeChanges, type ColumnChange } from './duckdb-migration.ts';
import {
  changeCountsIn,
  changeEventsIn,
  changesIn,
  CREATE_CHANGES,
  forgetOldChanges,
  keepChanges,
} from './duckdb-changes.ts';
import { rememberedExpectations } from './duckdb-expectations.ts';
import { CREATE_HISTORY, historyWriter } from './duckdb-history.ts';
import { attachOverlay } from './duckdb-overlay.ts';
import { partedQueries, rememberedParts } from './duckdb-parts.ts';
import { isPrepared, notePrepared } from './duckdb-prepared.ts';
import {
  differingDates,
  dropLeftovers,
  dropStaged,
  publishedDates,
  stageRows,
  type Staging,
} from './duckdb-staging.ts';
import { readRows } from './duckdb-read.ts';
import { hasRowsIn, stampIn, writeStampIn } from './duckdb-stamp.ts';
import { dateList, failureOf, rowsOf } from './duckdb-values.ts';
import { localTurns } from '../publish-turns.ts';
import { scheduleFactOf } from '../schedule-facts.ts';
import { checkPortable } from './portable.ts';
import { inOurWords } from './query/engine-words.ts';
import { answerTo, installQueryFunctions } from './query/question.ts';

/** The warehouse of the port, which its owner must close. */
export interface DuckDbWarehouse extends Warehouse {
  /**
   * Creates the datasets and tables that are missing, and adds the columns that a table has gained.
   * @throws RequestError when a column is gone or has another type: only `fullcourt migrate` changes it
   */
  readonly prepare: () => Promise<void>;
  /** What must change for the tables to have their declared columns. */
  readonly columnChanges: () => Promise<ColumnChange[]>;
  /** Makes changes of columns in one transaction, also those that lose values. */
  readonly changeColumns: (changes: readonly ColumnChange[]) => Promise<void>;
  /** The stamp of the home that the file carries, as it was written; undefined without one. */
  readonly stamp: () => Promise<string | undefined>;
  readonly writeStamp: (stamp: string) => Promise<void>;
  /** Whether any table has rows. */
  readonly hasRows: () => Promise<boolean>;
  readonly close: () => void;
}

/** Where the database is, and what it may use of the machine. */
export interface DuckDbOptions {
  /** File of the database, or `:memory:`. */
  readonly path: string;
  readonly threads?: number;
  /** For example `2GB`. DuckDB writes what does not fit to disk, beside the file. */
  readonly memoryLimit?: string;
  readonly clock?: () => Date;
}

/** Opens the warehouse. @throws Error when another process has the file open */
export async function openWarehouse(registry: Registry, options: DuckDbOptions): Promise<DuckDbWarehouse> {
  const instance = await DuckDBInstance.create(options.path, {
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    // No statement reads or writes any file but the database itself.
    enable_external_access: 'false',
    // What is written stays in memory as it came until a checkpoint puts it into the file. A checkpoint stops all other work for a
    // moment, so none is made before the log has this size. Closing makes one. After a kill, DuckDB reads the log again.
    checkpoint_threshold: '32MB',
  });
  const idle: DuckDBConnection[] = [];
  /** Connections that have the functions for queries of persons. */
  const asked = new WeakSet<DuckDBConnection>();
  const staging = new Map<string, Staging>();
  const turns = localTurns();
  let stages = 0;
  let overlays = 0;

  const connect = async (): Promise<DuckDBConnection> => {
    const free = idle.pop();
    if (free !== undefined) return free;
    const connection = await instance.connect();
    await installDialect((sql) => connection.run(sql));
    return connection;
  };
  /** Gives a connection for a while. */
  const beside = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const connection = await connect();
    try {
      return await work(connection);
    } finally {
      idle.push(connection);
    }
  };
  const run = (sql: string): Promise<unknown> => beside((connection) => connection.run(sql));
  const parted = partedQueries(registry);
  const remembered = {
    beside,
    expectations: rememberedExpectations(),
    parts: rememberedParts({ schema: PARTS, run }, parted),
  };
  const forget = (table?: string): void => {
    remembered.expectations.forget(table);
    remembered.parts.forget(table);
  };
  await run(`ATTACH ':memory:' AS ${PARTS}`);
  const history = historyWriter(connect);
  const using = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<Result<T>> => {
    try {
      return ok(await beside(work));
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  };

  const stage = async (job: StageJob): Promise<Result<Staged>> => {
    const connection = await connect();
    const handle = `staging_${(stages += 1)}`;
    try {
      const { dates, contents } = await stageRows(connection, handle, job, remembered);
      staging.set(handle, { connection, contents });
      return ok({ table: job.table, runId: job.runId, dates, handle });
    } catch (error) {
      await dropLeftovers(connection, handle);
      idle.push(connection);
      return { ok: false, failure: failureOf(error) };
    }
  };

  const publish = async (job: PublishJob): Promise<Result<void>> => {
    const { staged, dates, token, mode, processedAt, restated = [] } = job;
    const connection = staging.get(staged.handle)?.connection;
    if (connection === undefined)
      return transient('staging_gone', `The staged rows of ${staged.runId} are gone`);
    const { definition } = staged.table;
    const table = qualifiedName(definition);
    const release = await turns.acquire(table, mode);
    try {
      const part = definition.partitionColumn;
      const columns = [
        ...Object.keys(definition.columns),
        ...sourceColumns(definition).map(([name]) => name),
      ].join(', ');
      const newer = await rowsOf(
        connection,
        `BEGIN TRANSACTION; SELECT COUNT(*) AS n, MAX(run_token) AS token FROM ${table} WHERE ${part} IN (${dateList(dates)})`,
      );
      const { n: replaced = 0, token: found = null } = newer[0] ?? {};
      if (found !== null && Number(found) > token) {
        await connection.run('ROLLBACK');
        return permanent(
          'fenced',
          `${table} carries rows of a newer run (token ${Number(found)}, this one has ${token})`,
        );
      }
      if (restated.length > 0) await keepChanges(connection, job, restated);
      forget(table);
      if (Number(replaced) > 0)
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
      forget(table);
      await release();
    }
  };

  const violationsOf = async (sql: string): Promise<readonly string[]> => {
    const checked = await using((connection) =>
      checkPortable(sql, async (text) => {
        const rows = await rowsOf(connection, 'SELECT json_serialize_sql($text::VARCHAR) AS tree', { text });
        return String(rows[0]?.['tree']);
      }),
    );
    return checked.ok ? checked.value.violations : [checked.failure.detail];
  };

  return {
    prepare: async () => {
      const connection = await connect();
      const made = declaredStatements(registry);
      if (!(await isPrepared(connection, made))) {
        for (const statement of SCHEMAS) await connection.run(statement);
        const changes = await columnChanges(connection, registry);
        const losing = changes.filter(({ losesValues }) => losesValues);
        if (losing.length > 0)
          throw new RequestError(
            `The tables of ${options.path} have other columns than this version declares (${losing.map(({ what }) => what).join('; ')}): run \`fullcourt migrate\`, then build them again with \`fullcourt backfill --only stale\``,
          );
        await makeChanges(connection, changes);
        for (const statement of made) await connection.run(statement);
        await notePrepared(connection, made);
      }
      await forgetOldChanges(connection, (options.clock ?? (() => new Date()))());
      idle.push(connection);
    },
    columnChanges: () => beside((connection) => columnChanges(connection, registry)),
    changeColumns: (changes) =>
      beside((connection) => makeChanges(connection, changes)).finally(() => forget()),
    stamp: async () => valueOf(await using(stampIn)),
    writeStamp: async (stamp) => valueOf(await using((connection) => writeStampIn(connection, stamp))),
    hasRows: async () => valueOf(await using((connection) => hasRowsIn(connection, registry))),
    stage,
    publish,
    discard: async (staged) => {
      const connection = staging.get(staged.handle)?.connection;
      if (connection === undefined) return;
      staging.delete(staged.handle);
      await dropStaged(connection, staged.handle);
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
    read: (asked) => using((connection) => readRows(connection, asked)),
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
          scheduleFactsQuery(
            rawTable,
            seasons.map((_, i) => `$s${i}`),
            undefined,
          ),
          Object.fromEntries(seasons.map((season, i) => [`s${i}`, season])),
        );
        return rows.map(scheduleFactOf);
      }),
    openOverlay: async (shows) => {
      const connection = await connect();
      const name = `overlay_${(overlays += 1)}`;
      try {
        return ok(
          await attachOverlay({ connection, registry, name, parted }, shows, () => idle.push(connection)),
        );
      } catch (error) {
        return { ok: false, failure: failureOf(error) };
      }
    },
    changes: (asked, limit) => using((connection) => changesIn(connection, asked, limit)),
    changeCounts: (asked) => using((connection) => changeCountsIn(connection, asked)),
    changeEvents: (asked) => using((connection) => changeEventsIn(connection, asked)),
    appendRunHistory: (rows) => history.append(rows),
    query: async (sql) => {
      const violations = await violationsOf(sql);
      if (violations.length > 0) return permanent('not_portable', violations.join('; '));
      return using((connection) => rowsOf(connection, toDuckDb(sql)));
    },
    notPortable: violationsOf,
    ask: async (sql) => {
      const connection = await connect();
      let answer: Answer;
      try {
        if (!asked.has(connection)) await installQueryFunctions(connection);
        asked.add(connection);
        answer = await answerTo(connection, registry, sql);
      } catch (error) {
        idle.push(connection);
        throw error;
      }
      return { ...answer, chunks: givingBack(answer.chunks, () => idle.push(connection)) };
    },
    close: () => {
      history.close();
      for (const connection of idle) connection.closeSync();
      for (const { connection } of staging.values()) connection.closeSync();
      instance.closeSync();
    },
  };
}

/** The value of a call. @throws Error with what a person can do, when it failed */
function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.failure.detail);
}

/** The chunks, and what to do when no more are read. An error of DuckDB is said in our words. */
async function* givingBack(chunks: Answer['chunks'], done: () => void): Answer['chunks'] {
  try {
    yield* chunks;
  } catch (error) {
    throw inOurWords(error);
  } finally {
    done();
  }
}

/** The database in memory for common parts of queries. */
const PARTS = 'common_parts';

const rawTable: RawTableName = (table) => `nba_raw.${table}`;

const SCHEDULE_VIEW = `CREATE OR REPLACE VIEW nba_reference.nba_schedule AS ${scheduleQuery(rawTable)}`;

const PLAYERS_VIEW = `CREATE OR REPLACE VIEW nba_reference.nba_players_registry AS ${playersQuery((table) => `nba_raw.${table}`)}`;

const SCHEMAS = DATASETS.map((dataset) => `CREATE SCHEMA IF NOT EXISTS ${dataset}`);

/** The statements that make everything that is declared. They may be run again. */
function declaredStatements(registry: Registry): string[] {
  return [
    ...SCHEMAS,
    ...registry.all.map(({ definition }) => createTableSql(definition)),
    CREATE_HISTORY,
    CREATE_CHANGES,
    ...(hasScheduleView(registry) ? [SCHEDULE_VIEW] : []),
    ...(hasPlayersView(registry) ? [PLAYERS_VIEW] : []),
  ];
}
