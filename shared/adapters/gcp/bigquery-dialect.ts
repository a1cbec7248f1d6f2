/**
 * How the portable subset and stored values are spelled in BigQuery's SQL. Texts and fingerprints here and in the
 * embedded dialect are one promise: equal rows have equal fingerprints on both engines. Everything here is text.
 */
import { roundedTwice } from '../rounding.ts';
import { parseGameDate, type GameDate } from '../../domain/game-date.ts';
import type { Column, Dataset, TableDefinition } from '../../domain/table.ts';
import { STAGING_DATASET, type Names } from '../../derive/names.ts';

const DATASETS: Readonly<Record<Dataset | typeof STAGING_DATASET, true>> = {
  nba_raw: true,
  nba_analytics: true,
  nba_precompute: true,
  nba_predictions: true,
  nba_reference: true,
  nba_staging: true,
};

// A string, a quoted identifier, a comment, a parameter, or a name before a dot that itself follows none.
const TOKEN =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|@@?\w+|(?<![\w.])([A-Za-z_]\w*)(?=\s*\.)/g;

/** `sql` with the names of its datasets as the deployment has them; strings, comments and all other names stay. */
export function toBigQuery(sql: string, names: Names): string {
  return sql.replace(TOKEN, (token, name: string | undefined) =>
    name !== undefined && Object.hasOwn(DATASETS, name)
      ? names.dataset(name as keyof typeof DATASETS)
      : token,
  );
}

/** Names of the parameters `sql` uses, without the `@`. */
export function parametersIn(sql: string): Set<string> {
  return new Set([...sql.matchAll(TOKEN)].flatMap(([token]) => (/^@\w/.test(token) ? [token.slice(1)] : [])));
}

/** An identifier that is the registry's own, in backticks. @throws Error when it is none */
export function identifier(name: string): string {
  if (!/^[A-Za-z_]\w{0,1023}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no identifier`);
  return `\`${name}\``;
}

/** `` `dataset`.`table` `` of a deployment. */
export function tableOf(table: Pick<TableDefinition, 'dataset' | 'name'>, names: Names): string {
  return `${identifier(names.dataset(table.dataset))}.${identifier(table.name)}`;
}

/** `` `dataset`.`table` `` of a staged table. */
export function stagingTable(name: string, names: Names): string {
  return `${identifier(names.dataset(STAGING_DATASET))}.${identifier(name)}`;
}

/** A STRING literal, whatever the text holds. */
export function stringLiteral(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replace(
    // Control characters, and what else a line may end with.
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u001f\u007f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `'${escaped}'`;
}

/** A DATE literal. @throws RangeError when it is no date */
export function dateLiteral(date: GameDate): string {
  if (parseGameDate(date) === undefined) throw new RangeError(`${JSON.stringify(date)} is no date`);
  return `DATE '${date}'`;
}

export function dateList(dates: readonly GameDate[]): string {
  return dates.map(dateLiteral).join(', ');
}

/** A TIMESTAMP literal to the millisecond. @throws RangeError when it is no time */
export function timestampLiteral(at: Date): string {
  return `TIMESTAMP '${at.toISOString().replace('T', ' ').replace('Z', '+00:00')}'`;
}

/** An INT64 literal. @throws RangeError when the number is not whole or not exact */
export function integerLiteral(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no exact whole number`);
  return String(value);
}

/**
 * The expression that stores `expression` in `column`: a cast to its type, and for FLOAT64 with d decimals the rounding
 * of {@link roundedTwice}, which makes the stored value independent of the order in which floats were added.
 */
export function storedValue(expression: string, column: Column): string {
  const cast = `CAST(${expression} AS ${column.type})`;
  if (column.decimals === undefined) return cast;
  return roundedTwice(cast, column.decimals);
}

/**
 * The expression for the canonical text of the stored value `name`, or `~` for NULL: numbers as scaled integers, dates
 * ISO, booleans true or false, timestamps as microseconds since 1970, strings after an `=`. The same on every engine.
 */
export function canonicalText(name: string, column: Column): string {
  return `COALESCE(${valueText(identifier(name), column)}, '~')`;
}

function valueText(name: string, column: Column): string {
  switch (column.type) {
    case 'STRING':
      return `CONCAT('=', ${name})`;
    case 'INT64':
    case 'BOOL':
    case 'DATE':
      return `CAST(${name} AS STRING)`;
    case 'FLOAT64':
      return `CAST(SAFE_CAST(ROUND(${name} * 1e${column.decimals ?? 0}) AS INT64) AS STRING)`;
    case 'TIMESTAMP':
      return `CAST(UNIX_MICROS(${name}) AS STRING)`;
    default:
      return column.type satisfies never;
  }
}

/** The expression for the canonical text of a whole row: its values, apart by the unit separator. */
export function canonicalRow(columns: TableDefinition['columns']): string {
  return joined(
    Object.entries(columns).map(([name, column]) => canonicalText(name, column)),
    'CHR(31)',
  );
}

/** The expression for texts, none of them NULL, one after the other with a separator between them. */
export function joined(texts: readonly string[], separator: string): string {
  return `ARRAY_TO_STRING([${texts.join(', ')}], ${separator})`;
}

/** The expression for the hash of a row, from which {@link lane} takes its numbers. */
export function rowHash(columns: TableDefinition['columns']): string {
  return `TO_HEX(MD5(${canonicalRow(columns)}))`;
}

/**
 * The expression for 32 bits of a row's hash in `hash`: lane 0 is bytes 8 to 11 of the MD5, lane 1 bytes 12 to 15, both
 * read from the last byte to the first, as DuckDB reads them.
 */
export function lane(hash: string, which: 0 | 1): string {
  const first = which === 0 ? 17 : 25;
  const bytes = [6, 4, 2, 0].map((offset) => `SUBSTR(${hash}, ${first + offset}, 2)`);
  return `CAST(CONCAT('0x', ${bytes.join(', ')}) AS INT64)`;
}
