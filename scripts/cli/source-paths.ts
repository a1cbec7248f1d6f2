/** Finds the source files that a person names: files, and folders of files. */
import { lstatSync, readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import type { SourceFile } from '../../functions/control/archive-files.ts';
import { SCOPE_FILE } from '../../functions/control/scope-file.ts';
import { RequestError } from '../../shared/domain/failure.ts';

/**
 * The files under some paths, by name. A folder stands for its .csv and .csv.gz files, and its scope. A path may be a link, and a folder may
 * hold links to files.
 * @throws RequestError for a path that is neither file nor folder, for a device, pipe or folder that is called like a file, for
 * a folder without files, and for two files of one name
 */
export function sourceFilesAt(paths: readonly string[]): SourceFile[] {
  const found = new Map<string, string>();
  for (const path of paths.flatMap(filesAt)) {
    const name = basename(path);
    const other = found.get(name);
    if (other === path) continue;
    if (other !== undefined)
      throw new RequestError(`${other} and ${path} have the same name; import them one after the other`);
    found.set(name, path);
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, path]) => ({ name, bytes: () => readFileSync(path) }));
}

/** The scope file at a path. @throws RequestError when there is no regular file */
export function scopeFileAt(path: string): SourceFile {
  refuseUnlessFile(path, statsOf(path));
  return { name: basename(path), bytes: () => readFileSync(path) };
}

const IS_SOURCE = /\.csv(\.gz)?$/;

function filesAt(path: string): string[] {
  const stats = statsOf(path);
  if (!stats.isDirectory()) {
    refuseUnlessFile(path, stats);
    return [path];
  }
  let names: string[];
  try {
    names = readdirSync(path).filter((name) => IS_SOURCE.test(name) || name === SCOPE_FILE);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (names.every((name) => name === SCOPE_FILE))
    throw new RequestError(`${path} holds no .csv or .csv.gz files; see docs/import.md for the format`);
  return names.map((name) => {
    const file = join(path, name);
    refuseUnlessFile(file, statsOf(file));
    return file;
  });
}

function statsOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if (isLink(path)) throw new RequestError(`${path} is a link to nothing`);
    throw unreadable(path, error);
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function unreadable(path: string, error: unknown): RequestError {
  return new RequestError(
    `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  );
}

/** @throws RequestError for what is no regular file */
function refuseUnlessFile(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  const what = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a pipe'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  throw new RequestError(`${path} is ${what}, not a file; nothing was imported`);
}
