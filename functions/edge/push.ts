/**
 * Answers pushes of Pub/Sub. The rule of the platform: an answer of 2xx means that the message is done with, an error means
 * that Pub/Sub delivers it again.
 */
import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import type { Names } from '../../shared/derive/names.ts';
import type { Service } from '../../shared/derive/services.ts';
import type { Topic } from '../../shared/derive/topics.ts';
import { parseTraceparent } from '../../shared/domain/trace-context.ts';
import { letterOf } from '../../shared/messages/dead-letter.ts';
import { pushFailed, pushRefused } from '../../shared/observe/events/deliveries.ts';
import type { Delivery, Handler, Outcome } from '../../shared/ports/bus.ts';
import type { Log } from '../../shared/ports/index.ts';
import type { DocumentContext } from '../steps/context.ts';
import { setAside } from '../handlers/set-aside.ts';
import { isForm, whyForeign } from './local-only.ts';

/** What Pub/Sub posts to a push endpoint. */
const pushEnvelope = z.object({
  message: z.object({
    /** Base64; absent for a message without a body. */
    data: z
      .string()
      .regex(/^[A-Za-z0-9+/_-]*={0,2}$/)
      .optional(),
    attributes: z.record(z.string(), z.string()).optional(),
    messageId: z.string().min(1),
  }),
  subscription: z.string().regex(/^projects\/[^/]+\/subscriptions\/[^/]+$/),
  deliveryAttempt: z.int().min(1).optional(),
});
type PushEnvelope = z.infer<typeof pushEnvelope>;

/** A handler, and the documents in which a message is kept that the handler cannot use. */
export interface Consumption {
  readonly context: DocumentContext;
  readonly handle: Handler;
  /** Sends off waiting spans before the answer, because the platform gives the process no CPU after it. Never throws. */
  readonly flush?: () => Promise<void>;
}

/** Checks who sent a push, by its `authorization` header. @throws when that cannot be checked now */
export type VerifyPusher = (
  authorization: string | undefined,
) => Promise<'accepted' | { readonly refused: string }>;

/** What pushes are answered with: the service they are for, its names in the project, and how to open it. */
export interface PushTarget {
  readonly service: Service;
  readonly names: Names;
  /** Called for every message; the work of opening is done once for each instance. */
  readonly open: () => Promise<Consumption>;
  readonly verify?: VerifyPusher | undefined;
  /** Whether only programs of this machine are answered: the function runs beside emulators on the loopback address. */
  readonly isLocal?: boolean;
  readonly log?: Log;
}

/** An HTTP request, as far as it is looked at. */
export interface PushRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** The answer to it, with a JSON document where the status needs explaining. */
export interface PushAnswer {
  readonly status: number;
  readonly document?: object;
}

/**
 * Answers the pushes of the subscriptions of one service:
 * - 204: the message is done with. It was handled, or it can never succeed and was set aside.
 * - 500: the message may succeed later; it is delivered again.
 * - 400: the request is not a push of Pub/Sub. 404: its subscription belongs to another service. Both are mistakes in the
 *   set-up of a project; such messages end in the dead-letter topic of their subscription.
 * - 401: the sender is not the one that may push. 403 and 415: on the emulator target, a web page has sent it.
 * - 503: this instance is ending.
 */
export function answerPushes(target: PushTarget): (request: PushRequest) => Promise<PushAnswer> {
  const { service, names, open, verify, isLocal = false, log = () => undefined } = target;
  const topicOf = new Map(
    service.topics.map((topic) => [names.resource(topic.subscription.name), topic] as const),
  );
  return async ({ method, headers, body }) => {
    if (isEnding()) return { status: 503, document: { error: 'this instance is ending' } };
    if (method === 'GET') return { status: 200, document: { service: service.name, status: 'ok' } };
    if (method !== 'POST') return { status: 405, document: { error: 'POST a push of Pub/Sub' } };
    const trace = parseTraceparent(headers['traceparent']?.toString());
    const ports = { log, ...(trace === undefined ? {} : { context: { trace } }) };
    const refuse = (status: number, error: string): PushAnswer => {
      pushRefused(ports, { code: String(status), reason: error });
      return { status, document: { error } };
    };
    const foreign = isLocal ? whyForeign(headers) : undefined;
    if (foreign !== undefined) return refuse(403, foreign);
    if (isLocal && isForm(headers, '')) return refuse(415, 'send the push as JSON, not as a form');
    const envelope = pushEnvelope.safeParse(body);
    if (!envelope.success) return refuse(400, 'this is not a push of Pub/Sub');
    const subscription = envelope.data.subscription.split('/').at(-1) ?? '';
    const topic = topicOf.get(subscription);
    if (topic === undefined) return refuse(404, `${service.name} does not serve ${subscription}`);
    return whileUnderWay(async () => {
      try {
        const pusher = await verify?.(headers.authorization);
        if (typeof pusher === 'object') return refuse(401, pusher.refused);
        const consumption = await open();
        const reason = await consume(consumption, topic, envelope.data, headers);
        await consumption.flush?.();
        return reason === undefined ? { status: 204 } : { status: 500, document: { error: reason } };
      } catch (error) {
        const { message, deliveryAttempt = 1 } = envelope.data;
        const { name } = topic.subscription;
        pushFailed(ports, {
          subscription: name,
          messageId: message.messageId,
          attempt: deliveryAttempt,
          error,
        });
        return { status: 500, document: { error: error instanceof Error ? error.message : String(error) } };
      }
    });
  };
}

/** Handles one message. @returns why it must be delivered again; undefined when it is done with */
async function consume(
  { context, handle }: Consumption,
  topic: Topic,
  envelope: PushEnvelope,
  { traceparent }: IncomingHttpHeaders,
): Promise<string | undefined> {
  const text = textOf(envelope.message.data ?? '');
  const delivery: Delivery = {
    subscription: topic.subscription.name,
    topic: topic.name,
    body: text ?? envelope.message.data ?? '',
    messageId: envelope.message.messageId,
    attempt: envelope.deliveryAttempt ?? 1,
    ...(envelope.message.attributes === undefined ? {} : { attributes: envelope.message.attributes }),
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
  };
  const outcome: Outcome =
    text === undefined
      ? { kind: 'dead_letter', reason: 'The message is not UTF-8 text; it is kept as base64' }
      : await handle(delivery);
  switch (outcome.kind) {
    case 'ack':
      return undefined;
    case 'retry':
      return outcome.reason;
    case 'dead_letter':
      await setAside(context, letterOf(delivery, outcome.reason));
      return undefined;
    default:
      return outcome satisfies never;
  }
}

/** The text of a message; undefined when its bytes are not UTF-8. */
function textOf(data: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(data, 'base64'));
  } catch {
    return undefined;
  }
}

/** Milliseconds that the platform leaves an instance to end. */
const GRACE_MS = 10_000;

let ending = false;
const underWay = new Set<Promise<unknown>>();

function isEnding(): boolean {
  return ending;
}

async function whileUnderWay<T>(work: () => Promise<T>): Promise<T> {
  const done = work();
  underWay.add(done);
  try {
    return await done;
  } finally {
    underWay.delete(done);
  }
}

/**
 * Makes the process end in order on SIGTERM: it takes no further message, finishes the work under way and exits. It exits
 * after 9.5 s in any case, because the platform kills it after 10 s. This replaces the listeners of the functions framework,
 * which answer the work under way with an error and exit at once.
 */
export function endInOrder(exit: () => void = () => process.exit()): void {
  process.removeAllListeners('SIGTERM');
  process.once('SIGTERM', () => {
    ending = true;
    const patience = new Promise((resolve) => setTimeout(resolve, GRACE_MS - 500).unref());
    void Promise.race([Promise.allSettled(underWay), patience])
      // A moment for the last answer to leave the process.
      .then(() => new Promise((resolve) => setTimeout(resolve, 20)))
      .then(exit);
  });
}
