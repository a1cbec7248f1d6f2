/**
 * Messages that are delivered at least once: what is published, what is delivered, and how a handler
 * answers.
 */
import type { Subscription } from '../derive/topics.ts';
import type { Clock } from './index.ts';

/** A message as the broker has it. */
export interface Published {
  readonly topic: string;
  /** The text as it was published. It may not be valid JSON. */
  readonly body: string;
  readonly messageId: string;
}

/** One try at delivering one message to one subscription. */
export interface Delivery extends Published {
  readonly subscription: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Attributes of the message, as the broker passes them on. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The place in a trace of the request that delivered it, as W3C Trace Context writes it. */
  readonly traceparent?: string;
}

/** Publishes messages. */
export interface Publisher {
  /**
   * Publishes one message.
   * @returns the id under which the broker accepted it
   * @throws when the broker did not accept it
   */
  readonly publish: (topic: string, body: string) => Promise<string>;
}

/**
 * A handler's answer to a delivery. `ack`: it is done. `retry`: deliver it again later. `dead_letter`: set
 * it aside for a person.
 */
export type Outcome =
  | { readonly kind: 'ack' }
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'dead_letter'; readonly reason: string };

/** The answer that a message is done. */
export const ack: Outcome = { kind: 'ack' };

/** Handles one delivery. */
export type Handler = (delivery: Delivery) => Promise<Outcome>;

/** A delivery that was taken from a bus: exactly one of the three functions must be called. */
export interface Held {
  readonly delivery: Delivery;
  readonly ack: () => void;
  /** Try again later, or set aside when this was the last try. */
  readonly nack: (reason: string) => void;
  readonly deadLetter: (reason: string) => void;
}

/** A bus from which this process takes deliveries itself. Pub/Sub is none of these: it pushes them to a function. */
export interface PullBus extends Publisher {
  /** The next message that is due, from the first of the subscriptions that has one. */
  readonly take: (subscriptions: readonly Subscription[]) => Held | undefined;
  /** Called after each publish in this process. */
  readonly onPublish: (listener: () => void) => void;
  /** Makes every delivery that a dead process held due again. Only for the one process that serves the home. */
  readonly recover: () => void;
  /** Messages not yet acknowledged, by subscription. */
  readonly backlog: () => ReadonlyMap<string, number>;
  /** When the next message becomes due (milliseconds since 1970); undefined when there is none. */
  readonly nextDue: () => number | undefined;
}

export interface PullBusOptions {
  readonly clock: Clock;
  /** Milliseconds a delivery may take before another worker may take it over. */
  readonly ackDeadlineMs: number;
  /** Milliseconds between tries: first, and at most. Overrides the topic's, which is made for a remote broker. */
  readonly backoffMs: readonly [min: number, max: number];
}
