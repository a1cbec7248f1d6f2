/** At-least-once messages: topics, subscriptions with retry, backoff and dead letters. */
import type { Subscription } from '../derive/topics.ts';
import type { Clock } from './index.ts';

export interface Published {
  readonly topic: string;
  /** The message as JSON text, as it was published: possibly malformed. */
  readonly body: string;
  readonly messageId: string;
}

/** One try at delivering one message to one subscription. */
export interface Delivery extends Published {
  readonly subscription: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** What the broker says beside the message. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Place in a trace of the request that delivered it, as W3C Trace Context writes it. */
  readonly traceparent?: string;
}

export interface Publisher {
  /** @returns the id under which the broker accepted the message. @throws when it did not */
  readonly publish: (topic: string, body: string) => Promise<string>;
}

/** What a handler made of a delivery: done, try again, or set aside for a person. */
export type Outcome =
  | { readonly kind: 'ack' }
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'dead_letter'; readonly reason: string };

export const ack: Outcome = { kind: 'ack' };

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
