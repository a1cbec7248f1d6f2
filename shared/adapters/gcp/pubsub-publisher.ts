/** Messages to Pub/Sub: batched by the client, under the names of the deployment, with what a filter or a log may want. */
import type { PubSub, Topic } from '@google-cloud/pubsub';
import type { CloudConfig } from '../../config.ts';
import { namesOf } from '../../derive/names.ts';
import type { Publisher } from '../../ports/bus.ts';
import { lazily, pubSubClient } from './clients.ts';
import { GoogleError, pubsubFailure } from './google-failure.ts';

export interface PubSubPublisherOptions {
  /** A client to use instead of one of its own. */
  readonly client?: () => Promise<PubSub>;
  /** Milliseconds after which a message that Pub/Sub does not accept is given up; it stays in the outbox. */
  readonly timeoutMs?: number;
}

export interface PubSubPublisher extends Publisher {
  /** Waits until what was given is sent, or refused. */
  readonly flush: () => Promise<void>;
  /** The same, and closes the connections. */
  readonly close: () => Promise<void>;
}

/** A message waits at most this long for others to be sent with it. */
const LINGER_MS = 5;
const MESSAGES_PER_BATCH = 100;

export function pubSubPublisher(
  cloud: Pick<CloudConfig, 'project' | 'prefix' | 'hosts'>,
  options: PubSubPublisherOptions = {},
): PubSubPublisher {
  const client = lazily(options.client ?? (() => pubSubClient(cloud)));
  const { resource } = namesOf(cloud.prefix);
  const topics = new Map<string, Topic>();
  const topicOf = async (name: string): Promise<Topic> => {
    const pubsub = await client();
    const known =
      topics.get(name) ??
      pubsub.topic(resource(name), {
        batching: { maxMessages: MESSAGES_PER_BATCH, maxMilliseconds: LINGER_MS },
        gaxOpts: { timeout: options.timeoutMs ?? 60_000 },
      });
    topics.set(name, known);
    return known;
  };
  const underWay = new Set<Promise<unknown>>();
  const flush = async (): Promise<void> => {
    await Promise.allSettled(underWay);
  };
  const publish = async (name: string, body: string): Promise<string> => {
    const topic = await topicOf(name);
    try {
      return await topic.publishMessage({ data: Buffer.from(body), attributes: attributesOf(body) });
    } catch (error) {
      const failure = pubsubFailure(error);
      throw new GoogleError(
        failure.code === 'pubsub_not_found'
          ? { ...failure, detail: `There is no topic ${name}: ${failure.detail}` }
          : failure,
        error,
      );
    }
  };
  return {
    publish: async (name, body) => {
      const sent = publish(name, body);
      underWay.add(sent);
      try {
        return await sent;
      } finally {
        underWay.delete(sent);
      }
    },
    flush,
    close: async () => {
      await flush();
      await (await client()).close();
    },
  };
}

/** Fields of a message that are told beside it. */
const ATTRIBUTES = { kind: 'event', table: 'table', mode: 'mode' } as const;

/** What a message says of itself: its event, and table and mode where it has them. */
export function attributesOf(body: string): Record<string, string> {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    // What is published may be anything; whoever gets it sets it aside.
  }
  if (typeof message !== 'object' || message === null) return {};
  return Object.fromEntries(
    Object.entries(ATTRIBUTES).flatMap(([field, attribute]) => {
      const value = (message as Record<string, unknown>)[field];
      return typeof value === 'string' && value !== '' && value.length <= 256 ? [[attribute, value]] : [];
    }),
  );
}
