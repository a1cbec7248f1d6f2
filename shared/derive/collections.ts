/**
 * Every collection of documents: its name, the fields that no query names, the queries over several fields, and how long
 * a document is kept that nobody needs any more.
 */
import { PHASES, type Phase } from '../domain/table.ts';

type Doc = Readonly<Record<string, unknown>>;

export interface CollectionDeclaration {
  /** For a collection inside of a document, such as `backfills/{id}/dates`, its last segment. */
  readonly name: string;
  /** Fields that are never looked for: large, or with an entry for each date. Nothing inside of them is indexed. */
  readonly unindexed?: readonly string[];
  /** The fields of each query that compares several. */
  readonly queries?: readonly (readonly string[])[];
  readonly expiry?: {
    /** Days that a document is kept after it was done with. */
    readonly days: number;
    /** When it was done with, as an ISO instant; anything else while somebody may still act on it. */
    readonly doneAt: (document: Doc) => unknown;
  };
}

const completions = PHASES.map((phase) => ({ name: completionCollection(phase), unindexed: ['tables'] }));

export const COLLECTIONS = [
  ...completions,
  { name: 'table_seasons', unindexed: ['dates'] },
  { name: 'game_hashes', unindexed: ['dates'] },
  // The calendars of the seasons.
  { name: 'expectations', unindexed: ['dates', 'games'] },
  { name: 'archives', unindexed: ['dates', 'files'] },
  { name: 'load_reports', unindexed: ['rejects'] },
  {
    name: 'runs',
    unindexed: ['dates', 'lastError', 'manifest', 'outcome'],
    queries: [['state', 'followed']],
    expiry: {
      days: 400,
      doneAt: (run) =>
        run['state'] === 'settled' && run['followed'] === true ? run['finishedAt'] : undefined,
    },
  },
  { name: 'outbox', unindexed: ['body'] },
  {
    name: 'dead_letters',
    unindexed: ['body', 'reason'],
    expiry: { days: 400, doneAt: (letter) => letter['replayedAt'] },
  },
  { name: 'probes', expiry: { days: 7, doneAt: (probe) => probe['answeredAt'] } },
  { name: 'backfills', unindexed: ['dates', 'noGo', 'progress', 'request', 'verdict'] },
  // Collections inside of a backfill.
  { name: 'dates', unindexed: ['tables'] },
  { name: 'plans', unindexed: ['batches', 'forcedSince'] },
  { name: 'failures' },
] as const satisfies readonly CollectionDeclaration[];

export type CollectionName = (typeof COLLECTIONS)[number]['name'];

/** The collection of the completion documents of a phase, such as `phase3_completion`. */
export function completionCollection(phase: Phase): `${Phase}_completion` {
  return `${phase}_completion`;
}
