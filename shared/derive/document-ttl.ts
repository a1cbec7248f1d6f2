/**
 * Documents that are only an audit, and how long they are kept. Firestore deletes a document some time after the instant
 * in the field; nothing is decided by its absence.
 */

type Doc = Readonly<Record<string, unknown>>;

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

/** When a document was done with; undefined while somebody may still act on it. */
const DONE: Readonly<Record<string, (document: Doc) => unknown>> = {
  runs: (run) => (run['state'] === 'settled' && run['followed'] === true ? run['finishedAt'] : undefined),
  dead_letters: (letter) => letter['replayedAt'],
  probes: (probe) => probe['answeredAt'],
};

/** The instant after which a document of `collection` may be deleted; undefined: it is kept as it stands. */
export function expiryOf(collection: string, document: Doc): Date | undefined {
  const ttl = TTL_FIELDS.find((declared) => declared.collection === collection);
  const done = DONE[collection]?.(document);
  const at = typeof done === 'string' ? Date.parse(done) : Number.NaN;
  return ttl === undefined || Number.isNaN(at) ? undefined : new Date(at + ttl.days * 86_400_000);
}
