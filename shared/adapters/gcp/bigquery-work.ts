/** One job as it is sent to BigQuery: its id, its labels, what it took. */
import { randomUUID } from 'node:crypto';
import type { Job, JobMetadata } from '@google-cloud/bigquery';
import type { GameDate } from '../../domain/game-date.ts';
import { digest } from '../../domain/hash.ts';
import type { Mode } from '../../domain/partition.ts';
import type { StageJob } from '../../ports/warehouse.ts';

/** What a job took. */
export interface JobReport {
  readonly jobId: string;
  readonly purpose: string;
  /** The table it is about; a job about several says none. */
  readonly table?: string;
  readonly runId?: string;
  readonly bytesBilled: number;
  /** From its start to its end, as BigQuery says. */
  readonly seconds: number;
}

export interface Work {
  readonly purpose: string;
  readonly table: string;
  readonly sql: string;
  /** What the job's id is made of beside its text; without it every call is a job of its own. */
  readonly run?: { readonly runId: string; readonly token: number | undefined };
  readonly mode?: Mode | undefined;
  readonly params?: Readonly<Record<string, GameDate>>;
}

/** Ids may hold letters, digits, `_` and `-`. */
export function jobId({ purpose, table, run, sql }: Work): string {
  const name = ['fullcourt', table, purpose].filter((part) => part !== '').join('-');
  if (run === undefined) return `${name}-${randomUUID()}`;
  const of = `${run.runId.replaceAll(/[^\w-]/g, '_').slice(0, 200)}-t${run.token ?? 0}`;
  return `${name}-${of}-${digest(`${run.runId} ${sql}`).slice(0, 16)}`;
}

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

/** Labels hold lower-case letters, digits, `_` and `-`, 63 of them at most. */
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

/** What the ids of a batch's jobs are made of. */
export function tokenOf({ runId, token }: StageJob): { runId: string; token: number | undefined } {
  return { runId, token };
}
