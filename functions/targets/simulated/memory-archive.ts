/** Source files in memory, kept by content. */
import { createHash } from 'node:crypto';
import { pathBeside } from '../../../shared/adapters/archive-path.ts';
import { FileLostError } from '../../../shared/domain/failure.ts';
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
      ? Promise.reject(new FileLostError('missing', `There is no file ${uri}`))
      : Promise.resolve(bytes);
  };
  const beside = new Map<string, Uint8Array>();
  const write: ArchiveStore['write'] = (path, bytes) => {
    beside.set(pathBeside(path), Uint8Array.from(bytes));
    return Promise.resolve();
  };
  const read: ArchiveStore['read'] = (path) => Promise.resolve(beside.get(pathBeside(path)));
  const list: ArchiveStore['list'] = (folder, limit) =>
    Promise.resolve(
      [...beside.keys()]
        .filter((path) => path.startsWith(`${folder}/`))
        .sort()
        .slice(0, limit),
    );
  return {
    put,
    get,
    write,
    read,
    list,
    seenThrough: (pause) => ({
      put: async (name, bytes) => {
        await pause('archive.put');
        return put(name, bytes);
      },
      get: async (uri) => {
        await pause('archive.get');
        return get(uri);
      },
      write: async (path, bytes) => {
        await pause('archive.write');
        return write(path, bytes);
      },
      read: async (path) => {
        await pause('archive.read');
        return read(path);
      },
      list: async (folder, limit) => {
        await pause('archive.list');
        return list(folder, limit);
      },
    }),
  };
}
