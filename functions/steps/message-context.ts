/** The place of each message in a trace, and what the lines of its handling are labelled with. */
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
  RunCompleted,
  RunRequested,
} from '../../shared/messages/schemas.ts';
import type { Delivery } from '../../shared/ports/bus.ts';
import type { Attributes, LogContext } from '../../shared/ports/tracer.ts';
import { ownTrace } from '../../shared/observe/tracing.ts';

/** The attribute that holds the trace of whoever published, and the one under which clients of Pub/Sub write it. */
const ATTRIBUTES = ['traceparent', 'googclient_traceparent'] as const;

function ofPublisher({ attributes }: Pick<Delivery, 'attributes'>): TraceContext | undefined {
  for (const name of ATTRIBUTES) {
    const found = parseTraceparent(attributes?.[name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where a backfill begins: below whoever published the request and says so, else in a trace of its own. */
export function originOfRequest(request: BackfillRequest, delivery: Delivery): TraceOrigin {
  const from = ofPublisher(delivery) ?? parseTraceparent(request.traceparent);
  return from === undefined
    ? { traceId: traceIdOf(backfillIdOf(request, delivery.messageId)), parentId: null }
    : { traceId: from.traceId, parentId: from.spanId };
}

export function contextOfRequest(request: BackfillRequest, delivery: Delivery): LogContext {
  const id = backfillIdOf(request, delivery.messageId);
  const { traceId } = originOfRequest(request, delivery);
  return {
    trace: { traceId, spanId: spanIdOf(id), sampled: false },
    labels: { ...labelsOf(delivery), backfill_id: id },
  };
}

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

function labelsOf({ messageId, attempt }: Delivery): Readonly<Record<string, string>> {
  return { message_id: messageId, delivery_attempt: String(attempt) };
}

/** Of a message that is about nothing else: the trace of its publisher, of the request that delivered it, or its own. */
export function contextOfDelivery(delivery: Delivery): LogContext {
  return {
    trace:
      ofPublisher(delivery) ??
      parseTraceparent(delivery.traceparent) ??
      ownTrace(`message ${delivery.messageId}`),
    labels: labelsOf(delivery),
  };
}

/** Of a message that was given up: what can be read of it, whether or not it is a message. */
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

/** What the span of a handling says of the delivery. */
export function attributesOf({ subscription, topic, messageId, attempt }: Delivery): Attributes {
  return {
    'messaging.operation.name': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.subscription.name': subscription,
    'messaging.message.id': messageId,
    'messaging.delivery_attempt': attempt,
  };
}
