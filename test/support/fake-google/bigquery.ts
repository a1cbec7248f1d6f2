/** The part of BigQuery that `bq` uses to make and look at datasets, tables, views and rights; a statement of another kind fails. */
import { partitionExpiry } from '../project-model.ts';
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
      const query = textOf(fieldsOf(fieldsOf(given['configuration'])['query'])['query']);
      const fault = runScript(world, query);
      if (fault !== undefined) return { status: 400, body: failure(400, 'INVALID_ARGUMENT', fault) };
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
    path: /^\/bigquery\/v2\/projects\/[^/]+\/datasets\/([^/]+)$/,
    answer: ({ world, parts }) => found(world, parts[0] ?? ''),
  },
  {
    api: 'bigquery',
    method: 'GET',
    path: /^\/bigquery\/v2\/projects\/[^/]+\/datasets\/([^/]+)\/tables$/,
    answer: ({ world, parts }) => {
      const tables = [...world.resources]
        .filter(([key]) => key.startsWith(`bigquery ${parts[0]}.`))
        .map(([, value]) => value);
      return { body: { kind: 'bigquery#tableList', tables, totalItems: tables.length } };
    },
  },
  {
    api: 'bigquery',
    method: 'GET',
    path: /^\/bigquery\/v2\/projects\/[^/]+\/datasets\/([^/]+)\/tables\/([^/]+)$/,
    answer: ({ world, parts }) => found(world, `${parts[0]}.${parts[1]}`),
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

/** Names of types in the documents of tables. */
const TYPES: Readonly<Record<string, string>> = { INT64: 'INTEGER', FLOAT64: 'FLOAT', BOOL: 'BOOLEAN' };

/** Names of roles in the documents of datasets. */
const ROLES: Readonly<Record<string, string>> = {
  'roles/bigquery.dataViewer': 'READER',
  'roles/bigquery.dataEditor': 'WRITER',
};

/** @returns what is wrong with the first statement that is not understood */
function runScript(world: World, script: string): string | undefined {
  const statements = script
    .split(/;[ \t]*(?:\n|$)/)
    .map((text) => text.trim())
    .filter((text) => text !== '');
  for (const statement of statements) {
    const run = STATEMENTS.find(([start]) => start.test(statement))?.[1];
    const fault = run === undefined ? `not understood: ${statement.slice(0, 200)}` : run(world, statement);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

type Run = (world: World, statement: string) => string | undefined;

const STATEMENTS: readonly (readonly [start: RegExp, run: Run])[] = [
  [/^CREATE SCHEMA IF NOT EXISTS /, createDataset],
  [/^CREATE TABLE IF NOT EXISTS /, createTable],
  [/^CREATE OR REPLACE VIEW /, createView],
  [/^GRANT /, grant],
];

function createDataset({ resources, project }: World, text: string): string | undefined {
  const name = /^CREATE SCHEMA IF NOT EXISTS `(\w+)`/.exec(text)?.[1];
  if (name === undefined) return 'a dataset without a name';
  const days = /default_table_expiration_days = (\d+)/.exec(text)?.[1];
  if (resources.has(`bigquery ${name}`)) return undefined;
  resources.set(`bigquery ${name}`, {
    kind: 'bigquery#dataset',
    id: `${project}:${name}`,
    datasetReference: { projectId: project, datasetId: name },
    location: /location = '(\w[\w-]*)'/.exec(text)?.[1] ?? 'US',
    creationTime: '0',
    lastModifiedTime: '0',
    access: [{ role: 'OWNER', specialGroup: 'projectOwners' }],
    ...(days === undefined ? {} : { defaultTableExpirationMs: String(Number(days) * 86_400_000) }),
  });
  return undefined;
}

function createTable({ resources, project }: World, text: string): string | undefined {
  const [, dataset = '', table = ''] = /^CREATE TABLE IF NOT EXISTS `(\w+)`\.`(\w+)`/.exec(text) ?? [];
  if (!resources.has(`bigquery ${dataset}`)) return `there is no dataset ${dataset}`;
  if (resources.has(`bigquery ${dataset}.${table}`)) return undefined;
  const fields = [...text.matchAll(/^ {2}`(\w+)` (\w+)( NOT NULL)?/gm)].map(
    ([, name = '', type = '', required]) => ({
      name,
      type: TYPES[type] ?? type,
      mode: required === undefined ? 'NULLABLE' : 'REQUIRED',
    }),
  );
  const field = /^PARTITION BY `(\w+)`/m.exec(text)?.[1];
  const clustered = /^CLUSTER BY (.+)$/m.exec(text)?.[1];
  resources.set(`bigquery ${dataset}.${table}`, {
    ...tableOf(project, dataset, table),
    type: 'TABLE',
    schema: { fields },
    ...(field === undefined ? {} : { timePartitioning: { type: 'DAY', field, ...partitionExpiry(text) } }),
    ...(clustered === undefined ? {} : { clustering: { fields: clustered.replaceAll('`', '').split(', ') } }),
    requirePartitionFilter: text.includes('require_partition_filter = TRUE'),
  });
  return undefined;
}

function createView({ resources, project }: World, text: string): string | undefined {
  const [, dataset = '', view = ''] = /^CREATE OR REPLACE VIEW `(\w+)`\.`(\w+)`/.exec(text) ?? [];
  if (!resources.has(`bigquery ${dataset}`)) return `there is no dataset ${dataset}`;
  const query = text.slice(text.indexOf(' AS\n') + 4);
  resources.set(`bigquery ${dataset}.${view}`, {
    ...tableOf(project, dataset, view),
    type: 'VIEW',
    view: { query, useLegacySql: false },
  });
  return undefined;
}

function grant({ resources }: World, text: string): string | undefined {
  const [, role = '', dataset = '', to = ''] =
    /^GRANT `([\w./]+)` ON SCHEMA `(\w+)` TO (.+)$/s.exec(text) ?? [];
  const found = resources.get(`bigquery ${dataset}`);
  if (found === undefined) return `there is no dataset ${dataset}`;
  const known = fieldsOf(found)['access'];
  const access = Array.isArray(known) ? (known as readonly Json[]) : [];
  const added = [...to.matchAll(/'serviceAccount:([^']+)'/g)].map(([, userByEmail = '']) => ({
    role: ROLES[role] ?? role,
    userByEmail,
  }));
  resources.set(`bigquery ${dataset}`, { ...fieldsOf(found), access: [...access, ...added] });
  return undefined;
}

function tableOf(project: string, dataset: string, table: string): Fields {
  return {
    kind: 'bigquery#table',
    id: `${project}:${dataset}.${table}`,
    tableReference: { projectId: project, datasetId: dataset, tableId: table },
    creationTime: '0',
    lastModifiedTime: '0',
    numBytes: '0',
    numRows: '0',
  };
}

function found(world: World, name: string): { readonly body: Json } | { status: number; body: Json } {
  const value = world.resources.get(`bigquery ${name}`);
  return value === undefined
    ? { status: 404, body: failure(404, 'notFound', `Not found: ${name}`) }
    : { body: value };
}

function jobOf({ resources }: World, id: string): { readonly body: Json } | { status: number; body: Json } {
  const job = resources.get(`bigquery ${id}`);
  return job === undefined ? { status: 404, body: failure(404, 'NOT_FOUND', id) } : { body: job };
}
