/**
 * Which trace a piece of work belongs to. Trace ids and the ids of the spans that outlive a process are hashes of ids
 * that are kept anyway, so that after a crash, a redelivery or a repair by the sweep everything still meets in one trace.
 */
import { digest } from './hash.ts';

export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits: the span that is the parent of whatever is done in this context. */
  readonly spanId: string;
  /** Whether spans of it are recorded. */
  readonly sampled: boolean;
}

/** Where a backfill or a run begins in a trace. */
export interface TraceOrigin {
  readonly traceId: string;
  /** The span it is a child of; null at the root. */
  readonly parentId: string | null;
}

/** The span id of a context that has no span yet. */
export const NO_SPAN = '0000000000000000';

/** The trace of everything that has this correlation id: of a backfill, its id. */
export function traceIdOf(correlationId: string): string {
  return digest(`trace ${correlationId}`, 32);
}

/** The span of a backfill or a run, by its id. */
export function spanIdOf(id: string): string {
  return digest(`span ${id}`, 16);
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent` of W3C Trace Context. @returns undefined for anything that is none */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(text?.trim() ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
