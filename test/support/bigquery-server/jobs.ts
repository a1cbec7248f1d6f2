/** Jobs: accepted once under their id, carried out, looked at until they are over. */
import { BigQueryError } from './errors.ts';
import type { Dispatcher, LoadHow, Outcome } from './engine.ts';
import type { Faults } from './faults.ts';
import { statementsOf, type Parameters, type TableName } from './translate.ts';
import type { Answer, Field } from './values.ts';

interface ParameterJson {
  readonly name?: string;
  readonly parameterType?: { readonly type?: string };
  readonly parameterValue?: { readonly value?: string | null };
}

/** What the server reads of a job's configuration. */
export interface Configuration {
  readonly query?: {
    readonly query: string;
    readonly useLegacySql?: boolean;
    readonly maximumBytesBilled?: string;
    readonly priority?: string;
    readonly queryParameters?: readonly ParameterJson[];
    readonly destinationTable?: { readonly datasetId: string; readonly tableId: string };
    readonly writeDisposition?: string;
  };
  readonly load?: {
    readonly destinationTable: { readonly datasetId: string; readonly tableId: string };
    readonly schema?: { readonly fields?: readonly Field[] };
    readonly sourceFormat?: string;
    readonly writeDisposition?: string;
    readonly createDisposition?: string;
  };
  readonly labels?: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
  readonly jobTimeoutMs?: string;
}

export interface JobEntry {
  readonly id: string;
  readonly configuration: Configuration;
  readonly createdAt: number;
  endedAt: number | undefined;
  error: BigQueryError | undefined;
  outcome: Outcome | undefined;
  loadedRows: number | undefined;
  /** Times it is looked at before it is seen to be over. */
  looks: number;
  isCancelled: boolean;
  readonly over: Promise<void>;
}

export interface Jobs {
  /** @throws BigQueryError duplicate for an id that is taken */
  readonly insert: (id: string, configuration: Configuration, data: string | undefined) => JobEntry;
  readonly dryRun: (configuration: Configuration) => Promise<Outcome>;
  /** @throws BigQueryError notFound */
  readonly get: (id: string) => JobEntry;
  readonly all: () => readonly JobEntry[];
}

export interface JobOptions {
  readonly engine: Dispatcher;
  readonly faults: Faults;
  readonly now: () => number;
  /** Between two statements of a job; the time in which others come in between. */
  readonly pause: () => Promise<void>;
  readonly location: string;
}

export function makeJobs({ engine, faults, now, pause, location }: JobOptions): Jobs {
  const jobs = new Map<string, JobEntry>();

  const work = async (job: JobEntry, data: string | undefined): Promise<void> => {
    const { query, load } = job.configuration;
    const fault = faults.take('job', job.id);
    const beforeStatement = async (i: number): Promise<void> => {
      await pause();
      if (fault?.before === i) throw new BigQueryError(fault.reason, fault.message);
      if (job.isCancelled)
        throw new BigQueryError('stopped', 'Job execution was cancelled: User requested cancellation');
      const timeout = Number(job.configuration.jobTimeoutMs ?? Infinity);
      if (now() - job.createdAt > timeout)
        throw new BigQueryError('timeout', `Job timed out after ${timeout} ms`);
    };
    if (query !== undefined) {
      const outcome = await engine.run({
        statements: statementsOf(query.query, parametersOf(query.queryParameters)),
        maximumBytesBilled:
          query.maximumBytesBilled === undefined ? undefined : Number(query.maximumBytesBilled),
        beforeStatement,
      });
      job.outcome = outcome;
      const { destinationTable: to } = query;
      if (to !== undefined && outcome.answer !== undefined && !isAnonymous(to.datasetId))
        await engine.load(
          { dataset: to.datasetId, table: to.tableId },
          recordsOf(outcome.answer),
          outcome.answer.fields,
          { write: query.writeDisposition ?? 'WRITE_EMPTY', create: 'CREATE_IF_NEEDED' },
        );
    } else if (load !== undefined) {
      await beforeStatement(0);
      const to: TableName = {
        dataset: load.destinationTable.datasetId,
        table: load.destinationTable.tableId,
      };
      const how: LoadHow = {
        write: load.writeDisposition ?? 'WRITE_APPEND',
        create: load.createDisposition ?? 'CREATE_IF_NEEDED',
      };
      if (load.sourceFormat !== 'NEWLINE_DELIMITED_JSON')
        throw new BigQueryError('notImplemented', `this server does not load ${load.sourceFormat ?? 'CSV'}`);
      try {
        job.loadedRows = await engine.load(to, lines(data ?? ''), load.schema?.fields ?? [], how);
      } catch (error) {
        if (error instanceof BigQueryError && error.reason === 'invalidQuery')
          throw new BigQueryError('invalid', `Error while reading data, error message: ${error.message}`);
        throw error;
      }
    } else
      throw new BigQueryError(
        'invalid',
        'Job configuration must contain exactly one job-specific configuration object',
      );
  };

  return {
    insert: (id, configuration, data) => {
      if (jobs.has(id)) throw new BigQueryError('duplicate', `Already Exists: Job ${location}.${id}`);
      if (!/^[\w-]{1,1024}$/.test(id)) throw new BigQueryError('invalid', `Invalid job ID "${id}"`);
      let over: () => void = () => undefined;
      const job: JobEntry = {
        id,
        configuration,
        createdAt: now(),
        endedAt: undefined,
        error: undefined,
        outcome: undefined,
        loadedRows: undefined,
        looks: faults.take('lag', id)?.looks ?? 0,
        isCancelled: false,
        over: new Promise((resolve) => {
          over = resolve;
        }),
      };
      jobs.set(id, job);
      void work(job, data)
        .catch((error: unknown) => {
          job.error =
            error instanceof BigQueryError
              ? error
              : new BigQueryError('internalError', error instanceof Error ? error.message : String(error));
        })
        .finally(() => {
          job.endedAt = now();
          over();
        });
      return job;
    },
    dryRun: ({ query }) => {
      if (query === undefined) throw new BigQueryError('invalid', 'only a query can be run dry');
      return engine.dryRun({
        statements: statementsOf(query.query, parametersOf(query.queryParameters)),
        maximumBytesBilled: undefined,
        beforeStatement: () => Promise.resolve(),
      });
    },
    get: (id) => {
      const job = jobs.get(id);
      if (job === undefined) throw new BigQueryError('notFound', `Not found: Job ${location}.${id}`);
      return job;
    },
    all: () => [...jobs.values()],
  };
}

/** Results without a destination of their own are kept in a hidden dataset. */
export function isAnonymous(dataset: string): boolean {
  return dataset.startsWith('_');
}

function parametersOf(given: readonly ParameterJson[] = []): Parameters {
  return new Map(
    given.map(({ name, parameterType, parameterValue }) => [
      name ?? '',
      { type: parameterType?.type ?? 'STRING', value: parameterValue?.value ?? null },
    ]),
  );
}

function lines(text: string): Readonly<Record<string, unknown>>[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return JSON.parse(line) as Readonly<Record<string, unknown>>;
      } catch {
        throw new BigQueryError(
          'invalid',
          `Error while reading data, error message: JSON parsing error: ${line.slice(0, 80)}`,
        );
      }
    });
}

function recordsOf({ fields, rows }: Answer): Readonly<Record<string, unknown>>[] {
  return rows.map((row) =>
    Object.fromEntries(
      row.map((value, i) => {
        const isTime = fields[i]?.type === 'TIMESTAMP' && value !== null;
        return [fields[i]?.name ?? '', isTime ? new Date(Number(value) / 1000).toISOString() : value];
      }),
    ),
  );
}
