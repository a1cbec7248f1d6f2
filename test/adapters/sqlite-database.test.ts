/** Documents are looked up by indexes, also in a file that was made without them. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDatabase } from '../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteStore } from '../../shared/adapters/embedded/sqlite-store.ts';
import { tempFolder } from '../support/temp-folder.ts';

const path = join(tempFolder(), 'state.sqlite');

it.each([
  ['runs by their state', 'runs_by_state', 'runs', { state: 'running' }],
  ['runs that nobody has followed', 'runs_by_state', 'runs', { state: 'settled', followed: false }],
  ['settled runs of a table', 'runs_by_table', 'runs', { state: 'settled', table: 'nbac_schedule' }],
  ['runs of a backfill', 'runs_by_backfill', 'runs', { backfillId: 'b1' }],
  ['backfills by their state', 'backfills_by_state', 'backfills', { state: 'running' }],
])(
  'finds %s by an index, also in a file that was made without it',
  async (_what, index, collection, where) => {
    const former = openDatabase(path);
    former.exec(`DROP INDEX ${index}`);
    former.close();
    const db = openDatabase(path);
    const asked: string[] = [];
    const prepare = db.prepare.bind(db);
    db.prepare = (sql) => {
      asked.push(sql);
      return prepare(sql);
    };
    const store = sqliteStore(db);
    const document = { state: 'other', followed: true, backfillId: 'other', table: 'other' };
    await store.transaction((tx) => {
      tx.set(`${collection}/found`, { ...document, ...where });
      tx.set(`${collection}/other`, document);
      return Promise.resolve();
    });
    asked.length = 0;
    expect((await store.list(collection, where)).map(({ id }) => id)).toEqual(['found']);
    expect(await store.count(collection, where)).toBe(1);
    db.close();
    expect(asked).toHaveLength(2);
    for (const sql of asked) expect(planOf(sql)).toContain(index);
  },
);

it('takes no text that is no name of a field', () => {
  const db = openDatabase(path);
  expect(() => sqliteStore(db).list('runs', { [`a"') OR 1=1 --`]: 1 })).toThrow('cannot be the name');
  db.close();
});

/** How SQLite finds the rows of a statement. */
function planOf(sql: string): string {
  const db = openDatabase(path);
  const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...sql.matchAll(/\?/g).map(() => 1));
  db.close();
  return rows.map((row) => String(row['detail'])).join('; ');
}
