/** What belongs to one piece of work stays in one trace, whatever happens to messages and to those who handle them. */
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { handlerFor } from '../../functions/services/index.ts';
import { simpleTracer } from '../../shared/adapters/otel/tracing.ts';
import { BACKFILL_REQUEST_TOPIC, runTopic } from '../../shared/derive/topic-names.ts';
import { parseTraceparent, spanIdOf, traceIdOf } from '../../shared/domain/trace-context.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type { Delivery } from '../../shared/ports/bus.ts';
import type { Backfill } from '../../shared/state/backfills.ts';
import { paths, type RunDocument } from '../../shared/state/documents.ts';
import { PHASE3_DATES, SEASON, withChange, withMorePoints } from '../support/toy-league.ts';
import { builtWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { makeWorld, type World, type WorldOptions } from '../support/world.ts';

const PUBLISHER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const TRACEPARENT = `00-${PUBLISHER.traceId}-${PUBLISHER.spanId}-01`;
const [FIRST = PHASE3_DATES[0] as never] = PHASE3_DATES;

/** A world with a tracer that keeps what it is told, and every message that is published in it. */
function tracedWorld(options: WorldOptions): {
  world: World;
  spans: () => ReadableSpan[];
  messages: Record<string, unknown>[];
} {
  const exporter = new InMemorySpanExporter();
  const world = makeWorld({ ...options, tracer: simpleTracer(exporter) });
  const messages: Record<string, unknown>[] = [];
  const publish = world.bus.publish;
  Object.assign(world.bus, {
    publish: (topic: string, body: string) => {
      messages.push(JSON.parse(body) as Record<string, unknown>);
      return publish(topic, body);
    },
  });
  return { world, spans: () => exporter.getFinishedSpans(), messages };
}

function traceOf(message: Record<string, unknown>): string | undefined {
  const { traceparent } = message;
  return typeof traceparent === 'string' ? parseTraceparent(traceparent)?.traceId : undefined;
}

async function runsOf(world: World, backfillId: string): Promise<RunDocument[]> {
  return (await world.store.list('runs'))
    .map(({ data }) => data as unknown as RunDocument)
    .filter((run) => run.backfillId === backfillId);
}

/** Every message, line and span that is about the backfill is in its trace, and hangs below its root. */
async function expectOneTrace(
  { world, spans, messages }: ReturnType<typeof tracedWorld>,
  id: string,
  traceId: string,
): Promise<void> {
  const mine = messages.filter(({ backfillId }) => backfillId === id);
  expect(mine.length).toBeGreaterThan(0);
  expect(new Set(mine.map(traceOf))).toEqual(new Set([traceId]));
  const told = world.events.filter(({ backfillId }) => backfillId === id);
  expect(new Set(told.map((event) => world.contextOf(event)?.trace.traceId))).toEqual(new Set([traceId]));
  const runs = await runsOf(world, id);
  expect(runs.length).toBeGreaterThan(0);
  for (const { runId } of runs) {
    const [span, ...others] = spans().filter((each) => each.spanContext().spanId === spanIdOf(runId));
    expect(others).toEqual([]);
    expect(span?.spanContext().traceId).toBe(traceId);
    expect(span?.parentSpanContext?.spanId).toBe(spanIdOf(id));
  }
  const root = spans().filter((each) => each.spanContext().spanId === spanIdOf(id));
  expect(root.map((each) => each.spanContext().traceId)).toEqual([traceId]);
}

describe('a backfill stays in one trace', () => {
  it('when whoever works on a run dies, and the sweep asks for it again', async () => {
    const traced = tracedWorld({ from: await importedWorld() });
    const { world, spans } = traced;
    let died = false;
    world.setTrap((point) => {
      if (died || !point.startsWith('before stage')) return undefined;
      died = true;
      return 'die';
    });
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect((await world.backfill(id))?.state).toBe('done');
    await expectOneTrace(traced, id, traceIdOf(id));
    const twice = (await runsOf(world, id)).filter(({ attempt }) => attempt === 2);
    expect(twice).toHaveLength(1);
    expect(world.events.map(({ event }) => event)).toContain('sweep_asked_again');
    const attempts = spans().filter(
      ({ name, parentSpanContext }) =>
        name.endsWith('-backfill-sub') && parentSpanContext?.spanId === spanIdOf(twice[0]?.runId ?? ''),
    );
    // The attempt that died never ended; the one that took over is where it would have been.
    expect(attempts.length).toBeGreaterThanOrEqual(1);
  });

  it('when the announcement of a run is lost, and the sweep tells of it again', async () => {
    const traced = tracedWorld({ from: await importedWorld() });
    const { world } = traced;
    const publish = world.bus.publish;
    let lost = false;
    Object.assign(world.bus, {
      publish: (topic: string, body: string) => {
        if (lost || topic !== 'nba-phase3-complete') return publish(topic, body);
        lost = true;
        return Promise.resolve('lost');
      },
    });
    const id = await world.request({ season: SEASON });
    await world.settle();
    expect(lost).toBe(true);
    expect((await world.backfill(id))?.state).toBe('done');
    await expectOneTrace(traced, id, traceIdOf(id));
  });

  it.each([1, 2, 3])('under duplicates, delays, lost acknowledgements and crashes, seed %i', async (seed) => {
    const traced = tracedWorld({
      from: await importedWorld(),
      seed,
      workers: 2,
      faults: {
        ...NO_FAULTS,
        steps: 3000,
        pause: 0.2,
        crash: 0.005,
        crashWorker: 0.002,
        unavailable: 0.005,
        warehouse: 0.01,
        duplicate: 0.3,
        delay: 0.2,
        loseAck: 0.1,
      },
    });
    const id = await traced.world.request({ season: SEASON });
    await traced.world.settle();
    expect((await traced.world.backfill(id))?.state).toBe('done');
    const mine = traced.messages.filter(({ backfillId }) => backfillId === id);
    expect(new Set(mine.map(traceOf))).toEqual(new Set([traceIdOf(id)]));
  });

  it('when its changes make later dates stale, and it restates them', async () => {
    const traced = tracedWorld({ from: await builtWorld() });
    const { world } = traced;
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', FIRST, withMorePoints));
    const id = await world.request({
      dates: [FIRST],
      from: 'phase2',
      through: 'phase4',
      tables: ['nbac_player_boxscores'],
      restate: 'auto',
    });
    await world.settle();
    expect((await world.backfill(id))?.stage).toBe('restate');
    expect(world.events.map(({ event }) => event)).toContain('backfill_extended');
    await expectOneTrace(traced, id, traceIdOf(id));
  });

  it('beside another one that runs at the same time', async () => {
    const traced = tracedWorld({ from: await importedWorld(), seed: 5 });
    const half = Math.floor(PHASE3_DATES.length / 2);
    const ids = [
      await traced.world.request({ dates: PHASE3_DATES.slice(0, half) }),
      await traced.world.request({ dates: PHASE3_DATES.slice(half) }),
    ];
    await traced.world.settle();
    for (const id of ids) await expectOneTrace(traced, id, traceIdOf(id));
  });
});

describe('whoever asks for a backfill', () => {
  const asked = async (
    body: object,
    delivery: Partial<Delivery>,
  ): Promise<{ traced: ReturnType<typeof tracedWorld>; backfill: Backfill }> => {
    const traced = tracedWorld({ from: await importedWorld() });
    const { world } = traced;
    const request = { requestId: 'by-hand', season: SEASON, from: 'phase3', through: 'phase4', ...body };
    const outcome = await handlerFor(
      world.context,
      'backfill',
    )({
      subscription: `${BACKFILL_REQUEST_TOPIC}-sub`,
      topic: BACKFILL_REQUEST_TOPIC,
      messageId: 'm1',
      body: JSON.stringify(request),
      attempt: 1,
      ...delivery,
    });
    expect(outcome).toEqual({ kind: 'ack' });
    await world.settle();
    const id = backfillIdOf({ requestId: 'by-hand' }, '');
    const backfill = await world.store.get<Backfill>(paths.backfill(id));
    if (backfill === undefined) throw new Error('There is no backfill');
    return { traced, backfill };
  };

  it.each([
    ['an attribute of the message', {}, { attributes: { traceparent: TRACEPARENT } }],
    [
      'an attribute as clients of Pub/Sub write it',
      {},
      { attributes: { googclient_traceparent: TRACEPARENT } },
    ],
    ['a field of the request', { traceparent: TRACEPARENT }, {}],
  ])('finds it in a trace of their own, named by %s', async (_, body, delivery) => {
    const { traced, backfill } = await asked(body, delivery);
    expect(backfill).toMatchObject({
      state: 'done',
      trace: { traceId: PUBLISHER.traceId, parentId: PUBLISHER.spanId },
    });
    await expectOneTrace(traced, backfill.id, PUBLISHER.traceId);
    const root = traced.spans().find((span) => span.spanContext().spanId === spanIdOf(backfill.id));
    expect(root?.parentSpanContext?.spanId).toBe(PUBLISHER.spanId);
  });

  it.each([
    ['nothing', {}],
    ['no traceparent', { attributes: { traceparent: 'nonsense' } }],
    ['a trace of zeros', { attributes: { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` } }],
    // What a proxy makes of the request that delivers a message is not what its publisher says.
    ['the delivery only', { traceparent: TRACEPARENT }],
  ])('and says %s, finds it in the trace of its id', async (_, delivery) => {
    const { traced, backfill } = await asked({}, delivery);
    await expectOneTrace(traced, backfill.id, traceIdOf(backfill.id));
  });
});

describe('live work', () => {
  it('is a trace, in which each run hangs below the run that made it possible', async () => {
    const traced = tracedWorld({ from: await builtWorld() });
    const { world, spans, messages } = traced;
    await world.archiveRows(withChange(FIRST_SOURCES, 'nbac_player_boxscores', FIRST, withMorePoints));
    expect(await world.ingest('nbac_player_boxscores', FIRST)).toBe(true);
    await world.settle();
    const live = messages.filter(({ kind, mode }) => kind === 'run_requested' && mode === 'live');
    expect(live.length).toBeGreaterThan(2);
    const [correlationId, ...others] = new Set(live.map((message) => message['correlationId'] as string));
    expect(others).toEqual([]);
    expect(new Set(live.map(traceOf))).toEqual(new Set([traceIdOf(correlationId ?? '')]));
    const runSpans = spans().filter(({ name }) => name.startsWith('run '));
    const ids = new Map(runSpans.map((span) => [span.spanContext().spanId, span.name]));
    const parents = runSpans.map(({ name, parentSpanContext }) => [
      name,
      ids.get(parentSpanContext?.spanId ?? ''),
    ]);
    expect(parents).toContainEqual(['run nbac_player_boxscores', undefined]);
    for (const [name, parent] of parents)
      if (name !== 'run nbac_player_boxscores') expect(parent, name).toMatch(/^run /);
  });
});

describe('a message that was given up', () => {
  it('is told of in its trace, with what it was about', async () => {
    const { world } = tracedWorld({ from: await importedWorld() });
    const body = JSON.stringify({
      kind: 'run_requested',
      runId: 'run-x',
      correlationId: 'bf-x',
      backfillId: 'bf-x',
    });
    await world.publish(runTopic('phase3', 'backfill'), body);
    await world.settle();
    const letter = world.events.find(({ event }) => event === 'dead_letter');
    expect(letter).toMatchObject({ severity: 'ERROR', subscription: 'nba-phase3-backfill-sub' });
    expect(letter && world.contextOf(letter)).toMatchObject({
      trace: { traceId: traceIdOf('bf-x'), spanId: spanIdOf('run-x') },
      labels: { run_id: 'run-x', backfill_id: 'bf-x' },
    });
  });

  it('is told of even when it is no message at all', async () => {
    const world = makeWorld();
    await world.publish(BACKFILL_REQUEST_TOPIC, 'not JSON');
    await world.settle();
    const letter = world.events.find(({ event }) => event === 'dead_letter');
    expect(letter && world.contextOf(letter)?.trace.traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('tracing', () => {
  it('changes nothing of what is done', async () => {
    const from = await importedWorld();
    const dumps: string[] = [];
    const traced = tracedWorld({ from, seed: 9 }).world;
    for (const world of [makeWorld({ from, seed: 9 }), traced]) {
      await world.request({ season: SEASON });
      await world.settle();
      dumps.push(JSON.stringify([...world.store.dump()].sort(([a], [b]) => (a < b ? -1 : 1))));
    }
    expect(dumps[0]?.length).toBeGreaterThan(10_000);
    expect(dumps[1]).toBe(dumps[0]);
  });
});
