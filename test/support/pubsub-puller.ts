/** Deliveries of Pub/Sub one at a time, by the real client: what a push does, at the pace of a test. */
import { pubSubClient } from '../../shared/adapters/gcp/pubsub-client.ts';
import { pubSubPublisher } from '../../shared/adapters/gcp/pubsub-publisher.ts';
import { createTopology, type TopologyOptions } from '../../shared/adapters/gcp/pubsub-topology.ts';
import type { CloudConfig } from '../../shared/config.ts';
import { namesOf } from '../../shared/derive/names.ts';
import type { Subscription } from '../../shared/derive/topics.ts';
import type { Delivery, Publisher } from '../../shared/ports/bus.ts';

export interface Pulled {
  readonly delivery: Delivery;
  readonly ack: () => Promise<void>;
  readonly nack: (reason: string) => Promise<void>;
}

export interface Puller extends Publisher {
  /** What is due now; undefined when nothing is. */
  readonly pull: (subscription: Subscription) => Promise<Pulled | undefined>;
  readonly close: () => Promise<void>;
}

/** Makes topics and subscriptions that are pulled, and opens them. */
export async function openPuller(
  cloud: Pick<CloudConfig, 'project' | 'prefix' | 'hosts'>,
  topology: TopologyOptions,
): Promise<Puller> {
  const client = await pubSubClient(cloud);
  await createTopology(cloud, {}, { ...topology, client });
  const publisher = pubSubPublisher(cloud);
  const { v1 } = await import('@google-cloud/pubsub');
  const subscriber = new v1.SubscriberClient({ ...(await client.getClientConfig()) });
  const { resource } = namesOf(cloud.prefix);
  return {
    publish: publisher.publish,
    pull: async ({ name }) => {
      const subscription = `projects/${cloud.project}/subscriptions/${resource(name)}`;
      const [{ receivedMessages }] = await subscriber.pull({
        subscription,
        maxMessages: 1,
        returnImmediately: true,
      });
      const [received] = receivedMessages ?? [];
      if (received?.message == null) return undefined;
      const { message, ackId, deliveryAttempt } = received;
      const ackIds = [ackId ?? ''];
      return {
        delivery: {
          subscription: name,
          topic: name.replace(/-sub$/, ''),
          body: Buffer.from(message.data as Uint8Array).toString(),
          messageId: message.messageId ?? '',
          attempt: deliveryAttempt ?? 0,
          attributes: message.attributes ?? {},
        },
        ack: async () => {
          await subscriber.acknowledge({ subscription, ackIds });
        },
        nack: async () => {
          await subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: 0 });
        },
      };
    },
    close: async () => {
      await publisher.close();
      await subscriber.close();
      await client.close();
    },
  };
}
