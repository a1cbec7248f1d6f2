/** The benchmarks count each moment once, however many spans cover it. */
import { expect, it } from 'vitest';
import { lengthOf, recordingTracer, without, type Interval } from '../../scripts/bench/spans.ts';

const at = (from: number, to: number): Interval => ({ name: 'work', from, to });

it('spans that overlap or lie in each other are as long as what they cover', () => {
  expect(lengthOf([])).toBe(0);
  expect(lengthOf([at(10, 20), at(0, 5), at(15, 30), at(16, 17)])).toBe(25);
});

it('what others cover is taken out, and what is left keeps its place', () => {
  const left = without([at(0, 10), at(5, 20), at(40, 50)], [at(2, 4), at(3, 6), at(18, 45)]);
  expect(left.map(({ from, to }) => [from, to])).toEqual([
    [0, 2],
    [6, 18],
    [45, 50],
  ]);
  expect(without([at(0, 10)], [at(-5, 20)])).toEqual([]);
});

it('spans are kept when they end, but for those that are recorded afterwards', () => {
  const { tracer, spans } = recordingTracer();
  const start = { kind: 'internal', traceId: 't' } as const;
  const outer = tracer.start({ ...start, name: 'outer' });
  const inner = tracer.start({ ...start, name: 'inner' });
  inner.end();
  tracer.start({ ...start, name: 'run', startedAt: new Date(0) }).end(new Date(1));
  outer.end();
  expect(spans.map(({ name }) => name)).toEqual(['inner', 'outer']);
  const [first, second] = spans;
  expect(second?.from).toBeLessThanOrEqual(first?.from ?? NaN);
  expect(second?.to).toBeGreaterThanOrEqual(first?.to ?? NaN);
});
