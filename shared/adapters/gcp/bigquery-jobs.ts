/**
 * Runs jobs of BigQuery so that no work is done twice. The same work has the same job id, so a job that is
 * sent twice runs once: when an answer was lost, or the id is in use, the existing job is read and waited
 * for. A failed job keeps its id for good, so the next try adds a number to the id: `<id>_2`.
 */
import type { BigQuery, Job, JobMetadata, RowMetadata } from '@google-cloud/bigquery';
import { bigQueryFailure, isDuplicate, isUnanswered } from './bigquery-failure.ts';

/**
 * Seconds between tries of a job that failed for a moment. No try begins when too little of its time is left.
 */
const BACKOFF_SECONDS = [1, 4, 15, 45];
/** Codes of failures that often pass within seconds, so the job is tried again while its message waits. */
const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set([
  'rate_limited',
  'concurrent_update',
  'warehouse_unavailable',
]);
/** Times one job is sent when no answer comes. */
const SENDS = 4;
/** Milliseconds between looks at a job; the last one repeats. */
const POLL_MS = [50, 100, 200, 400, 800, 1500];

/** The client, and the time. */
export interface JobTools {
  readonly client: BigQuery;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** One job to run. */
export interface JobRequest {
  /** Id of the job, the same for the same work. It holds letters, digits, `_` and `-`. */
  readonly id: string;
  /** Milliseconds for all tries and waits together. */
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
      // A random part keeps jobs that were refused together from coming back together.
      await tools.sleep(seconds * 1000 * (0.75 + Math.random() / 2));
    }
  }
}

type Sent =
  { readonly number: number; readonly job: Job } | { readonly number: number; readonly error: unknown };

/** Sends the job under the first id, from `number` on, that no failed job has. */
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
        // A failed job counts only when this call sent it. One that failed earlier only occupies its id.
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

/** Waits for a query job. @returns its rows. @throws its error when it failed or took too long */
export async function rowsOf(tools: JobTools, job: Job, deadline: number): Promise<Row[]> {
  await done(tools, job, deadline);
  const [rows] = await patiently(tools, deadline, () => job.getQueryResults({ maxResults: 50_000 }));
  return rows;
}

/**
 * Waits until a job is done, and cancels it at `deadline`.
 * @throws its error when it failed or was cancelled
 */
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

/** Reads, and reads again while no answer comes and the deadline has not passed. */
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
