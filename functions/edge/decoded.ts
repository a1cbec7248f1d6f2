/**
 * Decodes a delivery before it reaches its handler. A body that is not the expected message is set aside with the reason.
 */
import type * as z from 'zod';
import { handlerError, messageRetried } from '../../shared/observe/events/deliveries.ts';
import { handling } from '../../shared/observe/tracing.ts';
import { decode } from '../../shared/messages/decode.ts';
import type { Delivery, Handler, Outcome } from '../../shared/ports/bus.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import type { HandlerContext } from '../steps/context.ts';
import { attributesOf } from '../steps/message-context.ts';

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
  return async (delivery) => {
    const message = decode(schema, delivery.body);
    if (!message.ok) return { kind: 'dead_letter', reason: message.reason };
    const { subscription, messageId, attempt } = delivery;
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
