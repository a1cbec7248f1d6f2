/** Kept changes in DuckDB: what publications change in published rows, written, read and forgotten. */
import {
  DuckDBDateValue,
  DuckDBTimestampValue,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import { ROW_CHANGE_COLUMNS, ROW_CHANGE_DAYS } from '../../derive/row-changes.ts';
import { dayNumber, type GameDate } from '../../domain/game-date.ts';
import { qualifiedName } from '../../domain/table.ts';
import type { ChangeCount, ChangeEvent, ChangesAsked, PublishJob, RowChange } from '../../ports/warehouse.ts';
import {
  CHANGE_COLUMNS,
  changeCountOf,
  changeCountsQuery,
  changeEventOf,
  changeEventsQuery,
  changeFilter,
  changeOf,
  changesQuery,
  changesSelect,
  type ChangeFilter,
  type ChangeSpelling,
} from '../row-changes-sql.ts';
import { DUCKDB_TYPES, quoted } from './dialect.ts';
import { dateList, rowsOf } from './duckdb-values.ts';

const TABLE = 'nba_reference.row_changes';

const SPELLING: ChangeSpelling = {
  identifier: quoted,
  string: (text) => `'${text.replaceAll("'", "''")}'`,
  types: { text: DUCKDB_TYPES.STRING, whole: DUCKDB_TYPES.INT64, timestamp: DUCKDB_TYPES.TIMESTAMP },
  timestampText: (expression) => `strftime(${expression}, '%Y-%m-%dT%H:%M:%S.%gZ')`,
  unnested: (pairs, cells) => {
    const structs = cells.map(
      (cell) =>
        `{${Object.entries(cell)
          .map(([name, value]) => `'${name}': ${value}`)
          .join(', ')}}`,
    );
    return `(SELECT data_date, row_key, kind, learned_source, learned_at, UNNEST([${structs.join(',\n')}]) AS cell FROM (${pairs}) AS pairs) AS cells`;
  },
};

/** The statement that creates the table of kept changes when it is missing. */
export const CREATE_CHANGES = `CREATE TABLE IF NOT EXISTS ${TABLE} (${Object.entries(ROW_CHANGE_COLUMNS)
  .map(([name, { type, required }]) => `${name} ${DUCKDB_TYPES[type]}${required ? ' NOT NULL' : ''}`)
  .join(', ')})`;

/** Deletes changes that are older than {@link ROW_CHANGE_DAYS} days. */
export async function forgetOldChanges(connection: DuckDBConnection, now: Date): Promise<void> {
  await connection.run(`DELETE FROM ${TABLE} WHERE changed_on < $today::DATE - ${ROW_CHANGE_DAYS}`, {
    today: dateOf(now),
  });
}

/**
 * Writes down how the staged rows of `dates` differ from the published ones, within the transaction that is about to replace
 * them.
 */
export async function keepChanges(
  connection: DuckDBConnection,
  { staged, processedAt, backfillId = null }: PublishJob,
  dates: readonly GameDate[],
): Promise<void> {
  const select = changesSelect(
    {
      definition: staged.table.definition,
      published: qualifiedName(staged.table.definition),
      staged: staged.handle,
      dates: dateList(dates),
      facts: {
        changed_on: '$day::DATE',
        changed_at: '$at::TIMESTAMP',
        run_id: '$run_id::VARCHAR',
        backfill_id: '$backfill_id::VARCHAR',
      },
    },
    SPELLING,
  );
  await connection.run(`INSERT INTO ${TABLE} (${CHANGE_COLUMNS.join(', ')})\n${select}`, {
    day: dateOf(processedAt),
    at: new DuckDBTimestampValue(BigInt(processedAt.getTime()) * 1000n),
    run_id: staged.runId,
    backfill_id: backfillId,
  });
}

/** The kept changes that are asked for, the oldest first. @throws DuckDB's error */
export async function changesIn(
  connection: DuckDBConnection,
  asked: ChangesAsked,
  limit: number,
): Promise<RowChange[]> {
  const filter = changeFilter(asked, parameter);
  const rows = await rowsOf(connection, changesQuery(TABLE, filter, limit, SPELLING), valuesOf(filter));
  return rows.map(changeOf);
}

/** Rows that were added, changed and removed, for each table and date. @throws DuckDB's error */
export async function changeCountsIn(
  connection: DuckDBConnection,
  asked: ChangesAsked,
): Promise<ChangeCount[]> {
  const filter = changeFilter(asked, parameter);
  const rows = await rowsOf(connection, changeCountsQuery(TABLE, filter, SPELLING), valuesOf(filter));
  return rows.map(changeCountOf);
}

/** The same for each run and game, the oldest first. @throws DuckDB's error */
export async function changeEventsIn(
  connection: DuckDBConnection,
  asked: ChangesAsked,
): Promise<ChangeEvent[]> {
  const filter = changeFilter(asked, parameter);
  const rows = await rowsOf(connection, changeEventsQuery(TABLE, filter, SPELLING), valuesOf(filter));
  return rows.map(changeEventOf);
}

const parameter = (name: string): string => `$${name}`;

function valuesOf({ dates, texts }: ChangeFilter): Record<string, DuckDBValue> {
  return {
    ...Object.fromEntries(
      Object.entries(dates).map(([name, date]) => [name, new DuckDBDateValue(dayNumber(date as GameDate))]),
    ),
    ...texts,
  };
}

function dateOf(at: Date): DuckDBDateValue {
  return new DuckDBDateValue(Math.floor(at.getTime() / 86_400_000));
}
