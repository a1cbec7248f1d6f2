/**
 * Opens Google's clients, but for that of Pub/Sub. Each is loaded by its first use, so that a function loads only the clients it
 * needs. A host in `cloud.hosts` is a local server: its client uses plain HTTP and a fixed token, and asks no
 * other server.
 */
import type { BigQuery, BigQueryOptions } from '@google-cloud/bigquery';
import type { Firestore } from '@google-cloud/firestore';
import type { Storage } from '@google-cloud/storage';
import type { OAuth2Client } from 'google-auth-library';
import type { CloudConfig } from '../../config.ts';

/**
 * A function that calls `make` at its first call and gives the same result later. After a failure it calls
 * again.
 */
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

/**
 * Credentials for a local server, which does not check them. With them, no client looks for a metadata
 * server.
 */
export async function localAuth(): Promise<OAuth2Client> {
  const { OAuth2Client } = await import('google-auth-library');
  const client = new OAuth2Client();
  client.setCredentials({ access_token: 'local', expiry_date: Date.now() + 10 * 365 * 864e5 });
  return client;
}

/** Opens a client of BigQuery. */
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
    // Without this option the client leaves the API version out of every path and cannot load files.
    useAuthWithCustomEndpoint: true,
  } as BigQueryOptions);
}

/** Opens a client of Firestore for the database of the deployment. */
export async function firestoreClient(
  cloud: Pick<CloudConfig, 'project' | 'database' | 'hosts'>,
): Promise<Firestore> {
  const { Firestore } = await import('@google-cloud/firestore');
  const host = cloud.hosts.firestore;
  const settings = {
    projectId: cloud.project,
    databaseId: cloud.database,
    // Fields that are undefined are left out, as in every other store.
    ignoreUndefinedProperties: true,
  };
  return new Firestore(
    host === undefined ? settings : { ...settings, host, ssl: false, authClient: await localAuth() },
  );
}

/**
 * Opens a client of Cloud Storage without its own retries. A download that the client repeats writes into a
 * closed stream, and that error ends the process. The caller must repeat requests itself.
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
