/** Documents are written and read by one module for each kind, and looked at once for each stored version. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COLLECTIONS } from '../../shared/derive/collections.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { UNTOUCHED } from '../../shared/domain/partition.ts';
import { tableSeason, updateStates } from '../../shared/state/completions.ts';
import { deadLetters, deadLetterOf } from '../../shared/state/dead-letters.ts';
import {
  completionDocument,
  partitionStates,
  paths,
  runDocument,
  tableSeasonDocument,
} from '../../shared/state/documents.ts';
import { openDatabase } from '../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteStore } from '../../shared/adapters/embedded/sqlite-store.ts';
import type { Doc, StateStore } from '../../shared/ports/state-store.ts';
import { runOf } from '../../shared/state/runs.ts';
import { DocumentError, readerOf } from '../../shared/state/stored.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { DATES, SEASON } from '../support/toy-league.ts';
import { partition } from '../support/partitions.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { builtWorld } from '../support/toy-worlds.ts';

const root = join(import.meta.dirname, '../..');
const sources = ['functions', 'infra', 'scripts', 'shared'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);
const outside = sources.filter(
  (file) => !/^shared\/(?:state|adapters)\/|^functions\/targets\/simulated\//.test(file),
);

const folder = tempFolder();
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('documents', () => {
  it('are written by the modules of their kinds only', () => {
    const writers = outside.filter((file) => /\btx\.(?:set|merge|delete)\(/.test(textOf(file)));
    expect(writers).toEqual([]);
  });

  it('are found by the names that their collections are declared by', () => {
    const names = COLLECTIONS.map(({ name }) => name).join('|');
    const literal = new RegExp(
      `(?:store|tx)\\.(?:get|getAll|list|count|set|merge|delete)(?:<[^>]*>)?\\(\\s*\\[?['\`](?:${names})\\b|['\`](?:${names})/\\$\\{`,
    );
    const found = outside.filter((file) => literal.test(textOf(file)));
    expect(found).toEqual([]);
  });

  it('are declared once', () => {
    const names = COLLECTIONS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a stored document', () => {
  const [date = '' as GameDate, next = '' as GameDate] = DATES;

  it('is the same object for as long as it is not written, and so are the dates of a season that did not change', async () => {
    const store = memoryStore((await builtWorld()).store.dump());
    const path = paths.tableSeason('nbac_schedule', SEASON);
    const first = await tableSeason({ store }, 'nbac_schedule', SEASON);
    expect(first?.dates[date]).toMatchObject({ status: 'success' });
    expect(await tableSeason({ store }, 'nbac_schedule', SEASON)).toBe(first);

    await store.transaction((tx) =>
      Promise.resolve(tx.merge(path, new Map([[['dates', next], partition({ status: 'waiting' })]]))),
    );
    const second = await tableSeason({ store }, 'nbac_schedule', SEASON);
    expect(second).not.toBe(first);
    expect(second?.dates[next]).toMatchObject({ status: 'waiting' });
    expect(second?.dates[date]).toBe(first?.dates[date]);
  });

  it('is looked at once for each version', () => {
    let looks = 0;
    const counted = tableSeasonDocument.refine(() => (looks += 1) > 0);
    const reader = readerOf(counted);
    const document = { table: 't', season: SEASON, dates: { [date]: UNTOUCHED } };
    for (let i = 0; i < 3; i++) expect(reader.read('table_seasons/t', document)).toBe(document);
    expect(looks).toBe(1);
    reader.read('table_seasons/t', { ...document });
    expect(looks).toBe(2);
  });

  it('is not looked at where the store gives back what the code has made', async () => {
    let looks = 0;
    const reader = readerOf(completionDocument.refine(() => (looks += 1) > 0));
    const store = memoryStore();
    const path = paths.completion('phase3', date);
    const made = reader.made({
      phase: 'phase3' as const,
      date,
      tables: {},
      updatedAt: '2024-01-26T12:00:00Z',
    });
    await store.transaction((tx) => Promise.resolve(tx.set(path, made)));
    expect(reader.read(path, await store.get(path))).toEqual(made);
    expect(looks).toBe(0);
    expect(reader.read(path, { ...made })).toEqual(made);
    expect(looks).toBe(1);
  });

  it('of a season keeps the objects of all dates but the one that another process has changed', async () => {
    const file = join(folder, 'state.sqlite');
    const [ours, theirs] = [sqliteStore(openDatabase(file)), sqliteStore(openDatabase(file))];
    const table = (await builtWorld()).registry.get('nbac_schedule');
    const change = (store: StateStore, dates: readonly GameDate[], rows: number): Promise<GameDate[]> =>
      updateStates({ store, clock: () => new Date('2024-01-26T12:00:00Z') }, table, dates, (state) => ({
        ...state,
        rows,
      }));
    const ask = () => tableSeason({ store: ours }, 'nbac_schedule', SEASON);
    await change(theirs, DATES, 1);
    const first = await ask();
    await change(theirs, [next], 2);
    const second = await ask();
    await change(ours, [next], 3);
    const third = await ask();

    expect([first, second, third].map((index) => index?.dates[next]?.rows)).toEqual([1, 2, 3]);
    const others = DATES.filter((each) => each !== next);
    expect(others.length).toBeGreaterThan(1);
    for (const each of others) {
      expect(second?.dates[each]).toBe(first?.dates[each]);
      expect(third?.dates[each]).toBe(first?.dates[each]);
    }
  });

  it('of every kind that a backfill leaves behind is what its schema says', async () => {
    const { store } = await builtWorld();
    const problems = [...store.dump()].flatMap(([path, data]) => {
      if (path.startsWith('runs/')) return [readerOf(runDocument).problemOf(data) ?? []].flat();
      if (path.startsWith('table_seasons/'))
        return [readerOf(tableSeasonDocument).problemOf(data) ?? []].flat();
      return [];
    });
    expect(problems).toEqual([]);
  });

  it('that is damaged is refused with its path and with what is wrong', async () => {
    const store = memoryStore(
      new Map([
        ['runs/r1', { runId: 'r1', state: 'running', lease: null } as Doc],
        ['dead_letters/dl-1', { id: 'dl-1' }],
      ]),
    );
    await expect(runOf({ store }, 'r1')).rejects.toThrow(DocumentError);
    await expect(runOf({ store }, 'r1')).rejects.toThrow(/runs\/r1 .*lease: /);
    await expect(deadLetterOf({ store }, 'dl-1')).rejects.toThrow(/dead_letters\/dl-1 .*topic: /);
    // In a list it does not count.
    expect(await deadLetters({ store })).toEqual([]);
  });

  it.each([
    ['a run that is running has a lease', { state: 'running', lease: null, startedAt: 'x' }, 'lease'],
    [
      'a run that is settled has an outcome',
      { state: 'settled', startedAt: 'x', finishedAt: 'y' },
      'outcome',
    ],
    ['a run that is only asked for has none', { state: 'requested', outcome: [] }, 'outcome'],
  ])('%s', (_promise, fields, wrong) => {
    const run = {
      runId: 'r1',
      table: 't',
      phase: 'phase3',
      dates: [],
      mode: 'live',
      backfillId: null,
      through: 'phase4',
      correlationId: 'c',
      token: 1000,
      attempt: 0,
      requestedAt: 'a',
      askedAt: 'a',
      afterFailure: false,
      lastError: null,
      manifest: [],
      lease: null,
      startedAt: null,
      finishedAt: null,
      outcome: null,
      followed: false,
    };
    expect(readerOf(runDocument).problemOf({ ...run, state: 'requested' })).toBeUndefined();
    expect(readerOf(runDocument).problemOf({ ...run, ...fields })).toContain(`${wrong}: `);
  });

  it.each([
    ['requested', { runId: null }, 'runId'],
    ['failed', { reason: null }, 'reason'],
    ['blocked', { reason: null }, 'reason'],
  ] as const)('a partition that is %s says why or by whom', (status, fields, wrong) => {
    expect(partitionStates.problemOf(partition({ status }))).toBeUndefined();
    expect(partitionStates.problemOf({ ...partition({ status }), ...fields })).toContain(`${wrong}: `);
  });
});
