/** Reads rows of a table from BigQuery. */
import type { Job } from '@google-cloud/bigquery';
import type { Names } from '../../derive/names.ts';
import { ORIGIN_COLUMN } from '../../domain/seal.ts';
import { gatherRows, orderOf, type TableRows } from '../../domain/table-rows.ts';
import type { RowsAsked } from '../../ports/warehouse.ts';
import { answerOf } from './bigquery-answer.ts';
import { identifier, tableOf } from './bigquery-dialect.ts';
import type { Work } from './bigquery-work.ts';

/** The rows between `@start_date` and `@end_date`, ordered by date and key. */
export function readSql(
  { table: { definition }, columns, onlyLive = false }: Pick<RowsAsked, 'table' | 'columns' | 'onlyLive'>,
  names: Names,
): string {
  return [
    `SELECT ${columns.map(identifier).join(', ')} FROM ${tableOf(definition, names)}`,
    `WHERE ${identifier(definition.partitionColumn)} BETWEEN @start_date AND @end_date`,
    ...(onlyLive ? [`AND ${identifier(ORIGIN_COLUMN)} = 'live'`] : []),
    `ORDER BY ${orderOf(definition).map(identifier).join(', ')}`,
  ].join('\n');
}

/**
 * Reads the rows page by page, so that they are in memory once.
 * @param run runs one query and hands its finished job over
 * @throws the error of the job, and RangeError for a column or value that cannot be read
 */
export async function readRows(
  run: (work: Work, take: (job: Job) => Promise<void>) => Promise<unknown>,
  asked: RowsAsked,
  names: Names,
): Promise<TableRows> {
  const { table, columns, first, last } = asked;
  // A column that does not exist is refused before anything is sent.
  let gathered = gatherRows(table.definition, columns);
  await run(
    {
      purpose: 'read',
      table: table.definition.name,
      sql: readSql(asked, names),
      params: { start_date: first, end_date: last },
    },
    async (job) => {
      gathered = gatherRows(table.definition, columns);
      const { chunks } = await answerOf(job);
      for await (const rows of chunks) for (const cells of rows) gathered.take(cells);
    },
  );
  return gathered.rows();
}
