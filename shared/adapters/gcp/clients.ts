/**
 * Google's clients, each loaded when it is first asked for, so that a function pays for what it uses. A host of
 * `cloud.hosts` is a local server: its client speaks to it in plain text with a made-up token and looks up nothing on
 * the network.
 */
import type { BigQuery, BigQueryOptions } from '@google-cloud/bigquery';
import type { Firestore } from '@google-cloud/firestore';
import type { PubSub } from '@google-cloud/pubsub';
import type { Storage } from '@google-cloud/storage';
import type { OAuth2Client } from 'google-auth-library';
import type { CloudConfig } from '../../config.ts';

/** `make`, called once, at the first use; a failure is not kept. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** Credentials that a local server takes for granted; with them no client looks for a metadata server. */
async function localAuth(): Promise<OAuth2Client> {
  const { OAuth2Client } = await import('google-auth-library');
  const client = new OAuth2Client();
  client.setCredentials({ access_token: 'local', expiry_date: Date.now() + 10 * 365 * 864e5 });
  return client;
}

export async function bigQueryClient(
  cloud: Pick<CloudConfig, 'project' | 'location' | 'hosts'>,
): Promise<BigQuery> {
  const { BigQuery } = await import('@google-cloud/bigquery');
  const host = cloud.hosts.bigquery;
  const options: BigQueryOptions = { projectId: cloud.project, location: cloud.location };
  if (host === undefined) return new BigQuery(options);
  return new BigQuery({
    ...options,
    apiEndpoint: `http://${host}`,
    authClient: await localAuth(),
    // Without it the client leaves the version out of every path and cannot load files.
    useAuthWithCustomEndpoint: true,
  } as BigQueryOptions);
}

export async function firestoreClient(
  cloud: Pick<CloudConfig, 'project' | 'database' | 'hosts'>,
): Promise<Firestore> {
  const { Firestore } = await import('@google-cloud/firestore');
  const host = cloud.hosts.firestore;
  const settings = {
    projectId: cloud.project,
    databaseId: cloud.database,
    // A field that is undefined is a field that is left out, as in every other store.
    ignoreUndefinedProperties: true,
  };
  return new Firestore(
    host === undefined ? settings : { ...settings, host, ssl: false, authClient: await localAuth() },
  );
}

export async function pubSubClient(cloud: Pick<CloudConfig, 'project' | 'hosts'>): Promise<PubSub> {
  const { PubSub } = await import('@google-cloud/pubsub');
  const host = cloud.hosts.pubsub;
  return new PubSub(
    host === undefined
      ? { projectId: cloud.project }
      : { projectId: cloud.project, apiEndpoint: host, emulatorMode: true, authClient: await localAuth() },
  );
}

/**
 * Cloud Storage, without the client's own retries: of a download that is tried again it pipes into a closed stream, and
 * that ends the process. Whoever uses it tries again.
 * @param host `host:port` of a local server with the JSON API of Cloud Storage
 */
export async function storageClient(cloud: Pick<CloudConfig, 'project'>, host?: string): Promise<Storage> {
  const { Storage } = await import('@google-cloud/storage');
  const options = { projectId: cloud.project, retryOptions: { autoRetry: false } };
  return new Storage(
    host === undefined
      ? options
      : {
          ...options,
          apiEndpoint: `http://${host}`,
          authClient: await localAuth(),
          useAuthWithCustomEndpoint: true,
        },
  );
}
