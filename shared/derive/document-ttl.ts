/**
 * Documents that are only an audit, and how long they are kept. Firestore deletes a document some time after the instant
 * in the field; nothing is decided by its absence.
 */
import { COLLECTIONS, type CollectionDeclaration } from './collections.ts';

export interface DocumentTtl {
  /** Collection group. */
  readonly collection: string;
  readonly field: string;
  readonly days: number;
}

/** Field that holds the instant after which a document may be deleted. */
export const EXPIRE_FIELD = 'expireAt';

const declared: readonly CollectionDeclaration[] = COLLECTIONS;

export const TTL_FIELDS: readonly DocumentTtl[] = declared.flatMap(({ name, expiry }) =>
  expiry === undefined ? [] : [{ collection: name, field: EXPIRE_FIELD, days: expiry.days }],
);

/** The instant after which a document of `collection` may be deleted; undefined: it is kept as it stands. */
export function expiryOf(collection: string, document: Readonly<Record<string, unknown>>): Date | undefined {
  const expiry = declared.find(({ name }) => name === collection)?.expiry;
  if (expiry === undefined) return undefined;
  const done = expiry.doneAt(document);
  const at = typeof done === 'string' ? Date.parse(done) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at + expiry.days * 86_400_000);
}
