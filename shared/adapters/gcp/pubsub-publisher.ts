/**
 * Publishes to the topics of a deployment. Google's client sends messages in batches; attributes serve
 * filters and logs.
 */
import type { PubSub, Topic } from '@google-cloud/pubsub';
import type { CloudConfig } from '../../config.ts';
import { namesOf } from '../../derive/names.ts';
import { SENDER, type Publisher } from '../../ports/bus.ts';
import { lazily } from './clients.ts';
import { pubSubClient } from './pubsub-client.ts';
import { GoogleError, pubsubFailure } from './google-failure.ts';

/** Settings of the publisher. */
export interface PubSubPublisherOptions {
  /** Opens a client to use in place of the publisher's own. */
  readonly client?: () => Promise<PubSub>;
  /**
   * Milliseconds after which publishing fails when Pub/Sub does not accept the message. It stays in the
   * outbox.
   */
  readonly timeoutMs?: number;
  /** The revision that publishes; it becomes an attribute of each message. */
  readonly sender?: string | undefined;
}

/** The publisher of the port, which its owner must close. */
export interface PubSubPublisher extends Publisher {
  /** Waits until each message that was published has been sent or refused. */
  readonly flush: () => Promise<void>;
  /** Waits in the same way, then closes the connections. */
  readonly close: () => Promise<void>;
}

/** Milliseconds that a message waits for others in its batch at most. */
const LINGER_MS = 5;
const MESSAGES_PER_BATCH = 100;

/**
 * Opens the publisher. The first message loads the client.
 * @throws GoogleError, from `publish`, when Pub/Sub refuses a message
 */
export function pubSubPublisher(
  cloud: Pick<CloudConfig, 'project' | 'prefix' | 'hosts'>,
  options: PubSubPublisherOptions = {},
): PubSubPublisher {
  const client = lazily(options.client ?? (() => pubSubClient(cloud)));
  const { resource } = namesOf(cloud.prefix);
  const sender = options.sender === undefined ? {} : { [SENDER]: options.sender };
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
      return await topic.publishMessage({
        data: Buffer.from(body),
        attributes: { ...attributesOf(body), ...sender },
      });
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

/** Fields of a message that become attributes, and the names of the attributes. */
const ATTRIBUTES = { kind: 'event', table: 'table', mode: 'mode' } as const;

/** The attributes of a message: its event, and its table and mode when it has them. */
export function attributesOf(body: string): Record<string, string> {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    // The text may be anything. Its consumer moves what it cannot read to the dead-letter topic.
  }
  if (typeof message !== 'object' || message === null) return {};
  return Object.fromEntries(
    Object.entries(ATTRIBUTES).flatMap(([field, attribute]) => {
      const value = (message as Record<string, unknown>)[field];
      return typeof value === 'string' && value !== '' && value.length <= 256 ? [[attribute, value]] : [];
    }),
  );
}
