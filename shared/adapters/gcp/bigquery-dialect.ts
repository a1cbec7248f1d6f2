/**
 * Writes the portable subset and stored values in BigQuery's SQL. Canonical texts must be the same as in the
 * embedded dialect, so that equal rows have equal fingerprints on both engines. The functions here only make
 * text.
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

// A string, a quoted identifier, a comment, a parameter, or the first part of a dotted name.
const TOKEN =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|@@?\w+|(?<![\w.])([A-Za-z_]\w*)(?=\s*\.)/g;

/**
 * Translates `sql` for a deployment: the name of each dataset becomes the deployment's. For example
 * `nba_raw.x` becomes `staging_nba_raw.x`. Strings, comments and all other names stay as they are.
 */
export function toBigQuery(sql: string, names: Names): string {
  return sql.replace(TOKEN, (token, name: string | undefined) =>
    name !== undefined && Object.hasOwn(DATASETS, name)
      ? names.dataset(name as keyof typeof DATASETS)
      : token,
  );
}

/** Translates a query that a person has written: a dataset in backticks becomes the deployment's, too. */
export function askedOfBigQuery(sql: string, names: Names): string {
  return toBigQuery(sql, names).replace(TOKEN, (token) => {
    const dataset = /^`(\w+)(?=[.`])/.exec(token)?.[1];
    return dataset !== undefined && Object.hasOwn(DATASETS, dataset)
      ? `\`${names.dataset(dataset as keyof typeof DATASETS)}${token.slice(1 + dataset.length)}`
      : token;
  });
}

const ANY_DATASET = Object.keys(DATASETS).join('|');

// A string, a comment, another name in backticks, or a project before a dataset: alone in backticks, with the dataset in them, or without.
const PROJECT = new RegExp(
  [
    /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|--[^\n]*|\/\*[\s\S]*?\*\//.source,
    `(?<alone>\`[^\`.]+\`\\s*\\.\\s*(?=\`?(?:${ANY_DATASET})\\b))`,
    `\`[^\`.]+\\.(?<quoted>(?:${ANY_DATASET})(?:\\.[^\`]*)?)\``,
    '`[^`]*`',
    `(?<plain>(?<![\\w.\`-])[A-Za-z][\\w-]*\\.(?=\`?(?:${ANY_DATASET})\`?\\s*\\.))`,
  ].join('|'),
  'g',
);

/**
 * A query of a person without the projects that it names before a dataset: `` `my-project.nba_raw.x` `` becomes `` `nba_raw.x` ``. A
 * local server has one project, whatever it is called.
 */
export function withoutProjects(sql: string): string {
  return sql.replace(PROJECT, (token, ...found) => {
    const { alone, quoted, plain } = found.at(-1) as Readonly<Record<string, string | undefined>>;
    if (quoted !== undefined) return `\`${quoted}\``;
    return alone !== undefined || plain !== undefined ? '' : token;
  });
}

/**
 * The words of a translated query that name datasets of a deployment, or begin with `prefix`: names that the translation does not
 * know, such as one with a project before it. Strings and comments are passed over.
 */
export function datasetsLeftIn(sql: string, names: Names, prefix: string): string[] {
  const own = Object.keys(DATASETS).flatMap((name) => [name, names.dataset(name as keyof typeof DATASETS)]);
  const code = sql.replace(TOKEN, (token) => (/^(?:['"]|--|\/\*)/.test(token) ? ' ' : token));
  return (code.match(/\w+/g) ?? []).filter((word) => own.includes(word) || word.startsWith(prefix));
}

/** Names of the parameters that `sql` uses, without the `@`. */
export function parametersIn(sql: string): Set<string> {
  return new Set([...sql.matchAll(TOKEN)].flatMap(([token]) => (/^@\w/.test(token) ? [token.slice(1)] : [])));
}

/** A name of the registry as an identifier, in backticks. @throws Error when it is no plain name */
export function identifier(name: string): string {
  if (!/^[A-Za-z_]\w{0,1023}$/.test(name)) throw new Error(`${JSON.stringify(name)} is no identifier`);
  return `\`${name}\``;
}

/** The full name of a deployment's table: `` `dataset`.`table` ``. */
export function tableOf(table: Pick<TableDefinition, 'dataset' | 'name'>, names: Names): string {
  return `${identifier(names.dataset(table.dataset))}.${identifier(table.name)}`;
}

/** The full name of a staged table: `` `dataset`.`table` ``. */
export function stagingTable(name: string, names: Names): string {
  return `${identifier(names.dataset(STAGING_DATASET))}.${identifier(name)}`;
}

/** A STRING literal of any text. */
export function stringLiteral(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replace(
    // Control characters and the separators of lines and paragraphs.
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

/** DATE literals, separated by commas. @throws RangeError when one is no date */
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
 * The SQL for the value of `expression` as `column` stores it: cast to the type of the column. A FLOAT64 with
 * decimals is also rounded by {@link roundedTwice}, so that the order in which floats were added does not
 * change it.
 */
export function storedValue(expression: string, column: Column): string {
  const cast = `CAST(${expression} AS ${column.type})`;
  if (column.decimals === undefined) return cast;
  return roundedTwice(cast, column.decimals);
}

/**
 * The SQL for the canonical text of the stored column `name`, which is the same on every engine. A FLOAT64
 * becomes a scaled integer (2.5 with 2 decimals is `250`), a date ISO text, a boolean `true` or `false`, a
 * timestamp microseconds since 1970, a string its text after an `=`, and NULL a `~`.
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

/** The SQL for the canonical text of a row: the texts of its values, joined by the unit separator. */
function canonicalRow(columns: TableDefinition['columns']): string {
  return joined(
    Object.entries(columns).map(([name, column]) => canonicalText(name, column)),
    'CHR(31)',
  );
}

/** The SQL that joins texts with a separator. None of the texts may be NULL. */
export function joined(texts: readonly string[], separator: string): string {
  return `ARRAY_TO_STRING([${texts.join(', ')}], ${separator})`;
}

/** The SQL for the hash of a row in hex digits. {@link lane} takes numbers from it. */
export function rowHash(columns: TableDefinition['columns']): string {
  return `TO_HEX(MD5(${canonicalRow(columns)}))`;
}

/**
 * The SQL for 32 bits of the row hash `hash`, as a number. Lane 0 is bytes 8 to 11 of the MD5, lane 1 bytes
 * 12 to 15. The last byte is the highest, as in DuckDB's `md5_number_lower`.
 */
export function lane(hash: string, which: 0 | 1): string {
  const first = which === 0 ? 17 : 25;
  const bytes = [6, 4, 2, 0].map((offset) => `SUBSTR(${hash}, ${first + offset}, 2)`);
  return `CAST(CONCAT('0x', ${bytes.join(', ')}) AS INT64)`;
}
