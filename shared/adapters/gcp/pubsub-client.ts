/** Opens the client of Pub/Sub. It has a module of its own, because the job that trains sends no messages and its bundle holds no such client. */
import type { PubSub } from '@google-cloud/pubsub';
import type { CloudConfig } from '../../config.ts';
import { localAuth } from './clients.ts';

/** Opens a client of Pub/Sub. */
export async function pubSubClient(cloud: Pick<CloudConfig, 'project' | 'hosts'>): Promise<PubSub> {
  const { PubSub } = await import('@google-cloud/pubsub');
  const host = cloud.hosts.pubsub;
  return new PubSub(
    host === undefined
      ? { projectId: cloud.project }
      : { projectId: cloud.project, apiEndpoint: host, emulatorMode: true, authClient: await localAuth() },
  );
}
