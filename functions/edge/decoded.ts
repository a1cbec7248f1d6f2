/**
 * Decodes a delivery before it reaches its handler. A body that is not the expected message is set aside with the reason. Fields
 * of the pipeline's own messages that this code does not know are dropped, and told of once for each field and sender.
 */
import type * as z from 'zod';
import {
  handlerError,
  messageRetried,
  newerProducer,
  unknownField,
} from '../../shared/observe/events/deliveries.ts';
import { handling } from '../../shared/observe/tracing.ts';
import { decode } from '../../shared/messages/decode.ts';
import { SENDER, type Delivery, type Handler, type Outcome } from '../../shared/ports/bus.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import type { HandlerContext } from '../steps/context.ts';
import { attributesOf } from '../steps/message-context.ts';

/** Fields with their senders that a process remembers to have told of. It tells of no further ones. */
const MAX_TOLD = 1000;
/** Characters of the name of a field, and of a sender, that are told. */
const MAX_NAME = 200;

/** Who has published a message: the revision that its publisher names, else the topic. */
function senderOf({ attributes, topic }: Delivery): string {
  return (attributes?.[SENDER] ?? topic).slice(0, MAX_NAME);
}

/**
 * Makes a handler of deliveries from a handler of decoded messages. It never throws: an unexpected error becomes a retry.
 * @param contextOf gives the place of a message in a trace, and the labels of the log lines about it
 */
export function decoded<T>(
  context: HandlerContext,
  schema: z.ZodType<T>,
  contextOf: (message: T, delivery: Delivery) => LogContext,
  handle: (context: HandlerContext, message: T, delivery: Delivery) => Promise<Outcome>,
): Handler {
  const told = new Set<string>();
  return async (delivery) => {
    const { subscription, messageId, attempt } = delivery;
    const message = decode(schema, delivery.body);
    if (!message.ok) {
      const { reason, newerVersion } = message;
      if (newerVersion !== undefined)
        newerProducer(context.ports, { subscription, messageId, sender: senderOf(delivery), reason });
      return { kind: 'dead_letter', reason };
    }
    for (const name of message.unknownFields ?? []) {
      if (told.size >= MAX_TOLD) break;
      const [field, sender] = [name.slice(0, MAX_NAME), senderOf(delivery)];
      const key = `${sender} ${field}`;
      if (told.has(key)) continue;
      told.add(key);
      unknownField(context.ports, { subscription, field, sender, messageId });
    }
    const work = async (ports: Ports): Promise<Outcome> => {
      try {
        const outcome = await handle({ ...context, ports }, message.value, delivery);
        if (outcome.kind === 'retry')
          messageRetried(ports, { subscription, messageId, attempt, reason: outcome.reason });
        return outcome;
      } catch (error) {
        handlerError(ports, { subscription, messageId, attempt, error });
        return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) };
      }
    };
    return handling(
      context.ports,
      contextOf(message.value, delivery),
      `process ${subscription}`,
      () => attributesOf(delivery),
      work,
    );
  };
}
