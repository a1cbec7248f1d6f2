/** Source files in memory, kept by content. */
import { createHash } from 'node:crypto';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';

export interface MemoryArchive extends ArchiveStore {
  /** The same files, seen by somebody whose every call goes through `pause`. */
  readonly seenThrough: (pause: (point: string) => Promise<void>) => ArchiveStore;
}

export function memoryArchive(): MemoryArchive {
  const files = new Map<string, Uint8Array>();
  const put: ArchiveStore['put'] = (_name, bytes) => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const uri = `memory:${sha256}`;
    files.set(uri, Uint8Array.from(bytes));
    return Promise.resolve({ uri, sha256 });
  };
  const get: ArchiveStore['get'] = (uri) => {
    const bytes = files.get(uri);
    return bytes === undefined
      ? Promise.reject(new Error(`There is no file ${uri}`))
      : Promise.resolve(bytes);
  };
  return {
    put,
    get,
    seenThrough: (pause) => ({
      put: async (name, bytes) => {
        await pause('archive.put');
        return put(name, bytes);
      },
      get: async (uri) => {
        await pause('archive.get');
        return get(uri);
      },
    }),
  };
}
