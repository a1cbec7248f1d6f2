/**
 * Spans of what the pipeline does. A backfill is one span, each of its runs a child of it, and what handles a message a
 * child of the run the message is about. Without a tracer nothing is allocated and nothing is called.
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

/** Of a backfill, what says where it is in a trace. */
interface BackfillInTrace {
  readonly id: string;
  /** The trace of everything it leads to; without it, the one of its id. */
  readonly trace?: TraceOrigin;
}

/** A backfill that has its verdict, as its span tells of it. */
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

/** Of a run, what says where it is in a trace. */
interface RunInTrace {
  readonly runId: string;
  readonly correlationId: string;
  /** The trace of the run; without it, the one of its correlation id. */
  readonly trace?: TraceOrigin;
}

/** A settled run, as its span tells of it. */
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

/** The ports as they are while a message is handled: its lines and spans carry `context`. */
export function within<P extends Traced>(ports: P, context: LogContext): P {
  return { ...ports, context };
}

/** Does `work` as a span of the message that is being handled. */
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

/** Why a `Result` or an `Outcome` is none that was hoped for. */
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
 * Handles a message as a span of the trace it belongs to.
 * @param context what the message says of its place in a trace
 * @param work gets the ports whose lines and spans are those of this handling
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

/** The place in a trace of a message that names none: a trace of its own. */
export function ownTrace(key: string): TraceContext {
  return { traceId: traceIdOf(key), spanId: NO_SPAN, sampled: false };
}

/** Where a backfill's own work is in a trace. */
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

/** Where the runs a backfill asks for begin. */
export function originInBackfill({ id, trace }: BackfillInTrace): TraceOrigin {
  return { traceId: trace?.traceId ?? traceIdOf(id), parentId: spanIdOf(id) };
}

/** Where the runs begin that follow from what became of another run. */
export function originInRun(message: RunCompleted): TraceOrigin {
  const traceId = parseTraceparent(message.traceparent)?.traceId ?? traceIdOf(message.correlationId);
  return { traceId, parentId: spanIdOf(message.runId) };
}

/** The `traceparent` of the messages about a run: whatever handles them is a child of the run. */
export function traceparentOfRun(ports: Traced, { runId, correlationId, trace }: RunInTrace): string {
  return formatTraceparent({
    traceId: trace?.traceId ?? traceIdOf(correlationId),
    spanId: spanIdOf(runId),
    sampled: ports.tracer !== undefined,
  });
}

/** Records a settled run, from the time it was asked for, under the id its messages have named all along. */
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

/** Records a backfill that has its verdict: the span everything it led to is under. */
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
