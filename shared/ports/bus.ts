/** At-least-once messages: topics, subscriptions with retry, backoff and dead letters. */

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
