/** Topics and subscriptions, derived from the phases. No name of a topic is written anywhere else. */
import type { Mode } from '../domain/partition.ts';
import { PHASES, type Phase } from '../domain/table.ts';
import { DELIVERY } from './budgets.ts';

/** Which handler consumes a subscription. */
export type Consumer = 'backfill' | 'run' | 'orchestrate' | 'sweep' | 'dead-letter';

export interface Topic {
  readonly name: string;
  readonly message: 'BackfillRequest' | 'RunRequested' | 'RunCompleted' | 'SweepRequested' | 'DeadLettered';
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

export const BACKFILL_REQUEST_TOPIC = 'nba-backfill-request';
export const SWEEP_TOPIC = 'nba-sweep';

export function runTopic(phase: Phase, mode: Mode): string {
  return `nba-${phase}-${mode === 'live' ? 'run' : 'backfill'}`;
}

export function completeTopic(phase: Phase): string {
  return `nba-${phase}-complete`;
}

/** Every topic with its one subscription, dead-letter topics included. */
export function topics(): readonly Topic[] {
  const working: Topic[] = [
    topic(BACKFILL_REQUEST_TOPIC, 'BackfillRequest', 'backfill', null, null),
    topic(SWEEP_TOPIC, 'SweepRequested', 'sweep', null, null),
  ];
  for (const phase of PHASES) {
    working.push(
      topic(runTopic(phase, 'live'), 'RunRequested', 'run', phase, 'live'),
      topic(runTopic(phase, 'backfill'), 'RunRequested', 'run', phase, 'backfill'),
      topic(completeTopic(phase), 'RunCompleted', 'orchestrate', phase, null),
    );
  }
  const deadLetters = working.map(({ subscription }): Topic => {
    const name = subscription.deadLetterTopic ?? '';
    return {
      name,
      message: 'DeadLettered',
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

function topic(
  name: string,
  message: Topic['message'],
  consumer: Consumer,
  phase: Phase | null,
  lane: Mode | null,
): Topic {
  return {
    name,
    message,
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
