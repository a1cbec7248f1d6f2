/**
 * Which trace a piece of work belongs to. The ids of traces, backfills and runs in it are hashes of ids
 * that are stored anyway. So after a crash, a redelivery or a repair by the sweep, the work still appears
 * in one trace.
 */
import { digest } from './hash.ts';

/** A place in a trace, as W3C Trace Context describes it. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: the parent of every span that is begun in this context. */
  readonly spanId: string;
  /** Whether the spans of this trace are recorded. */
  readonly sampled: boolean;
}

/** Where a backfill or a run begins in a trace. */
export interface TraceOrigin {
  readonly traceId: string;
  /** The span it is a child of; null when it is the root of its trace. */
  readonly parentId: string | null;
}

/** The span id of a context in which no span was begun. */
export const NO_SPAN = '0000000000000000';

/**
 * The trace (32 hex digits) of all work with this correlation id. The correlation id of a backfill is its
 * own id.
 */
export function traceIdOf(correlationId: string): string {
  return digest(`trace ${correlationId}`, 32);
}

/** The span (16 hex digits) of a backfill or a run, by its id. */
export function spanIdOf(id: string): string {
  return digest(`span ${id}`, 16);
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Reads a `traceparent` of W3C Trace Context.
 * @returns undefined when `text` is missing or not a valid one
 */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(text?.trim() ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Writes a place in a trace as a `traceparent` of W3C Trace Context. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
