/** From a delivery to a handler: decode at the edge, and what is not a message is set aside with its reason. */
import type * as z from 'zod';
import { topics, type Consumer } from '../../shared/derive/topics.ts';
import { handlerError, messageRetried } from '../../shared/observe/events.ts';
import { decode } from '../../shared/messages/decode.ts';
import {
  backfillRequest,
  deadLettered,
  runCompleted,
  runRequested,
  sweepRequested,
  type DeadLettered,
} from '../../shared/messages/schemas.ts';
import type { Delivery, Handler, Outcome } from '../../shared/ports/bus.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import { paths, type RunDocument } from '../../shared/state/documents.ts';
import { handling } from '../../shared/observe/tracing.ts';
import type { App } from '../steps/context.ts';
import {
  attributesOf,
  contextOfDelivery,
  contextOfRequest,
  contextOfRun,
  originOfRequest,
} from '../steps/message-context.ts';
import { orchestrate } from '../handlers/orchestrate.ts';
import { requestBackfill } from '../handlers/request-backfill.ts';
import { runProcessor } from '../handlers/run-processor.ts';
import { setAside } from '../handlers/set-aside.ts';
import { sweep } from '../handlers/sweep.ts';

/** The handler of a subscription. It never throws: an unexpected error is a try that failed. */
export function handlerFor(app: App, consumer: Consumer): Handler {
  switch (consumer) {
    case 'backfill':
      return backfillHandler(app);
    case 'run':
      return runHandler(app);
    case 'orchestrate':
      return orchestrateHandler(app);
    case 'sweep':
      return sweepHandler(app);
    case 'dead-letter':
      return deadLetterHandler(app);
    default:
      return consumer satisfies never;
  }
}

export function backfillHandler(app: App): Handler {
  return decoded(app, backfillRequest, contextOfRequest, (app, request, delivery) =>
    requestBackfill(app, request, delivery.messageId, originOfRequest(request, delivery)),
  );
}

export function runHandler(app: App): Handler {
  return decoded(app, runRequested, contextOfRun, runProcessor);
}

export function orchestrateHandler(app: App): Handler {
  return decoded(app, runCompleted, contextOfRun, orchestrate);
}

export function sweepHandler(app: App): Handler {
  return decoded(app, sweepRequested, (_, delivery) => contextOfDelivery(delivery), sweep);
}

/** Nothing that reaches a dead-letter topic is refused: a message that came there by itself is kept as it is. */
export function deadLetterHandler(app: Pick<App, 'ports'>): Handler {
  return async (delivery) => {
    const letter = decode(deadLettered, delivery.body, Infinity);
    try {
      return await setAside(app, letter.ok ? letter.value : await forwarded(app, delivery));
    } catch (error) {
      const { subscription, messageId, attempt } = delivery;
      handlerError(app.ports, { subscription, messageId, attempt, error });
      return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** What a broker that forwards a message to its dead-letter topic says of where it comes from. */
const SOURCE_SUBSCRIPTION = 'CloudPubSubDeadLetterSourceSubscription';
const SOURCE_DELIVERIES = 'CloudPubSubDeadLetterSourceDeliveryCount';

/** A message that the broker gave up on, as a letter that says where it comes from and can be replayed there. */
async function forwarded({ ports }: Pick<App, 'ports'>, delivery: Delivery): Promise<DeadLettered> {
  const { topic, messageId, body, attributes = {} } = delivery;
  const source = topics().find(({ subscription }) => subscription.deadLetterTopic === topic);
  const deliveries = Number(attributes[SOURCE_DELIVERIES]);
  const attempts = Number.isInteger(deliveries) && deliveries > 0 ? deliveries : delivery.attempt;
  const request = decode(runRequested, body);
  const run = request.ok ? await ports.store.get<RunDocument>(paths.run(request.value.runId)) : undefined;
  const lastError = run?.lastError ?? null;
  return {
    kind: 'dead_lettered',
    subscription: source?.subscription.name ?? attributes[SOURCE_SUBSCRIPTION] ?? delivery.subscription,
    topic: source?.name ?? topic,
    messageId,
    body,
    attempts,
    reason: `delivered ${attempts} times in vain${lastError === null ? '' : `; the last error: ${lastError}`}`,
  };
}

function decoded<T>(
  app: App,
  schema: z.ZodType<T>,
  contextOf: (message: T, delivery: Delivery) => LogContext,
  handle: (app: App, message: T, delivery: Delivery) => Promise<Outcome>,
): Handler {
  return async (delivery) => {
    const message = decode(schema, delivery.body);
    if (!message.ok) return { kind: 'dead_letter', reason: message.reason };
    const { subscription, messageId, attempt } = delivery;
    const work = async (ports: Ports): Promise<Outcome> => {
      try {
        const outcome = await handle({ ...app, ports }, message.value, delivery);
        if (outcome.kind === 'retry')
          messageRetried(ports, { subscription, messageId, attempt, reason: outcome.reason });
        return outcome;
      } catch (error) {
        handlerError(ports, { subscription, messageId, attempt, error });
        return { kind: 'retry', reason: error instanceof Error ? error.message : String(error) };
      }
    };
    return handling(
      app.ports,
      contextOf(message.value, delivery),
      `process ${subscription}`,
      () => attributesOf(delivery),
      work,
    );
  };
}
