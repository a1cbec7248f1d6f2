/**
 * What takes long to build and several test files need: the first one builds it, in the folder of the run, and the others
 * wait for it. Nobody may change what is there.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_FOLDER } from './run-folder.ts';

/** How long a test file waits for what another one builds. */
const WAIT_MS = 280_000;

/** The folder of the run, which is there. @throws Error outside of a run */
export function folderOfRun(): string {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined)
    throw new Error(`${RUN_FOLDER} is not set: run the tests by npm test, which makes the folder of the run`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * The folder `name` of the run.
 * @param build fills the folder it is given; only the first file of the run that asks for `name` calls it
 * @throws Error when it could not be built, in every file that asks for it
 */
export async function onceInARun(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const done = join(folderOfRun(), name);
  if (existsSync(done)) return done;
  try {
    writeFileSync(`${done}.lock`, String(process.pid), { flag: 'wx' });
  } catch {
    return builtByAnother(done);
  }
  const folder = `${done}.building`;
  try {
    await build(folder);
    renameSync(folder, done);
  } catch (error) {
    writeFileSync(`${done}.failed`, error instanceof Error ? (error.stack ?? error.message) : String(error));
    throw error;
  }
  return done;
}

async function builtByAnother(done: string): Promise<string> {
  for (const started = Date.now(); Date.now() - started < WAIT_MS; await sleep(200)) {
    if (existsSync(done)) return done;
    if (existsSync(`${done}.failed`))
      throw new Error(`Could not be built: ${readFileSync(`${done}.failed`, 'utf8')}`);
    const builder = readFileSync(`${done}.lock`, 'utf8');
    // Whoever builds may have been done since the first look.
    if (!isAlive(builder) && !existsSync(done))
      throw new Error(`${done} is not built: process ${builder}, which had begun with it, has died`);
  }
  throw new Error(`${done} was not built within ${WAIT_MS} ms`);
}

/** @param pid empty while the lock is being written */
function isAlive(pid: string): boolean {
  try {
    if (pid !== '') process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}
