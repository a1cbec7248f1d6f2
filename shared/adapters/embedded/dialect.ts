/**
 * Makes DuckDB run the portable subset of BigQuery SQL, and writes the SQL of stored values for it.
 *
 * The functions here only make text. The caller has the connection.
 */
import { roundedTwice } from '../rounding.ts';
import type { GameDate } from '../../domain/game-date.ts';
import {
  frameworkColumns,
  qualifiedName,
  type Column,
  type ColumnType,
  type TableDefinition,
} from '../../domain/table.ts';

/** DuckDB's names of the column types. */
export const DUCKDB_TYPES: Readonly<Record<ColumnType, string>> = {
  STRING: 'VARCHAR',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  BOOL: 'BOOLEAN',
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMP',
};

/** Gives DuckDB BigQuery's meaning of what the subset uses and DuckDB lacks or reads differently. */
const SETUP = [
  // Temporary macros belong to one connection, so connections of one database do not overwrite each other's.
  'CREATE OR REPLACE TEMP MACRO SAFE_DIVIDE(x, y) AS CAST(x AS DOUBLE) / NULLIF(CAST(y AS DOUBLE), 0)',
  "CREATE OR REPLACE TEMP MACRO UNIX_DATE(day) AS CAST(day AS DATE) - DATE '1970-01-01'",
  // DuckDB's own COUNTIF gives NULL for no rows; BigQuery's gives 0.
  'CREATE OR REPLACE TEMP MACRO COUNTIF(x) AS COUNT(NULLIF(x, FALSE))',
  "SET default_null_order = 'nulls_first_on_asc_last_on_desc'",
  "SET TimeZone = 'UTC'",
];

/** Prepares one connection for the subset. Call it once for each connection, before the first query. */
export async function installDialect(run: (sql: string) => Promise<unknown>): Promise<void> {
  await run(SETUP.join(';\n'));
}

// A string, a quoted identifier, a comment, a parameter, or a type that DuckDB does not know.
const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|@@\w+|@([A-Za-z_]\w*)|\bFLOAT64\b/gi;

/**
 * Translates `sql` for DuckDB: `@name` becomes `$name`, or the literal of the date that `dates` has for the name, and FLOAT64
 * becomes DOUBLE. Strings, quoted identifiers and comments stay as they are.
 */
export function toDuckDb(sql: string, dates: Readonly<Record<string, GameDate>> = {}): string {
  return sql.replace(TOKEN, (token, parameter: string | undefined) => {
    if (parameter !== undefined) {
      const date = dates[parameter];
      return date === undefined ? `$${parameter}` : `DATE '${date}'`;
    }
    return token.toUpperCase() === 'FLOAT64' ? 'DOUBLE' : token;
  });
}

/** Names of the parameters that `sql` uses, without the `@`. DuckDB refuses values for any other name. */
export function parametersOf(sql: string): Set<string> {
  return new Set([...sql.matchAll(TOKEN)].flatMap((match) => (match[1] === undefined ? [] : [match[1]])));
}

/**
 * The SQL for the value of `expression` as `column` stores it: cast to the type of the column. A FLOAT64 with
 * decimals is also rounded by {@link roundedTwice}, so that the order in which floats were added does not
 * change it.
 */
export function stagedValue(expression: string, column: Column): string {
  const cast = `CAST(${expression} AS ${DUCKDB_TYPES[column.type]})`;
  if (column.decimals === undefined) return cast;
  return roundedTwice(cast, column.decimals);
}

/**
 * The SQL for the rows of `query` on `dates`, as the table stores them: the declared columns in their order.
 * `query` is DuckDB's SQL and keeps its parameters; `dates` are written as literals.
 */
export function stagedSelect(table: TableDefinition, query: string, dates: readonly GameDate[]): string {
  const columns = Object.entries(table.columns).map(
    ([name, column]) => `${stagedValue(`computed.${quoted(name)}`, column)} AS ${quoted(name)}`,
  );
  const batch = dates.map((date) => `DATE '${date}'`).join(', ');
  return `SELECT ${columns.join(', ')}\nFROM (\n${query}\n) AS computed\nWHERE computed.${quoted(table.partitionColumn)} IN (${batch})`;
}

/**
 * The SQL for the canonical text of the stored column `name`, which is the same on every engine. A FLOAT64
 * becomes a scaled integer (2.5 with 2 decimals is `250`), a date ISO text, a boolean `true` or `false`, a
 * timestamp microseconds since 1970, a string its text after an `=`, and NULL a `~`.
 */
export function canonicalText(name: string, column: Column): string {
  return `COALESCE(${valueText(quoted(name), column)}, '~')`;
}

/** The SQL for the canonical text of a row: the texts of its values, joined by the unit separator. */
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
 * The SQL that creates the table, if it does not exist, with its declared columns and the framework's. It
 * declares no constraints: the audit checks keys, NULLs and ranges before rows are published, as it does on
 * BigQuery.
 */
export function createTableSql(table: TableDefinition): string {
  const columns = [...Object.entries(table.columns), ...frameworkColumns(table)].map(
    ([name, column]) => `${quoted(name)} ${DUCKDB_TYPES[column.type]}`,
  );
  return `CREATE TABLE IF NOT EXISTS ${qualifiedName(table)} (${columns.join(', ')})`;
}

/** `name` as a DuckDB identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
