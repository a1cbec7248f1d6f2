/**
 * A store over another one: it shows the documents below, and keeps what is written in memory. Nothing below changes. For a question
 * of the kind "what would the documents say, if".
 */
import type { Doc, StateStore, Transaction } from '../../../shared/ports/state-store.ts';
import { memoryStore } from './memory-store.ts';

/** @param below is read and never written; what others write into it meanwhile may be seen or not */
export function storeOver(below: StateStore): StateStore {
  const own = memoryStore();
  /** Documents that are in `own` as far as they exist: they were read from below, or written here. */
  const taken = new Set<string>();
  const seed = async (found: readonly (readonly [path: string, data: Doc | undefined])[]): Promise<void> => {
    const open = found.filter(([path, data]) => data !== undefined && !taken.has(path));
    if (open.length > 0)
      await own.transaction((tx) => {
        // What was written in the meantime stands.
        for (const [path, data] of open) if (!taken.has(path) && data !== undefined) tx.set(path, data);
        return Promise.resolve();
      });
    for (const [path] of found) taken.add(path);
  };
  const take = async (paths: readonly string[]): Promise<void> => {
    const open = [...new Set(paths)].filter((path) => !taken.has(path));
    if (open.length === 0) return;
    const found = await below.getAll(open);
    await seed(open.map((path, i) => [path, found[i]] as const));
  };
  const takeAll = async (collection: string, equal: Parameters<StateStore['list']>[1]): Promise<void> =>
    seed((await below.list(collection, equal)).map(({ path, data }) => [path, data] as const));
  return {
    get: async <T>(path: string) => {
      await take([path]);
      return own.get<T>(path);
    },
    getAll: async <T>(paths: readonly string[]) => {
      await take(paths);
      return own.getAll<T>(paths);
    },
    list: async (collection, equal = {}, limit) => {
      await takeAll(collection, equal);
      return own.list(collection, equal, limit);
    },
    ids: async (collection) => {
      await takeAll(collection, {});
      return own.ids(collection);
    },
    count: async (collection, equal = {}) => {
      await takeAll(collection, equal);
      return own.count(collection, equal);
    },
    transaction: <T>(body: (tx: Transaction) => Promise<T>) =>
      own.transaction(async (tx) => {
        const merged: string[] = [];
        const replaced: string[] = [];
        const result = await body({
          get: async <U>(path: string) => {
            await take([path]);
            return tx.get<U>(path);
          },
          getAll: async <U>(paths: readonly string[]) => {
            await take(paths);
            return tx.getAll<U>(paths);
          },
          set: (path, data) => {
            replaced.push(path);
            tx.set(path, data);
          },
          merge: (path, fields) => {
            if (!replaced.includes(path)) merged.push(path);
            tx.merge(path, fields);
          },
          delete: (path) => {
            replaced.push(path);
            tx.delete(path);
          },
        });
        await take(merged);
        for (const path of replaced) taken.add(path);
        return result;
      }),
  };
}
