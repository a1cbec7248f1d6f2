/** Which dates an import may not change, by what a trial of it finds. */
import { describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { planImport } from '../../functions/control/import-plan.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { boxLine, csv, game, shot, type Cells } from '../support/source-lines.ts';
import {
  differencesOf,
  refusalsOf,
  tryImport,
  type TriedDate,
} from '../../functions/control/import-trial.ts';
import type { LoadedFiles } from '../../functions/ingest/load-table.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { sourceFile } from '../support/source-file.ts';

const date = gameDate('2024-01-26');
const loaded = (rows: readonly Row[], refused = 0): LoadedFiles => ({
  rows,
  rejects: Array.from({ length: refused }, (_, i) => ({
    ...{ file: 'player_box_2023-24.csv', line: i + 2, reason: 'minutes are "x"', excerpt: '' },
  })),
  ...{
    notes: [],
    read: rows.length + refused,
    notUsed: 0,
    files: [],
    lacking: 0,
    setAside: 0,
    standIns: 0,
    lacks: [],
    outOfRange: { rows: 0, games: 0 },
    answers: [],
    dates: [date],
  },
});
const players = (n: number, points = 1): Row[] =>
  Array.from({ length: n }, (_, i) => ({
    ...{ game_id: '20240126_LAL_BOS', game_date: date, player_lookup: `p${i}`, points },
  }));
const tried = (
  before: LoadedFiles | undefined,
  after: LoadedFiles | undefined,
  stillSpokenOf: number,
  isNew = true,
): TriedDate => ({
  ...{ table: 'nbac_player_boxscores', season: '2023-24', date, before, after, stillSpokenOf, isNew },
});
/** Rows that are all set aside. */
const doubted = (n: number): LoadedFiles => ({ ...loaded([], n), setAside: n });

describe('a schedule', () => {
  const clock = () => new Date('2024-06-01T12:00:00Z');
  const file = (cells: object) =>
    sourceFile('schedule_2023-24.csv', csv('schedule_2023-24.csv', [{ ...game, ...cells }]).text);
  const unplayed = { home_pts: '', visitor_pts: '', winner: '' };

  it('is refused when more games than a night has lost their final scores, unless what was known is replaced', async () => {
    const ports = { store: memoryStore(), archive: memoryArchive(), clock };
    const games = Array.from({ length: 16 }, (_, i) => ({ ...game, game_id: `002230${1100 + i}` }));
    const schedule = (cells: object) => ({
      name: 'schedule_2023-24.csv',
      bytes: () =>
        new TextEncoder().encode(
          csv(
            'schedule_2023-24.csv',
            games.map((each) => ({ ...each, ...cells })),
          ).text,
        ),
    });
    await archiveFiles(ports, [schedule({})]);
    await expect(planImport(ports, [schedule(unplayed)])).rejects.toThrow(
      /^schedule_2023-24\.csv has no final score of 16 games that were final in 2023-24 .*; nothing was imported/,
    );
    await expect(planImport(ports, [schedule(unplayed)], { replace: true })).resolves.toBeDefined();
  });

  it('may have a game without a score that was never final', async () => {
    const ports = { store: memoryStore(), archive: memoryArchive(), clock };
    await archiveFiles(ports, [file(unplayed)]);
    await expect(planImport(ports, [file({ ...unplayed, arena: 'Elsewhere' })])).resolves.toBeDefined();
  });
});

describe('a trial', () => {
  const clock = () => new Date('2024-06-01T12:00:00Z');
  const file = (away: string) =>
    sourceFile('schedule_2023-24.csv', csv('schedule_2023-24.csv', [{ ...game, arena: away }]).text);

  it('writes nothing, and leaves out what a damaged file said, so that the right one can be imported', async () => {
    const ports = { store: memoryStore(), archive: memoryArchive(), clock, registry: loadRegistry() };
    await archiveFiles(ports, [file('Old Arena')]);
    const before = [...ports.store.dump()];
    const plan = await planImport(ports, [file('New Arena')]);
    const found = await tryImport(ports, plan, { onlyKnown: true });
    expect(found.map(({ table }) => table)).toContain('nbac_schedule');
    expect(differencesOf(found).changes).toEqual([
      { table: 'nbac_schedule', date: '2023-10-24', added: 0, changed: 1, removed: 0 },
    ]);
    expect([...ports.store.dump()]).toEqual(before);

    const damaged = {
      ...ports.archive,
      read: () => Promise.resolve(undefined),
      get: () => Promise.resolve(new TextEncoder().encode('something else')),
    };
    expect(await tryImport({ ...ports, archive: damaged }, plan, { onlyKnown: true })).toEqual([]);
  });
});

describe('a trial of a corrected box score', () => {
  const fileOf = (name: string, rows: readonly Cells[]) => sourceFile(name, csv(name, rows).text);
  const boxOf = (cells: Cells) => fileOf('player_box_2023-24.csv', [{ ...boxLine, ...cells }]);

  it.each<[string, Cells, string[]]>([
    ['assists leaves out the shots', { ast: 6 }, ['nbac_player_boxscores']],
    ['attempts loads the shots, too', { fga: 17 }, ['nbac_player_boxscores', 'nbac_shot_chart']],
  ])('that has other %s', async (_, cells, tables) => {
    const clock = () => new Date('2024-06-01T12:00:00Z');
    const ports = { store: memoryStore(), archive: memoryArchive(), clock, registry: loadRegistry() };
    const shots = fileOf('shots_2023-24.csv', [{ ...shot, team: 'LAL', player_id: 2544 }]);
    await archiveFiles(ports, [fileOf('schedule_2023-24.csv', [game]), boxOf({}), shots]);
    const plan = await planImport(ports, [boxOf(cells)]);
    const found = await tryImport(ports, plan, { onlyKnown: true });
    expect(found.map(({ table }) => table)).toEqual(tables);
  });
});

describe('an import', () => {
  it.each<[string, TriedDate, boolean, boolean]>([
    ['half of the rows', tried(loaded(players(26)), loaded(players(13)), 26), false, false],
    ['less than half of the rows', tried(loaded(players(26)), loaded(players(12)), 26), false, true],
    ['the same, on a person’s word', tried(loaded(players(26)), loaded(players(12)), 26), true, false],
    ['no rows, since its games have moved', tried(loaded(players(26)), undefined, 0), false, false],
    [
      'those of one game, since two have moved',
      tried(loaded(players(26)), loaded(players(8)), 8),
      false,
      false,
    ],
    ['no rows, since all are refused', tried(loaded(players(26)), loaded([], 26), 26), false, true],
    ['the same, on a person’s word', tried(loaded(players(26)), loaded([], 26), 26), true, true],
    ['its first rows, all refused', tried(undefined, loaded([], 26), 0), false, false],
    ['old rows, all set aside', tried(loaded(players(26)), doubted(26), 26, false), false, false],
    ['new rows, all set aside', tried(loaded(players(26)), doubted(26), 26), false, true],
  ])('that leaves a date with %s', (_, date, replace, isRefused) => {
    expect(refusalsOf([date], replace)).toHaveLength(isRefused ? 1 : 0);
  });

  it('differs in the rows that are added, changed and removed, and first rows have no old values', () => {
    const after = loaded([...players(2).slice(1), ...players(3, 9).slice(2), ...players(4).slice(3)]);
    const { changes, examples } = differencesOf([tried(loaded(players(3)), after, 3)]);

    expect(changes).toEqual([{ table: 'nbac_player_boxscores', date, added: 1, changed: 1, removed: 1 }]);
    expect(examples.map(({ key, kind, column, old, new: now }) => [key, kind, column, old, now])).toEqual([
      ['20240126_LAL_BOS p0', 'removed', null, null, null],
      ['20240126_LAL_BOS p2', 'changed', 'points', 1, 9],
      ['20240126_LAL_BOS p3', 'added', null, null, null],
    ]);
    const first = differencesOf([tried(undefined, loaded(players(2)), 0)]);
    expect(first).toEqual({
      changes: [{ table: 'nbac_player_boxscores', date, added: 2, changed: 0, removed: 0 }],
      examples: [],
    });
  });
});
