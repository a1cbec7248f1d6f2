/** Turns to publish into a table. One run at a time publishes; the live lane goes before the backfill lane. */
import type { Mode } from '../domain/partition.ts';
import { laneMutex, type LaneMutex } from './lane-mutex.ts';

/** Gives the turns of all tables. */
export interface PublishTurns {
  /**
   * Waits for a turn at `table`.
   * @returns the function that ends the turn
   * @throws GoogleError when turns are kept in Firestore and the wait takes too long
   */
  readonly acquire: (table: string, lane: Mode) => Promise<() => Promise<void> | void>;
}

/** Turns among the runs of this process only. */
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
