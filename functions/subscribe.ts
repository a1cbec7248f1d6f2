/** From a delivery to a handler: decode at the edge, and what is not a message is set aside with its reason. */
import type * as z from 'zod';
import type { Consumer } from '../shared/derive/topics.ts';
import { decode } from '../shared/messages/decode.ts';
import {
  backfillRequest,
  deadLettered,
  runCompleted,
  runRequested,
  sweepRequested,
} from '../shared/messages/schemas.ts';
import type { Delivery, Handler, Outcome } from '../shared/ports/bus.ts';
import type { App } from './handlers/app.ts';
import { orchestrate } from './handlers/orchestrate.ts';
import { requestBackfill } from './handlers/request-backfill.ts';
import { runProcessor } from './handlers/run-processor.ts';
import { setAside } from './handlers/set-aside.ts';
import { sweep } from './handlers/sweep.ts';

/** The handler of a subscription. It never throws: an unexpected error is a try that failed. */
export function handlerFor(app: App, consumer: Consumer): Handler {
  switch (consumer) {
    case 'backfill':
      return decoded(app, backfillRequest, (request, { messageId }) =>
        requestBackfill(app, request, messageId),
      );
    case 'run':
      return decoded(app, runRequested, (request) => runProcessor(app, request));
    case 'orchestrate':
      return decoded(app, runCompleted, (completed) => orchestrate(app, completed));
    case 'sweep':
      return decoded(app, sweepRequested, (request) => sweep(app, request));
    case 'dead-letter':
      return (delivery) => keep(app, delivery);
    default:
      return consumer satisfies never;
  }
}

/** Nothing that reaches a dead-letter topic is refused: a message that came there by itself is kept as it is. */
async function keep(app: App, delivery: Delivery): Promise<Outcome> {
  const letter = decode(deadLettered, delivery.body, Infinity);
  const { subscription, topic, messageId, body, attempt } = delivery;
  const unwrapped = {
    kind: 'dead_lettered',
    subscription,
    topic,
    messageId,
    body,
    attempts: attempt,
    reason: 'delivered to the dead-letter topic',
  } as const;
  try {
    return await setAside(app, letter.ok ? letter.value : unwrapped);
  } catch (error) {
    return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) };
  }
}

function decoded<T>(
  app: App,
  schema: z.ZodType<T>,
  handle: (message: T, delivery: Delivery) => Promise<Outcome>,
): Handler {
  return async (delivery) => {
    const message = decode(schema, delivery.body);
    if (!message.ok) return { kind: 'dead_letter', reason: message.reason };
    try {
      return await handle(message.value, delivery);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      app.ports.log({
        severity: 'ERROR',
        event: 'handler_error',
        subscription: delivery.subscription,
        attempt: delivery.attempt,
        reason,
        stack: error instanceof Error ? error.stack : undefined,
      });
      return { kind: 'retry', reason };
    }
  };
}
