/** The platform's rule in one place: returning acknowledges a message, throwing asks for it again. */
import type { Topic } from '../shared/derive/topics.ts';
import type { Delivery } from '../shared/ports/bus.ts';
import type { App } from './handlers/app.ts';
import { setAside } from './handlers/set-aside.ts';
import { handlerFor } from './subscribe.ts';

/** What a push delivery of Pub/Sub carries, as the functions framework hands it over. */
export interface PushedMessage {
  readonly message?: {
    /** Base64. */
    readonly data?: string;
    readonly messageId?: string;
  };
  readonly deliveryAttempt?: number;
}

/**
 * The function that serves a topic's subscription. A message that can never succeed is set aside here and acknowledged;
 * one that may succeed later is thrown back.
 */
export function functionFor(
  app: () => Promise<App>,
  topic: Topic,
): (event: { readonly id?: string; readonly data?: unknown }) => Promise<void> {
  const { subscription } = topic;
  return async ({ id, data }) => {
    const running = await app();
    const delivery = deliveryOf(topic, id, data as PushedMessage | undefined);
    const outcome = await handlerFor(running, subscription.consumer)(delivery);
    switch (outcome.kind) {
      case 'ack':
        return;
      case 'dead_letter':
        await setAside(running, {
          kind: 'dead_lettered',
          subscription: subscription.name,
          topic: topic.name,
          messageId: delivery.messageId,
          body: delivery.body,
          attempts: delivery.attempt,
          reason: outcome.reason,
        });
        return;
      case 'retry':
        throw new Error(outcome.reason);
      default:
        outcome satisfies never;
    }
  };
}

function deliveryOf(topic: Topic, eventId: string | undefined, pushed: PushedMessage | undefined): Delivery {
  return {
    subscription: topic.subscription.name,
    topic: topic.name,
    body: Buffer.from(pushed?.message?.data ?? '', 'base64').toString('utf8'),
    messageId: pushed?.message?.messageId ?? eventId ?? 'unknown',
    attempt: pushed?.deliveryAttempt ?? 1,
  };
}
