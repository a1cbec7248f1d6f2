/** An archive over another one: it shows the files below, and keeps what is put or written in memory. Nothing below changes. */
import { hash } from 'node:crypto';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';

export function archiveOver(below: ArchiveStore): ArchiveStore {
  /** Files by address, and what lies beside them by path. */
  const files = new Map<string, Uint8Array>();
  const beside = new Map<string, Uint8Array>();
  return {
    put: (_name, bytes) => {
      const sha256 = hash('sha256', bytes, 'hex');
      const uri = `memory:${sha256}`;
      files.set(uri, bytes);
      return Promise.resolve({ uri, sha256 });
    },
    get: (uri) => {
      const found = files.get(uri);
      return found === undefined ? below.get(uri) : Promise.resolve(found);
    },
    write: (path, bytes) => {
      beside.set(path, bytes);
      return Promise.resolve();
    },
    read: (path) => {
      const found = beside.get(path);
      return found === undefined ? below.read(path) : Promise.resolve(found);
    },
    list: async (folder, limit) =>
      [
        ...new Set([
          ...(await below.list(folder)),
          ...[...beside.keys()].filter((path) => path.startsWith(`${folder}/`)),
        ]),
      ]
        .sort()
        .slice(0, limit),
  };
}
