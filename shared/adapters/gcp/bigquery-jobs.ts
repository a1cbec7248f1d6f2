/**
 * Jobs of BigQuery that happen once. A job is known by an id that whoever sends it again sends again: when the answer to a
 * request was lost, or the job is there already, that job is read and waited for. A failed job keeps its id for good, so
 * another try takes the next number.
 */
import type { BigQuery, Job, JobMetadata, RowMetadata } from '@google-cloud/bigquery';
import { bigQueryFailure, isDuplicate, isUnanswered } from './bigquery-failure.ts';

/** Waits in seconds between tries at a job that was refused for a moment, for as long as its time allows. */
const BACKOFF_SECONDS = [1, 4, 15, 45];
/** Failures of a job that another try may well survive while its message waits. */
const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set([
  'rate_limited',
  'concurrent_update',
  'warehouse_unavailable',
]);
const SENDS = 4;
const POLL_MS = [50, 100, 200, 400, 800, 1500];

export interface JobTools {
  readonly client: BigQuery;
  /** Milliseconds that only go up. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface JobRequest {
  /** Letters, digits, `_` and `-`; the same for the same work. */
  readonly id: string;
  /** All tries and waits together. */
  readonly timeoutMs: number;
  /** Sends the job under this id. @throws when it is not accepted */
  readonly send: (id: string) => Promise<Job>;
  /** Waits for the job. @throws when it failed */
  readonly settle: (job: Job, deadline: number) => Promise<Row[]>;
}

type Row = RowMetadata;

/** Runs a job to its end. @throws the error of its last try */
export async function runOnce(tools: JobTools, request: JobRequest): Promise<Row[]> {
  const deadline = tools.now() + request.timeoutMs;
  let number = 1;
  for (let attempt = 0; ; attempt += 1) {
    const sent = await sendOnce(tools, request, number);
    number = sent.number + 1;
    try {
      if ('error' in sent) throw sent.error;
      return await request.settle(sent.job, deadline);
    } catch (error) {
      const seconds = BACKOFF_SECONDS[attempt];
      const failure = bigQueryFailure(error);
      const isWorthIt = failure.kind === 'transient' && WORTH_ANOTHER_TRY.has(failure.code);
      if (!isWorthIt || seconds === undefined || tools.now() + seconds * 2000 > deadline) throw error;
      // Many that were refused together must not come back together.
      await tools.sleep(seconds * 1000 * (0.75 + Math.random() / 2));
    }
  }
}

type Sent =
  { readonly number: number; readonly job: Job } | { readonly number: number; readonly error: unknown };

/** Sends the job under the first id from `number` on that is free or belongs to a job that has not failed. */
async function sendOnce(tools: JobTools, request: JobRequest, number: number): Promise<Sent> {
  let sends = 0;
  for (;;) {
    const id = number === 1 ? request.id : `${request.id}_${number}`;
    try {
      return { number, job: await request.send(id) };
    } catch (error) {
      if (isDuplicate(error)) {
        const job = tools.client.job(id);
        const [metadata] = (await job.getMetadata()) as [JobMetadata, unknown];
        // What this very call sent is its own result; what failed before it was called is history.
        if (metadata.status?.errorResult === undefined || sends > 0) return { number, job };
        number += 1;
        continue;
      }
      sends += 1;
      if (!isUnanswered(error) || sends >= SENDS) return { number, error };
      await tools.sleep(250 * 2 ** sends);
    }
  }
}

/** Waits for a query job and gives its rows. @throws its error when it failed or took too long */
export async function rowsOf(tools: JobTools, job: Job, deadline: number): Promise<Row[]> {
  await done(tools, job, deadline);
  const [rows] = await patiently(tools, deadline, () => job.getQueryResults({ maxResults: 50_000 }));
  return rows;
}

/** Waits until a job is over, and ends it when that takes too long. @throws its error when it failed */
export async function done(tools: JobTools, job: Job, deadline: number): Promise<void> {
  let metadata = job.metadata as JobMetadata | undefined;
  for (let i = 0; metadata?.status?.state !== 'DONE'; i += 1) {
    if (tools.now() > deadline) {
      await job.cancel().catch(() => undefined);
      throw Object.assign(new Error(`The job ${job.id} was not done in its time and is cancelled`), {
        reason: 'timeout',
      });
    }
    if (i > 0) await tools.sleep(POLL_MS[Math.min(i, POLL_MS.length) - 1] ?? 1500);
    [metadata] = (await patiently(tools, deadline, () => job.getMetadata())) as [JobMetadata, unknown];
  }
  const failed = metadata.status.errorResult;
  if (failed !== undefined && failed !== null)
    throw Object.assign(new Error(failed.message ?? 'the job failed'), {
      reason: failed.reason,
      errors: [failed],
    });
}

/** Reads, and reads again while nobody answers. */
async function patiently<T>(tools: JobTools, deadline: number, read: () => Promise<T>): Promise<T> {
  for (let sends = 1; ; sends += 1) {
    try {
      return await read();
    } catch (error) {
      if (!isUnanswered(error) || tools.now() > deadline) throw error;
      await tools.sleep(Math.min(250 * 2 ** sends, 8000));
    }
  }
}
