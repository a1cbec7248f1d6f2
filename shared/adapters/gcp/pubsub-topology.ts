/**
 * Creates topics and subscriptions through the client, for a broker that starts empty, such as the emulator.
 * In a project of Google Cloud, `fullcourt deploy` creates them. A second call changes only the addresses of
 * pushes.
 */
import type { PubSub } from '@google-cloud/pubsub';
import type { CloudConfig } from '../../config.ts';
import { DELIVERY, PLATFORM_LIMITS } from '../../derive/budgets.ts';
import { namesOf } from '../../derive/names.ts';
import { services, type Service } from '../../derive/services.ts';
import type { Topic } from '../../derive/topics.ts';
import { pubSubClient } from './pubsub-client.ts';
import { GoogleError, GRPC_STATUS, pubsubFailure } from './google-failure.ts';

/** Settings that replace the deployment's. */
export interface TopologyOptions {
  /** The topics to create, with their dead-letter topics; all when left out. */
  readonly topics?: readonly Topic[];
  readonly client?: PubSub;
  readonly ackDeadlineSeconds?: number;
  /** Seconds before the second try, and at most. */
  readonly backoffSeconds?: readonly [min: number, max: number];
  readonly maxAttempts?: number;
}

/**
 * Creates the topics and subscriptions that are missing.
 * @param urls service -> address that its messages are pushed to; without one, its subscriptions are pulled
 * @throws GoogleError when Pub/Sub refuses
 */
export async function createTopology(
  cloud: Pick<CloudConfig, 'project' | 'prefix' | 'hosts'>,
  urls: Readonly<Record<string, string>>,
  options: TopologyOptions = {},
): Promise<void> {
  const client = options.client ?? (await pubSubClient(cloud));
  const { resource } = namesOf(cloud.prefix);
  const wanted =
    options.topics === undefined
      ? undefined
      : new Set(options.topics.flatMap(({ name, subscription }) => [name, subscription.deadLetterTopic]));
  const pairs = services().flatMap((service) =>
    service.topics
      .filter(({ name }) => wanted === undefined || wanted.has(name))
      .map((topic): readonly [Service, Topic] => [service, topic]),
  );
  const fullName = (topic: string): string => `projects/${cloud.project}/topics/${resource(topic)}`;
  const [minBackoff, maxBackoff] = options.backoffSeconds ?? [...DELIVERY.backoffSeconds];
  try {
    // A dead-letter topic must exist before a subscription can name it.
    await Promise.all(pairs.map(([, { name }]) => unlessThere(() => client.createTopic(resource(name)))));
    await Promise.all(
      pairs.map(async ([service, { name, subscription }]) => {
        const endpoint = urls[service.name];
        const id = resource(subscription.name);
        const push = endpoint === undefined ? {} : { pushConfig: { pushEndpoint: endpoint } };
        const isNew = await unlessThere(() =>
          client.createSubscription(resource(name), id, {
            ackDeadlineSeconds: options.ackDeadlineSeconds ?? PLATFORM_LIMITS.ackDeadlineSeconds,
            retryPolicy: { minimumBackoff: { seconds: minBackoff }, maximumBackoff: { seconds: maxBackoff } },
            // An empty policy means that an unused subscription never expires.
            expirationPolicy: {},
            ...(subscription.deadLetterTopic === null
              ? {}
              : {
                  deadLetterPolicy: {
                    deadLetterTopic: fullName(subscription.deadLetterTopic),
                    maxDeliveryAttempts: options.maxAttempts ?? subscription.maxAttempts,
                  },
                }),
            ...push,
          }),
        );
        if (!isNew && endpoint !== undefined)
          await client.subscription(id).modifyPushConfig({ pushEndpoint: endpoint });
      }),
    );
  } catch (error) {
    throw new GoogleError(pubsubFailure(error), error);
  } finally {
    if (options.client === undefined) await client.close();
  }
}

/** Calls `make`. @returns false when the thing exists already. @throws any other error of `make` */
async function unlessThere(make: () => Promise<unknown>): Promise<boolean> {
  try {
    await make();
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === GRPC_STATUS.indexOf('already_exists')) return false;
    throw error;
  }
}
