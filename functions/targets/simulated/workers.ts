/**
 * Workers that can die. A worker handles a few messages at once; when it dies, nothing of what it was doing runs any
 * further, and what it becomes afterwards has another name among the owners of leases.
 */
import type { Trap, FaultDraws } from './faults.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One handling of one message: it dies as a whole. */
export interface Handling {
  alive: boolean;
  readonly worker: number;
  readonly subscription: string;
}

/** A point between two effects of a handler. It never returns for a handler that has died, and throws for a trap. */
export type Step = (point: string) => Promise<void>;

export interface Workers {
  readonly begin: (worker: number, subscription: string) => Handling;
  /** @returns false for a handling that has died meanwhile */
  readonly end: (handling: Handling) => boolean;
  /** Workers that have room for another message. */
  readonly free: () => number[];
  /** Messages that are being handled. */
  readonly busy: () => number;
  /** Name of a worker among the owners of leases. */
  readonly holder: (worker: number) => string;
  /** The points of a handling: it may die at one, or others may act before it goes on. */
  readonly stepOf: (handling: Handling) => Step;
  /** Sets what becomes of handlers at their points; undefined: they live. */
  readonly setTrap: (trap: Trap | undefined) => void;
}

/** Where an owner that stalls does the most harm: between reading and writing. */
const STALLS = /^(before publish (?!to)|after (stage|scheduleFacts|rowCounts|published)|tx\.commit$)/;

/** Messages one worker handles at once. */
const MAX_AT_ONCE = 3;

/** @param note writes down what happened */
export function makeWorkers(
  count: number,
  draws: FaultDraws,
  time: VirtualTime,
  note: (line: string) => void,
): Workers {
  const { faults, random, failing, strikes } = draws;
  const handlings = new Set<Handling>();
  const incarnations = Array.from({ length: count }, () => 1);
  let trap: Trap | undefined;

  const die = (handling: Handling): void => {
    handling.alive = false;
    handlings.delete(handling);
  };
  const dieTogether = (worker: number): void => {
    for (const handling of handlings) if (handling.worker === worker) die(handling);
    incarnations[worker] = (incarnations[worker] ?? 0) + 1;
  };
  return {
    begin: (worker, subscription) => {
      const handling: Handling = { alive: true, worker, subscription };
      handlings.add(handling);
      return handling;
    },
    end: (handling) => handling.alive && handlings.delete(handling),
    free: () =>
      incarnations
        .map((_, worker) => worker)
        .filter((worker) => [...handlings].filter((each) => each.worker === worker).length < MAX_AT_ONCE),
    busy: () => handlings.size,
    holder: (worker) => `worker-${worker}.${incarnations[worker]}`,
    setTrap: (next) => {
      trap = next;
    },
    stepOf:
      (handling) =>
      async (point): Promise<void> => {
        if (!handling.alive) return never();
        draws.step();
        note(`w${handling.worker} ${handling.subscription} ${point}`);
        const fate = trap?.(point, handling.subscription);
        if (fate === 'throw') throw new Error(`UNAVAILABLE at ${point}`);
        if (fate === 'die') {
          die(handling);
          return never();
        }
        if (strikes(faults.crash)) {
          note('dies');
          die(handling);
          return never();
        }
        if (strikes(faults.crashWorker)) {
          note('worker dies');
          dieTogether(handling.worker);
          return never();
        }
        if (failing() && STALLS.test(point) && random.chance(faults.stall)) {
          await time.wait(random.between(100_000, 400_000));
          if (!handling.alive) return never();
        } else if (strikes(faults.pause)) {
          await time.wait(
            random.chance(faults.longPause) ? random.between(60_000, 400_000) : random.below(40),
          );
          if (!handling.alive) return never();
        }
      },
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
