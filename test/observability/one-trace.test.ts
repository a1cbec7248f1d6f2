/** A backfill through the real engine is one trace, and every line says which. */
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simpleTracer } from '../../shared/adapters/otel/tracing.ts';
import { spanIdOf, traceIdOf } from '../../shared/domain/trace-context.ts';
import { EVENTS } from '../../shared/observe/events/index.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import type { RunDocument } from '../../shared/state/documents.ts';
import {
  importInto,
  openLeague,
  parsed,
  PROJECT,
  SEASON,
  type League,
  type Line,
} from '../support/observed-league.ts';

const exporter = new InMemorySpanExporter();
let league: League;
let backfill: Backfill;
let runs: RunDocument[];
let spans: ReadableSpan[];
let lines: Line[];

const idOf = (span: ReadableSpan): string => span.spanContext().spanId;
const parentOf = (span: ReadableSpan): string | undefined => span.parentSpanContext?.spanId;
const childrenOf = (spanId: string): ReadableSpan[] => spans.filter((span) => parentOf(span) === spanId);
const namesOf = (found: readonly ReadableSpan[]): string[] => found.map(({ name }) => name).sort();

beforeAll(async () => {
  league = await openLeague(simpleTracer(exporter));
  await importInto(league);
  backfill = await league.backfill({ season: SEASON, from: 'phase3', through: 'phase4' }, 'the-season');
  runs = (await league.client.store.list('runs'))
    .map(({ data }) => data as unknown as RunDocument)
    .filter(({ backfillId }) => backfillId === backfill.id);
  const traceId = backfill.trace?.traceId;
  spans = exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
  lines = parsed(league.lines);
});

afterAll(() => league.close());

describe('a backfill', () => {
  it('is built, and its document names its trace', () => {
    expect(backfill).toMatchObject({
      state: 'done',
      trace: { traceId: traceIdOf(backfill.id), parentId: null },
    });
    expect(runs.length).toBeGreaterThanOrEqual(10);
  });

  it('is one tree: one root, and every other span below a span of the same trace', () => {
    const roots = spans.filter((span) => parentOf(span) === undefined);
    expect(namesOf(roots)).toEqual(['backfill']);
    const ids = new Set(spans.map(idOf));
    expect(ids.size).toBe(spans.length);
    const orphans = spans.filter((span) => !ids.has(parentOf(span) ?? idOf(span)));
    expect(namesOf(orphans)).toEqual([]);
  });

  it('has its request and every run below it, each run once', () => {
    const root = spans.find((span) => parentOf(span) === undefined);
    expect(root && idOf(root)).toBe(spanIdOf(backfill.id));
    const below = namesOf(childrenOf(spanIdOf(backfill.id))).filter((name) => name !== 'dispatch');
    expect(below).toEqual(
      ['process nba-backfill-request-sub', ...runs.map(({ table }) => `run ${table}`)].sort(),
    );
  });

  it('has below each run the handling of its request and of what became of it', () => {
    for (const { runId, phase } of runs) {
      const below = childrenOf(spanIdOf(runId));
      expect(namesOf(below)).toEqual([
        `process nba-${phase}-backfill-sub`,
        `process nba-${phase}-complete-sub`,
      ]);
      const [work, completion] = ['backfill', 'complete'].map((kind) =>
        below.find(({ name }) => name.endsWith(`-${kind}-sub`)),
      );
      expect(namesOf(childrenOf(work === undefined ? '' : idOf(work)))).toEqual(
        ['claim', 'stage', 'audit', 'publish', 'read back', 'settle', 'dispatch'].sort(),
      );
      expect(completion?.attributes).toMatchObject({
        'messaging.destination.name': `nba-${phase}-complete`,
        'messaging.delivery_attempt': 1,
      });
    }
  });

  it('says of each run what it was, from the time it was asked for to its end', () => {
    for (const run of runs) {
      const span = spans.find((each) => idOf(each) === spanIdOf(run.runId));
      expect(span?.attributes).toMatchObject({
        'fullcourt.table': run.table,
        'fullcourt.run_id': run.runId,
        'fullcourt.backfill_id': backfill.id,
        'fullcourt.dates': run.dates.length,
        'fullcourt.rows': (run.outcome ?? []).reduce((sum, { rows }) => sum + rows, 0),
      });
      expect(millis(span?.startTime)).toBe(new Date(run.requestedAt).getTime());
      expect(millis(span?.endTime)).toBe(new Date(run.finishedAt ?? '').getTime());
    }
  });

  it('makes as many spans as there is work, and no more', () => {
    // Root, request, a span for each run, nine below it, and a dispatch for each time that runs were released.
    const dispatches = childrenOf(spanIdOf(backfill.id)).filter(({ name }) => name === 'dispatch');
    expect(dispatches.length).toBeLessThanOrEqual(runs.length);
    expect(spans.length).toBe(2 + 10 * runs.length + dispatches.length);
  });

  it('begins another trace for each import', () => {
    const traces = new Set(exporter.getFinishedSpans().map((span) => span.spanContext().traceId));
    expect(traces.size).toBe(3);
  });
});

function millis(time: readonly [number, number] | undefined): number {
  return time === undefined ? Number.NaN : time[0] * 1000 + Math.round(time[1] / 1e6);
}

describe('every line', () => {
  it('is one JSON object of a known event', () => {
    const known = new Set(EVENTS.map(({ name }) => name));
    expect(lines.length).toBeGreaterThan(50);
    for (const line of lines) {
      expect(known, line.event).toContain(line.event);
      expect(line.message.length).toBeGreaterThan(0);
    }
  });

  it('that is about the backfill has its trace, its label, and a span of it', () => {
    const mine = lines.filter((line) => line['backfillId'] === backfill.id);
    expect(mine.length).toBeGreaterThan(4 * runs.length);
    const ids = new Set(spans.map(idOf));
    for (const line of mine) {
      expect(line, line.message).toMatchObject({
        'logging.googleapis.com/trace': `projects/${PROJECT}/traces/${traceIdOf(backfill.id)}`,
        'logging.googleapis.com/trace_sampled': true,
        'logging.googleapis.com/labels': { backfill_id: backfill.id },
      });
      expect(ids).toContain(line['logging.googleapis.com/spanId']);
    }
  });

  it('that is about a run has the run and the table among its labels', () => {
    const aboutRuns = lines.filter((line) => line['runId'] !== undefined);
    for (const line of aboutRuns) {
      expect(line['logging.googleapis.com/labels']).toMatchObject({
        run_id: line['runId'],
        table: line['table'],
      });
    }
  });

  it('tells the story of each run in order', () => {
    for (const { runId } of runs) {
      const story = lines.filter((line) => line['runId'] === runId).map(({ event }) => event);
      expect(story).toEqual(['run_requested', 'run_started', 'run_finished', 'completion_recorded']);
    }
    expect(lines.filter(({ event }) => event.startsWith('backfill_')).map(({ event }) => event)).toEqual([
      'backfill_started',
      'backfill_finished',
      'backfill_started',
      'backfill_finished',
      'backfill_started',
      'backfill_finished',
    ]);
  });

  it('has every field its metrics are made of, as text or as a number', () => {
    for (const { name, metrics } of EVENTS) {
      for (const line of lines.filter(({ event }) => event === name)) {
        for (const { labels, value } of metrics) {
          for (const label of labels) expect(typeof line[label], `${name}.${label}`).toBe('string');
          if (value !== undefined) expect(typeof line[value], `${name}.${value}`).toBe('number');
        }
      }
    }
  });
});
