/**
 * Delivers the messages of the embedded bus to handlers in this process. On Google Cloud, Pub/Sub does this
 * by pushes.
 */
import type { Subscription, Topic } from '../../../shared/derive/topics.ts';
import { lackOf } from '../../../shared/domain/failure.ts';
import type { Handler, Held, Outcome, PullBus } from '../../../shared/ports/bus.ts';

/** How many deliveries are handled at once, and how often the bus is asked. */
export interface DispatcherOptions {
  /** Runs handled at once in each lane. */
  readonly runs: number;
  /** Fetches handled at once in each lane; each waits for a source. */
  readonly fetches: number;
  /** Other deliveries handled at once. */
  readonly others: number;
  /** Milliseconds between looks at the bus. Messages that this process publishes do not wait for a look. */
  readonly pollMs: number;
}

/** Handles the messages of a bus. */
export interface Dispatcher {
  /** Handles messages until none is due and none is being handled. @returns the number of deliveries */
  readonly drain: () => Promise<number>;
  /** Handles messages as they become due, until `stop` is called. */
  readonly start: () => void;
  /** Whether a message is being handled at this moment, or work is done for which the others wait. */
  readonly isBusy: () => boolean;
  /**
   * The error because of which no more messages are taken: the bus has failed several times in a row, or the machine lacks
   * what handlers need: room on the disk, a disk that works, memory. Undefined while it works.
   */
  readonly fault: () => Error | undefined;
  /** Why the last message that could not be handled is to be delivered again; undefined when none was. */
  readonly lastFailure: () => string | undefined;
  /** Stops taking messages and waits for those that are being handled. */
  readonly stop: () => Promise<void>;
  /** Does `work` while no message is handled; messages wait until all such work is done. */
  readonly whileStill: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Milliseconds until a bus that has failed is tried again; they double with each failure in a row. */
const FIRST_PAUSE_MS = 500;
/** Failures in a row after which the bus is given up, about 15 s after the first. */
const MAX_FAULTS = 6;
/** How many messages may fail for a lack of the machine, each within `LACK_AGAIN_MS` of the one before, until the work ends. */
const MAX_LACKS = 12;
const LACK_AGAIN_MS = 60_000;

/** Subscriptions that share a number of places. */
interface Pool {
  readonly subscriptions: readonly Subscription[];
  readonly size: number;
  busy: number;
}

/**
 * Makes the dispatcher of a bus.
 * @param handlerOf gives the handler of a subscription; it is called once for each
 */
export function makeDispatcher(
  bus: PullBus,
  topics: readonly Topic[],
  handlerOf: (subscription: Subscription) => Handler,
  options: DispatcherOptions,
): Dispatcher {
  const all = topics.map(({ subscription }) => subscription);
  const handlers = new Map(all.map((subscription) => [subscription.name, handlerOf(subscription)]));
  const isRun = ({ consumer }: Subscription): boolean => consumer === 'run';
  const isFetch = ({ consumer }: Subscription): boolean => consumer === 'fetch';
  const isLive = ({ lane }: Subscription): boolean => lane === 'live';
  const poolOf = (size: number, is: (subscription: Subscription) => boolean): Pool => ({
    subscriptions: all.filter(is),
    size,
    busy: 0,
  });
  // Live work has places of its own, so that a backfill cannot take all places.
  const liveRuns = poolOf(options.runs, (each) => isRun(each) && isLive(each));
  const backfillRuns = poolOf(options.runs, (each) => isRun(each) && !isLive(each));
  const others = poolOf(options.others, (each) => !isRun(each) && !isFetch(each));
  const pools: Pool[] = [
    liveRuns,
    backfillRuns,
    poolOf(options.fetches, (each) => isFetch(each) && isLive(each)),
    poolOf(options.fetches, (each) => isFetch(each) && !isLive(each)),
    others,
  ];
  let isAtLiveWork = false;
  const underWay = new Set<Promise<void>>();
  let running = false;
  /** Pieces of work under way during which no message may be handled. */
  let still = 0;
  let timer: NodeJS.Timeout | undefined;
  let handled = 0;
  let wakes: (() => void)[] = [];
  let fault: Error | undefined;
  let lastFailure: string | undefined;
  let faults = 0;
  let quietUntil = 0;
  let lacks = { messages: 0, at: 0 };

  /**
   * A disk that is nearly full or partly broken takes the small writes of the bus and no large ones, and a machine without memory
   * handles small messages: the bus works, and most messages come again and again.
   */
  const countLack = (reason: string): void => {
    const now = performance.now();
    const messages = now - lacks.at > LACK_AGAIN_MS ? 1 : lacks.messages + 1;
    lacks = { messages, at: now };
    if (messages >= MAX_LACKS) fault ??= new Error(reason);
  };
  /** A bus that fails is tried again after pauses that double. What it has not answered is delivered again later. */
  const fail = (error: unknown): void => {
    faults += 1;
    quietUntil = performance.now() + FIRST_PAUSE_MS * 2 ** (faults - 1);
    if (faults >= MAX_FAULTS) fault = error instanceof Error ? error : new Error(String(error));
  };
  /** Answers a delivery. */
  const answer = (held: Held, outcome: Outcome): void => {
    if (outcome.kind !== 'ack') lastFailure = outcome.reason;
    if (outcome.kind === 'retry' && lackOf(outcome.reason) !== undefined) countLack(outcome.reason);
    try {
      if (outcome.kind === 'ack') held.ack();
      else if (outcome.kind === 'retry') held.nack(outcome.reason);
      else held.deadLetter(outcome.reason);
      faults = 0;
    } catch (error) {
      fail(error);
    }
  };
  const take = (pool: Pool): Held | undefined => {
    if (still > 0 || fault !== undefined || performance.now() < quietUntil) return undefined;
    try {
      return bus.take(pool.subscriptions);
    } catch (error) {
      fail(error);
      return undefined;
    }
  };

  const deliver = async (pool: Pool, held: Held): Promise<void> => {
    try {
      const handler = handlers.get(held.delivery.subscription);
      const outcome: Outcome =
        handler === undefined ? { kind: 'dead_letter', reason: 'no handler' } : await handler(held.delivery);
      answer(held, outcome);
    } catch (error) {
      fail(error);
    } finally {
      handled += 1;
      pool.busy -= 1;
    }
  };
  const wakeAll = (): void => {
    const woken = wakes;
    wakes = [];
    for (const wake of woken) wake();
  };
  /**
   * Whether the processors belong to live work: a live run is at work, or what follows from it is being decided. Batches of a backfill
   * begin afterwards. Those that have begun already go on beside it.
   */
  const isLiveFirst = (): boolean => {
    isAtLiveWork = liveRuns.busy > 0 || (isAtLiveWork && others.busy > 0);
    return isAtLiveWork;
  };
  const pump = (): void => {
    for (const pool of pools) {
      if (pool === backfillRuns && isLiveFirst()) continue;
      while (pool.busy < pool.size) {
        const held = take(pool);
        if (held === undefined) break;
        pool.busy += 1;
        const work = deliver(pool, held).finally(() => {
          underWay.delete(work);
          if (running) pump();
          wakeAll();
        });
        underWay.add(work);
      }
    }
  };
  bus.onPublish(() => {
    if (running) queueMicrotask(pump);
  });

  const start = (): void => {
    running = true;
    timer ??= setInterval(pump, options.pollMs);
    pump();
  };
  const stop = async (): Promise<void> => {
    running = false;
    clearInterval(timer);
    timer = undefined;
    await Promise.allSettled(underWay);
  };
  const isBusy = (): boolean => underWay.size > 0 || still > 0;
  const next = (): Promise<void> => new Promise((resolve) => wakes.push(resolve));

  return {
    drain: async () => {
      const before = handled;
      running = true;
      for (pump(); isBusy(); pump()) await next();
      running = timer !== undefined;
      return handled - before;
    },
    start,
    isBusy,
    fault: () => fault,
    lastFailure: () => lastFailure,
    stop,
    whileStill: async (work) => {
      still += 1;
      try {
        await Promise.allSettled(underWay);
        return await work();
      } finally {
        still -= 1;
        if (running) pump();
        wakeAll();
      }
    },
  };
}
