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

/** A topic, the message it carries, and its only subscription. */
export interface Topic {
  readonly name: string;
  readonly message: MessageName;
  readonly subscription: Subscription;
}

/** How the messages of a topic are delivered. */
export interface Subscription {
  readonly name: string;
  readonly consumer: Consumer;
  readonly phase: Phase | null;
  /** The lane of its messages; null where there are no lanes. */
  readonly lane: Mode | null;
  /** Deliveries of a message before it is set aside. */
  readonly maxAttempts: number;
  /** Seconds between two deliveries: the first wait, doubled each time, up to the longest. */
  readonly backoffSeconds: readonly [min: number, max: number];
  /** The topic of messages that were set aside; null for the subscription of such a topic. */
  readonly deadLetterTopic: string | null;
}

const CONSUMERS = Object.keys(SERVICE_KINDS) as Consumer[];

/** Every topic with its subscription, including the dead-letter topics. */
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
