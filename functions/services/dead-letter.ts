/** The service for messages that were given up. It keeps them as documents and needs no tables. */
import { topics } from '../../shared/derive/topics.ts';
import { handlerError } from '../../shared/observe/events/deliveries.ts';
import { letterOf } from '../../shared/messages/dead-letter.ts';
import { decode } from '../../shared/messages/decode.ts';
import { deadLettered, runRequested, type DeadLettered } from '../../shared/messages/schemas.ts';
import type { Delivery } from '../../shared/ports/bus.ts';
import { runOf } from '../../shared/state/runs.ts';
import { setAside } from '../handlers/set-aside.ts';
import type { DocumentContext } from '../steps/context.ts';
import type { ServiceHandler } from './service.ts';

/**
 * Keeps every message that reaches a dead-letter topic. The embedded bus wraps the message as `dead_lettered`. Pub/Sub
 * forwards the message itself, without a wrapper; it is wrapped here. Only a failure to keep it is retried.
 */
export const handler: ServiceHandler<DocumentContext> = (context) => async (delivery) => {
  const letter = decode(deadLettered, delivery.body, Infinity);
  try {
    return await setAside(context, letter.ok ? letter.value : await forwarded(context, delivery));
  } catch (error) {
    const { subscription, messageId, attempt } = delivery;
    handlerError(context.ports, { subscription, messageId, attempt, error });
    return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) };
  }
};

/**
 * Attributes that Pub/Sub adds when it forwards a message to a dead-letter topic: where it comes from, and its deliveries.
 */
const SOURCE_SUBSCRIPTION = 'CloudPubSubDeadLetterSourceSubscription';
const SOURCE_DELIVERIES = 'CloudPubSubDeadLetterSourceDeliveryCount';

/** Wraps a message that the broker forwarded, with the topic it comes from, so that it can be replayed there. */
async function forwarded({ ports }: DocumentContext, delivery: Delivery): Promise<DeadLettered> {
  const { topic, messageId, body, attributes = {} } = delivery;
  const source = topics().find(({ subscription }) => subscription.deadLetterTopic === topic);
  const deliveries = Number(attributes[SOURCE_DELIVERIES]);
  const attempts = Number.isInteger(deliveries) && deliveries > 0 ? deliveries : delivery.attempt;
  const request = decode(runRequested, body);
  const run = request.ok ? await runOf(ports, request.value.runId) : undefined;
  const lastError = run?.lastError ?? null;
  return letterOf(
    {
      subscription: source?.subscription.name ?? attributes[SOURCE_SUBSCRIPTION] ?? delivery.subscription,
      topic: source?.name ?? topic,
      messageId,
      body,
      attempt: attempts,
    },
    `delivered ${attempts} times in vain${lastError === null ? '' : `; the last error: ${lastError}`}`,
  );
}
