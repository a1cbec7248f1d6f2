/**
 * A whole pipeline in one process and in virtual time: real handlers and state writers over the memory store, the memory
 * bus and a warehouse that is given (the model of it, or DuckDB). Every call through a port is a point at which others
 * may act, the call may fail, or the process may die; a seed decides, so that everything that happened happens again
 * with the same seed.
 */
import { paths } from '../../../shared/state/documents.ts';
import { BACKFILL_REQUEST_TOPIC, SWEEP_TOPIC } from '../../../shared/derive/topic-names.ts';
import { topics, type Subscription } from '../../../shared/derive/topics.ts';
import type { GameDate } from '../../../shared/domain/game-date.ts';
import type { Registry } from '../../../shared/domain/registry.ts';
import { makeRandom, type Random } from '../../../shared/domain/seeded-random.ts';
import type { Phase } from '../../../shared/domain/table.ts';
import { backfillIdOf } from '../../../shared/messages/backfill-id.ts';
import type { BackfillRequest } from '../../../shared/messages/schemas.ts';
import type { Outcome, PullBus } from '../../../shared/ports/bus.ts';
import type { Clock, Log, LogEvent, Ports } from '../../../shared/ports/index.ts';
import type { Doc } from '../../../shared/ports/state-store.ts';
import type { LogContext, Tracer } from '../../../shared/ports/tracer.ts';
import type { Warehouse } from '../../../shared/ports/warehouse.ts';
import { type Backfill } from '../../../shared/state/backfills.ts';
import {
  cancelBackfill,
  pauseBackfill,
  resumeBackfill,
  retryOf,
  type SteerAnswer,
} from '../../control/backfills.ts';
import { handlerFor } from '../../services/index.ts';
import type { Policy } from '../../control/policy.ts';
import type { HandlerContext, LiveSources } from '../../steps/context.ts';
import { archivedLoader } from '../../steps/load-archived.ts';
import { answer, deliverOne, type Delivering } from './delivering.ts';
import { documentsAsText } from './documents-as-text.ts';
import { drawFaults, NO_FAULTS, type Faults, type Trap } from './faults.ts';
import { faultyPorts, type SimulatedPorts, type SoundPorts } from './faulty-ports.ts';
import { askForLive } from './live-news.ts';
import { memoryArchive, type MemoryArchive } from './memory-archive.ts';
import { memoryBus } from './memory-bus.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';
import { contextIn, handlerIn, type SimulatedCode } from './other-code.ts';
import { realAsks, realCalls } from './real-calls.ts';
import { virtualTime } from './virtual-time.ts';
import { makeWorkers } from './workers.ts';

export interface SimulatedOptions<W extends Warehouse> {
  readonly registry: Registry;
  readonly warehouse: W;
  /** The calls of the warehouse take real time. */
  readonly takesRealTime?: boolean;
  /** Documents to begin with. */
  readonly documents?: ReadonlyMap<string, Doc>;
  /** Files to begin with; shared with whoever else was given them. */
  readonly archive?: MemoryArchive;
  /** Makes the loader of raw rows on the ports of one handling; the product's own unless it is given. */
  readonly loaderOf?: (ports: SimulatedPorts) => HandlerContext['load'];
  /** Live sources, and the business clock by which they are asked; a world without them asks none. Questions may take real time. */
  readonly live?: LiveSources & { readonly businessClock: Clock; readonly takesRealTime?: boolean };
  readonly start: Date;
  readonly seed?: number;
  readonly faults?: Faults;
  readonly workers?: number;
  readonly policy: Policy;
  /** The version of the code that handles a delivery; the code of the pipeline unless it is given. */
  readonly codeOf?: (subscription: Subscription, random: Random) => SimulatedCode;
  readonly tracer?: Tracer;
  /** Writes down what happens at every point, to be printed with a failing seed. */
  readonly tracing?: boolean;
}

/** A request for a backfill; the phases are those that are computed and the id is made up where they are left out. */
type SimulatedRequest = Omit<Partial<BackfillRequest>, 'startDate' | 'endDate' | 'dates'> & {
  startDate?: string;
  endDate?: string;
  dates?: readonly string[];
};

export interface SimulatedWorld<W extends Warehouse> {
  readonly registry: Registry;
  readonly store: MemoryStore;
  readonly bus: PullBus;
  readonly warehouse: W;
  readonly policy: Policy;
  /** Ports on which nothing fails and nothing takes virtual time. */
  readonly context: HandlerContext;
  readonly random: Random;
  readonly now: () => Date;
  readonly events: readonly LogEvent[];
  /** The message an event was told of in; undefined outside of any. */
  readonly contextOf: (event: LogEvent) => LogContext | undefined;
  /** What happened, in order, when tracing is on. */
  readonly trace: readonly string[];
  readonly archive: MemoryArchive;
  /** Calls through ports so far. */
  readonly steps: () => number;
  /** From now on nothing goes wrong. */
  readonly calm: () => void;
  /** Sets what becomes of handlers at their calls; undefined: they live. */
  readonly setTrap: (trap: Trap | undefined) => void;
  /** Handles the next due message of a topic, through other ports where given. @returns undefined when there is none */
  readonly handle: (topic: string, ports?: Partial<Ports>) => Promise<Outcome | undefined>;
  readonly publish: (topic: string, body: object | string) => Promise<string>;
  /** Publishes a backfill request. @returns the id of the backfill */
  readonly request: (request: SimulatedRequest) => Promise<string>;
  /** What a person does with a backfill; the same functions as behind the commands. */
  readonly pause: (id: string) => Promise<SteerAnswer>;
  readonly resume: (id: string) => Promise<SteerAnswer>;
  readonly cancel: (id: string) => Promise<SteerAnswer>;
  /** Asks again for what of a backfill has failed. @returns the id of the new backfill, if there is one */
  readonly retry: (id: string) => Promise<string | undefined>;
  readonly backfill: (id: string) => Promise<Backfill | undefined>;
  /** The live lane: archived rows of one date are loaded, and what follows follows. @returns false when a run is under way */
  readonly ingest: (table: string, date: GameDate, through?: Phase) => Promise<boolean>;
  /** Does something when virtual time has moved on by so many milliseconds. */
  readonly later: (ms: number, what: () => Promise<unknown>) => void;
  /** Moves the clock. */
  readonly advance: (seconds: number) => void;
  /** Handles messages until `done` or until there is nothing to do but wait for a timer. */
  readonly run: (done?: () => boolean) => Promise<void>;
  /** Runs, with the sweep on its schedule, until nothing changes any more. @throws Error when something always does */
  readonly settle: () => Promise<void>;
}

const SWEEP_EVERY_MS = 60_000;
/** Milliseconds that pass between two looks at whether anything still changes: longer than any lease or retry. */
const BETWEEN_LOOKS_MS = 1_000_000;
const MAX_LOOKS = 40;

export function makeSimulatedWorld<W extends Warehouse>(options: SimulatedOptions<W>): SimulatedWorld<W> {
  const { registry, policy, seed = 0, loaderOf = archivedLoader } = options;
  const random = makeRandom('world', seed);
  const time = virtualTime(options.start, random);
  const clock = time.now;
  const draws = drawFaults(options.faults ?? NO_FAULTS, random, time.ms);
  const { faults, failing, strikes } = draws;
  const store = memoryStore(options.documents);
  const archive = options.archive ?? memoryArchive();
  const real = options.takesRealTime === true ? realCalls(options.warehouse) : undefined;
  const asks = options.live?.takesRealTime === true ? realAsks(options.live.http) : undefined;
  const bus = memoryBus(
    topics(),
    { clock, ackDeadlineMs: 240_000, backoffMs: [1000, 30_000] },
    {
      copies: () => (strikes(faults.duplicate) ? 2 : 1),
      delayMs: () => (strikes(faults.delay) ? random.below(20_000) : 0),
      pick: (n) => (failing() ? random.below(n) : 0),
    },
  );
  const events: LogEvent[] = [];
  const contexts = new Map<LogEvent, LogContext | undefined>();
  const trace: string[] = [];
  const note = (line: string): void => {
    if (options.tracing === true) trace.push(`${clock().toISOString().slice(11)} ${line}`);
  };
  const log: Log = (event, context) => {
    events.push(event);
    contexts.set(event, context);
    if (options.tracing === true) note(`${event.severity} ${JSON.stringify(event)}`);
  };
  const sound: SoundPorts = {
    store,
    publisher: bus,
    warehouse: real?.warehouse ?? options.warehouse,
    archive,
    clock,
    log,
    ...(options.live === undefined
      ? {}
      : { http: asks?.http ?? options.live.http, businessClock: options.live.businessClock }),
    ...(options.tracer === undefined ? {} : { tracer: options.tracer }),
  };
  const contextOf = (ports: SimulatedPorts, holder: string): HandlerContext => ({
    ports,
    registry,
    policy,
    bundle: 'sources',
    holder,
    archive: ports.archive,
    load: loaderOf(ports),
    ...(options.live === undefined || ports.http === undefined
      ? {}
      : { live: { ...options.live, http: ports.http } }),
  });
  const context = contextOf(sound, 'operator');
  const workers = makeWorkers(options.workers ?? 1, draws, time, note);
  const subscriptions = topics().map(({ subscription }) => subscription);
  const delivering: Delivering = {
    bus,
    subscriptions,
    workers,
    draws,
    note,
    handlerOf: (handling, subscription) => {
      const ports = faultyPorts(sound, workers.stepOf(handling), draws);
      const code = options.codeOf?.(subscription, random) ?? {};
      const context = contextIn(code, contextOf(ports, workers.holder(handling.worker)));
      return handlerIn(code, handlerFor(context, subscription.consumer));
    },
  };
  let requests = 0;

  const request = async (asked: SimulatedRequest): Promise<string> => {
    const requestId = asked.requestId ?? `request-${(requests += 1)}-of-seed-${seed}-at-${time.ms()}`;
    const body = { from: 'phase3', through: 'phase4', ...asked, requestId };
    await bus.publish(BACKFILL_REQUEST_TOPIC, JSON.stringify(body));
    return backfillIdOf(body, '');
  };

  const run = async (done: () => boolean = () => false): Promise<void> => {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      await real?.ended();
      await asks?.ended();
      if (done()) return;
      if (await time.ring()) continue;
      const ready = time.ready();
      if ((ready === 0 || random.chance(0.5)) && deliverOne(delivering)) continue;
      if (ready > 0) time.wakeOne();
      else if (!time.skipTo(bus.nextDue())) return;
    }
  };
  /** The sweep comes on its schedule while there is anything to do; with nothing to do, time passes at once. */
  const runWithSweep = async (): Promise<void> => {
    let sweeping = true;
    const tick = async (): Promise<void> => {
      if (!sweeping) return;
      await bus.publish(SWEEP_TOPIC, '{}');
      time.later(SWEEP_EVERY_MS, tick);
    };
    time.later(SWEEP_EVERY_MS, tick);
    await run(
      () => time.waiting() === 0 && workers.busy() === 0 && bus.nextDue() === undefined && time.timers() <= 1,
    );
    sweeping = false;
    time.dropTimers();
  };

  return {
    registry,
    store,
    bus,
    warehouse: options.warehouse,
    policy,
    context,
    random,
    archive,
    events,
    contextOf: (event) => contexts.get(event),
    trace,
    now: clock,
    steps: draws.steps,
    calm: draws.calm,
    setTrap: workers.setTrap,
    handle: async (topic, ports = {}) => {
      const subscription = subscriptions.find(({ name }) => name === `${topic}-sub`);
      const held = subscription === undefined ? undefined : bus.take([subscription]);
      if (subscription === undefined || held === undefined) return undefined;
      const handler = handlerFor(
        { ...context, ports: { ...context.ports, ...ports } },
        subscription.consumer,
      );
      const outcome = await handler(held.delivery);
      answer(held, outcome);
      return outcome;
    },
    publish: (topic, body) => bus.publish(topic, typeof body === 'string' ? body : JSON.stringify(body)),
    request,
    pause: (id) => pauseBackfill(context.ports, id),
    resume: (id) => resumeBackfill(context.ports, id),
    cancel: (id) => cancelBackfill(context.ports, id),
    retry: async (id) => {
      const retry = await retryOf(context.ports, id);
      return retry.kind === 'ask' ? request(retry.request) : undefined;
    },
    backfill: (id) => store.get<Backfill>(paths.backfill(id)),
    ingest: (table, date, through = 'phase4') => askForLive(context, table, date, through),
    later: time.later,
    advance: (seconds) => time.moveOn(seconds * 1000),
    run,
    settle: async () => {
      let before = '';
      for (let look = 0; look < MAX_LOOKS; look++) {
        await runWithSweep();
        time.moveOn(BETWEEN_LOOKS_MS);
        await bus.publish(SWEEP_TOPIC, '{}');
        await run();
        const after = documentsAsText(store);
        // A state that stays only because the same thing went wrong twice is not at rest: look again with no faults.
        if (after === before && !failing()) return;
        if (after === before) draws.calm();
        before = after;
      }
      throw new Error(`seed ${seed}: the world does not come to rest`);
    },
  };
}
