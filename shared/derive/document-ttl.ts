/**
 * Documents that are kept only as a record, and for how long. Firestore deletes a document some time after
 * the instant in its expiry field. No decision depends on whether such a document still exists.
 */
import { COLLECTIONS, type CollectionDeclaration } from './collections.ts';

/** The expiry of one collection. */
export interface DocumentTtl {
  /** Name of the collection group. */
  readonly collection: string;
  /** The field with the instant of expiry. */
  readonly field: string;
  /** Days from the end of a document's work to its expiry. */
  readonly days: number;
}

/** The field with the instant after which a document may be deleted. */
export const EXPIRE_FIELD = 'expireAt';

const declared: readonly CollectionDeclaration[] = COLLECTIONS;

/** The expiry of every collection that has one. */
export const TTL_FIELDS: readonly DocumentTtl[] = declared.flatMap(({ name, expiry }) =>
  expiry === undefined ? [] : [{ collection: name, field: EXPIRE_FIELD, days: expiry.days }],
);

/** The instant after which a document of `collection` may be deleted; undefined when it is kept. */
export function expiryOf(collection: string, document: Readonly<Record<string, unknown>>): Date | undefined {
  const expiry = declared.find(({ name }) => name === collection)?.expiry;
  if (expiry === undefined) return undefined;
  const done = expiry.doneAt(document);
  const at = typeof done === 'string' ? Date.parse(done) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at + expiry.days * 86_400_000);
}
