/**
 * A BigQuery for tests: the REST API that the Node client, the Python client and `bq` speak, over DuckDB, on the loopback
 * address. It enforces what other local servers do not: job ids that are taken, the queue and rate of statements that
 * change a table, partition modifications, transactions that meet, bytes billed, required partition filters, rows in the
 * streaming buffer; and it fails on request. GoogleSQL outside of what it knows is refused.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { makeCatalog, type Catalog, type DatasetEntry, type TableEntry } from './catalog.ts';
import { makeDispatcher, type Dispatcher } from './engine.ts';
import { BigQueryError } from './errors.ts';
import { makeFaults, type Faults } from './faults.ts';
import { isAnonymous, makeJobs, type Configuration, type JobEntry, type Jobs } from './jobs.ts';
import { LIMITS, makeLimits, type Limits } from './limits.ts';
import type { ColumnDefinition, TableName } from './translate.ts';
import { wireRows, type Answer, type Field } from './values.ts';

export interface BigQueryServer {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly faults: Faults;
  readonly limits: Limits;
  readonly catalog: Catalog;
  readonly jobs: () => readonly JobEntry[];
  /** Every request that was looked at: method and path. */
  readonly requests: readonly string[];
  readonly stop: () => Promise<void>;
}

export interface ServerOptions {
  readonly project: string;
  /** Milliseconds; real ones unless they are given. */
  readonly now?: () => number;
  /** Called between two statements of a job, so that others come in between. */
  readonly pause?: () => Promise<void>;
  /** Root of a Google Cloud SDK, whose description of the API `bq` reads. */
  readonly sdkRoot?: string;
}

type Json = Readonly<Record<string, unknown>>;

export async function startBigQueryServer(options: ServerOptions): Promise<BigQueryServer> {
  const now = options.now ?? (() => Date.now());
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const catalog = makeCatalog(options.project, now);
  const limits = makeLimits(now);
  const faults = makeFaults();
  const engine = makeDispatcher(instance, catalog, limits, now);
  const pause = options.pause ?? (() => Promise.resolve());
  const jobs = makeJobs({ engine, faults, now, pause, location: `${options.project}:US` });
  const requests: string[] = [];
  const uploads = new Map<string, { id: string; configuration: Configuration }>();
  const api = makeApi(catalog, engine, jobs);

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (!response.headersSent)
        send(response, 500, { error: { code: 500, message: String(error), errors: [] } });
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const method = request.method ?? 'GET';
    const path = url.pathname.replace(/^(?:\/resumable)?(?:\/upload)?\/bigquery\/v2/, '');
    requests.push(`${method} ${path}`);
    const refusal = faults.take('request', method, path);
    const lost = faults.take('answer', method, path);
    const reply = (status: number, json: unknown, headers: Readonly<Record<string, string>> = {}): void => {
      if (lost !== undefined) request.socket.destroy();
      else send(response, status, json, headers);
    };
    try {
      if (refusal !== undefined)
        throw new BigQueryError(refusal.reason, `injected: ${refusal.reason}`, refusal.status);
      if (/^\/(?:\$discovery|discovery)\b/.test(url.pathname)) {
        reply(200, discovery(options.sdkRoot, server));
        return;
      }
      const uploadType = url.searchParams.get('uploadType');
      if (uploadType !== null) {
        const type = request.headers['content-type'] ?? '';
        if (uploadType === 'resumable' && method === 'POST') {
          const { id, configuration } = api.jobOf(JSON.parse(body.toString() || '{}') as Json);
          const key = String(uploads.size + 1);
          uploads.set(key, { id, configuration });
          const location = `http://${request.headers.host}${url.pathname}?uploadType=resumable&upload_id=${key}`;
          reply(200, {}, { location });
          return;
        }
        const started = uploads.get(url.searchParams.get('upload_id') ?? '');
        const [metadata, data] = started === undefined ? multipart(type, body) : [undefined, body.toString()];
        const { id, configuration } = started ?? api.jobOf(JSON.parse(metadata ?? '{}') as Json);
        reply(200, await api.insert(id, configuration, data));
        return;
      }
      const json = body.length === 0 ? {} : (JSON.parse(body.toString()) as Json);
      reply(200, await api.route(method, path, url.searchParams, json));
    } catch (error) {
      const known =
        error instanceof BigQueryError
          ? error
          : new BigQueryError(
              'internalError',
              error instanceof Error ? (error.stack ?? error.message) : String(error),
            );
      reply(known.status < 400 ? 400 : known.status, {
        error: { code: known.status, message: known.message, errors: [known.proto], status: 'ERROR' },
      });
    }
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    host: `127.0.0.1:${address.port}`,
    faults,
    limits,
    catalog,
    jobs: jobs.all,
    requests,
    stop: async () => {
      await Promise.all(jobs.all().map(({ over }) => over));
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      instance.closeSync();
    },
  };
}

interface Api {
  readonly route: (method: string, path: string, query: URLSearchParams, body: Json) => Promise<unknown>;
  readonly jobOf: (body: Json) => { readonly id: string; readonly configuration: Configuration };
  readonly insert: (id: string, configuration: Configuration, data: string | undefined) => Promise<Json>;
}

type Handler = (part: Readonly<Record<string, string>>, query: URLSearchParams, body: Json) => unknown;

function makeApi(catalog: Catalog, engine: Dispatcher, jobs: Jobs): Api {
  const { project } = catalog;
  let ids = 0;
  const jobOf = (body: Json) => {
    const reference = body['jobReference'] as { jobId?: string } | undefined;
    return {
      id: reference?.jobId ?? `server_${(ids += 1)}`,
      configuration: (body['configuration'] ?? {}) as Configuration,
    };
  };
  const insert = async (
    id: string,
    configuration: Configuration,
    data: string | undefined,
  ): Promise<Json> => {
    if (configuration.dryRun === true) {
      const outcome = await jobs.dryRun(configuration);
      return {
        kind: 'bigquery#job',
        configuration,
        jobReference: { projectId: project, location: 'US' },
        status: { state: 'DONE' },
        statistics: {
          creationTime: '0',
          totalBytesProcessed: String(outcome.bytesProcessed),
          query: {
            statementType: outcome.statementType,
            totalBytesProcessed: String(outcome.bytesProcessed),
            totalBytesBilled: String(outcome.bytesBilled),
            totalBytesProcessedAccuracy: 'UPPER_BOUND',
            ...(outcome.answer === undefined ? {} : { schema: { fields: outcome.answer.fields } }),
          },
        },
      };
    }
    const job = jobs.insert(id, configuration, data);
    if (job.looks === 0) await job.over;
    return jobJson(project, job);
  };
  /** Waits for a job that is looked at, unless it is to be seen running. */
  const looked = async (job: JobEntry): Promise<boolean> => {
    if (job.looks > 0) {
      job.looks -= 1;
      return false;
    }
    await job.over;
    return true;
  };
  const results = async (id: string, query: URLSearchParams, fresh?: JobEntry): Promise<Json> => {
    const job = fresh ?? jobs.get(id);
    const reference = { projectId: project, jobId: job.id, location: 'US' };
    if (!(await looked(job)))
      return { kind: 'bigquery#getQueryResultsResponse', jobReference: reference, jobComplete: false };
    if (job.error !== undefined) throw job.error;
    const { answer, bytesProcessed, dmlRows, statementType } = job.outcome ?? {};
    return {
      kind: 'bigquery#getQueryResultsResponse',
      jobReference: reference,
      jobComplete: true,
      totalBytesProcessed: String(bytesProcessed ?? 0),
      cacheHit: false,
      ...(isDml(statementType) ? { numDmlAffectedRows: String(dmlRows ?? 0) } : {}),
      ...(answer === undefined ? { totalRows: '0', schema: { fields: [] } } : page(answer, query)),
    };
  };
  const tableName = (part: Readonly<Record<string, string>>): TableName => ({
    dataset: part['dataset'] ?? '',
    table: part['table'] ?? '',
  });

  const routes: readonly (readonly [string, string, Handler])[] = [
    [
      'GET',
      '/projects',
      () => ({
        projects: [{ id: project, projectReference: { projectId: project }, friendlyName: project }],
        totalItems: 1,
      }),
    ],
    [
      'GET',
      '/projects/:p/datasets',
      () => ({ datasets: [...catalog.datasets].map(([id, entry]) => datasetJson(project, id, entry)) }),
    ],
    [
      'POST',
      '/projects/:p/datasets',
      async (_, __, body) => {
        const { datasetId } = body['datasetReference'] as { datasetId: string };
        const ms = body['defaultTableExpirationMs'];
        await engine.run({
          statements: [
            {
              kind: 'create_schema',
              dataset: datasetId,
              ifNotExists: false,
              options: new Map<string, string | number | Readonly<Record<string, string>>>([
                ['location', typeof body['location'] === 'string' ? body['location'] : 'US'],
                ...(typeof body['description'] === 'string'
                  ? [['description', body['description']] as const]
                  : []),
                ['labels', (body['labels'] ?? {}) as Readonly<Record<string, string>>],
                ...(ms === undefined
                  ? []
                  : [['default_table_expiration_days', Number(ms) / 86_400_000] as const]),
              ]),
            },
          ],
          maximumBytesBilled: undefined,
          beforeStatement: () => Promise.resolve(),
        });
        return datasetJson(project, datasetId, catalog.dataset(datasetId));
      },
    ],
    [
      'GET',
      '/projects/:p/datasets/:dataset',
      ({ dataset = '' }) => datasetJson(project, dataset, catalog.dataset(dataset)),
    ],
    [
      'PATCH',
      '/projects/:p/datasets/:dataset',
      ({ dataset = '' }, _, body) => {
        const entry = catalog.dataset(dataset);
        if (body['labels'] !== undefined) entry.labels = body['labels'] as Readonly<Record<string, string>>;
        if (typeof body['description'] === 'string') entry.description = body['description'];
        return datasetJson(project, dataset, entry);
      },
    ],
    [
      'DELETE',
      '/projects/:p/datasets/:dataset',
      async ({ dataset = '' }, query) => {
        const { tables } = catalog.dataset(dataset);
        if (tables.size > 0 && query.get('deleteContents') !== 'true')
          throw new BigQueryError('invalid', `Dataset ${project}:${dataset} is still in use`);
        for (const table of [...tables.keys()]) await engine.drop({ dataset, table });
        await engine.dropDataset(dataset);
        return {};
      },
    ],
    [
      'GET',
      '/projects/:p/datasets/:dataset/tables',
      ({ dataset = '' }) => {
        const tables = [...catalog.dataset(dataset).tables.keys()].filter(
          (table) => catalog.find({ dataset, table }) !== undefined,
        );
        return {
          tables: tables.map((table) =>
            listedJson(project, { dataset, table }, catalog.table({ dataset, table })),
          ),
          totalItems: tables.length,
        };
      },
    ],
    [
      'POST',
      '/projects/:p/datasets/:dataset/tables',
      async (part, _, body) => {
        const table = {
          dataset: part['dataset'] ?? '',
          table: (body['tableReference'] as { tableId: string }).tableId,
        };
        if (catalog.find(table) !== undefined)
          throw new BigQueryError(
            'duplicate',
            `Already Exists: Table ${project}:${table.dataset}.${table.table}`,
          );
        const { fields = [] } = (body['schema'] ?? {}) as { fields?: Field[] };
        const columns = fields.map((field): ColumnDefinition => ({
          name: field.name,
          type: field.type,
          required: field.mode === 'REQUIRED',
          description: field.description,
        }));
        const partitioning = body['timePartitioning'] as { field?: string } | undefined;
        await engine.create(table, columns, {
          partitionColumn: partitioning?.field,
          requireFilter: body['requirePartitionFilter'] === true,
          clustering: (body['clustering'] as { fields?: string[] } | undefined)?.fields ?? [],
          labels: (body['labels'] ?? {}) as Readonly<Record<string, string>>,
          description: typeof body['description'] === 'string' ? body['description'] : undefined,
          expiresAt: body['expirationTime'] === undefined ? undefined : Number(body['expirationTime']),
        });
        return tableJson(project, table, catalog.table(table), 0);
      },
    ],
    [
      'GET',
      '/projects/:p/datasets/:dataset/tables/:table',
      async (part) => {
        const table = tableName(part);
        const entry = catalog.table(table);
        return tableJson(project, table, entry, entry.kind === 'VIEW' ? 0 : await engine.count(table));
      },
    ],
    [
      'DELETE',
      '/projects/:p/datasets/:dataset/tables/:table',
      async (part) => {
        await engine.drop(tableName(part));
        return {};
      },
    ],
    [
      'GET',
      '/projects/:p/datasets/:dataset/tables/:table/data',
      async (part, query) => {
        const table = tableName(part);
        if (isAnonymous(table.dataset)) {
          const { answer } = jobs.get(table.table).outcome ?? {};
          return answer === undefined ? { totalRows: '0', rows: [] } : page(answer, query);
        }
        catalog.table(table);
        return page(await engine.rows(table), query);
      },
    ],
    [
      'POST',
      '/projects/:p/datasets/:dataset/tables/:table/insertAll',
      async (part, _, body) => {
        const table = tableName(part);
        const { insertIds } = catalog.table(table);
        const given = (body['rows'] ?? []) as {
          insertId?: string;
          json: Readonly<Record<string, unknown>>;
        }[];
        const fresh = given.filter(({ insertId }) => insertId === undefined || !insertIds.has(insertId));
        try {
          if (fresh.length > 0)
            await engine.stream(
              table,
              fresh.map(({ json }) => json),
            );
        } catch (error) {
          if (!(error instanceof BigQueryError)) throw error;
          return {
            kind: 'bigquery#tableDataInsertAllResponse',
            insertErrors: given.map((_row, index) => ({
              index,
              errors: [{ ...error.proto, reason: 'invalid' }],
            })),
          };
        }
        for (const { insertId } of fresh) if (insertId !== undefined) insertIds.add(insertId);
        return { kind: 'bigquery#tableDataInsertAllResponse' };
      },
    ],
    ['GET', '/projects/:p/jobs', () => ({ jobs: jobs.all().map((job) => jobJson(project, job)) })],
    [
      'POST',
      '/projects/:p/jobs',
      (_, __, body) => {
        const { id, configuration } = jobOf(body);
        return insert(id, configuration, undefined);
      },
    ],
    [
      'GET',
      '/projects/:p/jobs/:job',
      async ({ job: id = '' }) => {
        const job = jobs.get(id);
        await looked(job);
        return jobJson(project, job);
      },
    ],
    [
      'POST',
      '/projects/:p/jobs/:job/cancel',
      ({ job: id = '' }) => {
        const job = jobs.get(id);
        job.isCancelled = true;
        return { kind: 'bigquery#jobCancelResponse', job: jobJson(project, job) };
      },
    ],
    [
      'POST',
      '/projects/:p/queries',
      (_, query, body) => {
        const {
          query: text,
          maximumBytesBilled,
          queryParameters,
          labels,
          dryRun,
        } = body as {
          query: string;
          maximumBytesBilled?: string;
          queryParameters?: never;
          labels?: Record<string, string>;
          dryRun?: boolean;
        };
        const configuration: Configuration = {
          query: {
            query: text,
            ...(maximumBytesBilled === undefined ? {} : { maximumBytesBilled }),
            ...(queryParameters === undefined ? {} : { queryParameters }),
          },
          ...(labels === undefined ? {} : { labels }),
        };
        const format = body['formatOptions'] as { useInt64Timestamp?: boolean } | undefined;
        if (format?.useInt64Timestamp === true) query.set('formatOptions.useInt64Timestamp', 'true');
        if (dryRun === true)
          return jobs.dryRun(configuration).then(({ answer, bytesProcessed }) => ({
            jobComplete: true,
            totalBytesProcessed: String(bytesProcessed),
            schema: { fields: answer?.fields ?? [] },
            rows: [],
            totalRows: '0',
          }));
        return results('', query, jobs.insert(`server_${(ids += 1)}`, configuration, undefined));
      },
    ],
    ['GET', '/projects/:p/queries/:job', ({ job = '' }, query) => results(job, query)],
  ];
  const compiled = routes.map(([method, pattern, handler]) => ({
    method,
    pattern: new RegExp(`^${pattern.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
    handler,
  }));

  return {
    jobOf,
    insert,
    route: async (method, path, query, body) => {
      for (const each of compiled) {
        const match = each.method === method ? each.pattern.exec(decodeURIComponent(path)) : null;
        if (match === null) continue;
        const part = { ...match.groups };
        if (part['p'] !== undefined && part['p'] !== project)
          throw new BigQueryError('accessDenied', `Access Denied: Project ${part['p']}`);
        return each.handler(part, query, body);
      }
      throw new BigQueryError('notImplemented', `this server does not know ${method} ${path}`);
    },
  };
}

function isDml(statementType: string | undefined): boolean {
  return statementType === 'INSERT' || statementType === 'DELETE';
}

/** One page of an answer, from `startIndex` or `pageToken` on. */
function page(answer: Answer, query: URLSearchParams): Json {
  const start = Number(query.get('pageToken') ?? query.get('startIndex') ?? 0);
  const size = Number(query.get('maxResults') ?? 10_000);
  const rows = answer.rows.slice(start, start + size);
  const next = start + rows.length;
  return {
    schema: { fields: answer.fields },
    totalRows: String(answer.rows.length),
    // An answer without rows does not have the field.
    ...(rows.length === 0
      ? {}
      : {
          rows: wireRows(
            { fields: answer.fields, rows },
            query.get('formatOptions.useInt64Timestamp')?.toLowerCase() === 'true',
          ),
        }),
    ...(next < answer.rows.length && rows.length > 0 ? { pageToken: String(next) } : {}),
  };
}

function jobJson(project: string, job: JobEntry): Json {
  const isOver = job.endedAt !== undefined && job.looks === 0;
  const { configuration, outcome } = job;
  const anonymous = { projectId: project, datasetId: '_results', tableId: job.id };
  return {
    kind: 'bigquery#job',
    id: `${project}:US.${job.id}`,
    etag: 'none',
    user_email: 'local@example.test',
    jobReference: { projectId: project, jobId: job.id, location: 'US' },
    configuration: {
      ...configuration,
      jobType: configuration.load === undefined ? 'QUERY' : 'LOAD',
      ...(configuration.query === undefined
        ? {}
        : {
            query: {
              destinationTable: anonymous,
              priority: 'INTERACTIVE',
              useLegacySql: false,
              ...configuration.query,
            },
          }),
    },
    status: {
      state: isOver ? 'DONE' : 'RUNNING',
      ...(isOver && job.error !== undefined
        ? { errorResult: job.error.proto, errors: [job.error.proto] }
        : {}),
    },
    statistics: {
      creationTime: String(job.createdAt),
      startTime: String(job.createdAt),
      ...(isOver ? { endTime: String(job.endedAt) } : {}),
      ...(outcome === undefined
        ? {}
        : {
            totalBytesProcessed: String(outcome.bytesProcessed),
            query: {
              statementType: outcome.statementType,
              totalBytesProcessed: String(outcome.bytesProcessed),
              totalBytesBilled: String(outcome.bytesBilled),
              cacheHit: false,
              ...(isDml(outcome.statementType) ? { numDmlAffectedRows: String(outcome.dmlRows) } : {}),
              ...(outcome.answer === undefined ? {} : { schema: { fields: outcome.answer.fields } }),
            },
          }),
      ...(job.loadedRows === undefined
        ? {}
        : { load: { outputRows: String(job.loadedRows), inputFiles: '1' } }),
    },
  };
}

function datasetJson(project: string, id: string, entry: DatasetEntry): Json {
  return {
    kind: 'bigquery#dataset',
    id: `${project}:${id}`,
    etag: 'none',
    datasetReference: { projectId: project, datasetId: id },
    location: entry.location,
    labels: entry.labels,
    ...(entry.description === undefined ? {} : { description: entry.description }),
    ...(entry.defaultExpirationMs === undefined
      ? {}
      : { defaultTableExpirationMs: String(entry.defaultExpirationMs) }),
    creationTime: String(entry.createdAt),
    lastModifiedTime: String(entry.createdAt),
    access: [],
  };
}

function listedJson(project: string, table: TableName, entry: TableEntry): Json {
  return {
    kind: 'bigquery#table',
    id: `${project}:${table.dataset}.${table.table}`,
    tableReference: { projectId: project, datasetId: table.dataset, tableId: table.table },
    type: entry.kind,
    labels: entry.labels,
    creationTime: String(entry.createdAt),
    ...(entry.expiresAt === undefined ? {} : { expirationTime: String(entry.expiresAt) }),
    ...(entry.partitionColumn === undefined
      ? {}
      : {
          timePartitioning: {
            type: 'DAY',
            field: entry.partitionColumn,
            requirePartitionFilter: entry.requireFilter,
          },
        }),
    ...(entry.clustering.length === 0 ? {} : { clustering: { fields: entry.clustering } }),
  };
}

function tableJson(project: string, table: TableName, entry: TableEntry, rows: number): Json {
  return {
    ...listedJson(project, table, entry),
    etag: 'none',
    location: 'US',
    lastModifiedTime: String(entry.createdAt),
    schema: { fields: entry.fields },
    numRows: String(rows),
    numBytes: String(rows * LIMITS.minimumBytes),
    requirePartitionFilter: entry.requireFilter,
    ...(entry.description === undefined ? {} : { description: entry.description }),
    ...(entry.viewSql === undefined ? {} : { view: { query: entry.viewSql, useLegacySql: false } }),
  };
}

/** The description of the API that `bq` is made of, with this server as its address. */
function discovery(sdkRoot: string | undefined, server: ReturnType<typeof createServer>): unknown {
  const file =
    sdkRoot === undefined ? undefined : join(sdkRoot, 'platform', 'bq', 'discovery_next', 'bigquery.json');
  if (file === undefined || !existsSync(file))
    throw new BigQueryError('notFound', 'no description of the API is at hand');
  const address = server.address();
  const root = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
  return {
    ...(JSON.parse(readFileSync(file, 'utf8')) as Json),
    rootUrl: root,
    mtlsRootUrl: root,
    baseUrl: `${root}bigquery/v2/`,
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' && body.length > 0 ? gunzipSync(body) : body;
}

/** The description and the data of an upload in two parts. */
function multipart(type: string, body: Buffer): readonly [string | undefined, string] {
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary === undefined) throw new BigQueryError('invalid', 'an upload needs two parts');
  const parts = body
    .toString('utf8')
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) =>
      part
        .slice(part.search(/\r?\n\r?\n/))
        .replace(/^\r?\n\r?\n/, '')
        .replace(/\r?\n$/, ''),
    );
  return [parts[0], parts[1] ?? ''];
}

function send(
  response: ServerResponse,
  status: number,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers });
  response.end(JSON.stringify(json));
}
