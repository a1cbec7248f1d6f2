/** Paths of documents and collections as Firestore takes them. */
import type { CollectionReference, DocumentReference, Firestore } from '@google-cloud/firestore';
import { GoogleError } from './google-failure.ts';

/** Ids that Firestore reserves, or that would change the meaning of a path. */
const FORBIDDEN_ID = /^(?:\.{1,2}|__.*__|)$/;
const MAX_ID_BYTES = 1500;

/** The path itself. @throws GoogleError, permanent, when it is not the path of a document or of a collection */
function checked(path: string, isDocument: boolean): string {
  const segments = path.split('/');
  const wrong = segments.find(
    (segment) => FORBIDDEN_ID.test(segment) || Buffer.byteLength(segment) > MAX_ID_BYTES,
  );
  if (wrong === undefined && (segments.length % 2 === 0) === isDocument) return path;
  throw new GoogleError({
    kind: 'permanent',
    code: 'firestore_bad_path',
    detail:
      wrong === undefined
        ? `${path} is not the path of a ${isDocument ? 'document' : 'collection'}`
        : `${JSON.stringify(wrong.slice(0, 100))} in ${path.slice(0, 200)} cannot be an id of Firestore`,
  });
}

/** @throws GoogleError, permanent, when it is not the path of a document */
export function documentAt(db: Firestore, path: string): DocumentReference {
  return db.doc(checked(path, true));
}

/** @throws GoogleError, permanent, when it is not the path of a collection */
export function collectionAt(db: Firestore, path: string): CollectionReference {
  return db.collection(checked(path, false));
}
