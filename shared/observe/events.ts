/**
 * What the pipeline tells about itself: one function for each business event, with its log line and its metrics. The
 * names of events and fields are stable, so that metrics, alerts and filters survive a change of wording.
 */
import type { Phase } from '../domain/table.ts';
import type { Mode } from '../domain/partition.ts';
import { logLine, type LogTarget } from './log-line.ts';
import type { Log, LogEvent, Ports } from '../ports/index.ts';

/** Every field an event may have; one field has one type, whichever event it is in. */
export interface EventFields {
  readonly table: string;
  readonly phase: Phase;
  readonly mode: Mode;
  readonly date: string;
  readonly dates: readonly string[];
  readonly season: string;
  readonly runId: string;
  readonly runIds: readonly string[];
  readonly backfillId: string | null;
  readonly requestId: string;
  readonly traceId: string;
  readonly deadLetterId: string;
  readonly messageId: string;
  readonly subscription: string;
  readonly topic: string;
  readonly attempt: number;
  readonly status: string;
  /** Machine-readable name of a failure. */
  readonly code: string;
  readonly detail: string;
  readonly reason: string;
  readonly verdict: string;
  readonly gate: string;
  readonly rows: number;
  readonly rejected: number;
  readonly runs: number;
  readonly failures: number;
  readonly changed: number;
  readonly seconds: number;
  /** Id of a job of BigQuery, and what it was for. */
  readonly jobId: string;
  readonly purpose: string;
  readonly bytesBilled: number;
  readonly dateCounts: Readonly<Record<string, number>>;
  /** The error that was caught; its stack is in the message of the line. */
  readonly error: unknown;
}

/** Fields a metric may be split by: each has few values. Never a date, never an id. */
export const METRIC_LABELS = [
  'table',
  'phase',
  'mode',
  'status',
  'code',
  'verdict',
  'subscription',
  'purpose',
] as const satisfies readonly (keyof EventFields)[];
export type MetricLabel = (typeof METRIC_LABELS)[number];

/** A metric that is made of log lines. */
export interface MetricDeclaration {
  /** Name without any prefix of a deployment. */
  readonly name: string;
  /** `counter` counts lines; `distribution` spreads the values of one field. */
  readonly kind: 'counter' | 'distribution';
  readonly description: string;
  readonly unit: '1' | 's' | 'By';
  /** Fields of the line that are its labels. */
  readonly labels: readonly MetricLabel[];
  /** For a distribution, the field whose number it takes. */
  readonly value?: keyof EventFields;
}

export interface EventDeclaration {
  /** The value of `jsonPayload.event` in the log. */
  readonly name: string;
  /** What it has unless it says otherwise of itself. */
  readonly severity: LogEvent['severity'];
  readonly description: string;
  readonly metrics: readonly MetricDeclaration[];
}

const declared: EventDeclaration[] = [];
const texts = new Map<string, (fields: never) => string>();

/** Every event, in the order of this file. */
export const EVENTS: readonly EventDeclaration[] = declared;

type FieldsOf<K extends keyof EventFields> = Pick<EventFields, K>;

interface Spec<K extends keyof EventFields, O extends keyof EventFields> {
  readonly name: string;
  readonly severity: LogEvent['severity'];
  readonly description: string;
  /** The line for a person. */
  readonly text: (fields: FieldsOf<K> & Partial<FieldsOf<O>>) => string;
  readonly severityOf?: (fields: FieldsOf<K>) => LogEvent['severity'];
  readonly metrics?: readonly (Omit<MetricDeclaration, 'labels' | 'value' | 'unit'> & {
    readonly unit?: 's' | 'By';
    readonly labels?: readonly ((K | O) & MetricLabel)[];
    readonly value?: K;
  })[];
}

/** Tells of an event, in the context of the message that is being handled. */
type Tell<K extends keyof EventFields, O extends keyof EventFields> = (
  ports: Pick<Ports, 'log' | 'context'>,
  fields: FieldsOf<K> & Partial<FieldsOf<O>>,
) => void;

/** @typeParam O fields that not every one of them has */
function event<K extends keyof EventFields, O extends keyof EventFields = never>(
  spec: Spec<K, O>,
): Tell<K, O> {
  const { name, severity, description, text, severityOf, metrics = [] } = spec;
  declared.push({
    name,
    severity,
    description,
    metrics: metrics.map((metric) => ({ ...metric, unit: metric.unit ?? '1', labels: metric.labels ?? [] })),
  });
  texts.set(name, text);
  return ({ log, context }, fields) =>
    log({ ...fields, severity: severityOf?.(fields) ?? severity, event: name }, context);
}

export const backfillStarted = event<'backfillId' | 'traceId' | 'runs' | 'dateCounts'>({
  name: 'backfill_started',
  severity: 'INFO',
  description: 'A backfill request was planned, written down and begun.',
  text: ({ backfillId, runs, dateCounts }) =>
    `Backfill ${backfillId} started: ${runs} runs for ${dateCounts['processable'] ?? 0} dates`,
  metrics: [{ name: 'backfills_started', kind: 'counter', description: 'Backfills begun' }],
});

export const backfillExtended = event<'backfillId' | 'status' | 'runs'>({
  name: 'backfill_extended',
  severity: 'INFO',
  description:
    'A backfill goes on with what has become due since it was planned (`status` main) or with the later dates its changes made stale (`status` restate).',
  text: ({ backfillId, status, runs }) => `Backfill ${backfillId} goes on (${status}): ${runs} more runs`,
});

export const backfillFinished = event<'backfillId' | 'status' | 'failures' | 'seconds'>({
  name: 'backfill_finished',
  severity: 'INFO',
  severityOf: ({ failures }) => (failures > 0 ? 'WARNING' : 'INFO'),
  description: 'A backfill has its verdict: `status` is done, done_with_failures or cancelled.',
  text: ({ backfillId, status, failures, seconds }) =>
    `Backfill ${backfillId} is ${status} after ${seconds} s${failures > 0 ? `; ${failures} partitions failed or are blocked` : ''}`,
  metrics: [
    {
      name: 'backfills_finished',
      kind: 'counter',
      description: 'Backfills ended, by how',
      labels: ['status'],
    },
    {
      name: 'backfill_seconds',
      kind: 'distribution',
      description: 'From the request of a backfill to its verdict',
      unit: 's',
      value: 'seconds',
      labels: ['status'],
    },
  ],
});

export const backfillRefused = event<'backfillId' | 'reason'>({
  name: 'backfill_refused',
  severity: 'WARNING',
  description:
    'A backfill was not begun because its inputs are missing (NO-GO); the reason says what fills them.',
  text: ({ backfillId, reason }) => `Backfill ${backfillId} was not started: ${reason}`,
  metrics: [{ name: 'backfills_refused', kind: 'counter', description: 'Backfills not begun: NO-GO' }],
});

export const backfillDryRun = event<'backfillId' | 'runs' | 'dateCounts'>({
  name: 'backfill_dry_run',
  severity: 'INFO',
  description: 'A request with `dryRun` was planned; nothing was written.',
  text: ({ backfillId, runs }) => `Backfill ${backfillId} would make ${runs} runs`,
});

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
  description: 'An attempt at a run has its lease.',
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
    'An attempt at a run failed as a whole. `status` transient: it is tried again; permanent: it is set aside; fenced: a newer run has overtaken it.',
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

export const partitionFailed = event<'table' | 'date' | 'runId' | 'mode' | 'backfillId' | 'reason'>({
  name: 'partition_failed',
  severity: 'WARNING',
  description: 'One date of a table could not be built; whoever reads it waits and names it.',
  text: ({ table, date, reason }) => `${table}@${date} failed: ${reason}`,
  metrics: [
    {
      name: 'partitions_failed',
      kind: 'counter',
      description: 'Dates of tables that could not be built',
      labels: ['table', 'mode'],
    },
  ],
});

export const partitionReopened = event<'table' | 'date' | 'reason'>({
  name: 'partition_reopened',
  severity: 'ERROR',
  description: 'The warehouse does not hold what a completion document says; the partition is built again.',
  text: ({ table, date, reason }) => `${table}@${date} is reopened: ${reason}`,
  metrics: [
    {
      name: 'partitions_reopened',
      kind: 'counter',
      description: 'Partitions whose rows are not what was recorded',
      labels: ['table'],
    },
  ],
});

export const gateClosed = event<'table' | 'dates' | 'gate' | 'verdict' | 'detail'>({
  name: 'gate_closed',
  severity: 'WARNING',
  description: 'A gate before a run answered blocked or unknown; the sweep asks again.',
  text: ({ table, dates, verdict, detail }) => `${table} is ${verdict} for ${span(dates)}: ${detail}`,
  metrics: [
    {
      name: 'gates_closed',
      kind: 'counter',
      description: 'Gates that did not pass',
      labels: ['table', 'verdict'],
    },
  ],
});

export const completionRecorded = event<'runId' | 'table' | 'mode' | 'backfillId' | 'dates' | 'changed'>({
  name: 'completion_recorded',
  severity: 'INFO',
  description:
    'The completion documents hold what became of a run; `changed` counts the partitions that are new.',
  text: ({ table, dates, changed }) => `${table} is recorded for ${span(dates)}: ${changed} changed`,
});

export const completionSuperseded = event<'runId' | 'table' | 'dates'>({
  name: 'completion_superseded',
  severity: 'INFO',
  description: 'A run answered for dates of which a newer run has been asked for; they are left alone.',
  text: ({ table, dates, runId }) => `${runId} is superseded for ${table}, ${span(dates)}`,
  metrics: [
    {
      name: 'completions_superseded',
      kind: 'counter',
      description: 'Answers that came after a newer request',
      labels: ['table'],
    },
  ],
});

export const completionLost = event<'runId' | 'table' | 'dates'>({
  name: 'completion_lost',
  severity: 'WARNING',
  description:
    'The announcement of a settled run never arrived; its partitions are free to be asked for again.',
  text: ({ table, dates, runId }) => `The answer of ${runId} was lost; ${table} is free for ${span(dates)}`,
  metrics: [
    {
      name: 'completions_lost',
      kind: 'counter',
      description: 'Announcements that never arrived',
      labels: ['table'],
    },
  ],
});

export const sweepFinished = event<'runs' | 'seconds'>({
  name: 'sweep_finished',
  severity: 'INFO',
  description: 'The scheduled look at what may have been left behind is done: a heartbeat.',
  text: ({ runs, seconds }) => `Sweep done in ${seconds} s; asked for ${runs} runs`,
  metrics: [{ name: 'sweeps_finished', kind: 'counter', description: 'Sweeps done: a heartbeat' }],
});

export const sweepAskedAgain = event<'runIds' | 'runs'>({
  name: 'sweep_asked_again',
  severity: 'WARNING',
  description: 'Runs whose owner is gone, or that nobody took up, were asked for again.',
  text: ({ runs }) => `The sweep asked again for ${runs} runs`,
  metrics: [
    { name: 'sweeps_asked_again', kind: 'counter', description: 'Sweeps that found runs left behind' },
  ],
});

export const reconcileFailed = event<'detail'>({
  name: 'reconcile_failed',
  severity: 'WARNING',
  description: 'Documents could not be compared with the warehouse.',
  text: ({ detail }) => `The warehouse could not be compared with the documents: ${detail}`,
  metrics: [{ name: 'reconciles_failed', kind: 'counter', description: 'Comparisons that failed' }],
});

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
  description: 'The bookkeeping row of an attempt is missing; nothing else is affected.',
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

export const messageRetried = event<'subscription' | 'messageId' | 'attempt' | 'reason'>({
  name: 'message_retried',
  severity: 'WARNING',
  description: 'A message was given back to be delivered again.',
  text: ({ subscription, attempt, reason }) =>
    `${subscription} asks again after attempt ${attempt}: ${reason}`,
  metrics: [
    {
      name: 'messages_retried',
      kind: 'counter',
      description: 'Deliveries given back',
      labels: ['subscription'],
    },
  ],
});

export const handlerError = event<'subscription' | 'messageId' | 'attempt' | 'error'>({
  name: 'handler_error',
  severity: 'ERROR',
  description: 'A handler threw: the message is delivered again. The stack is in the message.',
  text: ({ subscription }) => `The handler of ${subscription} threw`,
  metrics: [
    {
      name: 'handler_errors',
      kind: 'counter',
      description: 'Handlers that threw',
      labels: ['subscription'],
    },
  ],
});

export const pushRefused = event<'code' | 'reason'>({
  name: 'push_refused',
  severity: 'WARNING',
  description: 'A request is no push that this function serves: `code` is what it was answered with.',
  text: ({ code, reason }) => `A push was refused with ${code}: ${reason}`,
  metrics: [
    {
      name: 'pushes_refused',
      kind: 'counter',
      description: 'Requests that are no push of a subscription of the function',
      labels: ['code'],
    },
  ],
});

export const pushFailed = event<'subscription' | 'messageId' | 'attempt' | 'error'>({
  name: 'push_failed',
  severity: 'ERROR',
  description:
    'A function could not be opened or a message not be set aside: the message is delivered again.',
  text: ({ subscription }) => `A push of ${subscription} could not be handled`,
  metrics: [
    {
      name: 'pushes_failed',
      kind: 'counter',
      description: 'Pushes that failed outside of their handler',
      labels: ['subscription'],
    },
  ],
});

export const deadLettered = event<
  'deadLetterId' | 'topic' | 'subscription' | 'messageId' | 'attempt' | 'reason'
>({
  name: 'dead_letter',
  severity: 'ERROR',
  description: 'A message was set aside with its reason, to be read and replayed.',
  text: ({ deadLetterId, topic, reason }) =>
    `A message on ${topic} was set aside as ${deadLetterId}: ${reason}`,
  metrics: [
    {
      name: 'dead_letters',
      kind: 'counter',
      description: 'Messages set aside',
      labels: ['subscription'],
    },
  ],
});

export const probeAnswered = event<'requestId'>({
  name: 'probe',
  severity: 'INFO',
  description:
    'A probe came through: the message that `verify-deploy` publishes to see whether anybody answers.',
  text: ({ requestId }) => `Probe ${requestId} came through`,
  metrics: [{ name: 'probes', kind: 'counter', description: 'Probes that came through' }],
});

export const jobFinished = event<'jobId' | 'purpose' | 'bytesBilled' | 'seconds', 'table' | 'runId'>({
  name: 'job_finished',
  severity: 'INFO',
  description: 'A job of BigQuery has done its work: what it was for, what it took, and what is billed.',
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

export const tracesLost = event<'detail'>({
  name: 'traces_lost',
  severity: 'WARNING',
  description: 'Spans did not reach the collector of traces; the work itself is not affected.',
  text: ({ detail }) => `Spans were lost: ${detail}`,
  metrics: [{ name: 'traces_lost', kind: 'counter', description: 'Exports of spans that failed' }],
});

/** Dates in few words. */
function span(dates: readonly string[]): string {
  const [first, last] = [dates[0] ?? 'no date', dates.at(-1)];
  return dates.length < 2 ? first : `${dates.length} dates from ${first} to ${last}`;
}

const RANK = { debug: 0, info: 1, warning: 2, error: 3, off: 4 } as const;

/** Writes events of `level` and above as lines of Cloud Logging. Never throws. */
export function logger(level: keyof typeof RANK, write: (line: string) => void, target: LogTarget = {}): Log {
  if (level === 'off') return () => undefined;
  return (event, context) => {
    const severity = event.severity.toLowerCase() as Lowercase<LogEvent['severity']>;
    if (RANK[severity] < RANK[level]) return;
    try {
      const text = texts.get(event.event) as ((fields: LogEvent) => string) | undefined;
      write(`${logLine(event, text, context, target)}\n`);
    } catch {
      // Whoever tells of an event must not fail because nobody listens.
    }
  };
}
