/** The run history in DuckDB: rows that wait while others are written are written together, by a statement that is planned once. */
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { RUN_HISTORY_COLUMNS } from '../../derive/ddl.ts';
import { ok, type Result } from '../../domain/failure.ts';
import type { RunHistoryRow } from '../../ports/warehouse.ts';
import { DUCKDB_TYPES } from './dialect.ts';
import { failureOf } from './duckdb-values.ts';

const TABLE = 'nba_reference.processor_run_history';

const COLUMNS = Object.entries(RUN_HISTORY_COLUMNS).map(
  ([name, { type, required }]) => ({ name, type: DUCKDB_TYPES[type], required }) as const,
);

/** The statement that creates the run history when it is missing. */
export const CREATE_HISTORY = `CREATE TABLE IF NOT EXISTS ${TABLE} (${COLUMNS.map(
  ({ name, type, required }) => `${name} ${type}${required ? ' NOT NULL' : ''}`,
).join(', ')})`;

const SHAPE = JSON.stringify([Object.fromEntries(COLUMNS.map(({ name, type }) => [name, type]))]);

/** Inserts all rows by one statement, which takes them as JSON. An appender would block the main thread. */
const INSERT = `INSERT INTO ${TABLE} (${COLUMNS.map(({ name }) => name).join(', ')})
  SELECT ${COLUMNS.map(({ name }) => `each.${name}`).join(', ')} FROM (SELECT unnest(from_json($rows::JSON, '${SHAPE}')) AS each)`;

/** Writes the run history of one database. */
export interface HistoryWriter {
  /** Appends rows. Rows that DuckDB refuses keep no others from being written. */
  readonly append: (rows: readonly RunHistoryRow[]) => Promise<Result<void>>;
  /** Ends the connection. Nothing may be appended at that time or later. */
  readonly close: () => void;
}

/** Makes the writer. @param connect gives a connection of its own, when the first rows come */
export function historyWriter(connect: () => Promise<DuckDBConnection>): HistoryWriter {
  let connection: DuckDBConnection | undefined;
  let statement: DuckDBPreparedStatement | undefined;
  let waiting: { readonly rows: readonly RunHistoryRow[]; readonly done: (result: Result<void>) => void }[] =
    [];
  let isAtWork = false;

  const write = async (rows: readonly RunHistoryRow[]): Promise<Result<void>> => {
    try {
      connection ??= await connect();
      statement ??= await connection.prepare(INSERT);
      statement.bind({ rows: JSON.stringify(rows) });
      await statement.run();
      return ok(undefined);
    } catch (error) {
      statement?.destroySync();
      statement = undefined;
      return { ok: false, failure: failureOf(error) };
    }
  };
  /** Writes until nothing waits. It never fails: a failure is an answer. */
  const work = async (): Promise<void> => {
    isAtWork = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const together = await write(batch.flatMap(({ rows }) => rows));
      for (const { rows, done } of batch)
        done(together.ok || batch.length === 1 ? together : await write(rows));
    }
    // In the same step as the look at what waits: whoever comes later begins anew.
    isAtWork = false;
  };

  return {
    append: (rows) =>
      new Promise((resolve) => {
        waiting.push({ rows, done: resolve });
        if (!isAtWork) void work();
      }),
    close: () => {
      statement?.destroySync();
      connection?.closeSync();
    },
  };
}
