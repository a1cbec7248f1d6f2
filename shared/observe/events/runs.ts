/** What is told of runs: asked for, begun, settled, failed. */
import { event, span } from './event.ts';

export const runRequested = event<'runId' | 'table' | 'phase' | 'mode' | 'backfillId' | 'dates'>({
  name: 'run_requested',
  severity: 'INFO',
  description: 'The orchestrator asked for a run of one table.',
  text: ({ table, dates, runId }) => `${table} is to run for ${span(dates)} (${runId})`,
  metrics: [
    {
      name: 'runs_requested',
      kind: 'counter',
      description: 'Runs asked for',
      labels: ['table', 'mode'],
    },
  ],
});

export const runStarted = event<'runId' | 'table' | 'phase' | 'mode' | 'backfillId' | 'dates' | 'attempt'>({
  name: 'run_started',
  severity: 'INFO',
  description: 'A process has claimed a run and begins an attempt.',
  text: ({ table, dates, attempt }) => `${table} runs for ${span(dates)}, attempt ${attempt}`,
  metrics: [
    { name: 'runs_started', kind: 'counter', description: 'Attempts begun', labels: ['table', 'mode'] },
  ],
});

export const runFinished = event<
  | 'runId'
  | 'table'
  | 'phase'
  | 'mode'
  | 'backfillId'
  | 'dates'
  | 'attempt'
  | 'status'
  | 'rows'
  | 'failures'
  | 'seconds'
>({
  name: 'run_finished',
  severity: 'INFO',
  severityOf: ({ failures }) => (failures > 0 ? 'WARNING' : 'INFO'),
  description: 'A run is settled and announced; `status` is the worst of its dates.',
  text: ({ table, dates, status, rows, seconds }) =>
    `${table} is ${status} for ${span(dates)}: ${rows} rows in ${seconds} s`,
  metrics: [
    {
      name: 'runs_finished',
      kind: 'counter',
      description: 'Runs settled, by the worst status of their dates',
      labels: ['table', 'phase', 'mode', 'status'],
    },
    {
      name: 'run_seconds',
      kind: 'distribution',
      description: 'From the claim of a run to its settlement',
      unit: 's',
      value: 'seconds',
      labels: ['table', 'mode'],
    },
    {
      name: 'run_rows',
      kind: 'distribution',
      description: 'Rows of a settled run',
      value: 'rows',
      labels: ['table'],
    },
  ],
});

export const runFailed = event<
  'runId' | 'table' | 'phase' | 'mode' | 'backfillId' | 'dates' | 'attempt' | 'code' | 'detail' | 'status'
>({
  name: 'run_failed',
  severity: 'WARNING',
  description:
    'An attempt at a run failed as a whole. `status` transient: it is tried again; permanent: it is set aside; fenced: the table carries rows of a newer run.',
  text: ({ table, dates, code, detail, attempt }) =>
    `${table} failed for ${span(dates)}, attempt ${attempt}: ${code}: ${detail}`,
  metrics: [
    {
      name: 'runs_failed',
      kind: 'counter',
      description: 'Attempts that failed as a whole, by failure',
      labels: ['table', 'code', 'status'],
    },
  ],
});
