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

/** The attribute of a message that names the revision which has published it, where its publisher has one. */
export const SENDER = 'sender';

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

/** A delivery that this process has taken from a bus. It calls exactly one of the three functions, once. */
export interface Held {
  readonly delivery: Delivery;
  /** The message is done. */
  readonly ack: () => void;
  /**
   * Deliver the message again later; set it aside if this was its last try.
   * @param reason for a person
   */
  readonly nack: (reason: string) => void;
  /** Set the message aside now. */
  readonly deadLetter: (reason: string) => void;
}

/**
 * A bus from which this process takes its deliveries. Pub/Sub is not one: it pushes deliveries to a
 * function.
 */
export interface PullBus extends Publisher {
  /**
   * Takes the next message that is due, from the first of the subscriptions that has one; undefined when
   * none has.
   */
  readonly take: (subscriptions: readonly Subscription[]) => Held | undefined;
  /** Registers a function that is called after each publish in this process. */
  readonly onPublish: (listener: () => void) => void;
  /**
   * Makes every delivery that a dead process had taken due again. Only the process that serves the home
   * calls it.
   */
  readonly recover: () => void;
  /** Messages that are not acknowledged, counted for each subscription. */
  readonly backlog: () => ReadonlyMap<string, number>;
  /** When the next message becomes due, in milliseconds since 1970; undefined when there is no message. */
  readonly nextDue: () => number | undefined;
}

/** How a bus times its deliveries. */
export interface PullBusOptions {
  readonly clock: Clock;
  /** Milliseconds that a delivery may take before another worker may take it over. */
  readonly ackDeadlineMs: number;
  /**
   * Milliseconds between two tries: the first wait and the longest. It replaces the wait of the
   * subscription, which is meant for a remote broker.
   */
  readonly backoffMs: readonly [min: number, max: number];
}
