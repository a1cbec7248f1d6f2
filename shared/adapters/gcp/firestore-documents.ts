/**
 * Converts documents between the store's callers and Firestore. In Firestore a document that expires has one
 * more field, the time of its expiry. Callers never see this field.
 */
import type { DocumentData, DocumentSnapshot, Timestamp } from '@google-cloud/firestore';
import { EXPIRE_FIELD, expiryOf } from '../../derive/document-ttl.ts';
import type { Doc } from '../../ports/state-store.ts';
import { asReadAnew } from '../../ports/stored-values.ts';
import { collectionOf, idOf } from '../document-writes.ts';

/**
 * The fields that Firestore keeps of a document: those of `data`, and the time of its expiry when it has one.
 */
export function withExpiry(path: string, data: Doc): DocumentData {
  const expiry = expiryOf(idOf(collectionOf(path)), data);
  return expiry === undefined ? data : { ...data, [EXPIRE_FIELD]: expiry };
}

/** The fields of a document without its expiry; undefined when the document does not exist. */
function dataOf(snapshot: DocumentSnapshot): Doc | undefined {
  const data = snapshot.data();
  if (data === undefined || !Object.hasOwn(data, EXPIRE_FIELD)) return data;
  const { [EXPIRE_FIELD]: _, ...rest } = data;
  return rest;
}

/** Documents that a reader remembers at most; it forgets all of them when there are more. */
const MAX_KNOWN = 20_000;

/**
 * Makes a function that reads snapshots. It gives the same object for a document that has not been written
 * since the last read, as long as a caller still holds that object. When it has been written, the parts that
 * stayed the same are the same objects. So callers can cache results by the object.
 */
export function snapshotReader(): (snapshot: DocumentSnapshot | undefined) => Doc | undefined {
  const known = new Map<string, { readonly updateTime: Timestamp; readonly data: WeakRef<Doc> }>();
  return (snapshot) => {
    if (snapshot?.updateTime === undefined) return undefined;
    const { updateTime, ref } = snapshot;
    const before = known.get(ref.path);
    const last = before?.data.deref();
    if (last !== undefined && before?.updateTime.isEqual(updateTime) === true) return last;
    const found = dataOf(snapshot);
    if (found === undefined) return undefined;
    const data = asReadAnew(found, last);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(ref.path, { updateTime, data: new WeakRef(data) });
    return data;
  };
}
