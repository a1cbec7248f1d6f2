/**
 * What an event is, and the maker of the function that tells of one. Each event of the pipeline has one function, with its
 * log line and its metrics beside it; the modules of this folder hold them by what they are about. The names of events and
 * fields are stable: a metric, an alert or a filter over the log works the same after a text has been reworded.
 */
import type { Mode } from '../../domain/partition.ts';
import type { Phase } from '../../domain/table.ts';
import type { LogEvent, Ports } from '../../ports/index.ts';

/** Every field an event may have; one field has one type, whichever event it is in. */
interface EventFields {
  readonly table: string;
  readonly tables: readonly string[];
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
  readonly fetchId: string;
  /** Name of a live source, such as `nba_cdn`; and the one in whose place it is asked. */
  readonly source: string;
  readonly insteadOf: string;
  /** Why a date is asked about at a time. */
  readonly occasion: string;
  /** What of a date was asked for. */
  readonly targets: readonly string[];
  /** Answers that were archived. */
  readonly entries: number;
  readonly messageId: string;
  /** Field of a message, such as `dates[].colour`. */
  readonly field: string;
  /** Who has published a message: the revision of a service, or the topic where that is not known. */
  readonly sender: string;
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
  /** Id of a model; null when none was made. */
  readonly modelId: string | null;
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
  'source',
] as const satisfies readonly (keyof EventFields)[];
type MetricLabel = (typeof METRIC_LABELS)[number];

/** A metric that Cloud Logging makes of the log lines of an event. */
interface MetricDeclaration {
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

/** What is known of an event before it is told; the metrics of a deployment are derived from it. */
export interface EventDeclaration {
  /** The value of `jsonPayload.event` in the log. */
  readonly name: string;
  /** Severity of its lines; `backfill_finished` and `run_finished` raise it where something failed. */
  readonly severity: LogEvent['severity'];
  readonly description: string;
  readonly metrics: readonly MetricDeclaration[];
}

type FieldsOf<K extends keyof EventFields> = Pick<EventFields, K>;

interface Spec<K extends keyof EventFields, O extends keyof EventFields> {
  readonly name: string;
  readonly severity: LogEvent['severity'];
  readonly description: string;
  /** The line for a person. */
  readonly text: (fields: FieldsOf<K> & Partial<FieldsOf<O>>) => string;
  /** Severity of one line, where its fields decide it. */
  readonly severityOf?: (fields: FieldsOf<K>) => LogEvent['severity'];
  readonly metrics?: readonly (Omit<MetricDeclaration, 'labels' | 'value' | 'unit'> & {
    readonly unit?: 's' | 'By';
    readonly labels?: readonly ((K | O) & MetricLabel)[];
    readonly value?: K;
  })[];
}

/** Tells of an event, in the context of the message that is being handled. */
interface Teller<K extends keyof EventFields, O extends keyof EventFields> {
  (ports: Pick<Ports, 'log' | 'context'>, fields: FieldsOf<K> & Partial<FieldsOf<O>>): void;
  readonly declaration: EventDeclaration;
  readonly text: Spec<K, O>['text'];
}

/**
 * Makes the function that tells of an event.
 * @typeParam K fields that the event has each time
 * @typeParam O fields that it may lack: `job_finished` has a `table` only where the job is about one
 */
export function event<K extends keyof EventFields, O extends keyof EventFields = never>(
  spec: Spec<K, O>,
): Teller<K, O> {
  const { name, severity, description, text, severityOf, metrics = [] } = spec;
  const declaration: EventDeclaration = {
    name,
    severity,
    description,
    metrics: metrics.map((metric) => ({ ...metric, unit: metric.unit ?? '1', labels: metric.labels ?? [] })),
  };
  return Object.assign(
    ({ log, context }: Pick<Ports, 'log' | 'context'>, fields: FieldsOf<K> & Partial<FieldsOf<O>>): void =>
      log({ ...fields, severity: severityOf?.(fields) ?? severity, event: name }, context),
    { declaration, text },
  );
}

/** Dates in few words: `2024-01-05`, or `3 dates from 2024-01-05 to 2024-01-07`. */
export function span(dates: readonly string[]): string {
  const [first, last] = [dates[0] ?? 'no date', dates.at(-1)];
  return dates.length < 2 ? first : `${dates.length} dates from ${first} to ${last}`;
}
