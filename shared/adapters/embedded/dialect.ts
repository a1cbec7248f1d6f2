/**
 * How DuckDB is brought to run the portable subset of BigQuery SQL verbatim, and how stored values are spelled in it.
 *
 * Everything here is text: the connection is the caller's.
 */
import { roundedTwice } from '../rounding.ts';
import type { GameDate } from '../../domain/game-date.ts';
import {
  FRAMEWORK_COLUMNS,
  qualifiedName,
  type Column,
  type ColumnType,
  type TableDefinition,
} from '../../domain/table.ts';

/** What DuckDB calls the types of columns. */
export const DUCKDB_TYPES: Readonly<Record<ColumnType, string>> = {
  STRING: 'VARCHAR',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  BOOL: 'BOOLEAN',
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMP',
};

/** What the subset uses and DuckDB lacks or understands differently, with the meaning BigQuery gives it. */
const SETUP = [
  // A connection's own, so that connections of one database do not meet in its catalogue.
  'CREATE OR REPLACE TEMP MACRO SAFE_DIVIDE(x, y) AS CAST(x AS DOUBLE) / NULLIF(CAST(y AS DOUBLE), 0)',
  "CREATE OR REPLACE TEMP MACRO UNIX_DATE(day) AS CAST(day AS DATE) - DATE '1970-01-01'",
  // DuckDB's own answers NULL where there is nothing to count.
  'CREATE OR REPLACE TEMP MACRO COUNTIF(x) AS COUNT(NULLIF(x, FALSE))',
  "SET default_null_order = 'nulls_first_on_asc_last_on_desc'",
  "SET TimeZone = 'UTC'",
];

/** Teaches one connection the subset; to be called once for each connection, before any query. */
export async function installDialect(run: (sql: string) => Promise<unknown>): Promise<void> {
  for (const statement of SETUP) await run(statement);
}

// A string, a quoted identifier, a comment, a parameter or a type DuckDB does not know, whichever comes first.
const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|@@\w+|@([A-Za-z_]\w*)|\bFLOAT64\b/gi;

/** `sql` as DuckDB takes it: `@name` becomes `$name` and FLOAT64 DOUBLE, outside of strings, identifiers and comments. */
export function toDuckDb(sql: string): string {
  return sql.replace(TOKEN, (token, parameter: string | undefined) => {
    if (parameter !== undefined) return `$${parameter}`;
    return token.toUpperCase() === 'FLOAT64' ? 'DOUBLE' : token;
  });
}

/** Names of the parameters `sql` uses, without the `@`; DuckDB refuses values for others. */
export function parametersOf(sql: string): Set<string> {
  return new Set([...sql.matchAll(TOKEN)].flatMap((match) => (match[1] === undefined ? [] : [match[1]])));
}

/**
 * The expression that stores `expression` in `column`: a cast to its type, and for FLOAT64 with d decimals the rounding
 * of {@link roundedTwice}, which makes the stored value independent of the order in which floats were added.
 */
export function stagedValue(expression: string, column: Column): string {
  const cast = `CAST(${expression} AS ${DUCKDB_TYPES[column.type]})`;
  if (column.decimals === undefined) return cast;
  return roundedTwice(cast, column.decimals);
}

/**
 * The rows of `query` (DuckDB spelling) that belong to `dates`, with the declared columns in their order, as they are
 * stored. `dates` are rendered as literals; the parameters of the query stay.
 */
export function stagedSelect(table: TableDefinition, query: string, dates: readonly GameDate[]): string {
  const columns = Object.entries(table.columns).map(
    ([name, column]) => `${stagedValue(`computed.${quoted(name)}`, column)} AS ${quoted(name)}`,
  );
  const batch = dates.map((date) => `DATE '${date}'`).join(', ');
  return `SELECT ${columns.join(', ')}\nFROM (\n${query}\n) AS computed\nWHERE computed.${quoted(table.partitionColumn)} IN (${batch})`;
}

/**
 * The expression for the canonical text of the stored value `name`, or `~` for NULL: numbers as scaled integers, dates
 * ISO, booleans true or false, timestamps as microseconds since 1970, strings after an `=`. The same on every engine.
 */
export function canonicalText(name: string, column: Column): string {
  return `COALESCE(${valueText(quoted(name), column)}, '~')`;
}

/** The expression for the canonical text of a whole row: its values, apart by the unit separator. */
export function canonicalRow(columns: TableDefinition['columns']): string {
  const values = Object.entries(columns).map(([name, column]) => canonicalText(name, column));
  return `concat_ws(chr(31), ${values.join(', ')})`;
}

function valueText(name: string, column: Column): string {
  switch (column.type) {
    case 'STRING':
      return `'=' || ${name}`;
    case 'INT64':
    case 'BOOL':
    case 'DATE':
      return `CAST(${name} AS VARCHAR)`;
    case 'FLOAT64':
      return `CAST(TRY_CAST(ROUND(${name} * 1e${column.decimals ?? 0}) AS BIGINT) AS VARCHAR)`;
    case 'TIMESTAMP':
      return `CAST(epoch_us(${name}) AS VARCHAR)`;
    default:
      return column.type satisfies never;
  }
}

/**
 * Creates the table with its declared columns and those of the framework, if it is not there. Keys, NULLs and ranges are
 * held by the audit before rows are published, as they are on engines without constraints.
 */
export function createTableSql(table: TableDefinition): string {
  const columns = [...Object.entries(table.columns), ...FRAMEWORK_COLUMNS].map(
    ([name, column]) => `${quoted(name)} ${DUCKDB_TYPES[column.type]}`,
  );
  return `CREATE TABLE IF NOT EXISTS ${qualifiedName(table)} (${columns.join(', ')})`;
}

/** `name` as a DuckDB identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
