/** Source files in a bucket of Cloud Storage, kept by content: an object is written once and never changed. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Storage } from '@google-cloud/storage';
import type { CloudConfig } from '../../config.ts';
import type { ArchiveStore } from '../../ports/archive.ts';
import { lazily, storageClient } from './clients.ts';
import { GoogleError, storageFailure } from './google-failure.ts';

export interface StorageArchiveOptions {
  readonly client?: () => Promise<Storage>;
}

/** The precondition did not hold: an object of this name is there. */
const PRECONDITION_FAILED = 412;

export function storageArchive(
  cloud: Pick<CloudConfig, 'project' | 'bucket'>,
  options: StorageArchiveOptions = {},
): ArchiveStore {
  const client = lazily(options.client ?? (() => storageClient(cloud)));
  const scheme = `gs://${cloud.bucket}/`;
  return {
    put: async (name, bytes) => {
      const sha256 = sha256Of(bytes);
      const object = `${sha256}/${basename(name)}`;
      try {
        await (
          await client()
        )
          .bucket(cloud.bucket)
          .file(object)
          .save(Buffer.from(bytes), {
            resumable: false,
            contentType: 'application/octet-stream',
            metadata: { metadata: { sha256 } },
            preconditionOpts: { ifGenerationMatch: 0 },
          });
      } catch (error) {
        // The name says the content: what is there is what was to be written.
        if ((error as { code?: unknown }).code !== PRECONDITION_FAILED)
          throw new GoogleError(storageFailure(error), error);
      }
      return { uri: scheme + object, sha256 };
    },
    get: async (uri) => {
      const object = uri.slice(scheme.length);
      const match = /^([0-9a-f]{64})\/[^/]+$/.exec(object);
      if (!uri.startsWith(scheme) || match === null)
        throw new GoogleError({
          kind: 'permanent',
          code: 'storage_bad_uri',
          detail: `${uri} is not in the archive`,
        });
      const bytes = await download(await client(), cloud.bucket, object);
      const found = sha256Of(bytes);
      if (found !== match[1])
        throw new GoogleError({
          kind: 'permanent',
          code: 'storage_corrupt',
          detail: `${uri} holds other bytes than were put there (SHA-256 ${found})`,
        });
      return bytes;
    },
  };
}

async function download(storage: Storage, bucket: string, object: string): Promise<Uint8Array> {
  try {
    const [bytes] = await storage.bucket(bucket).file(object).download();
    return bytes;
  } catch (error) {
    throw new GoogleError(storageFailure(error), error);
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
