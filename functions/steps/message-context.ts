/** The place of each message in a trace, and the labels of the log lines about its handling. */
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import {
  NO_SPAN,
  parseTraceparent,
  spanIdOf,
  traceIdOf,
  type TraceContext,
  type TraceOrigin,
} from '../../shared/domain/trace-context.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type {
  BackfillRequest,
  DeadLettered,
  FetchRequested,
  RunCompleted,
  RunRequested,
} from '../../shared/messages/schemas.ts';
import type { Delivery } from '../../shared/ports/bus.ts';
import type { Attributes, LogContext } from '../../shared/ports/tracer.ts';
import { ownTrace } from '../../shared/observe/tracing.ts';

/** Attributes with the trace of the publisher: the standard name, and the name that clients of Pub/Sub use. */
const ATTRIBUTES = ['traceparent', 'googclient_traceparent'] as const;

function ofPublisher({ attributes }: Pick<Delivery, 'attributes'>): TraceContext | undefined {
  for (const name of ATTRIBUTES) {
    const found = parseTraceparent(attributes?.[name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Where a backfill begins: below the span that the publisher of the request names, else at the top of a trace of its own.
 */
export function originOfRequest(request: BackfillRequest, delivery: Delivery): TraceOrigin {
  const from = ofPublisher(delivery) ?? parseTraceparent(request.traceparent);
  return from === undefined
    ? { traceId: traceIdOf(backfillIdOf(request, delivery.messageId)), parentId: null }
    : { traceId: from.traceId, parentId: from.spanId };
}

/** The context of a message that asks for a backfill: the trace of the backfill. */
export function contextOfRequest(request: BackfillRequest, delivery: Delivery): LogContext {
  const id = backfillIdOf(request, delivery.messageId);
  const { traceId } = originOfRequest(request, delivery);
  return {
    trace: { traceId, spanId: spanIdOf(id), sampled: false },
    labels: { ...labelsOf(delivery), backfill_id: id },
  };
}

/** The context of a message about a run: the trace that the message names, else that of its correlation id. */
export function contextOfRun(message: RunRequested | RunCompleted, delivery: Delivery): LogContext {
  const { runId, table, mode, backfillId, dates, correlationId, traceparent } = message;
  const [only, ...others] = dates;
  return {
    trace: parseTraceparent(traceparent) ?? {
      traceId: traceIdOf(correlationId),
      spanId: spanIdOf(runId),
      sampled: false,
    },
    labels: {
      ...labelsOf(delivery),
      run_id: runId,
      table,
      mode,
      ...(backfillId === null ? {} : { backfill_id: backfillId }),
      ...(only === undefined || others.length > 0 ? {} : { date: only.date }),
    },
  };
}

/** The context of a message about a live fetch: the trace of the fetch. */
export function contextOfFetch(message: FetchRequested, delivery: Delivery): LogContext {
  const { correlationId, eventId, date, traceparent } = message;
  return {
    trace: parseTraceparent(traceparent) ?? {
      traceId: traceIdOf(correlationId),
      spanId: spanIdOf(eventId),
      sampled: false,
    },
    labels: { ...labelsOf(delivery), date },
  };
}

function labelsOf({ messageId, attempt }: Delivery): Readonly<Record<string, string>> {
  return { message_id: messageId, delivery_attempt: String(attempt) };
}

/**
 * The context of a message that is about no run and no backfill, such as a sweep. Its trace is that of its publisher, else of the
 * HTTP request that delivered it, else one of its own.
 */
export function contextOfDelivery(delivery: Delivery): LogContext {
  return {
    trace:
      ofPublisher(delivery) ??
      parseTraceparent(delivery.traceparent) ??
      ownTrace(`message ${delivery.messageId}`),
    labels: labelsOf(delivery),
  };
}

/** The context of a message that was given up, from as many of its fields as can be read; its body may be anything. */
export function contextOfLetter({ topic, body, messageId }: DeadLettered): LogContext {
  const text = fieldsOf(body);
  const { runId, table, backfillId, correlationId } = text;
  const id = topic === BACKFILL_REQUEST_TOPIC ? backfillIdOf(text, messageId) : undefined;
  const key = correlationId ?? id ?? `message ${messageId}`;
  const span = runId ?? id;
  const backfill = backfillId ?? id;
  return {
    trace: parseTraceparent(text.traceparent) ?? {
      traceId: traceIdOf(key),
      spanId: span === undefined ? NO_SPAN : spanIdOf(span),
      sampled: false,
    },
    labels: {
      ...(runId === undefined ? {} : { run_id: runId }),
      ...(table === undefined ? {} : { table }),
      ...(backfill === undefined ? {} : { backfill_id: backfill }),
    },
  };
}

const READ = ['runId', 'table', 'backfillId', 'correlationId', 'traceparent', 'requestId'] as const;

function fieldsOf(body: string): Partial<Record<(typeof READ)[number], string>> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return {};
  }
  if (typeof json !== 'object' || json === null) return {};
  const found = json as Record<string, unknown>;
  return Object.fromEntries(
    READ.flatMap((name) => {
      const value = found[name];
      return typeof value === 'string' && value.length <= 200 ? [[name, value]] : [];
    }),
  );
}

/** The attributes of the span of a handling: which message it was, and how often it was delivered. */
export function attributesOf({ subscription, topic, messageId, attempt }: Delivery): Attributes {
  return {
    'messaging.operation.name': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.subscription.name': subscription,
    'messaging.message.id': messageId,
    'messaging.delivery_attempt': attempt,
  };
}
