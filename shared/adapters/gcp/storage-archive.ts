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
const TRIES = 4;
const FIRST_PAUSE_MS = 250;

export function storageArchive(
  cloud: Pick<CloudConfig, 'project' | 'bucket'>,
  options: StorageArchiveOptions = {},
): ArchiveStore {
  const client = lazily(options.client ?? (() => storageClient(cloud)));
  const scheme = `gs://${cloud.bucket}/`;
  return {
    put: async (name, bytes) => {
      // A copy: what is sent is what was there when it was asked for, even if it has to be sent again.
      const content = Buffer.from(bytes);
      const sha256 = sha256Of(content);
      const object = `${sha256}/${basename(name)}`;
      await persistently(async () => {
        const storage = await client();
        try {
          await storage
            .bucket(cloud.bucket)
            .file(object)
            .save(content, {
              resumable: false,
              contentType: 'application/octet-stream',
              metadata: { metadata: { sha256 } },
              preconditionOpts: { ifGenerationMatch: 0 },
            });
        } catch (error) {
          // The name says the content: what is there is what was to be written.
          if ((error as { code?: unknown }).code !== PRECONDITION_FAILED) throw error;
        }
      });
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
      const bytes = await persistently(async () => {
        const [found] = await (await client()).bucket(cloud.bucket).file(object).download();
        return found;
      });
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

/** Does it again, a few times and later each time, while the service fails in a way that may pass. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const failure = storageFailure(error);
      if (failure.kind === 'permanent' || attempt >= TRIES) throw new GoogleError(failure, error);
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** (attempt - 1)));
    }
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
