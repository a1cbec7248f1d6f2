/** The archive of source files in one folder. The name of a file begins with the hash of its content. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ArchiveStore } from '../../ports/archive.ts';

const SCHEME = 'archive:';

/**
 * Opens the archive; `put` creates the folder when it is missing. `put` and `get` throw an Error when the
 * file system fails, and `get` throws one for an address that is not of this archive.
 */
export function fileArchive(folder: string): ArchiveStore {
  return {
    put: async (name, bytes) => {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const file = `${sha256.slice(0, 16)}-${basename(name)}`;
      const path = join(folder, file);
      const exists = await stat(path).then(
        (found) => found.size === bytes.byteLength,
        () => false,
      );
      if (!exists) {
        await mkdir(folder, { recursive: true });
        const partial = `${path}.${randomUUID()}.partial`;
        await writeFile(partial, bytes);
        await rename(partial, path);
      }
      return { uri: `${SCHEME}${file}`, sha256 };
    },
    get: (uri) => {
      const file = uri.slice(SCHEME.length);
      if (!uri.startsWith(SCHEME) || file !== basename(file))
        return Promise.reject(new Error(`${uri} is not in the archive`));
      return readFile(join(folder, file));
    },
  };
}
