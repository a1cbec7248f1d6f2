/**
 * The archive of source files in a bucket of Cloud Storage. The name of the object of a source file begins with the hash
 * of its content, so that its content never changes. What lies beside the source files has a path and is replaced.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Storage } from '@google-cloud/storage';
import type { CloudConfig } from '../../config.ts';
import type { ArchiveStore } from '../../ports/archive.ts';
import { FileLostError } from '../../domain/failure.ts';
import { pathBeside } from '../archive-path.ts';
import { lazily, storageClient } from './clients.ts';
import { GoogleError, storageFailure } from './google-failure.ts';

/** Settings of the archive. */
export interface StorageArchiveOptions {
  /** Opens a client to use in place of the archive's own. */
  readonly client?: () => Promise<Storage>;
}

/** HTTP status: an object of this name exists already. */
const PRECONDITION_FAILED = 412;
/** HTTP status: there is no such object. */
const NOT_FOUND = 404;
/** How content is written: in one request, as bytes without a meaning. */
const AS_IT_IS = { resumable: false, contentType: 'application/octet-stream' } as const;
const TRIES = 4;
const FIRST_PAUSE_MS = 250;

/**
 * Opens the archive. The first call loads the client.
 * @throws GoogleError, from its methods, when Cloud Storage refuses
 */
export function storageArchive(
  cloud: Pick<CloudConfig, 'project' | 'bucket'>,
  options: StorageArchiveOptions = {},
): ArchiveStore {
  const client = lazily(options.client ?? (() => storageClient(cloud)));
  const scheme = `gs://${cloud.bucket}/`;
  /** The bytes of an object; undefined when there is none. */
  const found = async (storage: Storage, object: string): Promise<Uint8Array | undefined> => {
    try {
      const [bytes] = await storage.bucket(cloud.bucket).file(object).download();
      return bytes;
    } catch (error) {
      if ((error as { code?: unknown }).code === NOT_FOUND) return undefined;
      throw error;
    }
  };
  return {
    put: async (name, bytes) => {
      // A copy, because the caller may change `bytes` while they are sent, perhaps more than once.
      const content = Buffer.from(bytes);
      const sha256 = sha256Of(content);
      const object = `${sha256}/${basename(name)}`;
      await persistently(async () => {
        const file = (await client()).bucket(cloud.bucket).file(object);
        const save = (more: object = {}): Promise<void> =>
          file.save(content, { ...AS_IT_IS, metadata: { metadata: { sha256 } }, ...more });
        try {
          await save({ preconditionOpts: { ifGenerationMatch: 0 } });
        } catch (error) {
          if ((error as { code?: unknown }).code !== PRECONDITION_FAILED) throw error;
          // The name holds the hash of the content, so the object has the same bytes, unless it was damaged since.
          const [found] = await file.download();
          if (sha256Of(found) !== sha256) await save();
        }
      });
      return { uri: scheme + object, sha256 };
    },
    get: async (uri) => {
      const object = uri.slice(scheme.length);
      const match = /^([0-9a-f]{64})\/[^/]+$/.exec(object);
      const isOurs = uri.startsWith(scheme) && match !== null;
      const bytes = isOurs ? await persistently(async () => found(await client(), object)) : undefined;
      if (match === null || bytes === undefined)
        throw new FileLostError('missing', `${uri} is not in the archive`);
      const sha256 = sha256Of(bytes);
      if (sha256 !== match[1])
        throw new FileLostError(
          'damaged',
          `${uri} holds other bytes than were put there (SHA-256 ${sha256})`,
        );
      return bytes;
    },
    write: async (path, bytes) => {
      const content = Buffer.from(bytes);
      const object = pathBeside(path);
      await persistently(async () =>
        (await client()).bucket(cloud.bucket).file(object).save(content, AS_IT_IS),
      );
    },
    read: async (path) => {
      const object = pathBeside(path);
      return persistently(async () => found(await client(), object));
    },
    list: (folder, limit) => {
      const prefix = pathBeside(`${folder}/x`).slice(0, -1);
      // Cloud Storage lists objects by their names, ascending.
      const only = limit === undefined ? {} : { maxResults: limit, autoPaginate: false };
      return persistently(async () => {
        const [found] = await (await client()).bucket(cloud.bucket).getFiles({ prefix, ...only });
        return found.map(({ name }) => name).sort();
      });
    },
  };
}

/**
 * Does `work`, and repeats it after growing pauses while its failure is transient.
 * @throws GoogleError after the last try
 */
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
