/**
 * Delivers the messages of the embedded bus to handlers in this process. On Google Cloud, Pub/Sub does this
 * by pushes.
 */
import type { Subscription, Topic } from '../../../shared/derive/topics.ts';
import type { Handler, Held, PullBus } from '../../../shared/ports/bus.ts';

/** How many deliveries are handled at once, and how often the bus is asked. */
export interface DispatcherOptions {
  /** Runs handled at once in each lane. */
  readonly runs: number;
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
  /** Stops taking messages and waits for those that are being handled. */
  readonly stop: () => Promise<void>;
  /** Does `work` while no message is handled, and goes on afterwards if it was going. */
  readonly whileStill: <T>(work: () => Promise<T>) => Promise<T>;
}

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
  const pools: Pool[] = [
    // Live runs have places of their own, so that a backfill cannot take all places.
    { subscriptions: all.filter((each) => isRun(each) && each.lane === 'live'), size: options.runs, busy: 0 },
    { subscriptions: all.filter((each) => isRun(each) && each.lane !== 'live'), size: options.runs, busy: 0 },
    { subscriptions: all.filter((each) => !isRun(each)), size: options.others, busy: 0 },
  ];
  const underWay = new Set<Promise<void>>();
  let running = false;
  let timer: NodeJS.Timeout | undefined;
  let handled = 0;
  let wake: (() => void) | undefined;

  const deliver = async (pool: Pool, held: Held): Promise<void> => {
    try {
      const handler = handlers.get(held.delivery.subscription);
      const outcome =
        handler === undefined
          ? { kind: 'dead_letter' as const, reason: 'no handler' }
          : await handler(held.delivery);
      if (outcome.kind === 'ack') held.ack();
      else if (outcome.kind === 'retry') held.nack(outcome.reason);
      else held.deadLetter(outcome.reason);
    } finally {
      handled += 1;
      pool.busy -= 1;
    }
  };
  const pump = (): void => {
    for (const pool of pools) {
      while (pool.busy < pool.size) {
        const held = bus.take(pool.subscriptions);
        if (held === undefined) break;
        pool.busy += 1;
        const work = deliver(pool, held).finally(() => {
          underWay.delete(work);
          if (running) pump();
          wake?.();
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

  return {
    drain: async () => {
      const before = handled;
      running = true;
      for (pump(); underWay.size > 0; pump()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      running = timer !== undefined;
      return handled - before;
    },
    start,
    stop,
    whileStill: async (work) => {
      const wasGoing = timer !== undefined;
      await stop();
      try {
        return await work();
      } finally {
        if (wasGoing) start();
      }
    },
  };
}
