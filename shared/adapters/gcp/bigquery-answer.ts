/** The answer of BigQuery to a query that a person has written, page by page. */
import type { Job } from '@google-cloud/bigquery';
import type { Answer, AnswerColumn, Cell } from '../../ports/warehouse.ts';
import { cellOf } from './bigquery-rows.ts';

/** Rows of one page. */
const PAGE = 20_000;
const TYPES: Readonly<Record<string, AnswerColumn['type']>> = {
  ...{ INTEGER: 'INT64', INT64: 'INT64', FLOAT: 'FLOAT64', FLOAT64: 'FLOAT64', NUMERIC: 'FLOAT64' },
  ...{ BOOLEAN: 'BOOL', BOOL: 'BOOL', DATE: 'DATE', TIMESTAMP: 'TIMESTAMP' },
};

/** The answer of a job that is done. @throws the error of the client */
export async function answerOf(job: Job): Promise<Answer> {
  const [first, next, response] = await job.getQueryResults({ maxResults: PAGE, autoPaginate: false });
  const fields = response?.schema?.fields ?? [];
  const columns = fields.map(({ name = '', type = '', mode }): AnswerColumn => ({
    name,
    type: mode === 'REPEATED' ? 'ARRAY' : (TYPES[type] ?? 'STRING'),
  }));
  return { columns, chunks: pages(job, columns, first, next), unchecked: [] };
}

async function* pages(
  job: Job,
  columns: readonly AnswerColumn[],
  first: readonly Record<string, unknown>[],
  next: object | null | undefined,
): AsyncGenerator<Cell[][]> {
  const cells = (rows: readonly Record<string, unknown>[]): Cell[][] =>
    rows.map((row) => columns.map(({ name }) => cellOf(row[name])));
  yield cells(first);
  let following = next;
  while (following !== null && following !== undefined) {
    const [rows, after] = await job.getQueryResults({ ...following, autoPaginate: false });
    yield cells(rows as Record<string, unknown>[]);
    following = after;
  }
}
