/**
 * Every kind of deployed service, declared once: the topics it consumes, the ports it receives, what it may
 * read, write and publish, and its size. Topics, subscriptions, functions, accounts, rights and bundles are
 * derived from this table. The handler of a kind is the module of the same name in `functions/services`.
 */
import { ARTIFACT_PHASE, type Phase, PHASES, RAW_PHASE } from '../domain/table.ts';
import type { Mode } from '../domain/partition.ts';
import { runSize, type Size } from './budgets.ts';
import {
  BACKFILL_REQUEST_TOPIC,
  completeTopic,
  FETCH_BACKFILL_TOPIC,
  FETCH_TOPIC,
  runTopic,
  SWEEP_TOPIC,
} from './topic-names.ts';

/** The messages that services consume. */
export type MessageName =
  'BackfillRequest' | 'RunRequested' | 'RunCompleted' | 'FetchRequested' | 'SweepRequested' | 'DeadLettered';

/**
 * The ports that a handler receives. `documents`: documents and messages. `tables`: the warehouse too.
 * `files`: the archived source files as well. `sources`: live sources as well, with the keys of the operator. A bundle contains only the clients of these.
 */
export type Needs = 'documents' | 'tables' | 'files' | 'sources';

/** The secret with the settings of live sources: lines such as `ODDS_API_KEY=...`. */
export const SOURCE_SECRET = 'nba-sources';

/** Whether a handler is given the archived source files. */
export function needsFiles(needs: Needs): boolean {
  return needs === 'files' || needs === 'sources';
}

/** What a handler may do in the warehouse. */
export type WarehouseUse =
  /** It has no right in the warehouse. */
  | 'nothing'
  /** It counts rows of every table and writes the run history. */
  | 'counts'
  /** It builds the tables of its phase from their inputs. */
  | 'builds';

/** A topic that a kind of service consumes, and its lane; null where there are no lanes. */
export interface ConsumedTopic {
  readonly name: string;
  readonly lane: Mode | null;
}

/** A message that is published at fixed times. */
export interface CronMessage {
  readonly name: string;
  readonly description: string;
  /** Five fields of cron, in US Eastern time. */
  readonly cron: string;
  readonly topic: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** Minutes from one sweep to the next. */
export const SWEEP_MINUTES = 5;

/** One kind of service. */
export interface ServiceKind {
  readonly message: MessageName;
  /** Topics that exist once for the whole pipeline. */
  readonly topics: readonly ConsumedTopic[];
  /** Topics that exist once for each phase. */
  readonly topicsOf: (phase: Phase) => readonly ConsumedTopic[];
  /**
   * The name of its only service and the account it runs as. Undefined: one service for each topic, named
   * after the topic.
   */
  readonly service: { readonly name: string; readonly account: string } | undefined;
  /** The ports of its handler; for a service of one phase, those of the phase. */
  readonly needs: (phase: Phase | null) => Needs;
  /** Whether it also writes to the archive; otherwise one that needs files only reads it. For a service of one phase, that of the phase. */
  readonly writesArchive?: (phase: Phase | null) => boolean;
  readonly warehouse: WarehouseUse;
  /** Topics that it publishes to; for a service of one phase, those of the phase. */
  readonly publishes: (phase: Phase | null) => readonly string[];
  readonly size: (lane: Mode | null) => Size;
  /** Memory of an instance in MiB. */
  readonly memoryMiB: (phase: Phase | null) => number;
  /** Messages that are published to it at fixed times. */
  readonly cronMessages?: readonly CronMessage[];
}

const requestTopics = PHASES.flatMap((phase) => [runTopic(phase, 'live'), runTopic(phase, 'backfill')]);
const completeTopics = PHASES.map(completeTopic);
const none = (): readonly never[] => [];

/** Every kind of service, by the name of its module in `functions/services`. */
export const SERVICE_KINDS = {
  /** Plans a backfill request and starts it. */
  backfill: {
    message: 'BackfillRequest',
    topics: [{ name: BACKFILL_REQUEST_TOPIC, lane: null }],
    topicsOf: none,
    service: { name: 'nba-backfill-request', account: 'nba-request' },
    // What a person decides with a request is kept in the journal beside the source files.
    needs: () => 'files',
    writesArchive: () => true,
    warehouse: 'counts',
    // A backfill that begins with phase 2 first asks for what was never fetched.
    publishes: () => [...requestTopics, FETCH_BACKFILL_TOPIC],
    size: () => ({ concurrency: 4, maxInstances: 2 }),
    memoryMiB: () => 512,
  },
  /** Searches, at fixed times, for work that was left behind. */
  sweep: {
    message: 'SweepRequested',
    topics: [{ name: SWEEP_TOPIC, lane: null }],
    topicsOf: none,
    service: { name: 'nba-sweep', account: 'nba-sweep' },
    // The archived schedule says when games begin, and so which fetches are due.
    needs: () => 'files',
    warehouse: 'counts',
    // It publishes the messages that other services intended to publish and could not.
    publishes: () => [
      ...requestTopics,
      ...completeTopics,
      ...[FETCH_TOPIC, FETCH_BACKFILL_TOPIC],
      // Small holes are asked for as a person asks.
      BACKFILL_REQUEST_TOPIC,
    ],
    // Only one sweep runs at a time.
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
        name: 'nba-fetch',
        description:
          'Asks for the live fetches that are due, and for what they have made stale before tip-off.',
        cron: `2-59/${SWEEP_MINUTES} * * * *`,
        topic: SWEEP_TOPIC,
        message: { fetch: true },
      },
      {
        name: 'nba-reconcile',
        description:
          'Also compares every completion document with the rows that the warehouse holds, and asks for small holes.',
        cron: '30 5 * * *',
        topic: SWEEP_TOPIC,
        message: { reconcile: true, heal: true },
      },
    ],
  },
  /** Asks live sources about a date, archives what they answer, and asks for the loads of it. */
  fetch: {
    message: 'FetchRequested',
    topics: [
      { name: FETCH_TOPIC, lane: 'live' },
      { name: FETCH_BACKFILL_TOPIC, lane: 'backfill' },
    ],
    topicsOf: none,
    service: undefined,
    needs: () => 'sources',
    writesArchive: () => true,
    // Before it asks for a load it counts the rows that the load needs.
    warehouse: 'counts',
    // When a backfill has fetched everything, its runs are asked for.
    publishes: () => [...requestTopics, FETCH_TOPIC, FETCH_BACKFILL_TOPIC],
    // Sources are asked one question after another; a few of them at once.
    size: (lane) => ({ concurrency: 2, maxInstances: lane === 'backfill' ? 1 : 3 }),
    // An answer is held in memory as a whole, and the schedule of a season with what is archived of it.
    memoryMiB: () => 1024,
  },
  /**
   * Builds the dates of one table: loads them from source files in phase 2, computes them by SQL or code in phases
   * 3 to 5.
   */
  run: {
    message: 'RunRequested',
    topics: [],
    topicsOf: (phase) => [
      { name: runTopic(phase, 'live'), lane: 'live' },
      { name: runTopic(phase, 'backfill'), lane: 'backfill' },
    ],
    service: undefined,
    // Source files of raw tables, and files of models, are in the archive.
    needs: (phase) => (phase === RAW_PHASE || phase === ARTIFACT_PHASE ? 'files' : 'tables'),
    // Predictions that are sealed are kept there, too.
    writesArchive: (phase) => phase === ARTIFACT_PHASE,
    warehouse: 'builds',
    publishes: (phase) => (phase === null ? [] : [completeTopic(phase)]),
    size: (lane) => runSize(lane ?? 'live'),
    // A raw file is held in memory as a whole, the rows that code reads column by column; of a query only counts are.
    memoryMiB: (phase) => (phase === RAW_PHASE ? 2048 : phase === ARTIFACT_PHASE ? 1024 : 512),
  },
  /** Records the outcome of a run and asks for runs of every table that depends on it. */
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
  /**
   * Stores messages that were given up as documents, for a person to read and replay. It consumes the
   * dead-letter topic of every other kind.
   */
  'dead-letter': {
    message: 'DeadLettered',
    topics: [],
    topicsOf: none,
    service: { name: 'nba-dead-letter', account: 'nba-dead-letter' },
    needs: () => 'documents',
    warehouse: 'nothing',
    // A run whose message was given up is announced as failed.
    publishes: () => completeTopics,
    size: () => ({ concurrency: 8, maxInstances: 2 }),
    memoryMiB: () => 256,
  },
} as const satisfies Readonly<Record<string, ServiceKind>>;

/** The kind of service that consumes a subscription. */
export type Consumer = keyof typeof SERVICE_KINDS;

/** The declaration of a kind of service. */
export function kindOf(consumer: Consumer): ServiceKind {
  return SERVICE_KINDS[consumer];
}
