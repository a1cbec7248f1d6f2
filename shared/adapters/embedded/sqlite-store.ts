/**
 * Documents in SQLite, with optimistic transactions: a transaction commits only when the documents that it
 * read have not changed. Otherwise its body runs again.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Doc, Listed, StateStore, Transaction } from '../../ports/state-store.ts';
import { asReadAnew, asStored } from '../../ports/stored-values.ts';
import { collectionOf, idOf, withFields, type Write } from '../document-writes.ts';
import { fieldType, fieldValue, hasIndex } from './sqlite-database.ts';

/** A document that has been parsed. */
interface Cached {
  readonly version: number;
  readonly data: Doc;
  /** The moment for which the version is known to be the stored one. */
  readonly moment: number;
}

/** Runs of a transaction's body before it gives up. */
const MAX_TRIES = 50;
/** Parsed documents that are kept. When another process has committed, a read compares the version with the stored one. */
const CACHE_SIZE = 20_000;
/** Names of fields that a list or a count may ask for; they are written into the text of its statement. */
const FIELD = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Opens the store on the tables of `openDatabase`. A transaction throws an Error after too many conflicts.
 * @param db nobody else may write documents through this connection; other connections may
 */
export function sqliteStore(db: DatabaseSync): StateStore {
  const dataVersion = db.prepare('PRAGMA data_version');
  const selectVersion = db.prepare('SELECT version FROM docs WHERE path = ?');
  const select = db.prepare('SELECT version, data FROM docs WHERE path = ?');
  const upsert = db.prepare(
    'INSERT INTO docs (path, collection, data, version) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET data = excluded.data, version = excluded.version',
  );
  const remove = db.prepare('DELETE FROM docs WHERE path = ?');
  const nextVersion = db.prepare('UPDATE versions SET last = last + 1 RETURNING last');
  const cache = new Map<string, Cached>();
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  /** A number that SQLite changes when another connection has committed; a commit through `db` leaves it as it is. */
  const now = (): number => Number(dataVersion.get()?.['data_version']);
  /** @param moment what `now` has given for this read, or for a group of reads */
  const read = (path: string, moment: number): Cached | undefined => {
    const known = cache.get(path);
    if (known?.moment === moment) return known;
    // The version is asked for alone where it may spare the reading of the document.
    if (known !== undefined && selectVersion.get(path)?.['version'] === known.version)
      return remember(path, { ...known, moment });
    const row = select.get(path);
    if (row === undefined) {
      cache.delete(path);
      return undefined;
    }
    const data = asReadAnew(JSON.parse(String(row['data'])) as Doc, known?.data);
    return remember(path, { version: Number(row['version']), data, moment });
  };
  const readAll = <T>(paths: readonly string[], use: (path: string, found: Cached | undefined) => T): T[] => {
    const moment = now();
    return paths.map((path) => use(path, read(path, moment)));
  };
  const remember = (path: string, cached: Cached): Cached => {
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(path, cached);
    return cached;
  };

  const commit = (reads: ReadonlyMap<string, number>, writes: readonly Write[]): boolean => {
    if (writes.length === 0 && reads.size <= 1) return true;
    db.exec('BEGIN IMMEDIATE');
    try {
      const moment = now();
      for (const [path, version] of reads) {
        if ((read(path, moment)?.version ?? 0) !== version) {
          db.exec('ROLLBACK');
          return false;
        }
      }
      const fresh: [string, Cached | undefined][] = [];
      if (writes.length > 0) {
        const version = Number(nextVersion.get()?.['last']);
        const pending = new Map<string, Doc | undefined>();
        for (const write of writes) {
          const before = pending.has(write.path)
            ? pending.get(write.path)
            : write.kind === 'merge'
              ? read(write.path, moment)?.data
              : undefined;
          pending.set(
            write.path,
            write.kind === 'delete'
              ? undefined
              : write.kind === 'set'
                ? write.data
                : withFields(before, write.fields),
          );
        }
        for (const [path, written] of pending) {
          const data = written === undefined ? undefined : asStored(written);
          if (data === undefined) remove.run(path);
          else upsert.run(path, collectionOf(path), JSON.stringify(data), version);
          fresh.push([path, data === undefined ? undefined : { version, data, moment }]);
        }
      }
      db.exec('COMMIT');
      for (const [path, cached] of fresh) {
        if (cached === undefined) cache.delete(path);
        else remember(path, cached);
      }
      return true;
    } catch (error) {
      // Whether the commit was made is not known here, and a commit through `db` does not change `now`.
      cache.clear();
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  const where = (
    collection: string,
    equal: Readonly<Record<string, string | number | boolean>>,
  ): [string, SQLInputValue[]] => {
    // `json_extract` gives 1 for `true`, so the type of the field is compared too.
    const conditions = Object.entries(equal).map(([field, value]): readonly [string, SQLInputValue[]] => {
      if (!FIELD.test(field)) throw new Error(`${field} cannot be the name of a field`);
      switch (typeof value) {
        case 'string':
          return [` AND ${fieldValue(field)} = ?`, [value]];
        case 'number':
          return [` AND ${fieldValue(field)} = ? AND ${fieldType(field)} IN ('integer', 'real')`, [value]];
        case 'boolean':
          return [` AND ${fieldType(field)} = ?`, [String(value)]];
        default:
          return value satisfies never;
      }
    });
    const [named, names] = hasIndex(collection) ? [`'${collection}'`, []] : ['?', [collection]];
    return [
      `FROM docs WHERE collection = ${named}${conditions.map(([sql]) => sql).join('')}`,
      [...names, ...conditions.flatMap(([, values]) => values)],
    ];
  };

  return {
    get: <T>(path: string) => Promise.resolve(read(path, now())?.data as T | undefined),
    getAll: <T>(paths: readonly string[]) =>
      Promise.resolve(readAll(paths, (_, found) => found?.data as T | undefined)),
    list: (collection, equal = {}, limit = -1) => {
      const [tail, values] = where(collection, equal);
      const rows = prepared(`SELECT path ${tail} ORDER BY path LIMIT ?`).all(...values, limit);
      const found = readAll(
        rows.map((row) => String(row['path'])),
        (path, cached): Listed[] =>
          cached === undefined ? [] : [{ id: idOf(path), path, data: cached.data }],
      );
      return Promise.resolve(found.flat());
    },
    ids: (collection) => {
      const rows = prepared('SELECT path FROM docs WHERE collection = ? ORDER BY path').all(collection);
      return Promise.resolve(rows.map((row) => idOf(String(row['path']))));
    },
    count: (collection, equal = {}) => {
      const [tail, values] = where(collection, equal);
      return Promise.resolve(Number(prepared(`SELECT COUNT(*) AS n ${tail}`).get(...values)?.['n'] ?? 0));
    },
    transaction: async <T>(body: (tx: Transaction) => Promise<T>): Promise<T> => {
      for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
        const reads = new Map<string, number>();
        const writes: Write[] = [];
        const getAll = <U>(paths: readonly string[]): (U | undefined)[] =>
          readAll(paths, (path, found) => {
            if (!reads.has(path)) reads.set(path, found?.version ?? 0);
            return found?.data as U | undefined;
          });
        const result = await body({
          get: <U>(path: string) => Promise.resolve(getAll<U>([path])[0]),
          getAll: <U>(paths: readonly string[]) => Promise.resolve(getAll<U>(paths)),
          set: (path, data) => writes.push({ kind: 'set', path, data: data as Doc }),
          merge: (path, fields) => writes.push({ kind: 'merge', path, fields }),
          delete: (path) => writes.push({ kind: 'delete', path }),
        });
        if (commit(reads, writes)) return result;
      }
      throw new Error(`A transaction was contended ${MAX_TRIES} times in a row`);
    },
  };
}
