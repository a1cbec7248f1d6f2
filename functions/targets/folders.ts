/** Folders that a person names: whether something can be kept there, told before anything is written. */
import { mkdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { RequestError } from '../../shared/domain/failure.ts';

/** Folders of the system in which nothing can be kept. Making a folder in them may never end. */
const NO_PLACE = ['/proc', '/sys', '/dev'];

/** What is said of a path at which no folder can be. */
export interface NoFolder {
  /** A clause that follows the name of the path, such as `is a file and no folder`. */
  readonly why: string;
  readonly cause?: unknown;
}

/** Why no folder can be at `path`; undefined where one is, or where one may be made. */
export function whyNoFolder(path: string): NoFolder | undefined {
  const found = statsOrWhy(path);
  if (found !== undefined && 'why' in found) return found;
  if (found !== undefined && !found.isDirectory())
    return { why: 'is a file and no folder; name a folder that is there, or one that can be made' };
  const place = placeOf(path);
  const system = NO_PLACE.find((folder) => place === folder || place.startsWith(`${folder}/`));
  return system === undefined
    ? undefined
    : { why: `lies in ${system}, where nothing can be kept; name another folder` };
}

/**
 * Makes the folder that a flag names when it is missing.
 * @returns its whole path
 * @throws RequestError when the path is a file, lies where nothing can be kept, or the folder cannot be made
 */
export function folderFor(flag: string, path: string): string {
  const folder = placeFor(flag, path);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw refusal(flag, path, { why: `cannot be made: ${textOf(error)}`, cause: error });
  }
  return folder;
}

/** The whole path of the folder that a flag names, which is not made. @throws RequestError where no folder can be */
export function placeFor(flag: string, path: string): string {
  if (path.trim() === '') throw new RequestError(`${flag} names no folder`, { flag });
  const why = whyNoFolder(path);
  if (why !== undefined) throw refusal(flag, path, why);
  return resolve(path);
}

function refusal(flag: string, path: string, { why, cause }: NoFolder): RequestError {
  return new RequestError(`${flag}: ${path} ${why}`, { flag, cause });
}

function statsOrWhy(path: string): Stats | NoFolder | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') return { why: 'lies below a file; name another folder', cause: error };
    return { why: `cannot be looked at: ${textOf(error)}`, cause: error };
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Where a path really lies, by the nearest folder above it that exists. */
function placeOf(given: string): string {
  const path = resolve(given);
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(realpathSync(at), path.slice(at.length));
    } catch {
      if (at === dirname(at)) return path;
    }
  }
}
