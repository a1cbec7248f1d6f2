/**
 * Indexes of the documents. Firestore indexes every field of every document by itself, down to each entry of a map; a
 * query on several fields needs an index of its own.
 */
import { COLLECTIONS, type CollectionDeclaration } from '../../shared/derive/collections.ts';

/** A field that no query names: nothing inside of it is indexed. */
export interface UnindexedField {
  readonly collection: string;
  readonly field: string;
}

/** An index over several fields, for a query that compares all of them. */
export interface CompositeIndex {
  readonly collection: string;
  readonly fields: readonly string[];
}

const declared: readonly CollectionDeclaration[] = COLLECTIONS;

export const UNINDEXED_FIELDS: readonly UnindexedField[] = declared.flatMap(({ name, unindexed = [] }) =>
  unindexed.map((field) => ({ collection: name, field })),
);

/** One for each query that compares several fields. */
export const COMPOSITE_INDEXES: readonly CompositeIndex[] = declared.flatMap(({ name, queries = [] }) =>
  queries.map((fields) => ({ collection: name, fields })),
);
