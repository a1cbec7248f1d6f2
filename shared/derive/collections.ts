/**
 * Every collection of documents: its name, the fields that no query searches, the queries over several
 * fields, and how long a document is kept after its work is done.
 */
import { PHASES, type Phase } from '../domain/table.ts';

type Doc = Readonly<Record<string, unknown>>;

/** One collection, as indexes and expiry are derived from it. */
export interface CollectionDeclaration {
  /** The last segment of its path: for `backfills/{id}/dates` it is `dates`. */
  readonly name: string;
  /**
   * Fields that no query searches: large ones, and those with an entry for each date. Nothing inside them
   * is indexed.
   */
  readonly unindexed?: readonly string[];
  /** For each query that compares several fields, their names. */
  readonly queries?: readonly (readonly string[])[];
  /** How long a document is kept; absent: for ever. */
  readonly expiry?: {
    /** Days that a document is kept after its work was done. */
    readonly days: number;
    /**
     * When its work was done, as an ISO instant. Any other value means that a person or a handler may still
     * act on the document, and it is kept.
     */
    readonly doneAt: (document: Doc) => unknown;
  };
}

const completions = PHASES.map((phase) => ({ name: completionCollection(phase), unindexed: ['tables'] }));

/** Every collection. */
export const COLLECTIONS = [
  ...completions,
  { name: 'table_seasons', unindexed: ['dates'] },
  // Where live wants are, for the sweep.
  { name: 'live_wants', unindexed: ['tables'] },
  { name: 'game_hashes', unindexed: ['dates'] },
  // The calendars of the seasons.
  { name: 'calendars', unindexed: ['dates', 'games'] },
  { name: 'archives', unindexed: ['entries', 'slices'] },
  // What is to be loaded of the archived files.
  { name: 'wanted_loads', unindexed: ['anew', 'forgettable', 'shrinking', 'tables'] },
  { name: 'acceptances', unindexed: ['dates'] },
  // Holes that were asked for by themselves.
  { name: 'heals', unindexed: ['dates'] },
  // Incidents, and which of them a person does not want to hear of.
  { name: 'alarms', unindexed: ['mute', 'what'] },
  { name: 'scopes', unindexed: ['meant', 'tables'] },
  { name: 'players', unindexed: ['players'] },
  { name: 'aliases', unindexed: ['aliases'] },
  { name: 'name_answers', unindexed: ['dates'] },
  { name: 'asked_names', unindexed: ['dates'] },
  { name: 'load_reports', unindexed: ['dates'] },
  // Models of player points, and which one serves under which alias since when.
  {
    name: 'models',
    unindexed: ['baselines', 'checks', 'features', 'fill', 'leftOut', 'metrics', 'parameters'],
  },
  { name: 'model_aliases', unindexed: ['history'] },
  // One document: where the rows come from.
  { name: 'origins' },
  // One document of an embedded home: that its stores belong together.
  { name: 'stamps' },
  {
    name: 'runs',
    unindexed: ['dates', 'lastError', 'manifest', 'outcome'],
    queries: [
      ['state', 'followed'],
      ['state', 'table'],
    ],
    expiry: {
      days: 400,
      doneAt: (run) =>
        run['state'] === 'settled' && run['followed'] === true ? run['finishedAt'] : undefined,
    },
  },
  {
    name: 'fetches',
    unindexed: ['asks', 'on', 'orders', 'targets', 'unanswered'],
    queries: [['backfillId', 'isOpen']],
    expiry: { days: 400, doneAt: (fetch) => fetch['finishedAt'] },
  },
  // When the tables of a date were last built again for what has moved before its tip-offs.
  { name: 'refreshes', expiry: { days: 30, doneAt: (refresh) => refresh['at'] } },
  { name: 'outbox', unindexed: ['body'] },
  {
    name: 'dead_letters',
    unindexed: ['body', 'reason'],
    expiry: { days: 400, doneAt: (letter) => letter['replayedAt'] },
  },
  // What is remembered of a live source between questions.
  { name: 'sources', unindexed: ['answers', 'canary', 'endpoints'] },
  { name: 'probes', expiry: { days: 7, doneAt: (probe) => probe['answeredAt'] } },
  {
    name: 'backfills',
    unindexed: ['dates', 'fetches', 'noGo', 'outsideScope', 'progress', 'request', 'verdict'],
  },
  // One document: what runs of earlier backfills have taken.
  { name: 'forecasts', unindexed: ['paces', 'past'] },
  // Collections inside of a backfill.
  { name: 'dates', unindexed: ['tables'] },
  { name: 'plans', unindexed: ['batches', 'forcedSince', 'items', 'leftOut', 'prices'] },
  { name: 'failures' },
] as const satisfies readonly CollectionDeclaration[];

/** The name of a declared collection. */
export type CollectionName = (typeof COLLECTIONS)[number]['name'];

/** The collection of the completion documents of a phase, such as `phase3_completion`. */
export function completionCollection(phase: Phase): `${Phase}_completion` {
  return `${phase}_completion`;
}
