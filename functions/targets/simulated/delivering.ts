/** Gives the messages of the bus to workers that have room, and the bus their answers. */
import type { Subscription } from '../../../shared/derive/topics.ts';
import type { Random } from '../../../shared/domain/seeded-random.ts';
import type { Handler, Held, Outcome, PullBus } from '../../../shared/ports/bus.ts';
import type { FaultDraws } from './faults.ts';
import type { Handling, Workers } from './workers.ts';

export interface Delivering {
  readonly bus: PullBus;
  readonly subscriptions: readonly Subscription[];
  readonly workers: Workers;
  readonly draws: FaultDraws;
  /** The handler of a subscription on the ports that this handling sees. */
  readonly handlerOf: (handling: Handling, subscription: Subscription) => Handler;
  /** Writes down what happened. */
  readonly note: (line: string) => void;
}

/** Gives one message that is due to one worker that has room. @returns false when there is no such message or worker */
export function deliverOne(delivering: Delivering): boolean {
  const { bus, subscriptions, workers, draws } = delivering;
  const free = workers.free();
  if (free.length === 0) return false;
  const order = draws.failing() ? shuffled(subscriptions, draws.random) : subscriptions;
  for (const subscription of order) {
    const held = bus.take([subscription]);
    if (held === undefined) continue;
    const worker = free[draws.failing() ? draws.random.below(free.length) : 0] ?? 0;
    deliver(delivering, held, subscription, worker);
    return true;
  }
  return false;
}

function deliver(delivering: Delivering, held: Held, subscription: Subscription, worker: number): void {
  const { workers, draws, note, handlerOf } = delivering;
  const { messageId, attempt, body } = held.delivery;
  const handling = workers.begin(worker, subscription.name);
  note(`w${worker} takes ${subscription.name} ${messageId} try ${attempt} ${body.slice(0, 200)}`);
  const finish = (outcome: Outcome): void => {
    if (!workers.end(handling)) return;
    note(`w${worker} ${subscription.name} ${messageId} -> ${JSON.stringify(outcome)}`);
    if (draws.strikes(draws.faults.loseAck)) return;
    answer(held, outcome);
  };
  handlerOf(
    handling,
    subscription,
  )(held.delivery).then(finish, (error: unknown) => {
    throw error;
  });
}

/** Tells the bus what a handler made of a delivery. */
export function answer(held: Held, outcome: Outcome): void {
  if (outcome.kind === 'ack') held.ack();
  else if (outcome.kind === 'retry') held.nack(outcome.reason);
  else held.deadLetter(outcome.reason);
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
