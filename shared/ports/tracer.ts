/**
 * Spans of the work that is done, and the context that connects the log lines and spans of one piece of
 * work.
 */
import type { TraceContext } from '../domain/trace-context.ts';

/** The trace that a log line belongs to, and labels for its message. */
export interface LogContext {
  readonly trace: TraceContext;
  /** Fields that every line of this message has in addition to its own. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The kind of a span, in the words of OpenTelemetry. */
export type SpanKind = 'internal' | 'consumer' | 'producer';
/** Fields of a span. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What a span begins with. */
export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  /** The trace that it belongs to. */
  readonly traceId: string;
  /** The span that it is a child of; without one it is the root of its trace. */
  readonly parentId?: string | undefined;
  /**
   * Its own id, for a span that other spans name as their parent before it is recorded. By default the
   * tracer chooses one.
   */
  readonly spanId?: string;
  readonly attributes?: Attributes;
  /** When it began; by default, the present moment. */
  readonly startedAt?: Date;
}

/** A span that has begun. */
export interface Span {
  readonly spanId: string;
  readonly set: (attributes: Attributes) => void;
  /** Records that the work of the span has failed, and why. */
  readonly fail: (reason: string) => void;
  /**
   * Ends the span.
   * @param at when it ended; by default, the present moment
   */
  readonly end: (at?: Date) => void;
}

/** Records spans. */
export interface Tracer {
  /** Begins a span. It never throws. */
  readonly start: (span: SpanStart) => Span;
  /** Sends the spans that have ended. It never throws: losing a trace fails no work. */
  readonly flush: () => Promise<void>;
  /** Sends the spans that have ended and stops. */
  readonly close: () => Promise<void>;
}
