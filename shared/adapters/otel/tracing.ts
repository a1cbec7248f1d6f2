/** A tracer that uses the OpenTelemetry SDK and sends its spans to a collector over OTLP/HTTP. */
import { randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  SimpleSpanProcessor,
  type IdGenerator,
  type SpanExporter,
  type TracerConfig,
} from '@opentelemetry/sdk-trace-base';
import type { Tracer } from '../../ports/tracer.ts';

/** Where spans are sent, and what they say of this process. */
export interface OtlpOptions {
  /** Base address of the collector; `/v1/traces` is added. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Attributes of this process, such as `service.name`. */
  readonly resource: Readonly<Record<string, string>>;
  /** Called with the reason when spans could not be sent. */
  readonly onLoss: (reason: string) => void;
}

/** Milliseconds that a function waits for the collector at most, before it answers a push. */
const EXPORT_MS = 3000;

/** A tracer that collects spans and sends them in batches. Failures go to `onLoss`; it never throws. */
export function otlpTracer({ endpoint, headers, resource, onLoss }: OtlpOptions): Tracer {
  const exporter = telling(
    new OTLPTraceExporter({
      url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: { ...headers },
      timeoutMillis: EXPORT_MS,
    }),
    onLoss,
  );
  return tracerOver(
    new BatchSpanProcessor(exporter, { maxQueueSize: 8192, exportTimeoutMillis: EXPORT_MS + 500 }),
    resource,
  );
}

/** A tracer that gives each span to the exporter as soon as the span ends. */
export function simpleTracer(exporter: SpanExporter): Tracer {
  return tracerOver(new SimpleSpanProcessor(exporter), { 'service.name': 'fullcourt' });
}

function telling(exporter: OTLPTraceExporter, onLoss: (reason: string) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) onLoss(result.error.message);
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}

const KINDS = {
  internal: SpanKind.INTERNAL,
  consumer: SpanKind.CONSUMER,
  producer: SpanKind.PRODUCER,
} as const;

type Processor = NonNullable<TracerConfig['spanProcessors']>[number];

function tracerOver(processor: Processor, attributes: Readonly<Record<string, string>>): Tracer {
  // `startSpan` of the SDK calls this generator. `start` sets `next` just before, so the span gets the given
  // ids.
  let next: { readonly traceId: string; readonly spanId: string | undefined } | undefined;
  const idGenerator: IdGenerator = {
    generateTraceId: () => next?.traceId ?? randomBytes(16).toString('hex'),
    generateSpanId: () => next?.spanId ?? randomBytes(8).toString('hex'),
  };
  const provider = new BasicTracerProvider({
    resource: resourceOf(attributes),
    idGenerator,
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('fullcourt');
  return {
    start: ({ name, kind, traceId, parentId, spanId, attributes: given, startedAt }) => {
      const context =
        parentId === undefined
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, {
              traceId,
              spanId: parentId,
              traceFlags: TraceFlags.SAMPLED,
              isRemote: true,
            });
      next = { traceId, spanId };
      const span = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          ...(given === undefined ? {} : { attributes: { ...given } }),
          ...(startedAt === undefined ? {} : { startTime: startedAt }),
        },
        context,
      );
      next = undefined;
      return {
        spanId: span.spanContext().spanId,
        set: (more) => void span.setAttributes({ ...more }),
        fail: (reason) => void span.setStatus({ code: SpanStatusCode.ERROR, message: reason.slice(0, 1000) }),
        end: (at) => span.end(at),
      };
    },
    flush: () => provider.forceFlush().catch(() => undefined),
    close: () => provider.shutdown().catch(() => undefined),
  };
}

type Resource = NonNullable<TracerConfig['resource']>;

function resourceOf(attributes: Readonly<Record<string, string>>): Resource {
  const resource: Resource = {
    attributes: { ...attributes },
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return resource;
}
