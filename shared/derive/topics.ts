/** Topics and subscriptions, derived from the kinds of services and the phases. */
import type { Mode } from '../domain/partition.ts';
import { PHASES, type Phase } from '../domain/table.ts';
import { DELIVERY } from './budgets.ts';
import {
  kindOf,
  SERVICE_KINDS,
  type ConsumedTopic,
  type Consumer,
  type MessageName,
} from './service-kinds.ts';

export interface Topic {
  readonly name: string;
  readonly message: MessageName;
  readonly subscription: Subscription;
}

export interface Subscription {
  readonly name: string;
  readonly consumer: Consumer;
  readonly phase: Phase | null;
  /** Live lanes are served before backfill lanes. */
  readonly lane: Mode | null;
  /** Tries before a message is set aside. */
  readonly maxAttempts: number;
  /** Seconds between tries, doubling from the first to the second. */
  readonly backoffSeconds: readonly [min: number, max: number];
  readonly deadLetterTopic: string | null;
}

const CONSUMERS = Object.keys(SERVICE_KINDS) as Consumer[];

/** Every topic with its one subscription, dead-letter topics included. */
export function topics(): readonly Topic[] {
  const working = [
    ...CONSUMERS.flatMap((consumer) => kindOf(consumer).topics.map((each) => topic(consumer, null, each))),
    ...PHASES.flatMap((phase) =>
      CONSUMERS.flatMap((consumer) =>
        kindOf(consumer)
          .topicsOf(phase)
          .map((each) => topic(consumer, phase, each)),
      ),
    ),
  ];
  const deadLetters = working.map(({ subscription }): Topic => {
    const name = subscription.deadLetterTopic ?? '';
    return {
      name,
      message: kindOf('dead-letter').message,
      subscription: {
        ...subscription,
        name: `${name}-sub`,
        consumer: 'dead-letter',
        lane: null,
        deadLetterTopic: null,
      },
    };
  });
  return [...working, ...deadLetters];
}

function topic(consumer: Consumer, phase: Phase | null, { name, lane }: ConsumedTopic): Topic {
  return {
    name,
    message: kindOf(consumer).message,
    subscription: {
      name: `${name}-sub`,
      consumer,
      phase,
      lane,
      maxAttempts: DELIVERY.attempts,
      backoffSeconds: DELIVERY.backoffSeconds,
      deadLetterTopic: `${name}-dead-letter`,
    },
  };
}
