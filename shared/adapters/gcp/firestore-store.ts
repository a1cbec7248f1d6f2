/**
 * Documents in Firestore, with optimistic transactions. The body of a transaction reads without locks. The
 * commit fails when a document that the body read has changed; then the body runs again, after some
 * milliseconds. So writers of the same document do not wait for each other's locks. A document that is
 * written without being read cannot conflict.
 */
import type {
  DocumentData,
  DocumentReference,
  DocumentSnapshot,
  FieldPath,
  Firestore,
  Precondition,
  Query,
  SetOptions,
  Timestamp,
} from '@google-cloud/firestore';
import type { CloudConfig } from '../../config.ts';
import { EXPIRE_FIELD } from '../../derive/document-ttl.ts';
import type { Doc, Listed, StateStore, Transaction } from '../../ports/state-store.ts';
import { asStored } from '../../ports/stored-values.ts';
import { withFields, type Write } from '../document-writes.ts';
import { firestoreClient, lazily } from './clients.ts';
import { snapshotReader, asKept } from './firestore-documents.ts';
import { collectionAt, documentAt } from './firestore-paths.ts';
import { firestoreFailure, GoogleError } from './google-failure.ts';

/** The module of Google's client. */
type Vendor = typeof import('@google-cloud/firestore');

/** Settings of the store. */
export interface FirestoreStoreOptions {
  /** Opens a client to use in place of the store's own, for example one that fails in a test. */
  readonly client?: () => Promise<Firestore>;
  /** Runs of a transaction's body before it gives up; 40 by default. */
  readonly maxTries?: number;
  /**
   * Longest pause in milliseconds: before the second run, and before any. Each pause is shortened at random.
   */
  readonly backoffMs?: readonly [first: number, longest: number];
}

/** The store of the port, which its owner must close. */
export interface FirestoreStore extends StateStore {
  /** Closes the connections. */
  readonly close: () => Promise<void>;
}

/** Documents that one request reads at most. */
const DOCUMENTS_PER_READ = 300;

/** A document as the body of a transaction read it: its fields, and when they were written. */
interface Read {
  readonly updateTime: Timestamp | undefined;
  readonly fields: DocumentData | undefined;
}

/** All writes of a transaction to one document, combined into one. */
type Outcome =
  | { readonly kind: 'replace'; readonly data: Doc }
  | { readonly kind: 'merge'; readonly fields: ReadonlyMap<readonly string[], unknown> }
  | { readonly kind: 'delete' };

/**
 * Opens the store. The first call of a method loads the client.
 * @throws GoogleError, from its methods, when Firestore refuses, or when a transaction meets too many conflicts
 */
export function firestoreStore(
  cloud: Pick<CloudConfig, 'project' | 'database' | 'hosts'>,
  options: FirestoreStoreOptions = {},
): FirestoreStore {
  const maxTries = options.maxTries ?? 40;
  const [first, longest] = options.backoffMs ?? [10, 500];
  const client = lazily(async () => ({
    vendor: await import('@google-cloud/firestore'),
    db: await (options.client ?? (() => firestoreClient(cloud)))(),
  }));

  const dataOf = snapshotReader();

  const readAll = async (paths: readonly string[]): Promise<DocumentSnapshot[]> => {
    const { db } = await client();
    const refs = paths.map((path) => documentAt(db, path));
    const chunks: DocumentReference[][] = [];
    for (let i = 0; i < refs.length; i += DOCUMENTS_PER_READ)
      chunks.push(refs.slice(i, i + DOCUMENTS_PER_READ));
    return asked(async () => (await Promise.all(chunks.map((chunk) => db.getAll(...chunk)))).flat());
  };

  const queryOf = async (
    collection: string,
    equal: Readonly<Record<string, string | number | boolean>>,
  ): Promise<Query> => {
    const { db, vendor } = await client();
    let query: Query = collectionAt(db, collection);
    for (const [field, value] of Object.entries(equal))
      query = query.where(new vendor.FieldPath(field), '==', value);
    return query;
  };

  /** Commits the writes of a body. @returns false when a document that it read has changed */
  const commit = async (reads: ReadonlyMap<string, Read>, writes: readonly Write[]): Promise<boolean> => {
    const outcomes = outcomesOf(writes);
    const { db, vendor } = await client();
    const onlyRead = [...reads].filter(([path, read]) => {
      const outcome = outcomes.get(path);
      // To delete a missing document writes nothing, so a read must check that it is still missing.
      return outcome === undefined || (outcome.kind === 'delete' && read.updateTime === undefined);
    });
    if (outcomes.size === 0) return onlyRead.length <= 1 || isUnchanged(onlyRead, await look(onlyRead));
    const write = (target: Writer): void => {
      for (const [path, outcome] of outcomes)
        writeOne(vendor, target, documentAt(db, path), path, outcome, reads.get(path));
    };
    try {
      if (onlyRead.length === 0) {
        const batch = db.batch();
        write(batch);
        await batch.commit();
        return true;
      }
      // This locks only documents that were read and not written, and only while it compares them.
      return await db.runTransaction(
        async (tx) => {
          const refs = onlyRead.map(([path]) => documentAt(db, path));
          const found = await tx.getAll(...refs, { fieldMask: [] });
          if (!isUnchanged(onlyRead, found)) return false;
          write(tx);
          return true;
        },
        { maxAttempts: 1 },
      );
    } catch (error) {
      if (isConflict(error)) return false;
      throw failed(error);
    }
  };

  const look = async (reads: readonly (readonly [string, Read])[]): Promise<DocumentSnapshot[]> => {
    const { db } = await client();
    return asked(() => db.getAll(...reads.map(([path]) => documentAt(db, path)), { fieldMask: [] }));
  };

  return {
    get: async <T>(path: string) => dataOf((await readAll([path]))[0]) as T | undefined,
    getAll: async <T>(paths: readonly string[]) =>
      (await readAll(paths)).map((snapshot) => dataOf(snapshot) as T | undefined),
    list: async (collection, equal = {}, limit = Infinity) => {
      const { vendor } = await client();
      const query = (await queryOf(collection, equal)).orderBy(vendor.FieldPath.documentId());
      const found = await asked(() => (Number.isFinite(limit) ? query.limit(limit) : query).get());
      return found.docs.map((snapshot): Listed => ({
        id: snapshot.id,
        path: `${collection}/${snapshot.id}`,
        data: dataOf(snapshot) ?? {},
      }));
    },
    ids: async (collection) => {
      const { vendor } = await client();
      const query = (await queryOf(collection, {})).select().orderBy(vendor.FieldPath.documentId());
      return (await asked(() => query.get())).docs.map(({ id }) => id);
    },
    count: async (collection, equal = {}) => {
      const query = await queryOf(collection, equal);
      return (await asked(() => query.count().get())).data().count;
    },
    transaction: async <T>(body: (tx: Transaction) => Promise<T>): Promise<T> => {
      for (let attempt = 0; attempt < maxTries; attempt++) {
        if (attempt > 0) await pause(Math.min(longest, first * 2 ** (attempt - 1)) * Math.random());
        const reads = new Map<string, Read>();
        const writes: Write[] = [];
        const getAll = async <U>(paths: readonly string[]): Promise<(U | undefined)[]> => {
          const found = await readAll(paths);
          paths.forEach((path, i) => {
            // The first read counts: if a later read differs, the commit fails.
            if (!reads.has(path))
              reads.set(path, { updateTime: found[i]?.updateTime, fields: found[i]?.data() });
          });
          return found.map((snapshot) => dataOf(snapshot) as U | undefined);
        };
        const result = await body({
          get: async <U>(path: string) => (await getAll<U>([path]))[0],
          getAll,
          set: (path, data) => writes.push({ kind: 'set', path, data: data as Doc }),
          merge: (path, fields) => writes.push({ kind: 'merge', path, fields }),
          delete: (path) => writes.push({ kind: 'delete', path }),
        });
        if (await commit(reads, writes)) return result;
      }
      throw new GoogleError({
        kind: 'transient',
        code: 'firestore_contended',
        detail: `A transaction was contended ${maxTries} times in a row`,
      });
    },
    close: async () => (await client()).db.terminate(),
  };
}

/** The writing methods of a batch and of a transaction of the client, which differ in what they return. */
interface Writer {
  readonly create: (ref: DocumentReference, data: DocumentData) => unknown;
  readonly set: {
    (ref: DocumentReference, data: DocumentData): unknown;
    (ref: DocumentReference, data: DocumentData, options: SetOptions): unknown;
  };
  readonly update: (
    ref: DocumentReference,
    field: string | FieldPath,
    value: unknown,
    ...more: readonly unknown[]
  ) => unknown;
  readonly delete: (ref: DocumentReference, precondition?: Precondition) => unknown;
}

/** Adds the write of one document. If the body read it, the write fails when it has changed since. */
function writeOne(
  vendor: Vendor,
  target: Writer,
  ref: DocumentReference,
  path: string,
  outcome: Outcome,
  read: Read | undefined,
): void {
  const seen = read?.updateTime === undefined ? undefined : { lastUpdateTime: read.updateTime };
  switch (outcome.kind) {
    case 'delete':
      if (read === undefined) target.delete(ref);
      else if (seen !== undefined) target.delete(ref, seen);
      return;
    case 'replace': {
      const data = asKept(path, outcome.data);
      if (read === undefined) target.set(ref, data);
      else if (seen === undefined) target.create(ref, data);
      else {
        // Only an update can have a precondition. It must name every field, also those to be removed.
        const gone = Object.keys(read.fields ?? {}).filter((field) => !Object.hasOwn(data, field));
        const all = [
          ...Object.entries(data),
          ...gone.map((field) => [field, vendor.FieldValue.delete()] as const),
        ].map(([field, value]) => [new vendor.FieldPath(field), value] as const);
        update(vendor, target, ref, all, seen);
      }
      return;
    }
    case 'merge': {
      const fields = [...outcome.fields].map(
        ([at, value]) => [at, value === undefined ? vendor.FieldValue.delete() : asStored(value)] as const,
      );
      if (read !== undefined && seen === undefined)
        target.create(ref, asKept(path, asStored(withFields(undefined, outcome.fields))));
      else if (seen !== undefined)
        update(
          vendor,
          target,
          ref,
          fields.map(([at, value]) => [new vendor.FieldPath(...at), value] as const),
          seen,
        );
      else
        target.set(ref, withFields(undefined, new Map(fields)), {
          mergeFields: fields.map(([at]) => new vendor.FieldPath(...at)),
        });
      return;
    }
    default:
      outcome satisfies never;
  }
}

function update(
  vendor: Vendor,
  target: Writer,
  ref: DocumentReference,
  fields: readonly (readonly [FieldPath, unknown])[],
  seen: { readonly lastUpdateTime: Timestamp },
): void {
  // An update must name at least one field. To remove a missing field changes nothing.
  const [first, ...rest] = fields;
  const [field, value] = first ?? [new vendor.FieldPath(EXPIRE_FIELD), vendor.FieldValue.delete()];
  target.update(ref, field, value, ...rest.flat(), seen);
}

/** Combines the writes of a body, in their order, into one for each document. */
function outcomesOf(writes: readonly Write[]): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const write of writes) {
    const before = outcomes.get(write.path);
    switch (write.kind) {
      case 'set':
        outcomes.set(write.path, { kind: 'replace', data: asStored(write.data) });
        break;
      case 'delete':
        outcomes.set(write.path, { kind: 'delete' });
        break;
      case 'merge':
        outcomes.set(
          write.path,
          before === undefined || before.kind === 'merge'
            ? { kind: 'merge', fields: overlaid(before?.fields ?? new Map(), write.fields) }
            : {
                kind: 'replace',
                data: asStored(withFields(before.kind === 'replace' ? before.data : undefined, write.fields)),
              },
        );
        break;
      default:
        write satisfies never;
    }
  }
  return outcomes;
}

/**
 * The fields of two merges combined; `later` wins. Firestore refuses a merge that names both a field and a
 * part of it, such as `a` and `a.b`, so the part is written into the value of the field.
 */
function overlaid(
  fields: ReadonlyMap<readonly string[], unknown>,
  later: ReadonlyMap<readonly string[], unknown>,
): Map<readonly string[], unknown> {
  let result: [readonly string[], unknown][] = [...fields];
  for (const [at, value] of later) {
    const around = result.findIndex(([other]) => other.length < at.length && isPrefix(other, at));
    const outer = result[around];
    if (outer === undefined) {
      result = [...result.filter(([other]) => !isPrefix(at, other)), [at, value]];
      continue;
    }
    const inner = withFields(outer[1] as Doc | undefined, new Map([[at.slice(outer[0].length), value]]));
    result = result.with(around, [outer[0], inner]);
  }
  return new Map(result);
}

function isPrefix(a: readonly string[], b: readonly string[]): boolean {
  return a.every((segment, i) => segment === b[i]);
}

function isUnchanged(
  reads: readonly (readonly [string, Read])[],
  found: readonly DocumentSnapshot[],
): boolean {
  return reads.every(([, { updateTime }], i) => {
    const now = found[i]?.updateTime;
    return updateTime === undefined ? now === undefined : now !== undefined && now.isEqual(updateTime);
  });
}

/** Whether a commit failed because a document had changed since it was read, or was being written. */
function isConflict(error: unknown): boolean {
  const { code } = firestoreFailure(error);
  return (
    code === 'firestore_aborted' ||
    code === 'firestore_failed_precondition' ||
    code === 'firestore_already_exists' ||
    (code === 'firestore_not_found' && /no document/i.test(String(error)))
  );
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw failed(error);
  }
}

function failed(error: unknown): Error {
  return new GoogleError(firestoreFailure(error), error);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
