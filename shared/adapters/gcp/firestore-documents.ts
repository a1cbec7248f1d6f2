/**
 * Converts documents between the store's callers and Firestore. In Firestore a document that expires has one
 * more field, the time of its expiry, and a large archive is one field of compressed bytes. Callers never see these.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { DocumentData, DocumentSnapshot, Timestamp } from '@google-cloud/firestore';
import { EXPIRE_FIELD, expiryOf } from '../../derive/document-ttl.ts';
import type { Doc } from '../../ports/state-store.ts';
import { asReadAnew } from '../../ports/stored-values.ts';
import { collectionOf, idOf } from '../document-writes.ts';

/**
 * A document of Firestore holds 1 MiB. What is archived of a raw table for a season names every answer of a live source: hourly
 * reports and lines would be more than that before the season is over. So the documents of this collection, which are always written
 * whole, are kept as compressed JSON from this length on. That is an eighth of it or less.
 */
const PACKED_COLLECTION = 'archives';
const PACK_FROM = 200_000;
/** The only field of a packed document. */
const PACKED = 'packed';

/**
 * The fields that Firestore keeps of a document: those of `data`, or their compressed bytes, and the time of its expiry when it has
 * one.
 */
export function asKept(path: string, data: Doc): DocumentData {
  const collection = idOf(collectionOf(path));
  const expiry = expiryOf(collection, data);
  const fields = collection === PACKED_COLLECTION ? packed(data) : data;
  return expiry === undefined ? fields : { ...fields, [EXPIRE_FIELD]: expiry };
}

function packed(data: Doc): DocumentData {
  const json = JSON.stringify(data);
  return json.length < PACK_FROM ? data : { [PACKED]: gzipSync(json) };
}

/** The fields of a document as its writer gave them; undefined when the document does not exist. */
function dataOf(snapshot: DocumentSnapshot): Doc | undefined {
  const data = snapshot.data();
  if (data === undefined) return undefined;
  const bytes: unknown = data[PACKED];
  if (bytes instanceof Uint8Array) return JSON.parse(gunzipSync(bytes).toString('utf8')) as Doc;
  if (!Object.hasOwn(data, EXPIRE_FIELD)) return data;
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
