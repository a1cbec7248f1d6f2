/** One job of BigQuery: its id, its labels, and the report of what it cost. */
import { randomUUID } from 'node:crypto';
import type { Job, JobMetadata } from '@google-cloud/bigquery';
import { digest } from '../../domain/hash.ts';
import type { Mode } from '../../domain/partition.ts';
import type { StageJob } from '../../ports/warehouse.ts';

/** What a job cost. */
export interface JobReport {
  readonly jobId: string;
  readonly purpose: string;
  /** Name of its table; left out for a job on several tables. */
  readonly table?: string;
  readonly runId?: string;
  readonly bytesBilled: number;
  /** Seconds from its start to its end, by BigQuery's clock. */
  readonly seconds: number;
}

/** A statement to run, and what it is for. */
export interface Work {
  readonly purpose: string;
  /** Name of its table; empty when it is for several. */
  readonly table: string;
  readonly sql: string;
  /** Run and token, which are part of the job's id. Without them every call is a new job. */
  readonly run?: { readonly runId: string; readonly token: number | undefined };
  readonly mode?: Mode | undefined;
  /** Parameters that are DATEs. */
  readonly params?: Readonly<Record<string, string>>;
  /** Parameters that are STRINGs. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** The id of a job. BigQuery allows letters, digits, `_` and `-`. */
export function jobId({ purpose, table, run, sql }: Work): string {
  const name = ['fullcourt', table, purpose].filter((part) => part !== '').join('-');
  if (run === undefined) return `${name}-${randomUUID()}`;
  const of = `${run.runId.replaceAll(/[^\w-]/g, '_').slice(0, 200)}-t${run.token ?? 0}`;
  return `${name}-${of}-${digest(`${run.runId} ${sql}`).slice(0, 16)}`;
}

/** The report of a finished job, from its statistics. */
export function reportOf(
  job: Job,
  { purpose, table, run }: Pick<Work, 'purpose' | 'table' | 'run'>,
): JobReport {
  const { statistics } = job.metadata as JobMetadata;
  const [start, end] = [Number(statistics?.startTime ?? 0), Number(statistics?.endTime ?? 0)];
  return {
    jobId: job.id ?? '',
    purpose,
    ...(table === '' ? {} : { table }),
    ...(run === undefined ? {} : { runId: run.runId }),
    bytesBilled: Number(statistics?.query?.totalBytesBilled ?? 0),
    seconds: Math.max(0, end - start) / 1000,
  };
}

/** The labels of a job. BigQuery allows lower-case letters, digits, `_` and `-`, at most 63 in a value. */
export function labelsOf({ purpose, table, run, mode }: Work): Record<string, string> {
  const clean = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^\w-]/g, '_')
      .slice(0, 63);
  return {
    app: 'fullcourt',
    purpose,
    ...(table === '' ? {} : { table: clean(table) }),
    ...(run === undefined ? {} : { run: clean(run.runId) }),
    ...(mode === undefined ? {} : { mode }),
  };
}

/** The run and the token of a batch, for the ids of its jobs. */
export function tokenOf({ runId, token }: StageJob): { runId: string; token: number | undefined } {
  return { runId, token };
}
