/**
 * A store over another one: it shows the documents below, and keeps what is written in memory. Nothing below changes. For a question
 * of the kind "what would the documents say, if".
 */
import { collectionOf, idOf, withFields, type Write } from '../../../shared/adapters/document-writes.ts';
import type { Doc, Listed, StateStore, Transaction } from '../../../shared/ports/state-store.ts';
import { asStored } from '../../../shared/ports/stored-values.ts';

/** @param below is read and never written; nobody else may write it meanwhile */
export function storeOver(below: StateStore): StateStore {
  /** Path -> what was written; undefined where it was deleted. */
  const written = new Map<string, Doc | undefined>();
  const getAll = async <T>(paths: readonly string[]): Promise<(T | undefined)[]> => {
    const open = paths.filter((path) => !written.has(path));
    const found = open.length === 0 ? [] : await below.getAll<T>(open);
    const known = new Map(open.map((path, i) => [path, found[i]]));
    return paths.map((path) => (written.has(path) ? (written.get(path) as T | undefined) : known.get(path)));
  };
  const get = async <T>(path: string): Promise<T | undefined> => (await getAll<T>([path]))[0];
  const list: StateStore['list'] = async (collection, equal = {}, limit) => {
    const own = [...written].filter(([path]) => collectionOf(path) === collection);
    if (own.length === 0) return below.list(collection, equal, limit);
    const others = (await below.list(collection, equal)).filter(({ path }) => !written.has(path));
    const matching = own.flatMap(([path, data]): Listed[] =>
      data !== undefined && Object.entries(equal).every(([field, value]) => data[field] === value)
        ? [{ id: idOf(path), path, data }]
        : [],
    );
    return [...others, ...matching].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
  };
  const apply = async (write: Write): Promise<void> => {
    if (write.kind === 'delete') written.set(write.path, undefined);
    else
      written.set(
        write.path,
        asStored(write.kind === 'set' ? write.data : withFields(await get<Doc>(write.path), write.fields)),
      );
  };
  // One transaction after the other, so that none sees half of another.
  let turn: Promise<unknown> = Promise.resolve();
  const transaction = <T>(body: (tx: Transaction) => Promise<T>): Promise<T> => {
    const mine = turn.then(async () => {
      const writes: Write[] = [];
      const result = await body({
        get,
        getAll,
        set: (path, data) => writes.push({ kind: 'set', path, data: data as Doc }),
        merge: (path, fields) => writes.push({ kind: 'merge', path, fields }),
        delete: (path) => writes.push({ kind: 'delete', path }),
      });
      for (const write of writes) await apply(write);
      return result;
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
  return {
    get,
    getAll,
    list,
    ids: async (collection) =>
      [...written.keys()].some((path) => collectionOf(path) === collection)
        ? (await list(collection)).map(({ id }) => id)
        : below.ids(collection),
    count: async (collection, equal = {}) =>
      [...written.keys()].some((path) => collectionOf(path) === collection)
        ? (await list(collection, equal)).length
        : below.count(collection, equal),
    transaction,
  };
}
