/** Documents in memory: the twin of the real stores, for tests and the simulator. Held to the same contract. */
import type { Doc, Listed, StateStore, Transaction } from '../../../shared/ports/state-store.ts';
import { asStored } from '../../../shared/ports/stored-values.ts';
import { collectionOf, idOf, withFields, type Write } from '../../../shared/adapters/document-writes.ts';

/**
 * Awaited at each point where a real store would take time, so that others can act in between. It may throw, as a
 * store that is unavailable does, or never return, as for a process that has died.
 * @param point what is about to happen, or has just happened
 */
type Pause = (point: string) => Promise<void>;

export interface MemoryStore extends StateStore {
  /** The same documents, seen by somebody whose every call goes through `pause`. */
  readonly seenThrough: (pause: Pause) => StateStore;
  /** Every document by path, for comparing end states. */
  readonly dump: () => ReadonlyMap<string, Doc>;
  /** Called after each commit with what it wrote; `before` is undefined for a new document. */
  readonly onCommit: (
    listener: (path: string, before: Doc | undefined, after: Doc | undefined) => void,
  ) => void;
}

interface Stored {
  readonly version: number;
  readonly data: Doc;
}

/** Bodies run at most this often before a transaction gives up. */
const MAX_TRIES = 50;

const atOnce: Pause = () => Promise.resolve();

/** @param initial documents to begin with, such as the dump of another store */
export function memoryStore(initial: ReadonlyMap<string, Doc> = new Map()): MemoryStore {
  const collections = new Map<string, Map<string, Stored>>();
  const listeners: ((path: string, before: Doc | undefined, after: Doc | undefined) => void)[] = [];
  let version = 0;

  const find = (path: string): Stored | undefined => collections.get(collectionOf(path))?.get(path);
  const put = (path: string, data: Doc): void => {
    const name = collectionOf(path);
    const collection = collections.get(name) ?? new Map<string, Stored>();
    collections.set(name, collection);
    collection.set(path, { version, data });
  };
  const apply = (writes: readonly Write[]): void => {
    version += 1;
    for (const write of writes) {
      const before = find(write.path)?.data;
      if (write.kind === 'delete') collections.get(collectionOf(write.path))?.delete(write.path);
      else put(write.path, asStored(write.kind === 'set' ? write.data : withFields(before, write.fields)));
      for (const listener of listeners) listener(write.path, before, find(write.path)?.data);
    }
  };
  const matching = (collection: string, equal: Readonly<Record<string, unknown>>): Listed[] =>
    [...(collections.get(collection) ?? [])]
      .filter(([, { data }]) => Object.entries(equal).every(([field, value]) => data[field] === value))
      .map(([path, { data }]) => ({ id: idOf(path), path, data }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));

  const seenThrough = (pause: Pause): StateStore => ({
    get: async <T>(path: string) => {
      await pause('store.get');
      return find(path)?.data as T | undefined;
    },
    getAll: async <T>(paths: readonly string[]) => {
      await pause('store.getAll');
      return paths.map((path) => find(path)?.data as T | undefined);
    },
    list: async (collection, equal = {}, limit = Infinity) => {
      await pause('store.list');
      return matching(collection, equal).slice(0, limit);
    },
    ids: async (collection) => {
      await pause('store.ids');
      return matching(collection, {}).map(({ id }) => id);
    },
    count: async (collection, equal = {}) => {
      await pause('store.count');
      return matching(collection, equal).length;
    },
    transaction: async <T>(body: (tx: Transaction) => Promise<T>): Promise<T> => {
      for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
        const reads = new Map<string, number>();
        const writes: Write[] = [];
        const read = (path: string): Doc | undefined => {
          const found = find(path);
          if (!reads.has(path)) reads.set(path, found?.version ?? 0);
          return found?.data;
        };
        const result = await body({
          get: async <U>(path: string) => {
            await pause('tx.get');
            return read(path) as U | undefined;
          },
          getAll: async <U>(paths: readonly string[]) => {
            await pause('tx.getAll');
            return paths.map((path) => read(path) as U | undefined);
          },
          set: (path, data) => writes.push({ kind: 'set', path, data: data as Doc }),
          merge: (path, fields) => writes.push({ kind: 'merge', path, fields }),
          delete: (path) => writes.push({ kind: 'delete', path }),
        });
        await pause('tx.commit');
        if ([...reads].every(([path, seen]) => (find(path)?.version ?? 0) === seen)) {
          apply(writes);
          if (writes.length > 0) await pause('tx.committed');
          return result;
        }
      }
      throw new Error(`A transaction was contended ${MAX_TRIES} times in a row`);
    },
  });

  apply([...initial].map(([path, data]) => ({ kind: 'set', path, data })));
  return {
    ...seenThrough(atOnce),
    seenThrough,
    dump: () =>
      new Map(
        [...collections.values()].flatMap((collection) =>
          [...collection].map(([path, { data }]) => [path, data]),
        ),
      ),
    onCommit: (listener) => void listeners.push(listener),
  };
}
