/** Converts values, rows and errors between DuckDB and the warehouse port. */
import { setImmediate } from 'node:timers/promises';
import {
  type DuckDBAppender,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  type DuckDBConnection,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Failure } from '../../domain/failure.ts';
import { dayNumber, type GameDate } from '../../domain/game-date.ts';
import { sourceColumns, type Column, type TableDefinition } from '../../domain/table.ts';
import type { Cell, Row } from '../../ports/warehouse.ts';
import { DUCKDB_TYPES } from './dialect.ts';

const CHUNK = 2048;
/** After so many written rows DuckDB moves them into the table (it would keep 200 000 beside it), and others have their turn. */
const ROWS_A_TURN = 8 * CHUNK;

/**
 * Creates the temporary table `name` with the columns of `definition` and writes `rows` into it.
 * @throws RangeError or SyntaxError for a value that its column cannot hold
 */
export async function appendRows(
  connection: DuckDBConnection,
  name: string,
  definition: TableDefinition,
  rows: readonly Row[],
): Promise<void> {
  const columns = [...Object.entries(definition.columns), ...sourceColumns(definition)];
  await connection.run(
    `CREATE TEMP TABLE ${name} (${columns.map(([column, { type }]) => `${column} ${DUCKDB_TYPES[type]}`).join(', ')})`,
  );
  const appender = await connection.createAppender(name, 'main', 'temp');
  const write = columnWriter(
    appender,
    columns.map(([, { type }]) => type),
    columns.map(
      ([column]) =>
        (row: Row) =>
          row[column],
    ),
  );
  for (let at = 0; at < rows.length; at += ROWS_A_TURN) {
    // Leases are renewed, questions answered and the progress shown while a season is written.
    if (at > 0) await setImmediate();
    write(rows.slice(at, at + ROWS_A_TURN));
  }
  appender.closeSync();
}

/**
 * A function that appends rows with a cell for each column. It throws a RangeError or SyntaxError for a value that its column cannot
 * hold.
 */
export function cellWriter(
  appender: DuckDBAppender,
  types: readonly Column['type'][],
): (rows: readonly (readonly Cell[])[]) => void {
  return columnWriter(
    appender,
    types,
    types.map((_, column) => (row: readonly Cell[]) => row[column]),
  );
}

/** @param cellsOf for each column how its cell is found in a row; a row that lacks it has NULL */
function columnWriter<R>(
  appender: DuckDBAppender,
  types: readonly Column['type'][],
  cellsOf: readonly ((row: R) => Cell | undefined)[],
): (rows: readonly R[]) => void {
  const valuesOf = types.map(valueMaker);
  // One chunk takes all rows in turn: the memory of a chunk is given back only when the garbage collector finds it, which does not
  // know how large it is.
  const chunk = DuckDBDataChunk.create(types.map((_, i) => appender.columnType(i)));
  let waiting = 0;
  return (rows) => {
    for (let at = 0; at < rows.length; at += CHUNK) {
      const part = rows.slice(at, at + CHUNK);
      chunk.reset();
      chunk.rowCount = part.length;
      for (const [column, valueOf] of valuesOf.entries()) {
        const vector = chunk.getColumnVector(column);
        const cellOf = cellsOf[column];
        let place = 0;
        for (const row of part) {
          const cell = cellOf?.(row) ?? null;
          vector.setItem(place, cell === null ? null : valueOf(cell));
          place += 1;
        }
        vector.flush();
      }
      appender.appendDataChunk(chunk);
      waiting += part.length;
      if (waiting < ROWS_A_TURN) continue;
      appender.flushSync();
      waiting = 0;
    }
  };
}

/** Makes DuckDB's values of the cells of a column. */
function valueMaker(type: Column['type']): (cell: NonNullable<Cell>) => DuckDBValue {
  switch (type) {
    case 'INT64':
      return (cell) => BigInt(cell);
    case 'DATE':
      return sameForSame((cell) => new DuckDBDateValue(dayNumber(String(cell) as GameDate)));
    case 'TIMESTAMP':
      return sameForSame(
        (cell) => new DuckDBTimestampValue(BigInt(new Date(String(cell)).getTime()) * 1000n),
      );
    case 'STRING':
    case 'FLOAT64':
    case 'BOOL':
      return (cell) => cell;
    default:
      return type satisfies never;
  }
}

/** Makes a value once for equal cells that follow each other, as the rows of a date do. */
function sameForSame(make: (cell: NonNullable<Cell>) => DuckDBValue) {
  let last: { readonly cell: NonNullable<Cell>; readonly value: DuckDBValue } | undefined;
  return (cell: NonNullable<Cell>): DuckDBValue => {
    if (last?.cell !== cell) last = { cell, value: make(cell) };
    return last.value;
  };
}

/** The dates as DATE literals, separated by commas. They must be valid dates. */
export function dateList(dates: readonly GameDate[]): string {
  return dates.map((date) => `DATE '${date}'`).join(', ');
}

/**
 * The rows of one statement. With `values`, DuckDB plans the statement on the main thread; without, all work
 * is done on other threads.
 * @throws DuckDB's error
 */
export async function rowsOf(
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
  if (value instanceof Date) return isDate ? value.toISOString().slice(0, 10) : value.toISOString();
  return scalarCell(value) ?? JSON.stringify(value);
}

/** A number, text or flag as a cell; a whole number beyond 2^53 as text. Undefined for any other value. */
export function scalarCell(value: unknown): Cell | undefined {
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
      return undefined;
  }
}

const PERMANENT =
  /^(Binder|Catalog|Parser|Conversion|Out of Range|Invalid Input|Constraint|Mismatch Type|Not implemented|Dependency|Serialization)\b/i;

/**
 * The failure that an error of DuckDB stands for. An unknown error counts as transient: trying again may
 * help.
 */
export function failureOf(error: unknown): Failure {
  // A value that does not fit the declared type of its column.
  if (error instanceof RangeError || error instanceof SyntaxError) {
    return { kind: 'permanent', code: 'value_refused', detail: error.message };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return PERMANENT.test(detail)
    ? { kind: 'permanent', code: 'query_refused', detail }
    : { kind: 'transient', code: 'warehouse_unavailable', detail };
}
