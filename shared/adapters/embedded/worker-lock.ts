/** The right to run handlers on a home: one process at a time has it, and loses it however it ends. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface WorkerLock {
  readonly release: () => void;
}

/** @returns undefined when another living process has it */
export function takeWorkerLock(home: string, what: string): WorkerLock | undefined {
  const db = new DatabaseSync(join(home, 'engine.lock'));
  try {
    db.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    db.close();
    return undefined;
  }
  writeFileSync(holderFile(home), `${process.pid} ${what}`);
  return { release: () => db.close() };
}

/** Who has the lock, for a person: process id and command. */
export function lockHolder(home: string): string {
  try {
    const [pid, ...what] = readFileSync(holderFile(home), 'utf8').split(' ');
    return `process ${pid} (${what.join(' ')})`;
  } catch {
    return 'another process';
  }
}

function holderFile(home: string): string {
  return join(home, 'engine.holder');
}
