/**
 * The archive of source files in one folder. The name of a source file begins with the hash of its content. What lies beside
 * the source files, such as `journal/`, has a path of its own.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathBeside } from '../archive-path.ts';
import { FileLostError } from '../../domain/failure.ts';
import type { ArchiveStore } from '../../ports/archive.ts';

const SCHEME = 'archive:';

/**
 * Opens the archive; `put` creates the folder when it is missing. Its methods throw an Error when the file system fails.
 */
export function fileArchive(folder: string): ArchiveStore {
  return {
    put: async (name, bytes) => {
      const sha256 = sha256Of(bytes);
      const file = `${sha256.slice(0, 16)}-${basename(name)}`;
      const path = join(folder, file);
      const found = await bytesAt(path);
      if (found === undefined || sha256Of(found) !== sha256) await replace(path, bytes);
      return { uri: `${SCHEME}${file}`, sha256 };
    },
    get: async (uri) => {
      const file = uri.slice(SCHEME.length);
      const isOurs = uri.startsWith(SCHEME) && file !== '' && file === basename(file);
      const bytes = isOurs ? await bytesAt(join(folder, file)) : undefined;
      if (bytes === undefined) throw new FileLostError('missing', `${uri} is not in the archive`);
      return bytes;
    },
    write: (path, bytes) => replace(join(folder, pathBeside(path)), bytes),
    read: (path) => bytesAt(join(folder, pathBeside(path))),
    list: async (path, limit) => {
      const names = await unlessMissing(readdir(join(folder, pathBeside(`${path}/x`), '..')));
      return (names ?? [])
        .filter((name) => !name.endsWith(PARTIAL))
        .sort()
        .slice(0, limit)
        .map((name) => `${path}/${name}`);
    },
  };
}

const PARTIAL = '.partial';

/** Writes a file so that a reader sees the old bytes or the new ones, and no half of either. */
async function replace(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}${PARTIAL}`;
  await writeFile(partial, bytes);
  await rename(partial, path);
}

function bytesAt(path: string): Promise<Uint8Array | undefined> {
  return unlessMissing(readFile(path));
}

/** What `reading` gives; undefined when there is no such file or folder. */
async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
