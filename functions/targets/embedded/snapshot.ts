/** Copies a home to another folder, so that the copy is a home of one moment. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { copyDatabase } from '../../../shared/adapters/embedded/sqlite-database.ts';
import { RequestError } from '../../../shared/domain/failure.ts';
import { placeFor } from '../folders.ts';

/** What belongs to the process that has the home, and not to what the home holds. */
const NOT_COPIED =
  /^(?:engine\.|snapshot-.*\.ticket$|home\.sock$|token$|emulator\.json$|logs$|state\.sqlite)/;

/**
 * Copies a home while nobody writes its tables: the documents first, so that the copy has every file that they name. The copy
 * appears under its name when it is whole.
 * @throws RequestError when the folder holds something, or lies in the home
 */
export async function copyHome(home: string, folder: string): Promise<void> {
  const target = placeFor('--to', folder);
  if (`${target}${sep}`.startsWith(`${resolve(home)}${sep}`))
    throw new RequestError(`${target} lies in the home that is copied; name another folder`);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new RequestError(
      `${target} holds something already; name an empty folder, or one that is not there`,
    );
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.partial-${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  try {
    copyDatabase(join(home, 'state.sqlite'), join(partial, 'state.sqlite'));
    await copyFiles(
      home,
      partial,
      readdirSync(home).filter((name) => !NOT_COPIED.test(name)),
    );
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Copies in a process of its own: closing a file of DuckDB in the process that has it open would give up the lock of that file.
 */
async function copyFiles(from: string, to: string, names: readonly string[]): Promise<void> {
  const copy =
    'const { cpSync, constants } = require("node:fs"); const { join } = require("node:path");' +
    'const [from, to, ...names] = process.argv.slice(1);' +
    'for (const name of names) cpSync(join(from, name), join(to, name), { recursive: true, mode: constants.COPYFILE_FICLONE });';
  await promisify(execFile)(process.execPath, ['-e', copy, from, to, ...names]);
}
