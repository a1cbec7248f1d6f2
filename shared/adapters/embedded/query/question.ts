/** Answers a query that a person has written in BigQuery's SQL: it is checked, put into DuckDB's words, and its rows are streamed. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { DATASETS } from '../../../derive/ddl.ts';
import { RequestError } from '../../../domain/failure.ts';
import type { Registry } from '../../../domain/registry.ts';
import type { Answer } from '../../../ports/warehouse.ts';
import { chunksOf, columnsOfResult } from './chunks.ts';
import { informationSql, readableTables } from './information.ts';
import { QUERY_MACROS } from './macros.ts';
import { reshaped } from './shapes.ts';
import { checkedTree } from './tree.ts';

/** Gives a connection what queries of persons need beside the portable subset. Call it once for each connection. */
export async function installQueryFunctions(connection: DuckDBConnection): Promise<void> {
  for (const statement of QUERY_MACROS) await connection.run(statement);
}

/**
 * Answers one query. The connection is in use until the last chunk is read.
 * @param tables the tables that may be read, as `dataset.table`; by default all of the registry and its views
 * @throws RequestError that says what in the query cannot be asked
 */
export async function answerTo(
  connection: DuckDBConnection,
  registry: Registry,
  text: string,
  tables: ReadonlySet<string> = readableTables(registry),
): Promise<Answer> {
  const { sql, unchecked } = reshaped(text, new Set<string>(DATASETS));
  if (sql.includes('bq_information_'))
    for (const statement of informationSql(registry)) await connection.run(statement);
  const tree = await oneText(connection, 'SELECT json_serialize_sql($text::VARCHAR) AS text', sql);
  const checked = checkedTree(tree, { tables });
  const final = await oneText(connection, 'SELECT json_deserialize_sql($text::JSON) AS text', checked);
  try {
    const result = await connection.stream(final);
    return { columns: columnsOfResult(result), chunks: chunksOf(result), unchecked };
  } catch (error) {
    throw inOurWords(error);
  }
}

async function oneText(connection: DuckDBConnection, sql: string, text: string): Promise<string> {
  const reader = await connection.runAndReadAll(sql, { text });
  const value = reader.getRowObjectsJS()[0]?.['text'];
  return typeof value === 'string' ? value : '';
}

/** How a function of DuckDB is called in a query. */
const calledAs = (name: string): string =>
  ({ '~~': 'LIKE', '!~~': 'NOT LIKE' })[name] ?? name.toUpperCase().replace(/^BQ_/, '');

/** Types of DuckDB as BigQuery names them. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ STRING_LITERAL: 'STRING', VARCHAR: 'STRING', DOUBLE: 'FLOAT64', BOOLEAN: 'BOOL' },
  ...{ INTEGER_LITERAL: 'INT64', INTEGER: 'INT64', BIGINT: 'INT64', HUGEINT: 'INT64' },
};

/** An error of DuckDB about a query, in words that name what to change. */
export function inOurWords(error: unknown): RequestError {
  const message = error instanceof Error ? error.message : String(error);
  const [first = ''] = message.split('\n');
  const column =
    /Referenced column "([^"]+)" not found/.exec(first)?.[1] ??
    /Values list "[^"]*" does not have a column named "([^"]+)"/.exec(first)?.[1];
  if (column !== undefined) {
    const near = /Candidate (?:bindings|columns): (.*)/.exec(message)?.[1]?.replaceAll('"', '');
    return new RequestError(
      `There is no column ${column} here${near === undefined ? '' : `; similar: ${near}`}`,
    );
  }
  const table = /Referenced table "([^"]+)" not found/.exec(first)?.[1];
  if (table !== undefined) return new RequestError(`${table} is no table or alias of this query`);
  const called = /(?:Scalar|Aggregate|Table|Macro)? ?Function with name (\w+) does not exist/i.exec(
    first,
  )?.[1];
  if (called !== undefined)
    return new RequestError(
      `There is no function ${called.toUpperCase()} here; docs/query.md lists those that there are`,
    );
  const grouped = /column "([^"]+)" must appear in the GROUP BY clause/.exec(first)?.[1];
  if (grouped !== undefined)
    return new RequestError(
      `${grouped} is neither in GROUP BY nor inside of an aggregate such as MAX(${grouped})`,
    );
  const [, name, types] =
    /No function matches the given name and argument types '(.+)\((.*)\)'/.exec(first) ?? [];
  if (name !== undefined)
    return new RequestError(
      `${calledAs(name)} cannot take ${types === '' ? 'no arguments' : (types ?? '').replaceAll(/[A-Z]\w*/g, (type) => TYPES[type] ?? type)}`,
    );
  const macro = /Macro (\w+)\(\) does not support the supplied arguments/.exec(first)?.[1];
  if (macro !== undefined) return new RequestError(`${calledAs(macro)} cannot take these arguments`);
  const near = /syntax error at or near "([^"]*)"/.exec(first)?.[1];
  if (near !== undefined) return new RequestError(`The query cannot be read at ${near}`);
  return new RequestError(
    first
      .replace(/^[A-Z][\w ]* Error: /, '')
      .replaceAll(/\bbq_(\w+)/g, (_, name: string) => name.toUpperCase()),
  );
}
