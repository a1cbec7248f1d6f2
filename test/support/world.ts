/**
 * A whole pipeline in one process and in virtual time: real handlers and state writers over the memory store, the memory
 * bus and the model of the warehouse. Every call through a port is a point at which others may act, the call may fail,
 * or the process may die; a seed decides, so that everything that happened happens again with the same seed.
 */
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryBus } from '../../functions/targets/simulated/memory-bus.ts';
import { memoryStore, type MemoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { modelWarehouse, type ModelWarehouse } from '../../functions/targets/simulated/model-warehouse.ts';
import type { Held, SqliteBus } from '../../shared/adapters/embedded/sqlite-bus.ts';
import { BACKFILL_REQUEST_TOPIC, SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics, type Subscription } from '../../shared/derive/topics.ts';
import { ok, transient, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { Archive } from '../../shared/domain/view.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { Phase } from '../../shared/domain/table.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Outcome } from '../../shared/ports/bus.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Log, LogEvent, Ports } from '../../shared/ports/index.ts';
import type { Doc } from '../../shared/ports/state-store.ts';
import type { LogContext, Tracer } from '../../shared/ports/tracer.ts';
import type { Row, Warehouse } from '../../shared/ports/warehouse.ts';
import { makeRandom, type Random } from '../../shared/domain/seeded-random.ts';
import { readBackfill, type Backfill } from '../../shared/state/backfills.ts';
import { paths } from '../../shared/state/documents.ts';
import { requestRun } from '../../shared/state/request-run.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { loadView } from '../../shared/state/views.ts';
import {
  cancelBackfill,
  pauseBackfill,
  resumeBackfill,
  retryOf,
  type SteerAnswer,
} from '../../functions/control/backfills.ts';
import type { Policy } from '../../functions/control/policy.ts';
import type { HandlerContext } from '../../functions/steps/context.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import { rememberArchive } from '../../shared/state/archives.ts';
import { handlerFor } from '../../functions/services/index.ts';
import { IGNORES_NOTES, toyRegistry } from './toy-tables.ts';
import { PLAYERS_PER_TEAM, SEASON, type Sources } from './toy-league.ts';

/** How often things go wrong, as probabilities; they stop after `steps` calls through ports. */
export interface Faults {
  readonly steps: number;
  /** A call takes time, so that others act before it goes on. */
  readonly pause: number;
  /** A call takes longer than a lease. */
  readonly longPause: number;
  /** A call whose answer or effect would be out of date takes longer than a lease: a stalled owner, an old reading. */
  readonly stall: number;
  /** The handler dies at a call: before its effect or after it. */
  readonly crash: number;
  /** The whole worker dies with everything it was doing. */
  readonly crashWorker: number;
  /** The store or the broker refuses a call, or answers with an error although it took effect. */
  readonly unavailable: number;
  /** The warehouse fails before, or answers with an error although it did what was asked. */
  readonly warehouse: number;
  /** Milliseconds from the beginning between which neither store nor broker nor warehouse answers. */
  readonly outage: readonly [from: number, to: number];
  readonly duplicate: number;
  readonly delay: number;
  /** The message was handled but the broker never hears of it. */
  readonly loseAck: number;
}

export const NO_FAULTS: Faults = {
  steps: 0,
  pause: 0,
  longPause: 0,
  stall: 0,
  crash: 0,
  crashWorker: 0,
  unavailable: 0,
  warehouse: 0,
  outage: [0, 0],
  duplicate: 0,
  delay: 0,
  loseAck: 0,
};

/** The ports of handlers, and the source files that loaders read. */
type WorldPorts = Ports & { readonly archive: ArchiveStore };

export interface WorldOptions {
  readonly seed?: number;
  readonly faults?: Faults;
  readonly workers?: number;
  readonly policy?: Partial<Policy>;
  readonly registry?: Registry;
  readonly start?: string;
  readonly tracer?: Tracer;
  /** A world to begin with: its documents, files and tables. */
  readonly from?: World;
}

/**
 * Decides what becomes of a handler at a point between two effects: it dies there with nothing of it running any
 * further, or the call throws.
 * @param point the call, such as `tx.commit` or `before publish to nba-phase3-run`
 * @param subscription whose message is handled
 */
export type Trap = (point: string, subscription: string) => 'die' | 'throw' | undefined;

/** One handling of one message: dies as a whole. */
interface Chain {
  alive: boolean;
  readonly worker: number;
  readonly subscription: string;
}

export interface World {
  readonly registry: Registry;
  readonly store: MemoryStore;
  readonly bus: SqliteBus;
  readonly warehouse: ModelWarehouse;
  readonly policy: Policy;
  /** Ports on which nothing fails and nothing takes time. */
  readonly context: HandlerContext;
  readonly random: Random;
  readonly now: () => Date;
  readonly events: readonly LogEvent[];
  /** The message an event was told of in; undefined outside of any. */
  readonly contextOf: (event: LogEvent) => LogContext | undefined;
  /** What happened, in order, when tracing is on. */
  readonly trace: string[];
  readonly archive: ReturnType<typeof memoryArchive>;
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
  readonly request: (
    request: Omit<Partial<BackfillRequest>, 'startDate' | 'endDate' | 'dates'> & {
      startDate?: string;
      endDate?: string;
      dates?: readonly string[];
    },
  ) => Promise<string>;
  /** What a person does with a backfill; the same functions as behind the commands. */
  readonly pause: (id: string) => Promise<SteerAnswer>;
  readonly resume: (id: string) => Promise<SteerAnswer>;
  readonly cancel: (id: string) => Promise<SteerAnswer>;
  /** Asks again for what of a backfill has failed. @returns the id of the new backfill, if there is one */
  readonly retry: (id: string) => Promise<string | undefined>;
  readonly backfill: (id: string) => Promise<Backfill | undefined>;
  /** Puts source rows into the archive, as an import or a scraper does; nothing is loaded yet. */
  readonly archiveRows: (sources: Sources) => Promise<void>;
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

export function makeWorld(options: WorldOptions = {}): World {
  const { faults = NO_FAULTS, workers = 1, from } = options;
  const random = makeRandom('world', options.seed ?? 0);
  const registry = options.registry ?? from?.registry ?? toyRegistry();
  const policy: Policy = {
    batchSize: () => 3,
    maxInFlight: 2,
    leaseSeconds: 120,
    gateRetrySeconds: 30,
    tellAgainSeconds: 900,
    ...options.policy,
  };
  let now = new Date(options.start ?? '2024-06-01T12:00:00Z').getTime();
  if (from !== undefined) now = Math.max(now, from.now().getTime());
  const clock = (): Date => new Date(now);
  const store = memoryStore(from === undefined ? new Map<string, Doc>() : from.store.dump());
  const archive = from?.archive ?? memoryArchive();
  const warehouse =
    from?.warehouse.copy() ??
    modelWarehouse({ playersPerTeam: PLAYERS_PER_TEAM, ignoreNotes: IGNORES_NOTES });
  let steps = 0;
  let trap: Trap | undefined;
  let requests = 0;
  const began = now;
  const isOut = (): boolean => failing() && now >= began + faults.outage[0] && now < began + faults.outage[1];
  let calm = false;
  const failing = (): boolean => !calm && steps < faults.steps;
  const bus = memoryBus(
    topics(),
    { clock, ackDeadlineMs: 240_000, backoffMs: [1000, 30_000] },
    {
      copies: () => (failing() && random.chance(faults.duplicate) ? 2 : 1),
      delayMs: () => (failing() && random.chance(faults.delay) ? random.below(20_000) : 0),
      pick: (n) => (failing() ? random.below(n) : 0),
    },
  );
  const subscriptions = topics().map(({ subscription }) => subscription);
  const events: LogEvent[] = [];
  const trace: string[] = [];
  const contexts = new Map<LogEvent, LogContext | undefined>();
  const traced = options.tracer === undefined ? {} : { tracer: options.tracer };
  const log: Log = (event, context) => {
    events.push(event);
    contexts.set(event, context);
    if (TRACE) trace.push(`${clock().toISOString().slice(11)} ${event.severity} ${JSON.stringify(event)}`);
  };
  const load: HandlerContext['load'] = () => Promise.resolve(ok([]));

  const chains = new Set<Chain>();
  const incarnations = Array.from({ length: workers }, () => 1);
  const parked: { at: number; go: () => void }[] = [];
  const timers: { at: number; what: () => Promise<unknown> }[] = [];

  const park = (ms: number): Promise<void> => new Promise((go) => void parked.push({ at: now + ms, go }));
  const kill = (worker: number): void => {
    for (const chain of chains) {
      if (chain.worker !== worker) continue;
      chain.alive = false;
      chains.delete(chain);
    }
    incarnations[worker] = (incarnations[worker] ?? 0) + 1;
  };
  /** A point between two effects of a handler: it may die here, or others may act before it goes on. */
  const stepOf =
    (chain: Chain) =>
    async (point: string): Promise<void> => {
      if (!chain.alive) return never();
      steps += 1;
      if (TRACE)
        trace.push(`${clock().toISOString().slice(11)} w${chain.worker} ${chain.subscription} ${point}`);
      const fate = trap?.(point, chain.subscription);
      if (fate === 'throw') throw new Error(`UNAVAILABLE at ${point}`);
      if (fate === 'die') {
        chain.alive = false;
        chains.delete(chain);
        return never();
      }
      if (failing()) {
        if (random.chance(faults.crash)) {
          if (TRACE) trace.push(`  dies`);
          chain.alive = false;
          chains.delete(chain);
          return never();
        }
        if (random.chance(faults.crashWorker)) {
          if (TRACE) trace.push(`  worker dies`);
          kill(chain.worker);
          return never();
        }
      }
      if (failing() && STALLS.test(point) && random.chance(faults.stall)) {
        await park(random.between(100_000, 400_000));
        if (!chain.alive) return never();
      } else if (failing() && random.chance(faults.pause)) {
        await park(random.chance(faults.longPause) ? random.between(60_000, 400_000) : random.below(40));
        if (!chain.alive) return never();
      }
    };
  const unreliable =
    (step: (point: string) => Promise<void>) =>
    async (point: string): Promise<void> => {
      await step(point);
      if (isOut() || (failing() && random.chance(faults.unavailable)))
        throw new Error(`UNAVAILABLE at ${point}`);
    };

  const portsOf = (chain: Chain): WorldPorts => {
    const step = stepOf(chain);
    const risky = unreliable(step);
    const flaky = async <T>(point: string, call: () => Promise<Result<T>>): Promise<Result<T>> => {
      await step(`before ${point}`);
      if (isOut() || (failing() && random.chance(faults.warehouse)))
        return transient('warehouse_unavailable', `no answer to ${point}`);
      const result = await call();
      await step(`after ${point}`);
      if (failing() && result.ok && random.chance(faults.warehouse))
        return transient('warehouse_timeout', `the answer to ${point} was lost`);
      return result;
    };
    const faultyWarehouse: Warehouse = {
      prepare: warehouse.prepare,
      stage: (job) => flaky(`stage ${job.table.definition.name}`, () => warehouse.stage(job)),
      publish: (job) => flaky(`publish ${job.staged.table.definition.name}`, () => warehouse.publish(job)),
      readBack: (staged, dates) => flaky('readBack', () => warehouse.readBack(staged, dates)),
      published: (table, dates) => flaky('published', () => warehouse.published(table, dates)),
      rowCounts: (ranges) => flaky('rowCounts', () => warehouse.rowCounts(ranges)),
      scheduleFacts: (seasons) => flaky('scheduleFacts', () => warehouse.scheduleFacts(seasons)),
      appendRunHistory: (rows) => flaky('appendRunHistory', () => warehouse.appendRunHistory(rows)),
      query: warehouse.query,
      discard: async (staged) => {
        await step('discard');
        await warehouse.discard(staged);
      },
    };
    return {
      store: store.seenThrough(risky),
      publisher: {
        publish: async (topic, body) => {
          await risky(`before publish to ${topic}`);
          const id = await bus.publish(topic, body);
          await risky(`after publish to ${topic}`);
          return id;
        },
      },
      warehouse: faultyWarehouse,
      archive: archive.seenThrough(risky),
      clock,
      log,
      ...traced,
    };
  };
  const contextOf = (ports: WorldPorts, holder: string): HandlerContext => ({
    ports,
    registry,
    policy,
    bundle: 'sources',
    holder,
    load: async (table, dates) => {
      const first = dates[0];
      if (first === undefined) return load(table, dates);
      const found = await ports.store.get<Archive>(paths.archive(table.definition.name, seasonOf(first)));
      const rows: Row[] = [];
      for (const { uri } of found?.files ?? [])
        rows.push(...(JSON.parse(new TextDecoder().decode(await ports.archive.get(uri))) as Row[]));
      const wanted = new Set<unknown>(dates);
      return ok(rows.filter((row) => wanted.has(row['game_date'])));
    },
  });
  const context = contextOf({ store, publisher: bus, warehouse, archive, clock, log, ...traced }, 'operator');

  const deliver = (held: Held, subscription: Subscription, worker: number): void => {
    const chain: Chain = { alive: true, worker, subscription: subscription.name };
    chains.add(chain);
    const finish = (outcome: Outcome): void => {
      if (!chain.alive) return;
      chains.delete(chain);
      if (TRACE)
        trace.push(
          `${clock().toISOString().slice(11)} w${worker} ${subscription.name} ${held.delivery.messageId} -> ${JSON.stringify(outcome)}`,
        );
      if (failing() && random.chance(faults.loseAck)) return;
      if (outcome.kind === 'ack') held.ack();
      else if (outcome.kind === 'retry') held.nack(outcome.reason);
      else held.deadLetter(outcome.reason);
    };
    if (TRACE)
      trace.push(
        `${clock().toISOString().slice(11)} w${worker} takes ${subscription.name} ${held.delivery.messageId} try ${held.delivery.attempt} ${held.delivery.body.slice(0, 200)}`,
      );
    const handler = handlerFor(
      contextOf(portsOf(chain), `worker-${worker}.${incarnations[worker]}`),
      subscription.consumer,
    );
    handler(held.delivery).then(finish, (error: unknown) => {
      throw error;
    });
  };
  /** Gives one due message to one worker that has room. */
  const takeOne = (): boolean => {
    const free = incarnations
      .map((_, worker) => worker)
      .filter((worker) => [...chains].filter((chain) => chain.worker === worker).length < MAX_AT_ONCE);
    if (free.length === 0) return false;
    const order = failing() ? shuffled(subscriptions, random) : subscriptions;
    for (const subscription of order) {
      const held = bus.take([subscription]);
      if (held === undefined) continue;
      deliver(held, subscription, free[failing() ? random.below(free.length) : 0] ?? 0);
      return true;
    }
    return false;
  };

  const run = async (done: () => boolean = () => false): Promise<void> => {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (done()) return;
      const timer = timers.findIndex(({ at }) => at <= now);
      if (timer >= 0) {
        const [due] = timers.splice(timer, 1);
        await due?.what();
        continue;
      }
      const ready = parked.flatMap(({ at }, i) => (at <= now ? [i] : []));
      if ((ready.length === 0 || random.chance(0.5)) && takeOne()) continue;
      if (ready.length > 0) {
        const [next] = parked.splice(ready[random.below(ready.length)] ?? 0, 1);
        now += 1;
        next?.go();
        continue;
      }
      const dueAt = bus.nextDue();
      const times = [
        ...parked.map(({ at }) => at),
        ...timers.map(({ at }) => at),
        ...(dueAt === undefined ? [] : [dueAt]),
      ].filter((at) => at > now);
      if (times.length === 0) return;
      now = Math.min(...times);
    }
  };

  const operate = async (what: () => Promise<unknown>): Promise<void> => void (await what());
  const world: World = {
    registry,
    store,
    bus,
    warehouse,
    policy,
    context,
    random,
    archive,
    events,
    contextOf: (event) => contexts.get(event),
    trace,
    now: clock,
    steps: () => steps,
    setTrap: (next) => {
      trap = next;
    },
    handle: async (topic, ports = {}) => {
      const subscription = subscriptions.find(({ name }) => name === `${topic}-sub`);
      const held = subscription === undefined ? undefined : bus.take([subscription]);
      if (subscription === undefined || held === undefined) return undefined;
      const outcome = await handlerFor(
        { ...context, ports: { ...context.ports, ...ports } },
        subscription.consumer,
      )(held.delivery);
      if (outcome.kind === 'ack') held.ack();
      else if (outcome.kind === 'retry') held.nack(outcome.reason);
      else held.deadLetter(outcome.reason);
      return outcome;
    },
    calm: () => {
      calm = true;
    },
    publish: (topic, body) => bus.publish(topic, typeof body === 'string' ? body : JSON.stringify(body)),
    request: async (request) => {
      const requestId =
        request.requestId ?? `request-${(requests += 1)}-of-seed-${options.seed ?? 0}-at-${now}`;
      const body = { from: 'phase3', through: 'phase4', ...request, requestId };
      await bus.publish(BACKFILL_REQUEST_TOPIC, JSON.stringify(body));
      return backfillIdOf(body, '');
    },
    pause: (id) => pauseBackfill(context.ports, id),
    resume: (id) => resumeBackfill(context.ports, id),
    cancel: (id) => cancelBackfill(context.ports, id),
    retry: async (id) => {
      const retry = await retryOf(context.ports, id);
      return retry.kind === 'ask' ? world.request(retry.request) : undefined;
    },
    backfill: (id) => readBackfill({ store }, id),
    archiveRows: async (sources) => {
      for (const [table, rows] of Object.entries(sources)) {
        const file = await archive.put(`${table}.json`, new TextEncoder().encode(JSON.stringify(rows)));
        const dates = [...new Set(rows.map((row) => String(row['game_date'])))].sort() as GameDate[];
        await rememberArchive(
          { store },
          { table, season: SEASON, files: [{ name: `${table}.json`, ...file }], dates },
        );
      }
    },
    ingest: async (table, date, through = 'phase4') => {
      const view = await loadView(context.ports, registry, [seasonOf(date)]);
      const evaluation = evaluate(view);
      if (evaluation.isCurrent(registry.get(table), date)) return true;
      const correlationId = `live-${table}-${date}`;
      const asked = await requestRun(context.ports, registry, {
        table,
        dates: [{ date, ...evaluation.inputsSeen(registry.get(table), date) }],
        mode: 'live',
        backfillId: null,
        through,
        correlationId,
        causationId: null,
        want: { through, correlationId },
      });
      if (asked !== undefined) await dispatchOutbox(context.ports, [asked.eventId]);
      return asked !== undefined;
    },
    later: (ms, what) => void timers.push({ at: now + ms, what: () => operate(what) }),
    advance: (seconds) => {
      now += seconds * 1000;
    },
    run,
    settle: async () => {
      let before = '';
      for (let round = 0; round < 40; round++) {
        let sweeping = true;
        const tick = async (): Promise<void> => {
          if (!sweeping) return;
          await bus.publish(SWEEP_TOPIC, '{}');
          world.later(SWEEP_EVERY_MS, tick);
        };
        world.later(SWEEP_EVERY_MS, tick);
        // The sweep comes on its schedule while there is anything to do; with nothing to do, time passes at once.
        await run(
          () => parked.length === 0 && chains.size === 0 && bus.nextDue() === undefined && timers.length <= 1,
        );
        sweeping = false;
        timers.length = 0;
        now += 1_000_000;
        await bus.publish(SWEEP_TOPIC, '{}');
        await run();
        const after = contentOf(store);
        // Nothing may have changed only because the same thing went wrong twice: rest is what stays when nothing does.
        if (after === before && !failing()) return;
        if (after === before) calm = true;
        before = after;
      }
      throw new Error(`seed ${options.seed}: the world does not come to rest`);
    },
  };
  return world;
}

/** Where an owner that stalls does the most harm: between reading and writing. */
const STALLS = /^(before publish (?!to)|after (stage|scheduleFacts|rowCounts|published)|tx\.commit$)/;

/** Deliveries one worker handles at once. */
const MAX_AT_ONCE = 3;
/** `FULLCOURT_TRACE=1` keeps what happened at every step, to be printed with a failing seed. */
const TRACE = process.env['FULLCOURT_TRACE'] === '1';

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const [a, b] = [copy[i] as T, copy[j] as T];
    copy[i] = b;
    copy[j] = a;
  }
  return copy;
}

/** All documents as one text, without the times at which somebody looked. */
function contentOf(store: MemoryStore): string {
  return [...store.dump()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, doc]) => `${path} ${textOf(doc)}`)
    .join('\n');
}
const texts = new WeakMap<Doc, string>();
/** A stored document never changes, so its text is made once. */
function textOf(doc: Doc): string {
  const known = texts.get(doc);
  if (known !== undefined) return known;
  const text = JSON.stringify(doc, (field, value: unknown) => (TIMES.has(field) ? '' : value));
  texts.set(doc, text);
  return text;
}
const TIMES = new Set(['updatedAt', 'checkedAt', 'retryAt', 'requestedAt']);
