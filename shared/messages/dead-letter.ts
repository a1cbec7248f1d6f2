/** The one maker of `dead_lettered`: a message that was given up, wrapped with where it comes from and why. */
import type { DeadLettered } from './schemas.ts';

/** What is known of a message at its last delivery. */
interface LastDelivery {
  /** Subscription that it was delivered for, and topic that a replay publishes it on. */
  readonly subscription: string;
  readonly topic: string;
  readonly messageId: string;
  readonly body: string;
  /** How often it has been delivered, the last delivery included. */
  readonly attempt: number;
}

/** @param reason why the message was given up, as a person reads it with `fullcourt dead-letters` */
export function letterOf(
  { subscription, topic, messageId, body, attempt }: LastDelivery,
  reason: string,
): DeadLettered {
  return { kind: 'dead_lettered', subscription, topic, messageId, body, attempts: attempt, reason };
}
