/** The same query over the same rows on DuckDB and on GoogleSQL's reference implementation. */
import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampValue,
  type DuckDBConnection,
} from '@duckdb/node-api';
import { parametersOf, quoted, toDuckDb } from '../../shared/adapters/embedded/dialect.ts';
import { addDays, dayNumber, type GameDate } from '../../shared/domain/game-date.ts';
import {
  qualifiedName,
  type Column,
  type ColumnType,
  type Input,
  type TableDefinition,
} from '../../shared/domain/table.ts';
import { readEnd, readStart, type Window } from '../../shared/domain/window.ts';
import {
  isRefused,
  withQuotedTables,
  type Executed,
  type Judge,
  type JudgedTable,
  type Parameter,
  type SqlType,
  type Value,
} from './judge.ts';

/** The dates a query is asked for, as the framework asks. */
export interface Dates {
  readonly start: GameDate;
  readonly end: GameDate;
  readonly readStart: GameDate;
}

/** Equal up to the order in which floats were added. */
const TOLERANCE = 1e-9;

/** The rows of `table` in DuckDB that a window over `dates` can reach, with the columns that `sql` could name. */
export async function rowsRead(
  connection: DuckDBConnection,
  table: TableDefinition,
  inputs: readonly Input[],
  sql: string,
  dates: Pick<Dates, 'start' | 'end'>,
  openingNight: GameDate,
): Promise<JudgedTable> {
  const words = new Set(sql.match(/\w+/g) ?? []);
  const columns = Object.entries(table.columns)
    .filter(([name]) => words.has(name))
    .map(([name, { type }]) => [name, type] as const);
  const reached = inputs.map(
    ({ window }) =>
      `${table.partitionColumn} BETWEEN DATE '${readStart(window, dates.start, openingNight)}' AND DATE '${lastRead(window, dates.end)}'`,
  );
  const rows = await valuesOf(
    connection,
    `SELECT ${columns.map(([name]) => quoted(name)).join(', ')} FROM ${qualifiedName(table)} WHERE ${reached.join(' OR ')}`,
  );
  return { name: qualifiedName(table), columns, rows };
}

function lastRead(window: Window, date: GameDate): GameDate {
  switch (window.kind) {
    case 'same_date':
      return date;
    case 'around_date':
      return addDays(date, window.ahead);
    case 'previous_days':
    case 'season_to_date':
    case 'last_games':
      return addDays(date, -1);
    case 'previous_seasons':
      return readEnd(window, date);
    default:
      return window satisfies never;
  }
}

/** Rows of a DuckDB query (DuckDB spelling) as values of the judge. */
export async function valuesOf(
  connection: DuckDBConnection,
  sql: string,
  values: Readonly<Record<string, DuckDBDateValue>> = {},
): Promise<Value[][]> {
  const reader = await connection.runAndReadAll(sql, { ...values });
  return reader.getRows().map((row) => row.map(asValue));
}

function asValue(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : String(value);
  if (value instanceof DuckDBDateValue) return value.toString();
  // A literal such as 0.44 is a decimal in DuckDB and a float in GoogleSQL.
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBTimestampValue) return asValue(value.micros);
  throw new TypeError(`A query of the subset does not answer with a value of the type ${typeof value}`);
}

function isSafe(value: bigint): boolean {
  return value >= -(2n ** 53n) && value <= 2n ** 53n;
}

export interface BothAnswers {
  readonly columns: Executed['columns'];
  readonly google: readonly (readonly Value[])[];
  readonly duck: readonly (readonly Value[])[];
  readonly seconds: { readonly handOver: number; readonly google: number; readonly duck: number };
}

/**
 * Runs `sql` on both engines: GoogleSQL over `tables`, DuckDB over the tables of `connection`, which may hold more rows
 * than the declared windows reach.
 * @throws Error in GoogleSQL's words when it refuses the query
 */
export async function runOnBoth(
  judge: Judge,
  connection: DuckDBConnection,
  sql: string,
  tables: readonly JudgedTable[],
  dates?: Dates,
): Promise<BothAnswers> {
  const given = parametersFor(sql, dates);
  const started = performance.now();
  const catalog = await judge.catalog(tables);
  const handed = performance.now();
  const parameters = given.map(([name, date]): Parameter => [name, 'DATE', date]);
  const quotedSql = withQuotedTables(
    sql,
    tables.map(({ name }) => name),
  );
  const google = await judge.execute(quotedSql, catalog, parameters);
  await judge.forget(catalog);
  if (isRefused(google)) throw new Error(google.error);

  const before = performance.now();
  const reader = await connection.runAndReadAll(toDuckDb(sql), asDuckDbDates(given));
  const names = reader.columnNames();
  const order = google.columns.map(([name]) => names.indexOf(name));
  const duck = reader.getRows().map((row) => order.map((i) => asValue(row[i])));
  return {
    columns: google.columns,
    google: google.rows,
    duck,
    seconds: {
      handOver: (handed - started) / 1000,
      google: google.seconds,
      duck: (performance.now() - before) / 1000,
    },
  };
}

/** The parameters that `sql` names, with their dates. */
export function parametersFor(sql: string, dates: Dates | undefined): (readonly [string, GameDate])[] {
  if (dates === undefined) return [];
  const used = parametersOf(sql);
  const all = [
    ['start_date', dates.start],
    ['end_date', dates.end],
    ['read_start', dates.readStart],
  ] as const;
  return all.filter(([name]) => used.has(name));
}

export function asDuckDbDates(
  given: readonly (readonly [string, GameDate])[],
): Record<string, DuckDBDateValue> {
  return Object.fromEntries(given.map(([name, date]) => [name, new DuckDBDateValue(dayNumber(date))]));
}

/** What differs between the two answers, in words, at most `most` of them; empty when they are equal. */
export function differences(both: BothAnswers, key: readonly string[], most = 10): string[] {
  const names = both.columns.map(([name]) => name);
  const places = key.map((name) => names.indexOf(name));
  const keyed = (rows: BothAnswers['duck']): Map<string, readonly Value[]> =>
    new Map(rows.map((row) => [places.map((place) => String(row[place])).join(' '), row]));
  const [google, duck] = [keyed(both.google), keyed(both.duck)];
  const found: string[] = [];
  if (both.google.length !== both.duck.length)
    found.push(`${both.google.length} rows on GoogleSQL, ${both.duck.length} on DuckDB`);
  if (google.size !== both.google.length) found.push('the key is not unique on GoogleSQL');
  for (const name of duck.keys()) if (!google.has(name)) found.push(`${name}: only on DuckDB`);
  for (const [name, row] of google) {
    const other = duck.get(name);
    if (other === undefined) {
      found.push(`${name}: only on GoogleSQL`);
      continue;
    }
    row.forEach((value, i) => {
      const here = other[i] ?? null;
      if (!isEqual(value, here, both.columns[i]?.[1]))
        found.push(`${name}: ${names[i]} is ${String(value)} on GoogleSQL and ${String(here)} on DuckDB`);
    });
  }
  return found.slice(0, most);
}

function isEqual(google: Value, duck: Value, type: SqlType | 'OTHER' | undefined): boolean {
  // -0 and 0 are one number.
  if (google === duck) return true;
  if (type !== 'FLOAT64' || typeof google !== 'number' || typeof duck !== 'number') return false;
  return Math.abs(google - duck) <= TOLERANCE * Math.max(1, Math.abs(google), Math.abs(duck));
}

/** Where rows that are stored are not those of GoogleSQL after the rounding of its columns; to the last bit. */
export function storedDifferences(
  both: BothAnswers,
  stored: readonly (readonly Value[])[],
  declared: Readonly<Record<string, Column>>,
  key: readonly string[],
): string[] {
  const google = both.google.map((row) =>
    row.map((value, i) => {
      const decimals = declared[both.columns[i]?.[0] ?? '']?.decimals;
      return typeof value === 'number' && decimals !== undefined ? roundedTwice(value, decimals) : value;
    }),
  );
  // Types are left out, so that nothing is equal within a tolerance.
  const columns = both.columns.map(([name]) => [name, 'OTHER'] as const);
  return differences({ ...both, columns, google, duck: stored }, key).map((text) =>
    text.replace('on DuckDB', 'where it is stored'),
  );
}

/** The rounding of stored floats, in the arithmetic of the engines. */
function roundedTwice(value: number, decimals: number): number {
  const [fine, kept] = [10 ** (decimals + 6), 10 ** decimals];
  const once = (x: number): number => Math.sign(x) * Math.round(Math.abs(x));
  return once((once(value * fine) / fine) * kept) / kept;
}

/** Columns whose type on GoogleSQL is not the declared one; an integer may be stored as a float. */
export function undeclaredTypes(
  columns: Executed['columns'],
  declared: Readonly<Record<string, { readonly type: ColumnType }>>,
): string[] {
  return columns.flatMap(([name, type]) => {
    const wanted = declared[name]?.type;
    if (type === wanted || (type === 'INT64' && wanted === 'FLOAT64')) return [];
    return [`${name} is ${type}, declared ${wanted ?? 'nowhere'}`];
  });
}
