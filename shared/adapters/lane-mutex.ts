/** One at a time, the live lane before the backfill lane. */
import type { Mode } from '../domain/partition.ts';

export interface LaneMutex {
  /** Waits for its turn. @returns the function that gives the turn back */
  readonly acquire: (lane: Mode) => Promise<() => void>;
}

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
