/**
 * Time that passes only when nothing else is left to do. Whoever waits for a moment is woken at it, one at a time, so
 * that the same seed gives the same order of events.
 */
import type { Random } from '../../../shared/domain/seeded-random.ts';

export interface VirtualTime {
  readonly now: () => Date;
  /** Milliseconds since 1970. */
  readonly ms: () => number;
  readonly moveOn: (ms: number) => void;
  /** Waits until so many milliseconds have passed. */
  readonly wait: (ms: number) => Promise<void>;
  /** Does something when so many milliseconds have passed. */
  readonly later: (ms: number, what: () => Promise<unknown>) => void;
  /** Does the first thing whose time has come. @returns false when there is none */
  readonly ring: () => Promise<boolean>;
  /** How many have waited long enough. */
  readonly ready: () => number;
  /** Lets one of those that have waited long enough go on; a millisecond passes. */
  readonly wakeOne: () => void;
  /** Lets time pass until something is to be done, or until `due`. @returns false when nothing is ever to be done */
  readonly skipTo: (due: number | undefined) => boolean;
  /** How many wait. */
  readonly waiting: () => number;
  /** How many things are to be done at a later time. */
  readonly timers: () => number;
  readonly dropTimers: () => void;
}

export function virtualTime(start: Date, random: Random): VirtualTime {
  let now = start.getTime();
  const waits: { readonly at: number; readonly go: () => void }[] = [];
  const timers: { readonly at: number; readonly what: () => Promise<unknown> }[] = [];
  const ready = (): number[] => waits.flatMap(({ at }, i) => (at <= now ? [i] : []));
  return {
    now: () => new Date(now),
    ms: () => now,
    moveOn: (ms) => {
      now += ms;
    },
    wait: (ms) => new Promise((go) => void waits.push({ at: now + ms, go })),
    later: (ms, what) => void timers.push({ at: now + ms, what }),
    ring: async () => {
      const timer = timers.findIndex(({ at }) => at <= now);
      if (timer < 0) return false;
      const [due] = timers.splice(timer, 1);
      await due?.what();
      return true;
    },
    ready: () => ready().length,
    wakeOne: () => {
      const over = ready();
      const [next] = waits.splice(over[random.below(over.length)] ?? 0, 1);
      now += 1;
      next?.go();
    },
    skipTo: (due) => {
      const times = [
        ...waits.map(({ at }) => at),
        ...timers.map(({ at }) => at),
        ...(due === undefined ? [] : [due]),
      ].filter((at) => at > now);
      if (times.length === 0) return false;
      now = Math.min(...times);
      return true;
    },
    waiting: () => waits.length,
    timers: () => timers.length,
    dropTimers: () => {
      timers.length = 0;
    },
  };
}
