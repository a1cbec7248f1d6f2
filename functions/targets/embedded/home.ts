/** The folder of an embedded home: where it may be, and who may read it. */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../../shared/config.ts';
import { RequestError } from '../../../shared/domain/failure.ts';

/** Who may read a home when nobody says otherwise: its owner. */
const OWNER_ONLY = 0o700;

/** Folders of the system in which nothing can be kept. */
const NO_PLACE = ['/proc', '/sys', '/dev'];

/** What stands in a folder that is a home and nothing else. */
const PARTS =
  /^(?:state\.sqlite|warehouse\.duckdb|archive$|logs$|exports$|token$|home\.sock$|engine\.|emulator\.json$|reset\.pending$)/;

/**
 * Makes the folder of a home when it is missing, for its owner alone or with the mode that the configuration says. A folder
 * that is a home and nothing else, and that everybody may read, is closed as well.
 * @throws RequestError at once when the folder is a file, lies where nothing can be kept, or cannot be made
 */
export function prepareHome({ home, homeMode }: Pick<Config, 'home' | 'homeMode'>): void {
  const found = statsOf(home);
  if (found !== undefined && !found.isDirectory())
    throw refused(home, 'is a file and no folder; name a folder that is there, or one that can be made');
  const place = placeOf(home);
  const system = NO_PLACE.find((folder) => place === folder || place.startsWith(`${folder}/`));
  if (system !== undefined)
    throw refused(home, `lies in ${system}, where nothing can be kept; name another folder`);
  try {
    if (found === undefined) {
      mkdirSync(dirname(resolve(home)), { recursive: true });
      mkdirSync(home, { mode: homeMode ?? OWNER_ONLY });
      // The mask of the process takes rights away; those that are asked for are given.
      if (homeMode !== undefined) chmodSync(home, homeMode);
      return;
    }
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
    const mode = found.mode & 0o777;
    if (homeMode !== undefined) {
      if (mode !== homeMode) chmodSync(home, homeMode);
    } else if ((mode & 0o007) !== 0 && isOurs(found) && isNothingElse(home)) chmodSync(home, OWNER_ONLY);
  } catch (error) {
    if (hasCode(error, 'EEXIST') && statsOf(home)?.isDirectory() === true) return;
    throw refused(home, `cannot be used: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function refused(home: string, why: string, cause?: unknown): RequestError {
  return new RequestError(`FULLCOURT_HOME is ${home}, which ${why}`, cause === undefined ? {} : { cause });
}

/** Undefined where there is nothing. @throws RequestError where a file stands in the way */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (hasCode(error, 'ENOTDIR')) throw refused(path, 'lies below a file; name another folder', error);
    throw refused(
      path,
      `cannot be looked at: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
}

/** Where a path really lies, by the nearest folder above it that exists. */
function placeOf(home: string): string {
  const path = resolve(home);
  for (let at = path; ; at = dirname(at)) {
    try {
      return join(realpathSync(at), path.slice(at.length));
    } catch {
      if (at === dirname(at)) return path;
    }
  }
}

const isOurs = ({ uid }: Stats): boolean => process.getuid?.() === uid;

function isNothingElse(home: string): boolean {
  return readdirSync(home).every((name) => PARTS.test(name));
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Whether a home of somebody else is there that this user may look into and not write. */
export function isGuestOf({ home }: Pick<Config, 'home'>): boolean {
  if (!existsSync(join(home, 'state.sqlite')) || statSync(home).uid === process.getuid?.()) return false;
  try {
    accessSync(home, constants.W_OK);
    return false;
  } catch {
    return true;
  }
}
