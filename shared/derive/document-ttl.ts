/**
 * Documents that are only an audit, and how long they are kept. Firestore deletes a document some time after the instant
 * in the field; nothing is decided by its absence.
 */

export interface DocumentTtl {
  /** Collection group. */
  readonly collection: string;
  readonly field: string;
  readonly days: number;
}

/** Field that holds the instant after which a document may be deleted. */
export const EXPIRE_FIELD = 'expireAt';

export const TTL_FIELDS: readonly DocumentTtl[] = [
  { collection: 'runs', field: EXPIRE_FIELD, days: 400 },
  { collection: 'dead_letters', field: EXPIRE_FIELD, days: 400 },
  { collection: 'probes', field: EXPIRE_FIELD, days: 7 },
];
