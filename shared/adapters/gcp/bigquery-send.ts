/** Sends the jobs of a warehouse: statements and scripts as query jobs, loaded rows as load jobs. */
import type { BigQuery, Job } from '@google-cloud/bigquery';
import { STAGING_DATASET, type Names } from '../../derive/names.ts';
import { digest } from '../../domain/hash.ts';
import type { Row, StageJob } from '../../ports/warehouse.ts';
import { done, rowsOf, runOnce, type JobTools } from './bigquery-jobs.ts';
import { cellsOf } from './bigquery-rows.ts';
import { fieldsOf, loadable } from './bigquery-staging.ts';
import { jobId, labelsOf, reportOf, tokenOf, type JobReport, type Work } from './bigquery-work.ts';

/**
 * Purposes whose jobs may wait for free slots in a backfill. A publication may not: others wait for its turn.
 */
const PATIENT: ReadonlySet<string> = new Set(['stage', 'measure']);

/** What jobs are sent with. */
export interface Sending {
  readonly tools: () => Promise<JobTools>;
  /** The names of the deployment. */
  readonly names: Names;
  readonly maximumBytesBilled: string;
  readonly timeoutMs: number;
  /** Called after every job that succeeded. */
  readonly onJob: ((report: JobReport) => void) | undefined;
}

/** Sends jobs. Both throw the error of the job. */
export interface Sender {
  /**
   * Runs one statement or script as a query job.
   * @param take reads the rows of the finished job itself, where they are too many to be returned
   */
  readonly run: (work: Work, take?: (job: Job) => Promise<void>) => Promise<Row[]>;
  /** Loads rows into a staged table of the deployment, or of an overlay. */
  readonly load: (name: string, job: StageJob, rows: readonly Row[], of: Names) => Promise<void>;
}

export function jobSender({ tools, names, maximumBytesBilled, timeoutMs, onJob }: Sending): Sender {
  const run: Sender['run'] = async (work, take) => {
    const at = await tools();
    const { client } = at;
    const params = [
      ...Object.entries(work.params ?? {}).map(([name, value]) => ({ name, value, type: 'DATE' })),
      ...Object.entries(work.texts ?? {}).map(([name, value]) => ({ name, value, type: 'STRING' })),
    ];
    const query = {
      query: work.sql,
      useLegacySql: false,
      maximumBytesBilled,
      priority: work.mode === 'backfill' && PATIENT.has(work.purpose) ? 'BATCH' : 'INTERACTIVE',
      ...(params.length === 0
        ? {}
        : {
            parameterMode: 'NAMED',
            queryParameters: params.map(({ name, value, type }) => ({
              name,
              parameterType: { type },
              parameterValue: { value },
            })),
          }),
    };
    const rows = await runOnce(at, {
      id: jobId(work),
      timeoutMs,
      send: async (jobId) => {
        const [job] = await client.createJob({
          jobId,
          configuration: { query, jobTimeoutMs: String(timeoutMs), labels: labelsOf(work) },
        });
        return job;
      },
      settle: async (job, deadline) => {
        const found = take === undefined ? await rowsOf(at, job, deadline) : [];
        if (take !== undefined) {
          await done(at, job, deadline);
          await take(job);
        }
        onJob?.(reportOf(job, work));
        return found;
      },
    });
    return rows.map(cellsOf);
  };

  const load: Sender['load'] = async (name, job, rows, of) => {
    const at = await tools();
    const table = at.client.dataset(of.dataset(STAGING_DATASET)).table(name);
    const text = rows.map((row) => `${JSON.stringify(loadable(row, job.table))}\n`).join('');
    // The same rows may be loaded for a run and for an overlay.
    const sql = digest(of === names ? text : `${of.dataset(STAGING_DATASET)}\n${text}`);
    const work = { purpose: 'load', table: job.table.definition.name, sql, run: tokenOf(job) };
    await runOnce(at, {
      id: jobId(work),
      timeoutMs,
      send: (jobId) =>
        new Promise<Job>((resolve, reject) => {
          const upload = table.createWriteStream({
            jobId,
            sourceFormat: 'NEWLINE_DELIMITED_JSON',
            schema: { fields: fieldsOf(job.table) },
            writeDisposition: 'WRITE_TRUNCATE',
            createDisposition: 'CREATE_IF_NEEDED',
          });
          upload.on('error', reject);
          // A local server may give the job an id of its own.
          upload.on('job', (sent: Job) =>
            resolve(withMetadata(at.client, sent.metadata?.jobReference?.jobId ?? jobId, sent)),
          );
          upload.end(text);
        }),
      settle: async (sent, deadline) => {
        await done(at, sent, deadline);
        onJob?.(reportOf(sent, work));
        return [];
      },
    });
  };

  return { run, load };
}

function withMetadata(client: BigQuery, id: string, sent: Job): Job {
  if (id === sent.id) return sent;
  const job = client.job(id);
  job.metadata = sent.metadata;
  return job;
}
