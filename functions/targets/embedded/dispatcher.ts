/** Delivers the messages of the embedded bus to the handlers in this process. On Google Cloud, Pub/Sub pushes them. */
import type { Subscription, Topic } from '../../../shared/derive/topics.ts';
import type { Handler, Held, PullBus } from '../../../shared/ports/bus.ts';

export interface DispatcherOptions {
  /** Deliveries handled at once, by the kind of work. */
  readonly runs: number;
  readonly others: number;
  /** Milliseconds between looks at the bus when nobody says that there is something. */
  readonly pollMs: number;
}

export interface Dispatcher {
  /** Handles what is due until nothing is under way and nothing is due. @returns deliveries handled */
  readonly drain: () => Promise<number>;
  /** Handles messages as they come, until stopped. */
  readonly start: () => void;
  /** Stops taking messages and waits for those under way. */
  readonly stop: () => Promise<void>;
}

interface Pool {
  readonly subscriptions: readonly Subscription[];
  readonly size: number;
  busy: number;
}

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
    // A place of its own for live work: a backfill can never take all of them.
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
    start: () => {
      running = true;
      timer ??= setInterval(pump, options.pollMs);
      pump();
    },
    stop: async () => {
      running = false;
      clearInterval(timer);
      timer = undefined;
      await Promise.allSettled(underWay);
    },
  };
}
