/** The folder of an embedded home: where it may be, and who may read it. */
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../../../shared/config.ts';
import { RequestError } from '../../../shared/domain/failure.ts';
import { whyNoFolder } from '../folders.ts';

/** Who may read a home when nobody says otherwise: its owner. */
const OWNER_ONLY = 0o700;

/** What stands in a folder that is a home and nothing else. */
const PARTS =
  /^(?:state\.sqlite|warehouse\.duckdb|archive$|logs$|exports$|token$|home\.sock$|engine\.|emulator\.json$|reset\.pending$)/;

/**
 * Makes the folder of a home when it is missing, for its owner alone or with the mode that the configuration says. A folder
 * that is a home and nothing else, and that everybody may read, is closed as well.
 * @throws RequestError at once when the folder is a file, lies where nothing can be kept, or cannot be made
 */
export function prepareHome({ home, homeMode }: Pick<Config, 'home' | 'homeMode'>): void {
  const no = whyNoFolder(home);
  if (no !== undefined) throw refused(home, no.why, no.cause);
  const found = statSync(home, { throwIfNoEntry: false });
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
    if (hasCode(error, 'EEXIST') && statSync(home, { throwIfNoEntry: false })?.isDirectory() === true) return;
    throw refused(home, `cannot be used: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function refused(home: string, why: string, cause?: unknown): RequestError {
  return new RequestError(`FULLCOURT_HOME is ${home}, which ${why}`, cause === undefined ? {} : { cause });
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
