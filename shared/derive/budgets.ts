/**
 * Times that must fit into each other, and how much may happen at once. Every number that limits a
 * deployment is declared here, beside the limit of Google Cloud that it comes from.
 */
import type { Mode } from '../domain/partition.ts';

/** Limits of the platform that the numbers below are checked against. */
export const PLATFORM_LIMITS = {
  /** Longest acknowledgement deadline of a subscription. A push has to be answered within it. */
  ackDeadlineSeconds: 600,
  /** Statements that change one table: 2 run at once, 20 more wait, and BigQuery refuses the next one. */
  runningStatementsPerTable: 2,
  waitingStatementsPerTable: 20,
  /**
   * By this factor a service may exceed its most instances for a moment, when many messages arrive at once.
   */
  instanceSurge: 1.5,
  deliveryAttempts: { min: 5, max: 100 },
} as const;

/**
 * Seconds, each longer than the one before. A job of the warehouse ends before the lease of its run, the
 * lease before the function, and the function before Pub/Sub delivers the message again. So the next worker
 * that receives the message finds the lease expired and the former worker gone.
 */
export const BUDGETS = {
  /** One job of the warehouse. A run waits for two long ones: its query and its publication. */
  jobSeconds: 220,
  leaseSeconds: 480,
  functionSeconds: 540,
  ackDeadlineSeconds: 600,
} as const;

/** Says which time does not fit into which, one sentence for each; empty when all of them fit. */
export function misfits(budgets: Readonly<Record<keyof typeof BUDGETS, number>>): string[] {
  const { jobSeconds, leaseSeconds, functionSeconds, ackDeadlineSeconds } = budgets;
  return [
    ...(2 * jobSeconds < leaseSeconds
      ? []
      : [`two jobs of ${jobSeconds} s do not fit into a lease of ${leaseSeconds} s`]),
    ...(leaseSeconds < functionSeconds
      ? []
      : [`a lease of ${leaseSeconds} s outlives a function of ${functionSeconds} s`]),
    ...(functionSeconds < ackDeadlineSeconds
      ? []
      : [`a function of ${functionSeconds} s outlives the deadline of ${ackDeadlineSeconds} s`]),
    ...(ackDeadlineSeconds <= PLATFORM_LIMITS.ackDeadlineSeconds
      ? []
      : [`Pub/Sub waits at most ${PLATFORM_LIMITS.ackDeadlineSeconds} s for an answer`]),
  ];
}

/**
 * Tries of a message and the waits between them, for every subscription with work: about twenty minutes
 * together until the message is set aside.
 */
export const DELIVERY = {
  attempts: 8,
  backoffSeconds: [10, 600],
  /** How long Pub/Sub keeps a message that no instance can take. */
  retentionDays: 7,
  /**
   * How long Pub/Sub keeps a message that was set aside, in case the function that stores it as a document
   * is down.
   */
  deadLetterRetentionDays: 31,
} as const;

/** Messages that one instance handles at once, and the most instances. */
export interface Size {
  readonly concurrency: number;
  readonly maxInstances: number;
}

/**
 * Messages that the two lanes of a phase handle at once. In the worst case all of them publish into one
 * table. Even with a surge of instances, BigQuery takes so many statements before it refuses one. Each lane
 * has its own instances, so that a backfill takes none away from live work.
 */
const AT_ONCE = Math.floor(
  (PLATFORM_LIMITS.runningStatementsPerTable + PLATFORM_LIMITS.waitingStatementsPerTable) /
    PLATFORM_LIMITS.instanceSurge,
);
const RUN_CONCURRENCY = 2;
const LIVE_INSTANCES = Math.floor(AT_ONCE / RUN_CONCURRENCY / 2);
const BACKFILL_INSTANCES = Math.floor(AT_ONCE / RUN_CONCURRENCY) - LIVE_INSTANCES;

/** Size of a function that builds tables, for one lane. */
export function runSize(lane: Mode): Size {
  return {
    concurrency: RUN_CONCURRENCY,
    maxInstances: lane === 'live' ? LIVE_INSTANCES : BACKFILL_INSTANCES,
  };
}
