/**
 * Times that must fit into each other, and how much may happen at once. Every number of a deployment that limits
 * something is here, beside the limit of Google Cloud that it comes from.
 */
import type { Mode } from '../domain/partition.ts';

/** Limits of the platform that the numbers below are held against. */
export const PLATFORM_LIMITS = {
  /** A push must be answered within its acknowledgement deadline, and that is at most this. */
  ackDeadlineSeconds: 600,
  /** Statements that change one table: so many run, so many wait, and the next one fails. */
  runningStatementsPerTable: 2,
  waitingStatementsPerTable: 20,
  /** The most instances may be exceeded for a moment when many messages come at once. */
  instanceSurge: 1.5,
  deliveryAttempts: { min: 5, max: 100 },
} as const;

/**
 * Seconds, each longer than the one before: a job of the warehouse ends before the lease of its run, the lease before the
 * function, and the function before Pub/Sub delivers the message again. So whoever is handed the message again finds the
 * lease over and nobody at work.
 */
export const BUDGETS = {
  /** One job of the warehouse. A run waits for two that take long, its query and its publication. */
  jobSeconds: 220,
  leaseSeconds: 480,
  functionSeconds: 540,
  ackDeadlineSeconds: 600,
} as const;

/** What does not fit into what; empty when every time fits. */
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

/** Tries and waits of every subscription that has work to do: together about twenty minutes until a message is set aside. */
export const DELIVERY = {
  attempts: 8,
  backoffSeconds: [10, 600],
  /** How long a message is kept that nobody can take. */
  retentionDays: 7,
  /** How long one is kept that was set aside, should the function that keeps it as a document be down. */
  deadLetterRetentionDays: 31,
} as const;

export interface Size {
  readonly concurrency: number;
  readonly maxInstances: number;
}

/**
 * Deliveries that the two lanes of a phase handle at once. In the worst case all of them publish into one table; with a
 * surge of instances that still is what BigQuery takes before it refuses a statement. Each lane has instances of its own,
 * so that a backfill can take none from live work.
 */
const AT_ONCE = Math.floor(
  (PLATFORM_LIMITS.runningStatementsPerTable + PLATFORM_LIMITS.waitingStatementsPerTable) /
    PLATFORM_LIMITS.instanceSurge,
);
const RUN_CONCURRENCY = 2;
const LIVE_INSTANCES = Math.floor(AT_ONCE / RUN_CONCURRENCY / 2);
const BACKFILL_INSTANCES = Math.floor(AT_ONCE / RUN_CONCURRENCY) - LIVE_INSTANCES;

/** Size of a function that computes tables. */
export function runSize(lane: Mode): Size {
  return {
    concurrency: RUN_CONCURRENCY,
    maxInstances: lane === 'live' ? LIVE_INSTANCES : BACKFILL_INSTANCES,
  };
}
