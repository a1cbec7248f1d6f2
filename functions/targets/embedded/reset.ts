/** Forgets the state of a home of the embedded target: its documents, messages, tables and archived files. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  heldBy,
  lockHolder,
  takeWorkerLock,
  type WorkerLock,
} from '../../../shared/adapters/embedded/worker-lock.ts';
import { lackOf, RequestError } from '../../../shared/domain/failure.ts';

/** What a home is made of. A write-ahead log goes before its file. */
const PARTS = [
  'warehouse.duckdb.wal',
  'warehouse.duckdb.tmp',
  'warehouse.duckdb',
  'archive',
  'token',
  'state.sqlite-wal',
  'state.sqlite-shm',
  'state.sqlite',
] as const;

/** Is in a home while its parts are being deleted. */
const UNDER_WAY = 'reset.pending';

/** Whether a folder holds any part of the state of a home. */
export function holdsState(home: string): boolean {
  return PARTS.some((part) => existsSync(join(home, part)));
}

/**
 * Deletes the parts of a home. Other files in its folder stay. The client of the home must be closed.
 * @param what the command, for the message to a process that finds the home in use
 * @throws RequestError that names the process that works on the home; nothing is deleted then
 */
export function forgetHome(home: string, what: string): void {
  const lock = lockedOnAFullDisk(home, what);
  if (lock === undefined)
    throw new RequestError(`${home} is in use by ${lockHolder(home)}; end it first. Nothing was forgotten`);
  try {
    writeFileSync(join(home, UNDER_WAY), '');
    for (const part of PARTS) rmSync(join(home, part), { recursive: true, force: true });
    rmSync(join(home, UNDER_WAY));
  } finally {
    lock.release();
  }
}

/**
 * Takes the lock of a home that is going to be forgotten. Where the disk has no room for the lock, the tables are deleted first, when
 * nobody works on the home.
 */
function lockedOnAFullDisk(home: string, what: string): WorkerLock | undefined {
  try {
    return takeWorkerLock(home, what);
  } catch (error) {
    if (lackOf(String(error)) === undefined || heldBy(home) !== undefined) throw error;
    for (const part of PARTS.slice(0, PARTS.indexOf('archive')))
      rmSync(join(home, part), { recursive: true, force: true });
    return takeWorkerLock(home, what);
  }
}

/** Deletes what is left of a home when the process that was forgetting it was killed halfway. */
export function finishForgetting(home: string): void {
  if (existsSync(join(home, UNDER_WAY))) forgetHome(home, 'reset');
}
