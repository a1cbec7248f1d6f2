/** A mutex with two lanes. Callers that wait in the live lane are served before those in the backfill lane. */
import type { Mode } from '../domain/partition.ts';

/** A mutex that knows the lane of each caller. */
export interface LaneMutex {
  /** Waits until the mutex is free. @returns the function that frees it again */
  readonly acquire: (lane: Mode) => Promise<() => void>;
}

/** Makes a mutex within this process. */
export function laneMutex(): LaneMutex {
  let held = false;
  const waiting: Record<Mode, (() => void)[]> = { live: [], backfill: [] };
  const release = (): void => {
    const next = waiting.live.shift() ?? waiting.backfill.shift();
    if (next === undefined) held = false;
    else next();
  };
  return {
    acquire: (lane) => {
      if (!held) {
        held = true;
        return Promise.resolve(release);
      }
      return new Promise((resolve) => waiting[lane].push(() => resolve(release)));
    },
  };
}
