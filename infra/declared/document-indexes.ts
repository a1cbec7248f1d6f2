/**
 * Indexes of the documents. Firestore indexes every field of every document by default, also each entry of a
 * map. A query that compares several fields needs a composite index.
 */
import { COLLECTIONS, type CollectionDeclaration } from '../../shared/derive/collections.ts';

/** A field that no query uses. Firestore must not index it, nor its entries when it is a map. */
export interface UnindexedField {
  readonly collection: string;
  readonly field: string;
}

/** An index of several fields, for a query that compares all of them. */
export interface CompositeIndex {
  readonly collection: string;
  readonly fields: readonly string[];
}

const declared: readonly CollectionDeclaration[] = COLLECTIONS;

/** All fields that Firestore must not index. */
export const UNINDEXED_FIELDS: readonly UnindexedField[] = declared.flatMap(({ name, unindexed = [] }) =>
  unindexed.map((field) => ({ collection: name, field })),
);

/** The composite indexes: one for each query that compares several fields. */
export const COMPOSITE_INDEXES: readonly CompositeIndex[] = declared.flatMap(({ name, queries = [] }) =>
  queries.map((fields) => ({ collection: name, fields })),
);
