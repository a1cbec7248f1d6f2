/** A home whose documents, tables or archive are lost, older or of another home: noticed, and mended by `fullcourt recover`. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recover } from '../../functions/control/recover.ts';
import { openClient } from '../../functions/targets/embedded/client.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { readConfig } from '../../shared/config.ts';
import { behindTheBack, contentsOf } from '../support/compare-homes.ts';
import { drawnOf } from '../support/draw.ts';
import { copyOf, newFolder, removeFolders } from '../support/homes.ts';
import { byProof, proof } from '../support/proof.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { importedHome, OPENING_NIGHT, tinyFiles } from '../support/tiny-league.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** A night without box scores, which a person has given up. */
const NIGHT = '2021-10-21';
/** The last date of the files. Phase 4 begins some days before. */
const LAST = '2021-11-08';
const RANGE = ['--start', OPENING_NIGHT, '--end', LAST];
const ALIAS = 'Somebody Else';
let files: string;
/** Built; its first night was corrected twice; with an alias and an acceptance. */
let home: string;
/** The same home before the corrections. */
let older: string;
let tables: unknown;

/** The source files, where the first line of the opening night names `Player n`. */
function filesWith(n: number): string {
  const folder = newFolder();
  for (const name of readdirSync(files)) {
    const [header = '', ...lines] = readFileSync(join(files, name), 'utf8').split('\n');
    if (name.startsWith('player_box')) {
      const columns = header.split(',');
      const at = lines.findIndex((line) => line.includes(OPENING_NIGHT));
      const cells = (lines[at] ?? '').split(',');
      lines[at] = cells.with(columns.indexOf('player_name'), `Player ${n}`).join(',');
    }
    writeFileSync(join(folder, name), [header, ...lines].join('\n'));
  }
  return folder;
}

beforeAll(async () => {
  const whole = tinyFiles({ through: LAST });
  files = newFolder();
  for (const name of readdirSync(whole)) {
    const lines = readFileSync(join(whole, name), 'utf8').split('\n');
    const kept = /^(player|team)_box/.test(name) ? lines.filter((line) => !line.includes(NIGHT)) : lines;
    writeFileSync(join(files, name), kept.join('\n'));
  }
  older = await importedHome(files);
  expect(
    (await cli(older, 'accept', '--table', 'nbac_player_boxscores', '--dates', NIGHT, '--reason', 'gone'))
      .code,
  ).toBe(0);
  expect((await cli(older, 'backfill', ...RANGE)).code).toBe(0);
  home = copyOf(older);
  const [{ nba_player_id: id } = {}] = await behindTheBack(
    home,
    'SELECT nba_player_id FROM nba_raw.nbac_player_boxscores LIMIT 1',
  );
  expect((await cli(home, 'alias', ALIAS, String(id))).code).toBe(0);
  for (const n of [1, 2]) expect((await cli(home, 'import', '--from', filesWith(n))).code).toBe(0);
  expect((await cli(home, 'backfill', ...RANGE)).code).toBe(0);
  tables = await contentsOf(home);
});
afterAll(removeFolders);

interface Recovered {
  readonly tables: readonly { readonly recovered: number; readonly reopened: number }[];
  readonly lost: readonly { readonly name: string }[];
  readonly builds: readonly { readonly state: string }[];
}

/** A copy of the home after something has happened to its files. */
function homeAfter(happens: (folder: string) => void): string {
  const folder = copyOf(home);
  happens(folder);
  return folder;
}

function lose(folder: string, ...parts: readonly string[]): void {
  for (const part of readdirSync(folder))
    if (parts.some((name) => part.startsWith(name))) removeFolder(join(folder, part));
}

/** Takes a part of a home from another one. */
function exchange(folder: string, from: string, part: string): void {
  lose(folder, part);
  for (const name of readdirSync(from))
    if (name.startsWith(part)) cpSync(join(from, name), join(folder, name), { recursive: true });
}

/** The home is mended: its tables, aliases and acceptances are as before, nothing is left to build, and nothing to recover. */
async function expectAsBefore(folder: string): Promise<void> {
  expect(await contentsOf(folder)).toEqual(tables);
  const aliases = await cliJson<{ aliases: { name: string }[] }>(folder, 'alias');
  expect(JSON.stringify(aliases.document)).toContain(ALIAS);
  const given = await cliJson<unknown>(folder, 'accept');
  expect(JSON.stringify(given.document)).toContain(NIGHT);
  const plan = await cliJson<{ runs: number; go: boolean }>(folder, 'plan', ...RANGE, '--from', 'phase2');
  expect(plan.document).toMatchObject({ runs: 0, go: true });
  expect((await cli(folder, 'recover')).stdout).toContain('nothing to do');
}

/** All losses of a store with the whole proof; else one, by the draw, which in `npm test` draws the store too. */
function some<T>(store: 'documents' | 'tables', losses: readonly T[]): readonly T[] {
  const isDrawn = drawnOf(['documents', 'tables'], 1, 'lost store').includes(store);
  if (proof === 'small' && !isDrawn) return [];
  return drawnOf(losses, proof === 'all' ? losses.length : 1, 'lost', store);
}

/** What else may happen; two of them by the draw, with the whole proof all, and none in `npm test`. */
const OTHERS = ['lost archive', 'stopped', 'other home'] as const;
const others = drawnOf(OTHERS, byProof({ small: 0, ci: 2, all: OTHERS.length }), 'other losses');

const sumOf = (found: Recovered, kind: 'recovered' | 'reopened'): number =>
  found.tables.reduce((sum, table) => sum + table[kind], 0);

describe('a home that has lost a store', () => {
  it.each(
    some('documents', [
      { what: 'the documents are lost', happens: (folder: string) => lose(folder, 'state.sqlite') },
      {
        what: 'the documents are older',
        happens: (folder: string) => exchange(folder, older, 'state.sqlite'),
      },
    ]),
  )(
    'says that $what, and makes them again from tables and journal',
    async ({ what, happens }) => {
      const folder = homeAfter(happens);
      const status = await cli(folder, 'status');
      expect([status.code, status.stderr]).toEqual([1, expect.stringContaining(what)]);
      expect(status.stderr).toContain('fullcourt recover');

      const dry = await cliJson<Recovered>(folder, 'recover', '--dry-run');
      expect(dry.code).toBe(0);
      expect(sumOf(dry.document, 'recovered')).toBeGreaterThan(0);
      expect((await cli(folder, 'status')).code).toBe(1);

      const { code, document } = await cliJson<Recovered>(folder, 'recover');
      expect([code, document.lost]).toEqual([0, []]);
      expect(sumOf(document, 'recovered')).toBe(sumOf(dry.document, 'recovered'));
      expect(document.builds.map(({ state }) => state)).not.toContain('failed');
      await expectAsBefore(folder);
    },
    180_000,
  );

  it.each(
    some('tables', [
      { what: 'the tables are lost', happens: (folder: string) => lose(folder, 'warehouse.duckdb') },
      {
        what: 'the tables are older',
        happens: (folder: string) => exchange(folder, older, 'warehouse.duckdb'),
      },
    ]),
  )(
    'says that $what, and builds them again from the archive',
    async ({ what, happens }) => {
      const folder = homeAfter(happens);
      const refused = await cli(folder, 'backfill', ...RANGE);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(what)]);
      const { code, document } = await cliJson<Recovered>(folder, 'recover');
      expect([code, document.lost]).toEqual([0, []]);
      await expectAsBefore(folder);
    },
    180_000,
  );

  it.skipIf(!others.includes('lost archive'))(
    'says that the archive is lost, keeps what persons decided, and names the files to import again',
    async () => {
      const folder = homeAfter((copy) => lose(copy, 'archive'));
      const status = await cli(folder, 'status');
      expect([status.code, status.stderr]).toEqual([1, expect.stringContaining('the archive is lost')]);
      const { code, document } = await cliJson<Recovered>(folder, 'recover');
      expect(code).toBe(1);
      expect(document.lost.map(({ name }) => name)).toContain('player_box_2021-22.csv');
      expect(readdirSync(join(folder, 'archive', 'journal')).join()).toMatch(/accept.*alias|alias.*accept/);

      expect((await cli(folder, 'import', '--from', filesWith(2))).code).toBe(0);
      lose(folder, 'state.sqlite');
      expect((await cliJson<Recovered>(folder, 'recover')).code).toBe(0);
      await expectAsBefore(folder);
    },
    240_000,
  );

  it.skipIf(!others.includes('stopped'))(
    'may be stopped at any moment and repeated',
    async () => {
      const folder = homeAfter((copy) => lose(copy, 'state.sqlite'));
      const client = openClient({ ...readConfig({}), home: folder });
      const worker = await client.openWorkerOrRefuse('test', true);
      if (worker === undefined) throw new Error('no worker');
      let left = 0;
      const transaction: typeof client.store.transaction = (body) => {
        left -= 1;
        return left < 0 ? Promise.reject(new Error('stopped')) : client.store.transaction(body);
      };
      const again = (transactions: number) => {
        left = transactions;
        const { warehouse } = worker.context.ports;
        const store = { ...client.store, transaction };
        return recover({ ...client, store, warehouse, scratch: memoryStore() }, false);
      };
      for (const transactions of [0, 1, 5, 12]) await expect(again(transactions)).rejects.toThrow('stopped');
      // Each of these comes a little further than the one before.
      let stops = 0;
      const isStopped = (): Promise<boolean> =>
        again(16).then(
          () => false,
          (error: unknown) => String(error) === 'Error: stopped',
        );
      while (stops < 40 && (await isStopped())) stops += 1;
      expect(stops).toBeGreaterThan(3);
      expect(stops).toBeLessThan(40);
      await worker.close();
      client.close();

      expect((await cli(folder, 'status')).code).toBe(1);
      const { code, document } = await cliJson<Recovered>(folder, 'recover');
      expect([code, sumOf(document, 'recovered')]).toEqual([0, 0]);
      expect(document.builds.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
      await expectAsBefore(folder);
    },
    180_000,
  );

  it.skipIf(!others.includes('other home'))(
    'says when the documents are of another home, and everything is lost but the archive',
    async () => {
      const other = await importedHome(files);
      const folder = homeAfter((copy) => exchange(copy, other, 'state.sqlite'));
      const status = await cli(folder, 'status');
      expect([status.code, status.stderr]).toEqual([1, expect.stringMatching(/of another home/)]);

      lose(folder, 'state.sqlite', 'warehouse.duckdb');
      expect((await cli(folder, 'recover')).code).toBe(0);
      expect(existsSync(join(folder, 'warehouse.duckdb'))).toBe(true);
      expect((await cli(folder, 'backfill', ...RANGE)).code).toBe(0);
      await expectAsBefore(folder);
    },
    240_000,
  );
});
