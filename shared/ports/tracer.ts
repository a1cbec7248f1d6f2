/** Spans of what is done, and the context by which lines and spans of one piece of work find each other. */
import type { TraceContext } from '../domain/trace-context.ts';

/** What a line is said in: which trace it belongs to, and what its message is about. */
export interface LogContext {
  readonly trace: TraceContext;
  /** Fields every line of the message has beside its own. */
  readonly labels?: Readonly<Record<string, string>>;
}

export type SpanKind = 'internal' | 'consumer' | 'producer';
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  /** Trace the span is part of, and the span it is a child of; without one it begins the trace. */
  readonly traceId: string;
  readonly parentId?: string | undefined;
  /** Its own id, for a span that others name before it is recorded; chosen by the tracer otherwise. */
  readonly spanId?: string;
  readonly attributes?: Attributes;
  /** When it began; now, unless it is told of afterwards. */
  readonly startedAt?: Date;
}

export interface Span {
  readonly spanId: string;
  readonly set: (attributes: Attributes) => void;
  /** Says that what it spans failed, and why. */
  readonly fail: (reason: string) => void;
  readonly end: (at?: Date) => void;
}

export interface Tracer {
  /** Never throws. */
  readonly start: (span: SpanStart) => Span;
  /** Sends what has ended so far. Never throws: a trace that is lost fails nothing. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
}
