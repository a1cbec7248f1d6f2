/** Messages that were given up. They are kept as documents; no table is needed for it. */
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

/** Nothing that reaches a dead-letter topic is refused: a message that came there by itself is kept as it is. */
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

/** What a broker that forwards a message to its dead-letter topic says of where it comes from. */
const SOURCE_SUBSCRIPTION = 'CloudPubSubDeadLetterSourceSubscription';
const SOURCE_DELIVERIES = 'CloudPubSubDeadLetterSourceDeliveryCount';

/** A message that the broker gave up on, as a letter that says where it comes from and can be replayed there. */
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
