/**
 * The lock of a home. One process at a time holds it and runs handlers. The lock ends with its process, even
 * a killed one.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A lock that is held. */
export interface WorkerLock {
  readonly release: () => void;
}

/**
 * Takes the lock of a home.
 * @param what the command, for the message to a process that finds the lock taken
 * @param code digest of the code that runs; '' for work that builds nothing
 * @returns undefined when another process holds it
 * @throws Error when the lock cannot be written, for example because the disk is full
 */
export function takeWorkerLock(home: string, what: string, code = ''): WorkerLock | undefined {
  const db = new DatabaseSync(join(home, 'engine.lock'));
  try {
    // `heldBy` of another process takes the file for a moment.
    db.exec('PRAGMA busy_timeout = 200; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    writeFileSync(holderFile(home), `${process.pid} ${what}`);
    writeFileSync(codeFile(home), code);
    return { release: () => db.close() };
  } catch (error) {
    db.close();
    if (isHeld(error)) return undefined;
    throw new Error(
      `The lock of ${home} cannot be taken: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Codes of SQLite for a file that another process has locked. */
const BUSY = [5, 6];

/** Whether an error of SQLite says that another process has the file. */
function isHeld(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  // The low byte is the kind of the error.
  return typeof code === 'number' && BUSY.includes(code & 0xff);
}

/** The process that holds the lock, in words; undefined while nobody does. */
export function heldBy(home: string): string | undefined {
  if (!existsSync(join(home, 'engine.lock'))) return undefined;
  const db = new DatabaseSync(join(home, 'engine.lock'));
  try {
    db.exec('PRAGMA busy_timeout = 0; SELECT COUNT(*) FROM sqlite_schema');
    return undefined;
  } catch (error) {
    return isHeld(error) ? lockHolder(home) : undefined;
  } finally {
    db.close();
  }
}

/** The process that holds the lock, in words: its id and its command. */
export function lockHolder(home: string): string {
  try {
    const [pid, ...what] = readFileSync(holderFile(home), 'utf8').split(' ');
    return `process ${pid} (${what.join(' ')})`;
  } catch {
    return 'another process';
  }
}

/** Digest of the code of the process that took the lock last; undefined when it is not known. */
export function codeAtWork(home: string): string | undefined {
  try {
    return readFileSync(codeFile(home), 'utf8') || undefined;
  } catch {
    return undefined;
  }
}

function codeFile(home: string): string {
  return join(home, 'engine.code');
}

function holderFile(home: string): string {
  return join(home, 'engine.holder');
}
