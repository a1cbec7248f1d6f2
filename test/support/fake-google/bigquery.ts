/** The part of BigQuery that `bq query` uses: every statement is taken down and said to have succeeded. */
import { readFileSync } from 'node:fs';
import { failure } from './failure.ts';
import { fieldsOf, textOf } from './world.ts';
import type { Fields, Json, Route, World } from './world.ts';

const JOBS = '^/bigquery/v2/projects/([^/]+)/jobs';

export const bigQueryRoutes: readonly Route[] = [
  {
    api: 'bigquery',
    method: 'GET',
    path: /^\/\$discovery\/rest$|^\/discovery\/v1\/apis\/bigquery\/v2\/rest$/,
    answer: ({ world, url }) => {
      if (world.bigQueryDiscovery === undefined)
        return { status: 404, body: failure(404, 'NOT_FOUND', 'no description') };
      const document = fieldsOf(JSON.parse(readFileSync(world.bigQueryDiscovery, 'utf8')) as Json);
      return {
        body: {
          ...document,
          rootUrl: `${url.origin}/`,
          baseUrl: `${url.origin}/bigquery/v2/`,
          mtlsRootUrl: '',
        },
      };
    },
  },
  {
    api: 'bigquery',
    method: 'POST',
    path: new RegExp(`${JOBS}$`),
    answer: ({ world, parts, request }) => {
      world.counter += 1;
      const given = fieldsOf(request.body);
      const reference = fieldsOf(given['jobReference']);
      const id = textOf(reference['jobId']) || `job-${world.counter}`;
      const job: Fields = {
        kind: 'bigquery#job',
        id: `${parts[0]}:US.${id}`,
        configuration: given['configuration'] ?? {},
        jobReference: { ...reference, projectId: parts[0] ?? '', jobId: id, location: 'US' },
        status: { state: 'DONE' },
        statistics: {
          creationTime: '0',
          startTime: '0',
          endTime: '1',
          query: { statementType: 'SCRIPT', totalBytesBilled: '0', totalBytesProcessed: '0' },
        },
      };
      world.resources.set(`bigquery ${id}`, job);
      return { body: job };
    },
  },
  {
    api: 'bigquery',
    method: 'GET',
    path: new RegExp(`${JOBS}$`),
    answer: () => ({ body: { kind: 'bigquery#jobList', jobs: [] } }),
  },
  {
    api: 'bigquery',
    method: 'GET',
    path: new RegExp(`${JOBS}/([^/]+)$`),
    answer: ({ world, parts }) => jobOf(world, parts[1] ?? ''),
  },
  {
    api: 'bigquery',
    method: 'GET',
    path: /^\/bigquery\/v2\/projects\/([^/]+)\/queries\/([^/]+)$/,
    answer: ({ parts }) => ({
      body: {
        kind: 'bigquery#getQueryResultsResponse',
        jobReference: { projectId: parts[0] ?? '', jobId: parts[1] ?? '', location: 'US' },
        jobComplete: true,
        totalRows: '0',
        schema: { fields: [] },
        rows: [],
      },
    }),
  },
];

function jobOf({ resources }: World, id: string): { readonly body: Json } | { status: number; body: Json } {
  const job = resources.get(`bigquery ${id}`);
  return job === undefined ? { status: 404, body: failure(404, 'NOT_FOUND', id) } : { body: job };
}
