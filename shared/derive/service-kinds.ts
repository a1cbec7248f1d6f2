/**
 * Every kind of deployed service, declared once: the topics it consumes, what it is given, what it may read, write and
 * publish, and how large it is. Topics, subscriptions, functions, accounts, rights and bundles are derived from this
 * table; the handler of a kind is the module of the same name in `functions/services`.
 */
import { PHASES, type Phase } from '../domain/table.ts';
import type { Mode } from '../domain/partition.ts';
import { runSize, type Size } from './budgets.ts';
import { BACKFILL_REQUEST_TOPIC, completeTopic, runTopic, SWEEP_TOPIC } from './topic-names.ts';

export type MessageName =
  'BackfillRequest' | 'RunRequested' | 'RunCompleted' | 'SweepRequested' | 'DeadLettered';

/**
 * What a handler is given: documents and messages; the tables of the warehouse beside them; or the archived source files
 * as well. A bundle holds only the clients that its handler is given.
 */
export type Needs = 'documents' | 'tables' | 'files';

/** What a handler may do in the warehouse. */
export type WarehouseUse =
  | 'nothing'
  /** It counts rows of every table, and writes the run history. */
  | 'counts'
  /** It builds the tables of its phase from their inputs. */
  | 'builds';

export interface ConsumedTopic {
  readonly name: string;
  readonly lane: Mode | null;
}

/** A message that is published by the clock. */
export interface CronMessage {
  readonly name: string;
  readonly description: string;
  /** Five fields of cron, in the zone of the games. */
  readonly cron: string;
  readonly topic: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** Minutes between two sweeps. */
export const SWEEP_MINUTES = 5;

export interface ServiceKind {
  readonly message: MessageName;
  /** Topics for the whole pipeline. */
  readonly topics: readonly ConsumedTopic[];
  /** Topics of each phase. */
  readonly topicsOf: (phase: Phase) => readonly ConsumedTopic[];
  /** Its one service, and the account it runs as; undefined: one service for each topic, named after it. */
  readonly service: { readonly name: string; readonly account: string } | undefined;
  readonly needs: (phase: Phase | null) => Needs;
  readonly warehouse: WarehouseUse;
  /** Topics it publishes to; its phase where it serves one. */
  readonly publishes: (phase: Phase | null) => readonly string[];
  readonly size: (lane: Mode | null) => Size;
  /** Memory of an instance in MiB. */
  readonly memoryMiB: (phase: Phase | null) => number;
  /** What the clock tells it. */
  readonly cronMessages?: readonly CronMessage[];
}

const requestTopics = PHASES.flatMap((phase) => [runTopic(phase, 'live'), runTopic(phase, 'backfill')]);
const completeTopics = PHASES.map(completeTopic);
const none = (): readonly never[] => [];

export const SERVICE_KINDS = {
  /** Plans a backfill request and starts it. */
  backfill: {
    message: 'BackfillRequest',
    topics: [{ name: BACKFILL_REQUEST_TOPIC, lane: null }],
    topicsOf: none,
    service: { name: 'nba-backfill-request', account: 'nba-request' },
    needs: () => 'tables',
    warehouse: 'counts',
    publishes: () => requestTopics,
    size: () => ({ concurrency: 4, maxInstances: 2 }),
    memoryMiB: () => 512,
  },
  /** Looks, on a schedule, for whatever was left behind. */
  sweep: {
    message: 'SweepRequested',
    topics: [{ name: SWEEP_TOPIC, lane: null }],
    topicsOf: none,
    service: { name: 'nba-sweep', account: 'nba-sweep' },
    needs: () => 'tables',
    warehouse: 'counts',
    // It publishes whatever anybody intended to publish and could not.
    publishes: () => [...requestTopics, ...completeTopics],
    // One look at a time.
    size: () => ({ concurrency: 1, maxInstances: 1 }),
    memoryMiB: () => 512,
    cronMessages: [
      {
        name: 'nba-sweep',
        description:
          'Asks again for what was left behind: leases that are over, unsent messages, closed gates.',
        cron: `*/${SWEEP_MINUTES} * * * *`,
        topic: SWEEP_TOPIC,
        message: {},
      },
      {
        name: 'nba-reconcile',
        description: 'Also compares every completion document with the rows that the warehouse holds.',
        cron: '30 5 * * *',
        topic: SWEEP_TOPIC,
        message: { reconcile: true },
      },
    ],
  },
  /** Builds the dates of one table: loads them from source files in phase 2, computes them by SQL above. */
  run: {
    message: 'RunRequested',
    topics: [],
    topicsOf: (phase) => [
      { name: runTopic(phase, 'live'), lane: 'live' },
      { name: runTopic(phase, 'backfill'), lane: 'backfill' },
    ],
    service: undefined,
    needs: (phase) => (phase === 'phase2' ? 'files' : 'tables'),
    warehouse: 'builds',
    publishes: (phase) => (phase === null ? [] : [completeTopic(phase)]),
    size: (lane) => runSize(lane ?? 'live'),
    // Raw files are read whole; a warehouse's answers are counts.
    memoryMiB: (phase) => (phase === 'phase2' ? 2048 : 512),
  },
  /** Records what became of a run and fans out to every table that depends on it. */
  orchestrate: {
    message: 'RunCompleted',
    topics: [],
    topicsOf: (phase) => [{ name: completeTopic(phase), lane: null }],
    service: { name: 'nba-orchestrate', account: 'nba-orchestrate' },
    needs: () => 'tables',
    warehouse: 'counts',
    publishes: () => requestTopics,
    size: () => ({ concurrency: 8, maxInstances: 3 }),
    memoryMiB: () => 512,
  },
  /** Keeps messages that were given up where a person can read and replay them. It consumes the dead-letter topic of every other kind. */
  'dead-letter': {
    message: 'DeadLettered',
    topics: [],
    topicsOf: none,
    service: { name: 'nba-dead-letter', account: 'nba-dead-letter' },
    needs: () => 'documents',
    warehouse: 'nothing',
    // A run that is given up is announced as failed.
    publishes: () => completeTopics,
    size: () => ({ concurrency: 8, maxInstances: 2 }),
    memoryMiB: () => 256,
  },
} as const satisfies Readonly<Record<string, ServiceKind>>;

/** Which handler consumes a subscription. */
export type Consumer = keyof typeof SERVICE_KINDS;

export function kindOf(consumer: Consumer): ServiceKind {
  return SERVICE_KINDS[consumer];
}
