/** What BigQuery's client hands over as the answer to a question. */
import { BigQuery, type Job } from '@google-cloud/bigquery';
import { expect, it } from 'vitest';
import { answerOf } from '../../shared/adapters/gcp/bigquery-answer.ts';

const date = (text: string): unknown => BigQuery.date(text);

it('a list is the JSON of its values, and a row inside of it an object', async () => {
  const rows = [
    {
      n: 1,
      dates: [date('2024-01-26'), date('2024-01-27')],
      teams: [{ team: 'LAL', since: date('2024-01-01') }],
    },
  ];
  const fields = [
    { name: 'n', type: 'INTEGER', mode: 'NULLABLE' },
    { name: 'dates', type: 'DATE', mode: 'REPEATED' },
    { name: 'teams', type: 'RECORD', mode: 'REPEATED' },
  ];
  const job = { getQueryResults: () => Promise.resolve([rows, null, { schema: { fields } }]) };
  const { columns, chunks } = await answerOf(job as unknown as Job);

  expect(columns.map(({ type }) => type)).toEqual(['INT64', 'ARRAY', 'ARRAY']);
  expect((await chunks.next()).value).toEqual([
    [1, '["2024-01-26","2024-01-27"]', '[{"team":"LAL","since":"2024-01-01"}]'],
  ]);
});
