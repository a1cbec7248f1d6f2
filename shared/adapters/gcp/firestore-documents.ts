/** A document as Firestore keeps it, and as it was set: when it expires is a field of the one and no part of the other. */
import type { DocumentData, DocumentSnapshot, Timestamp } from '@google-cloud/firestore';
import { EXPIRE_FIELD, expiryOf } from '../../derive/document-ttl.ts';
import type { Doc } from '../../ports/state-store.ts';
import { collectionOf, idOf } from '../document-writes.ts';

/** The fields to be kept of a document that is set. */
export function withExpiry(path: string, data: Doc): DocumentData {
  const expiry = expiryOf(idOf(collectionOf(path)), data);
  return expiry === undefined ? data : { ...data, [EXPIRE_FIELD]: expiry };
}

function dataOf(snapshot: DocumentSnapshot): Doc | undefined {
  const data = snapshot.data();
  if (data === undefined || !Object.hasOwn(data, EXPIRE_FIELD)) return data;
  const { [EXPIRE_FIELD]: _, ...rest } = data;
  return rest;
}

/** Documents whose last reading is known; beyond that, all of them are forgotten. */
const MAX_KNOWN = 20_000;

/**
 * Makes the reader of snapshots. A document that has not been written since it was last read is the same object, for as
 * long as somebody holds it: what was found out about it holds as long as it does.
 */
export function snapshotReader(): (snapshot: DocumentSnapshot | undefined) => Doc | undefined {
  const known = new Map<string, { readonly updateTime: Timestamp; readonly data: WeakRef<Doc> }>();
  return (snapshot) => {
    if (snapshot?.updateTime === undefined) return undefined;
    const { updateTime, ref } = snapshot;
    const before = known.get(ref.path);
    const same = before?.updateTime.isEqual(updateTime) === true ? before.data.deref() : undefined;
    if (same !== undefined) return same;
    const data = dataOf(snapshot);
    if (data === undefined) return undefined;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(ref.path, { updateTime, data: new WeakRef(data) });
    return data;
  };
}
