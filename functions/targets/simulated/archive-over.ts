/** An archive over another one: it shows the files below, and keeps what is put or written in memory. Nothing below changes. */
import { FileLostError } from '../../../shared/domain/failure.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import { memoryArchive } from './memory-archive.ts';

export function archiveOver(below: ArchiveStore): ArchiveStore {
  const own = memoryArchive();
  return {
    put: own.put,
    write: own.write,
    get: async (uri) => {
      try {
        return await own.get(uri);
      } catch (error) {
        if (!(error instanceof FileLostError) || error.what !== 'missing') throw error;
        return below.get(uri);
      }
    },
    read: async (path) => (await own.read(path)) ?? below.read(path),
    list: async (folder, limit) =>
      [...new Set([...(await below.list(folder)), ...(await own.list(folder))])].sort().slice(0, limit),
  };
}
