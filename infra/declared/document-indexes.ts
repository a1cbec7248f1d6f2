/**
 * Indexes of the documents. Firestore indexes every field of every document by itself, down to each entry of a map; a
 * query on several fields needs an index of its own.
 */
import { PHASES } from '../../shared/domain/table.ts';

/** Fields that are never looked for: large, or with an entry for each date. Nothing inside of them is indexed. */
export interface UnindexedField {
  readonly collection: string;
  readonly field: string;
}

/** An index over several fields, for a query that compares all of them. */
export interface CompositeIndex {
  readonly collection: string;
  readonly fields: readonly string[];
}

/** Collection -> fields that no query names. */
const UNINDEXED: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(PHASES.map((phase) => [`${phase}_completion`, ['tables']])),
  table_seasons: ['dates'],
  game_hashes: ['dates'],
  expectations: ['dates', 'games'],
  archives: ['dates', 'files'],
  load_reports: ['rejects'],
  runs: ['dates', 'lastError', 'manifest', 'outcome'],
  outbox: ['body'],
  dead_letters: ['body', 'reason'],
  backfills: ['dates', 'noGo', 'progress', 'request', 'verdict'],
  // Collections inside of a backfill.
  dates: ['tables'],
  plans: ['batches', 'forcedSince'],
};

export const UNINDEXED_FIELDS: readonly UnindexedField[] = Object.entries(UNINDEXED).flatMap(
  ([collection, fields]) => fields.map((field) => ({ collection, field })),
);

/** One for each query that compares several fields. */
export const COMPOSITE_INDEXES: readonly CompositeIndex[] = [
  { collection: 'runs', fields: ['state', 'followed'] },
];
