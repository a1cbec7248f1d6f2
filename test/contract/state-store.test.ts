/** What every document store promises, held by each of them. */
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteStore } from '../../shared/adapters/embedded/sqlite-store.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { storeOver } from '../../functions/targets/simulated/store-over.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { firestoreProjects } from '../support/firestore-projects.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder();
let files = 0;
const newFile = (): string => join(folder, `state-${(files += 1)}.sqlite`);

interface Counter {
  readonly n: number;
}

const set = (store: StateStore, path: string, data: object): Promise<void> =>
  store.transaction((tx) => Promise.resolve(tx.set(path, data)));
const merge = (
  store: StateStore,
  path: string,
  ...fields: (readonly [readonly string[], unknown])[]
): Promise<void> => store.transaction((tx) => Promise.resolve(tx.merge(path, new Map(fields))));
const remove = (store: StateStore, path: string): Promise<void> =>
  store.transaction((tx) => Promise.resolve(tx.delete(path)));
const increment = (store: StateStore, path: string): Promise<void> =>
  store.transaction(async (tx) => {
    const { n } = (await tx.get<Counter>(path)) ?? { n: 0 };
    tx.set(path, { n: n + 1 });
  });

const firestore = firestoreProjects('contract');

const stores: readonly (readonly [name: string, open: () => StateStore, isThere: boolean])[] = [
  ['memory', () => memoryStore(), true],
  ['sqlite', () => sqliteStore(openDatabase(newFile())), true],
  ['layered', () => storeOver(memoryStore()), true],
  ['firestore', firestore.open, firestore.isThere],
];

for (const [name, open, isThere] of stores)
  describe.skipIf(!isThere)(`a ${name} store`, () => {
    it('gives the same object for a document that has not been written since', async () => {
      const store = open();
      await set(store, 'table_seasons/t', { table: 't', dates: { '2024-01-02': { n: 1 } } });
      await set(store, 'table_seasons/u', { table: 'u', dates: {} });

      const first = await store.get('table_seasons/t');
      expect(await store.get('table_seasons/t')).toBe(first);
      expect((await store.getAll(['table_seasons/u', 'table_seasons/t']))[1]).toBe(first);
      expect((await store.list('table_seasons'))[0]?.data).toBe(first);
      await store.transaction(async (tx) => expect(await tx.get('table_seasons/t')).toBe(first));

      await merge(store, 'table_seasons/u', [['dates', '2024-01-03'], { n: 2 }]);
      expect(await store.get('table_seasons/t')).toBe(first);
      await merge(store, 'table_seasons/t', [['dates', '2024-01-03'], { n: 2 }]);
      const second = await store.get('table_seasons/t');
      expect(second).not.toBe(first);
      expect(second).toEqual({ table: 't', dates: { '2024-01-02': { n: 1 }, '2024-01-03': { n: 2 } } });
      expect(await store.get('table_seasons/t')).toBe(second);

      await set(store, 'table_seasons/t', { table: 't', dates: { '2024-01-02': { n: 1 } } });
      expect(await store.get('table_seasons/t')).not.toBe(first);
      await remove(store, 'table_seasons/t');
      expect(await store.get('table_seasons/t')).toBeUndefined();
    });

    it('keeps an archive of a season of hourly answers, which is larger than a document of Firestore', async () => {
      const store = open();
      const path = 'archives/odds_api_game_lines_2023-24';
      const entries = Object.fromEntries(
        Array.from({ length: 8000 }, (_, i) => [
          `odds_api.odds.${String(i).padStart(32, '0')}-20240222T235500Z.json`,
          { sha256: hash('sha256', String(i), 'hex'), uri: `archive/${i}`, source: 'odds_api', n: null },
        ]),
      );
      const archive = { table: 'odds_api_game_lines', revision: 1, entries, 'Zürich "1"': [] };
      expect(JSON.stringify(archive).length).toBeGreaterThan(1_048_576);
      await set(store, path, archive);
      const first = await store.get<typeof archive>(path);
      expect(first).toEqual(archive);
      expect(await store.get(path)).toBe(first);
      expect((await store.list('archives'))[0]?.data).toBe(first);

      await store.transaction(async (tx) => {
        const before = await tx.get<typeof archive>(path);
        tx.set(path, { ...before, revision: 2 });
      });
      expect((await store.get<typeof archive>(path))?.revision).toBe(2);
      await set(store, path, { table: 'odds_api_game_lines', revision: 3 });
      expect(await store.get(path)).toEqual({ table: 'odds_api_game_lines', revision: 3 });
    });

    it('gives the same object for a part that stays the same when the rest of its document is written', async () => {
      const store = open();
      const read = () => store.get<{ dates: Record<string, object> }>('table_seasons/t');
      const day = { inner: { list: [1, { n: 1 }], none: null } };
      await set(store, 'table_seasons/t', { dates: { '2024-01-02': day, '2024-01-03': day } });
      const first = await read();
      await merge(store, 'table_seasons/t', [['dates', '2024-01-03'], { inner: { list: [2], none: null } }]);
      const second = await read();

      expect(second?.dates['2024-01-02']).toBe(first?.dates['2024-01-02']);
      expect(first?.dates).toEqual({ '2024-01-02': day, '2024-01-03': day });
      expect(second?.dates).toEqual({
        '2024-01-02': day,
        '2024-01-03': { inner: { list: [2], none: null } },
      });
    });

    it('gives back what was set, and nothing for what was not', async () => {
      const store = open();
      await set(store, 'runs/r1', {
        state: 'running',
        dates: ['2024-01-02'],
        lease: { holder: null, n: 1.5 },
      });

      expect(await store.get('runs/r1')).toEqual({
        state: 'running',
        dates: ['2024-01-02'],
        lease: { holder: null, n: 1.5 },
      });
      expect(await store.get('runs/r2')).toBeUndefined();
      expect(await store.getAll(['runs/r2', 'runs/r1', 'runs/r2'])).toEqual([
        undefined,
        expect.objectContaining({ state: 'running' }),
        undefined,
      ]);
      expect(await store.getAll([])).toEqual([]);
    });

    it('replaces a whole document with set', async () => {
      const store = open();
      await set(store, 'runs/r1', { a: 1, b: 2 });
      await set(store, 'runs/r1', { b: 3 });

      expect(await store.get('runs/r1')).toEqual({ b: 3 });
    });

    it('merges single fields at any depth and leaves the others', async () => {
      const store = open();
      await set(store, 'c/1', {
        kept: 1,
        tables: { x: { status: 'waiting', rows: 3 }, y: { status: 'failed' } },
      });
      await merge(
        store,
        'c/1',
        [['tables', 'x', 'status'], 'success'],
        [['at'], 'now'],
        [['new', 'deep', 'er'], [1]],
      );

      expect(await store.get('c/1')).toEqual({
        kept: 1,
        at: 'now',
        tables: { x: { status: 'success', rows: 3 }, y: { status: 'failed' } },
        new: { deep: { er: [1] } },
      });
    });

    it('replaces a merged field whole, whatever it held', async () => {
      const store = open();
      await set(store, 'c/1', { tables: { x: { old: true } } });
      await merge(store, 'c/1', [['tables', 'x'], { fresh: true }]);

      expect(await store.get('c/1')).toEqual({ tables: { x: { fresh: true } } });
    });

    it('takes field names with dots, dashes and quotes for what they are', async () => {
      const store = open();
      await merge(store, 'c/1', [['dates', '2024-01-02'], 1], [['a.b'], 2], [["it's"], 3]);

      expect(await store.get('c/1')).toEqual({ dates: { '2024-01-02': 1 }, 'a.b': 2, "it's": 3 });
    });

    it('makes a missing document with merge', async () => {
      const store = open();
      await merge(store, 'c/1', [['a', 'b'], 1]);

      expect(await store.get('c/1')).toEqual({ a: { b: 1 } });
    });

    it('merges into what the same transaction has written before', async () => {
      const store = open();
      await store.transaction((tx) => {
        tx.set('c/1', { a: 1 });
        tx.merge('c/1', new Map([[['b'], 2]]));
        tx.merge('c/1', new Map([[['c', 'd'], 3]]));
        return Promise.resolve();
      });

      expect(await store.get('c/1')).toEqual({ a: 1, b: 2, c: { d: 3 } });
    });

    it('deletes a document, and a missing one without complaint', async () => {
      const store = open();
      await set(store, 'c/1', { a: 1 });
      await remove(store, 'c/1');
      await remove(store, 'c/2');

      expect(await store.get('c/1')).toBeUndefined();
      expect(await store.count('c')).toBe(0);
    });

    it('leaves out fields that are undefined', async () => {
      const store = open();
      await set(store, 'c/1', { a: undefined, b: { c: undefined } });

      expect(Object.keys((await store.get('c/1')) ?? {})).toEqual(['b']);
      expect(await store.get('c/1')).toStrictEqual({ b: {} });
    });

    it('writes nothing of a body that throws', async () => {
      const store = open();
      await set(store, 'c/1', { a: 1 });
      const failing = store.transaction(async (tx) => {
        tx.set('c/1', { a: 2 });
        tx.set('c/2', { a: 2 });
        tx.delete('c/1');
        await tx.get('c/3');
        throw new Error('no');
      });

      await expect(failing).rejects.toThrow('no');
      expect(await store.get('c/1')).toEqual({ a: 1 });
      expect(await store.get('c/2')).toBeUndefined();
    });

    it('shows no write before its transaction commits', async () => {
      const store = open();
      const seen: unknown[] = [];
      await store.transaction(async (tx) => {
        tx.set('c/1', { a: 1 });
        seen.push(await store.get('c/1'));
      });

      expect(seen).toEqual([undefined]);
      expect(await store.get('c/1')).toEqual({ a: 1 });
    });

    it('gives back what the body returns', async () => {
      expect(await open().transaction(() => Promise.resolve('done'))).toBe('done');
    });

    it.each([
      ['changed', { n: 1 }],
      ['made', undefined],
    ])('runs the body again with the new value when what it read was %s meanwhile', async (_what, before) => {
      const store = open();
      if (before !== undefined) await set(store, 'c/1', before);
      const seen: (Counter | undefined)[] = [];
      await store.transaction(async (tx) => {
        const found = await tx.get<Counter>('c/1');
        seen.push(found);
        if (seen.length === 1) await set(store, 'c/1', { n: 10 });
        tx.set('c/1', { n: (found?.n ?? 0) + 1 });
      });

      expect(seen).toEqual([before, { n: 10 }]);
      expect(await store.get('c/1')).toEqual({ n: 11 });
    });

    it('runs the body again when what it read was deleted meanwhile, or one of many was changed', async () => {
      const store = open();
      await set(store, 'c/1', { n: 1 });
      await set(store, 'c/2', { n: 1 });
      let tries = 0;
      await store.transaction(async (tx) => {
        await tx.getAll(['c/1', 'c/2', 'c/3']);
        tries += 1;
        if (tries === 1) await remove(store, 'c/2');
        if (tries === 2) await set(store, 'c/3', { n: 1 });
        tx.set('c/4', { tries });
      });

      expect(tries).toBe(3);
      expect(await store.get('c/4')).toEqual({ tries: 3 });
    });

    it('does not run a body again for a document it has not read', async () => {
      const store = open();
      let tries = 0;
      await store.transaction(async (tx) => {
        tries += 1;
        await set(store, 'c/1', { n: 1 });
        tx.merge('c/1', new Map([[['m'], 2]]));
        await tx.get('c/9');
      });

      expect(tries).toBe(1);
      expect(await store.get('c/1')).toEqual({ n: 1, m: 2 });
    });

    it('gives up, and writes nothing, when what a body reads changes every time', async () => {
      const store = open();
      let tries = 0;
      const contended = store.transaction(async (tx) => {
        await tx.get('c/1');
        await set(store, 'c/1', { n: (tries += 1) });
        tx.set('c/2', { n: 1 });
      });

      await expect(contended).rejects.toThrow(/contended/);
      expect(await store.get('c/2')).toBeUndefined();
    });

    it('loses none of twenty increments at once', async () => {
      const store = open();
      await Promise.all(Array.from({ length: 20 }, () => increment(store, 'c/1')));

      expect(await store.get('c/1')).toEqual({ n: 20 });
    });

    it('lists a collection by id, without other collections and sub-collections', async () => {
      const store = open();
      for (const path of [
        'b/2',
        'b/10',
        'b/1',
        'b/1/dates/2024-01-02',
        'b/1/dates/2024-01-01',
        'bb/1',
        'a/b',
      ])
        await set(store, path, { path });

      expect(await store.list('b')).toEqual(
        ['1', '10', '2'].map((id) => ({ id, path: `b/${id}`, data: { path: `b/${id}` } })),
      );
      expect((await store.list('b/1/dates')).map(({ id }) => id)).toEqual(['2024-01-01', '2024-01-02']);
      expect(await store.list('b/2/dates')).toEqual([]);
      expect(await store.count('b')).toBe(3);
      expect(await store.count('b/1/dates')).toBe(2);
      expect(await store.count('nothing')).toBe(0);
      expect(await store.ids('b')).toEqual((await store.list('b')).map(({ id }) => id));
      expect(await store.ids('b/1/dates')).toHaveLength(2);
      expect(await store.ids('nothing')).toEqual([]);
    });

    it('lists and counts by equal fields, and by equal types', async () => {
      const store = open();
      await set(store, 'c/1', { state: 'running', n: 1, open: true, x: 'a' });
      await set(store, 'c/2', { state: 'running', n: 2, open: false, x: 1 });
      await set(store, 'c/3', { state: 'done', n: 1, open: true, x: true });
      await set(store, 'c/4', { state: "it's", n: '1', x: '1' });
      await set(store, 'c/5', { state: null });
      const ids = async (where: Record<string, string | number | boolean>): Promise<string> => {
        const found = (await store.list('c', where)).map(({ id }) => id).join(' ');
        expect(await store.count('c', where)).toBe(found === '' ? 0 : found.split(' ').length);
        return found;
      };

      expect(await ids({ state: 'running' })).toBe('1 2');
      expect(await ids({ state: "it's" })).toBe('4');
      expect(await ids({ n: 1 })).toBe('1 3');
      expect(await ids({ n: '1' })).toBe('4');
      expect(await ids({ open: true })).toBe('1 3');
      expect(await ids({ open: false })).toBe('2');
      expect(await ids({ open: true, state: 'done' })).toBe('3');
      expect(await ids({ x: 1 })).toBe('2');
      expect(await ids({ x: true })).toBe('3');
      expect(await ids({ x: '1' })).toBe('4');
      expect(await ids({ unknown: 'x' })).toBe('');
      expect(await ids({})).toBe('1 2 3 4 5');
    });

    it('lists no more than asked for', async () => {
      const store = open();
      for (const id of ['a', 'b', 'c', 'd']) await set(store, `c/${id}`, { odd: id === 'a' || id === 'c' });

      expect((await store.list('c', {}, 2)).map(({ id }) => id)).toEqual(['a', 'b']);
      expect((await store.list('c', { odd: true }, 2)).map(({ id }) => id)).toEqual(['a', 'c']);
      expect(await store.list('c', {}, 9)).toHaveLength(4);
    });

    it('does not change what a reader has got', async () => {
      const store = open();
      await set(store, 'c/1', { tables: { x: { n: 1 } } });
      const got = await store.get('c/1');
      const listed = await store.list('c');
      await merge(store, 'c/1', [['tables', 'x', 'n'], 2]);
      await set(store, 'c/1', { tables: {} });

      expect(got).toEqual({ tables: { x: { n: 1 } } });
      expect(listed[0]?.data).toEqual({ tables: { x: { n: 1 } } });
    });

    it('does not see what a writer does with its object afterwards', async () => {
      const store = open();
      const written = { n: 1, inner: { list: [1] } };
      const merged = { n: 1 };
      await set(store, 'c/1', written);
      await merge(store, 'c/2', [['field'], merged]);
      written.n = 2;
      written.inner.list.push(2);
      merged.n = 2;

      expect(await store.get('c/1')).toEqual({ n: 1, inner: { list: [1] } });
      expect(await store.get('c/2')).toEqual({ field: { n: 1 } });
    });
  });

describe('the file of a sqlite store', () => {
  it('has everything when it is opened again', async () => {
    const file = newFile();
    const first = openDatabase(file);
    const store = sqliteStore(first);
    await set(store, 'c/1', { a: { b: 1 } });
    await set(store, 'c/2', { gone: true });
    await merge(store, 'c/1', [['a', 'c'], 'é—😀']);
    await remove(store, 'c/2');
    first.close();
    const again = openDatabase(file);

    expect(await sqliteStore(again).list('c')).toEqual([
      { id: '1', path: 'c/1', data: { a: { b: 1, c: 'é—😀' } } },
    ]);
    again.close();
  });

  it('shows one connection at once what another has committed', async () => {
    const file = newFile();
    const [a, b] = [sqliteStore(openDatabase(file)), sqliteStore(openDatabase(file))];
    await set(a, 'c/1', { n: 1 });
    expect(await b.get('c/1')).toEqual({ n: 1 });
    await set(a, 'c/1', { n: 2 });
    expect(await b.get('c/1')).toEqual({ n: 2 });
    await remove(b, 'c/1');
    await set(b, 'c/1', { n: 3 });

    expect(await a.get('c/1')).toEqual({ n: 3 });
  });

  it('gives one connection the same objects for what another has left as it was', async () => {
    const file = newFile();
    const [a, b] = [sqliteStore(openDatabase(file)), sqliteStore(openDatabase(file))];
    const read = () => b.get<Record<string, object>>('c/1');
    const fields = { kept: { list: [1, { n: 1 }], none: null }, gone: {}, longer: [1], other: { n: 1 } };
    await set(a, 'c/1', fields);
    await set(a, 'c/2', { n: 1 });
    const [first, unwritten] = [await read(), await b.get('c/2')];
    await set(a, 'c/1', { kept: fields.kept, longer: [1, 2], other: { 0: 1 }, new: { n: 1 } });
    const second = await read();

    expect(second?.['kept']).toBe(first?.['kept']);
    expect(second).toEqual({ kept: fields.kept, longer: [1, 2], other: { 0: 1 }, new: { n: 1 } });
    expect(first).toEqual(fields);
    expect(await b.get('c/2')).toBe(unwritten);
    // A write of its own keeps them too.
    await merge(b, 'c/1', [['new', 'n'], 2]);
    const third = await read();
    expect(third?.['kept']).toBe(first?.['kept']);
    expect(third?.['new']).toEqual({ n: 2 });
    expect(await a.get('c/1')).toEqual(third);
  });

  it('gives the stored documents after a commit that failed', async () => {
    const store = sqliteStore(openDatabase(newFile()));
    await set(store, 'c/1', { n: 1 });
    const failed = store.transaction((tx) => {
      tx.set('c/1', { n: 2 });
      tx.set('c/2', { n: 2n });
      return Promise.resolve();
    });

    await expect(failed).rejects.toThrow(/BigInt/);
    expect(await store.getAll(['c/1', 'c/2'])).toEqual([{ n: 1 }, undefined]);
    await increment(store, 'c/1');
    expect(await store.get('c/1')).toEqual({ n: 2 });
  });

  it('can be asked for collection, id and data, and so can one that was made without ids', async () => {
    const file = newFile();
    const made = new DatabaseSync(file);
    made.exec(`
      CREATE TABLE docs (
        path TEXT PRIMARY KEY, version INTEGER NOT NULL, collection TEXT NOT NULL, data TEXT NOT NULL
      );
      CREATE TABLE versions (id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL);
      INSERT INTO versions VALUES (1, 1);
      INSERT INTO docs VALUES ('runs/r0', 1, 'runs', '{"n":0}');
      PRAGMA user_version = 2;`);
    made.close();
    for (const path of [file, newFile()]) {
      openDatabase(path).close();
      const db = openDatabase(path);
      const store = sqliteStore(db);
      await set(store, 'runs/r0', { n: 0 });
      await set(store, 'backfills/b1/dates/2024-01-02', { n: 1 });
      expect(db.prepare('SELECT collection, id, data FROM docs ORDER BY path').all()).toEqual([
        { collection: 'backfills/b1/dates', id: '2024-01-02', data: '{"n":1}' },
        { collection: 'runs', id: 'r0', data: '{"n":0}' },
      ]);
      db.close();
    }
  });

  it('is refused when another version wrote it', () => {
    const file = newFile();
    const db = openDatabase(file);
    db.exec('PRAGMA user_version = 99');
    db.close();

    expect(() => openDatabase(file)).toThrow(/another version of Fullcourt \(format 99.*FULLCOURT_HOME/);
  });

  it('loses nothing when two processes count in one document at once', async () => {
    const file = newFile();
    openDatabase(file).close();
    const codes = await Promise.all([countInAProcess(file, 50), countInAProcess(file, 50)]);

    expect(codes).toEqual([0, 0]);
    expect(await sqliteStore(openDatabase(file)).get('c/1')).toEqual({ n: 100 });
  });
});

/** @returns the exit code of a process that increments `c/1` of `file` so many times */
function countInAProcess(file: string, times: number): Promise<number | null> {
  const adapters = new URL('../../shared/adapters/embedded/', import.meta.url).href;
  const script = `
    const { openDatabase } = await import('${adapters}sqlite-database.ts');
    const { sqliteStore } = await import('${adapters}sqlite-store.ts');
    const store = sqliteStore(openDatabase(${JSON.stringify(file)}));
    for (let i = 0; i < ${times}; i++) {
      await store.transaction(async (tx) => {
        const found = await tx.get('c/1');
        await new Promise((resolve) => setImmediate(resolve));
        tx.set('c/1', { n: (found?.n ?? 0) + 1 });
      });
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
  return new Promise((resolve) => child.on('exit', resolve));
}

describe('a store over another one', () => {
  it('shows what is below with what was written over it, and writes nothing below', async () => {
    const below = memoryStore(new Map(['a', 'b', 'c'].map((id) => [`runs/${id}`, { id, n: 1 }])));
    const before = below.dump();
    const store = storeOver(below);
    await merge(store, 'runs/a', [['n'], 2]);
    await remove(store, 'runs/b');
    await set(store, 'runs/d', { id: 'd', n: 2 });
    expect((await store.list('runs')).map(({ data }) => data)).toEqual([
      { id: 'a', n: 2 },
      { id: 'c', n: 1 },
      { id: 'd', n: 2 },
    ]);
    expect((await store.list('runs', { n: 2 }, 1)).map(({ id }) => id)).toEqual(['a']);
    expect(await store.ids('runs')).toEqual(['a', 'c', 'd']);
    expect(await store.count('runs', { n: 2 })).toBe(2);
    expect(await store.getAll(['runs/b', 'runs/c'])).toEqual([undefined, { id: 'c', n: 1 }]);
    expect(below.dump()).toEqual(before);
  });
});
