/** Spans as intervals of time, to add up what was done when. */
import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Tracer } from '../../shared/ports/tracer.ts';

/** A span that has ended. Times are milliseconds of a clock that never goes back. */
export interface Interval {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** A tracer that keeps the spans which begin and end by themselves. Spans that are recorded afterwards, with a time, are left out. */
export function recordingTracer(): { readonly tracer: Tracer; readonly spans: Interval[] } {
  const spans: Interval[] = [];
  const tracer: Tracer = {
    start: ({ name, spanId, startedAt }) => {
      const from = performance.now();
      return {
        spanId: spanId ?? randomBytes(8).toString('hex'),
        set: () => undefined,
        fail: () => undefined,
        end: () => {
          if (startedAt === undefined) spans.push({ name, from, to: performance.now() });
        },
      };
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { tracer, spans };
}

/** Milliseconds that intervals cover, each moment once. */
export function lengthOf(intervals: readonly Interval[]): number {
  return merged(intervals).reduce((sum, { from, to }) => sum + to - from, 0);
}

/** The parts of intervals that no other one covers. */
export function without(intervals: readonly Interval[], others: readonly Interval[]): Interval[] {
  return merged(others).reduce<Interval[]>(
    (left, other) =>
      left.flatMap((each) => {
        if (other.to <= each.from || other.from >= each.to) return [each];
        return [
          ...(each.from < other.from ? [{ ...each, to: other.from }] : []),
          ...(each.to > other.to ? [{ ...each, from: other.to }] : []),
        ];
      }),
    merged(intervals),
  );
}

function merged(intervals: readonly Interval[]): Interval[] {
  const found: Interval[] = [];
  for (const each of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = found.at(-1);
    if (last !== undefined && each.from <= last.to)
      found[found.length - 1] = { ...last, to: Math.max(last.to, each.to) };
    else found.push(each);
  }
  return found;
}
