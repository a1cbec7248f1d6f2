/** What is told of the warehouse: source rows it refused, run history it did not get, jobs it has done. */
import { event } from './event.ts';

export const rowsRejected = event<'table' | 'season' | 'rejected'>({
  name: 'rows_rejected',
  severity: 'WARNING',
  description: 'Source rows were refused while loading; `load_reports` says which and why.',
  text: ({ table, season, rejected }) => `${rejected} source rows of ${table} for ${season} were refused`,
  metrics: [
    {
      name: 'rows_rejected',
      kind: 'distribution',
      description: 'Source rows refused in one load',
      value: 'rejected',
      labels: ['table'],
    },
  ],
});

export const historyNotWritten = event<'table' | 'backfillId' | 'detail'>({
  name: 'run_history_not_written',
  severity: 'ERROR',
  description: 'A row of `processor_run_history` could not be written. Nothing else is affected.',
  text: ({ table, detail }) => `The run history of ${table} was not written: ${detail}`,
  metrics: [
    {
      name: 'run_history_not_written',
      kind: 'counter',
      description: 'Bookkeeping rows that are missing',
      labels: ['table'],
    },
  ],
});

export const jobFinished = event<'jobId' | 'purpose' | 'bytesBilled' | 'seconds', 'table' | 'runId'>({
  name: 'job_finished',
  severity: 'INFO',
  description:
    'A job of BigQuery is done. The line says what it was for, its seconds and the bytes that are billed.',
  text: ({ purpose, table, bytesBilled, seconds }) =>
    `BigQuery: ${purpose}${table === undefined ? '' : ` of ${table}`} in ${seconds} s, ${bytesBilled} bytes billed`,
  metrics: [
    {
      name: 'job_bytes_billed',
      kind: 'distribution',
      description: 'Bytes billed for a job of BigQuery',
      unit: 'By',
      value: 'bytesBilled',
      labels: ['purpose', 'table'],
    },
    {
      name: 'job_seconds',
      kind: 'distribution',
      description: 'From the start of a job of BigQuery to its end',
      unit: 's',
      value: 'seconds',
      labels: ['purpose', 'table'],
    },
  ],
});
