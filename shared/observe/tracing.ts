/**
 * Spans of the pipeline's work. A backfill is one span. Each run of the backfill is a child of that span. The handling of a
 * message about a run is a child of the span of the run. Without a tracer no span is made.
 */
import {
  formatTraceparent,
  NO_SPAN,
  parseTraceparent,
  spanIdOf,
  traceIdOf,
  type TraceContext,
  type TraceOrigin,
} from '../domain/trace-context.ts';
import type { CompletedDate, RunCompleted } from '../messages/schemas.ts';
import type { Ports } from '../ports/index.ts';
import type { Attributes, LogContext, Span } from '../ports/tracer.ts';

type Traced = Pick<Ports, 'tracer' | 'context'>;

/** The fields of a backfill that give its place in a trace. */
interface BackfillInTrace {
  readonly id: string;
  /** The trace of all messages and runs it leads to; by default the trace that its id stands for. */
  readonly trace?: TraceOrigin;
}

/** The fields of an ended backfill that its span has. */
interface EndedBackfill extends BackfillInTrace {
  readonly state: string;
  readonly verdict: string;
  readonly request: {
    readonly dates: readonly string[];
    readonly from: string;
    readonly through: string;
  };
  readonly plannedRuns: number;
  readonly createdAt: string;
  readonly finishedAt: string;
}

/** The fields of a run that give its place in a trace. */
interface RunInTrace {
  readonly runId: string;
  readonly correlationId: string;
  /** The trace of the run; by default the trace that its correlation id stands for. */
  readonly trace?: TraceOrigin;
}

/** The fields of a settled run that its span has. */
interface EndedRun extends RunInTrace {
  readonly table: string;
  readonly phase: string;
  readonly mode: string;
  readonly backfillId: string | null;
  readonly dates: readonly { readonly date: string }[];
  readonly attempt: number;
  readonly outcome: readonly Pick<CompletedDate, 'status' | 'rows' | 'reason'>[];
  readonly requestedAt: string;
  readonly finishedAt: string;
}

/** The ports for the handling of one message: every line and span made through them carries `context`. */
export function within<P extends Traced>(ports: P, context: LogContext): P {
  return { ...ports, context };
}

/** Does `work` inside a span, a child of the span of the message that is being handled. */
export function inSpan<T>(ports: Traced, name: string, work: () => Promise<T>): Promise<T> {
  const { tracer, context } = ports;
  if (tracer === undefined || context === undefined) return work();
  const { traceId, spanId } = context.trace;
  return spanning(tracer.start({ name, kind: 'internal', traceId, parentId: spanId }), work);
}

async function spanning<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    const reason = failureOf(result);
    if (reason !== undefined) span.fail(reason);
    return result;
  } catch (error) {
    span.fail(error instanceof Error ? error.message : String(error));
    throw error;
  } finally {
    span.end();
  }
}

/** The reason of a `Result` that failed, or of an `Outcome` that is no `ack`; undefined for everything else. */
function failureOf(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  if ('failure' in result) {
    const { code, detail } = result.failure as { code: string; detail: string };
    return `${code}: ${detail}`;
  }
  if ('kind' in result && (result.kind === 'retry' || result.kind === 'dead_letter') && 'reason' in result)
    return String(result.reason);
  return undefined;
}

/**
 * Handles a message inside a span of the trace that the message belongs to.
 * @param context the place in a trace that the message names
 * @param work gets ports whose lines and spans are children of that span
 */
export function handling<T>(
  ports: Ports,
  context: LogContext,
  name: string,
  attributes: () => Attributes,
  work: (ports: Ports) => Promise<T>,
): Promise<T> {
  const { tracer } = ports;
  if (tracer === undefined) return work(within(ports, context));
  const { traceId, spanId } = context.trace;
  const span = tracer.start({
    name,
    kind: 'consumer',
    traceId,
    ...(spanId === NO_SPAN ? {} : { parentId: spanId }),
    attributes: attributes(),
  });
  const inside = { ...context, trace: { traceId, spanId: span.spanId, sampled: true } };
  return spanning(span, () => work(within(ports, inside)));
}

/** The place in a trace of a message that names no trace: at the top of a trace of its own. */
export function ownTrace(key: string): TraceContext {
  return { traceId: traceIdOf(key), spanId: NO_SPAN, sampled: false };
}

/** The place in a trace of the work on a backfill itself: below the span of the backfill. */
export function contextOfBackfill(ports: Traced, { id, trace }: BackfillInTrace): LogContext {
  return {
    trace: {
      traceId: trace?.traceId ?? traceIdOf(id),
      spanId: spanIdOf(id),
      sampled: ports.tracer !== undefined,
    },
    labels: { backfill_id: id },
  };
}

/** Where the runs of a backfill begin: below the span of the backfill. */
export function originInBackfill({ id, trace }: BackfillInTrace): TraceOrigin {
  return { traceId: trace?.traceId ?? traceIdOf(id), parentId: spanIdOf(id) };
}

/** Where the runs begin that follow from a completed run: below the span of the completed run. */
export function originInRun(message: RunCompleted): TraceOrigin {
  const traceId = parseTraceparent(message.traceparent)?.traceId ?? traceIdOf(message.correlationId);
  return { traceId, parentId: spanIdOf(message.runId) };
}

/** The `traceparent` of the messages about a run; it makes their handling a child of the span of the run. */
export function traceparentOfRun(ports: Traced, { runId, correlationId, trace }: RunInTrace): string {
  return formatTraceparent({
    traceId: trace?.traceId ?? traceIdOf(correlationId),
    spanId: spanIdOf(runId),
    sampled: ports.tracer !== undefined,
  });
}

/**
 * Records the span of a settled run, from its request to its end. Its span id follows from the run id: messages could name
 * it as their parent before the span was recorded.
 */
export function recordRun({ tracer }: Traced, run: EndedRun): void {
  if (tracer === undefined) return;
  const { runId, table, phase, mode, backfillId, dates, outcome, requestedAt, finishedAt } = run;
  const parentId = run.trace?.parentId ?? undefined;
  const span = tracer.start({
    name: `run ${table}`,
    kind: 'internal',
    traceId: run.trace?.traceId ?? traceIdOf(run.correlationId),
    ...(parentId === undefined ? {} : { parentId }),
    spanId: spanIdOf(runId),
    startedAt: new Date(requestedAt),
    attributes: {
      'fullcourt.run_id': runId,
      'fullcourt.table': table,
      'fullcourt.phase': phase,
      'fullcourt.mode': mode,
      'fullcourt.dates': dates.length,
      'fullcourt.first_date': dates[0]?.date ?? '',
      'fullcourt.last_date': dates.at(-1)?.date ?? '',
      'fullcourt.attempt': run.attempt,
      'fullcourt.rows': outcome.reduce((sum, { rows }) => sum + rows, 0),
      ...(backfillId === null ? {} : { 'fullcourt.backfill_id': backfillId }),
    },
  });
  const failed = outcome.filter(({ status }) => status === 'failed');
  if (failed.length > 0) span.fail(failed[0]?.reason ?? `${failed.length} dates failed`);
  span.end(new Date(finishedAt));
}

/** Records the span of an ended backfill, from its request to its verdict. The spans of its runs are children of it. */
export function recordBackfill({ tracer }: Traced, backfill: EndedBackfill): void {
  if (tracer === undefined) return;
  const { id, state, verdict, request, createdAt, finishedAt } = backfill;
  const parentId = backfill.trace?.parentId ?? undefined;
  const span = tracer.start({
    name: 'backfill',
    kind: 'internal',
    traceId: backfill.trace?.traceId ?? traceIdOf(id),
    ...(parentId === undefined ? {} : { parentId }),
    spanId: spanIdOf(id),
    startedAt: new Date(createdAt),
    attributes: {
      'fullcourt.backfill_id': id,
      'fullcourt.state': state,
      'fullcourt.dates': request.dates.length,
      'fullcourt.first_date': request.dates[0] ?? '',
      'fullcourt.last_date': request.dates.at(-1) ?? '',
      'fullcourt.from': request.from,
      'fullcourt.through': request.through,
      'fullcourt.planned_runs': backfill.plannedRuns,
    },
  });
  if (state === 'done_with_failures') span.fail(verdict);
  span.end(new Date(finishedAt));
}
