/** Whose turn it is to publish into a table: one run at a time, the live lane before the backfill lane. */
import type { Mode } from '../domain/partition.ts';
import { laneMutex, type LaneMutex } from './lane-mutex.ts';

export interface PublishTurns {
  /** Waits for the turn of `lane` at `table`. @returns the function that gives the turn back */
  readonly acquire: (table: string, lane: Mode) => Promise<() => Promise<void> | void>;
}

/** Turns among the runs of this process. */
export function localTurns(): PublishTurns {
  const tables = new Map<string, LaneMutex>();
  return {
    acquire: (table, lane) => {
      const mutex = tables.get(table) ?? laneMutex();
      tables.set(table, mutex);
      return mutex.acquire(lane);
    },
  };
}
