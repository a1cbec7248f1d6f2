/** What may go wrong in a simulated pipeline, how often, and for how long. A seed decides when. */
import type { Random } from '../../../shared/domain/seeded-random.ts';

/** How often things go wrong, as probabilities; they stop after `steps` calls through ports. */
export interface Faults {
  readonly steps: number;
  /** A call takes time, so that others act before it goes on. */
  readonly pause: number;
  /** A call takes longer than a lease. */
  readonly longPause: number;
  /** A call whose answer or effect would be out of date takes longer than a lease: a stalled owner, an old reading. */
  readonly stall: number;
  /** The handler dies at a call: before its effect or after it. */
  readonly crash: number;
  /** The whole worker dies with everything it was doing. */
  readonly crashWorker: number;
  /** The store or the broker refuses a call, or answers with an error although it took effect. */
  readonly unavailable: number;
  /** The warehouse fails before, or answers with an error although it did what was asked. */
  readonly warehouse: number;
  /** Milliseconds from the beginning between which neither store nor broker nor warehouse answers. */
  readonly outage: readonly [from: number, to: number];
  readonly duplicate: number;
  readonly delay: number;
  /** The message was handled but the broker never hears of it. */
  readonly loseAck: number;
}

export const NO_FAULTS: Faults = {
  steps: 0,
  pause: 0,
  longPause: 0,
  stall: 0,
  crash: 0,
  crashWorker: 0,
  unavailable: 0,
  warehouse: 0,
  outage: [0, 0],
  duplicate: 0,
  delay: 0,
  loseAck: 0,
};

/**
 * Decides what becomes of a handler at a point between two effects: it dies there with nothing of it running any
 * further, or the call throws.
 * @param point the call, such as `tx.commit` or `before publish to nba-phase3-run`
 * @param subscription whose message is handled
 */
export type Trap = (point: string, subscription: string) => 'die' | 'throw' | undefined;

/** The faults of one world as they are drawn. */
export interface FaultDraws {
  readonly faults: Faults;
  readonly random: Random;
  /** Whether anything may still go wrong. */
  readonly failing: () => boolean;
  /** Whether something of this probability goes wrong now. */
  readonly strikes: (probability: number) => boolean;
  /** Whether this is a time in which nothing answers. */
  readonly isOut: () => boolean;
  /** Counts one call through a port. */
  readonly step: () => void;
  /** Calls through ports so far. */
  readonly steps: () => number;
  /** From now on nothing goes wrong. */
  readonly calm: () => void;
}

/** @param ms the virtual time */
export function drawFaults(faults: Faults, random: Random, ms: () => number): FaultDraws {
  const [outageFrom, outageTo] = faults.outage.map((after) => ms() + after) as [number, number];
  let steps = 0;
  let isCalm = false;
  const failing = (): boolean => !isCalm && steps < faults.steps;
  return {
    faults,
    random,
    failing,
    strikes: (probability) => failing() && random.chance(probability),
    isOut: () => failing() && ms() >= outageFrom && ms() < outageTo,
    step: () => {
      steps += 1;
    },
    steps: () => steps,
    calm: () => {
      isCalm = true;
    },
  };
}
