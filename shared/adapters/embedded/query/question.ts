/** Answers a query that a person has written in BigQuery's SQL: it is checked, put into DuckDB's words, and its rows are streamed. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { DATASETS } from '../../../derive/ddl.ts';
import type { Registry } from '../../../domain/registry.ts';
import type { Answer } from '../../../ports/warehouse.ts';
import { chunksOf, columnsOfResult } from './chunks.ts';
import { inOurWords } from './engine-words.ts';
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
 * @throws RequestError that says what in the query cannot be asked; another error when the machine is the cause
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
