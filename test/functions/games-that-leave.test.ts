/** Files that do not have a game any more that was played: its rows stay until two observations agree. */
import { describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { planImport } from '../../functions/control/import-plan.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { LoadedDate } from '../../functions/steps/context.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { boxLine, csv, game, secondGame, type Cells } from '../support/source-lines.ts';
import { sourceFile } from '../support/source-file.ts';

const NIGHT = gameDate('2023-10-24');
const SCHEDULE = 'schedule_2023-24.csv';
const BOX = 'player_box_2023-24.csv';
const open: Cells = { home_pts: '', visitor_pts: '', winner: '' };
/** A third game of the same night, so that the others are more than half. */
const third: Cells = {
  ...secondGame,
  game_id: '0022300063',
  home_team: 'SAC',
  visitor_team: 'UTA',
  winner: 'UTA',
};
/** Sixteen played games on as many days: one more than may change at once. */
const many = Array.from({ length: 16 }, (_, i) => ({
  ...third,
  game_id: `00223001${String(i).padStart(2, '0')}`,
  game_date: `2023-11-${String(i + 1).padStart(2, '0')}`,
  tipoff_et: '',
}));
const boxOf = ({ game_id = '', home_team = '', visitor_team = '' }: Cells): Cells => ({
  ...boxLine,
  ...{ game_id, team: home_team, opponent: visitor_team, is_home: true },
});

/** A home whose clock goes on by `minutes` before each import. */
function home() {
  let now = Date.UTC(2024, 5, 1, 12);
  const ports = { store: memoryStore(), archive: memoryArchive(), clock: () => new Date(now) };
  const load = archivedLoader({
    ...ports,
    publisher: { publish: () => Promise.resolve('m1') },
    log: () => undefined,
  });
  const filesOf = (files: Readonly<Record<string, readonly Cells[]>>) =>
    Object.entries(files).map(([name, rows]) => {
      const { text } = csv(name, rows);
      return sourceFile(name, text);
    });
  return {
    importFiles: async (
      minutes: number,
      files: Readonly<Record<string, readonly Cells[]>>,
      replace = false,
    ) => {
      now += minutes * 60_000;
      const plan = await planImport(ports, filesOf(files), { replace });
      const report = await archiveFiles(ports, filesOf(files), { replace });
      return { ...report, held: plan.held };
    },
    teamsOf: async (table: string, nbaGame: string): Promise<unknown[]> => {
      const loaded = await load(loadRegistry().get(table), [NIGHT]);
      if (!loaded.ok) throw new Error(loaded.failure.detail);
      return loaded.value.rows.flatMap((row) => (row['nba_game_id'] === nbaGame ? [row['game_id']] : []));
    },
    /** The games of the night that have rows in a table, and what its load says beside them. */
    night: async (table: string): Promise<{ games: unknown[]; told: LoadedDate | undefined }> => {
      const loaded = await load(loadRegistry().get(table), [NIGHT]);
      if (!loaded.ok) throw new Error(loaded.failure.detail);
      const games = [...new Set(loaded.value.rows.map((row) => row['nba_game_id']))].sort();
      return { games, told: loaded.value.dates.get(NIGHT) };
    },
  };
}

const ALL = ['0022300061', '0022300062', '0022300063'];
const OTHERS = ['0022300061', '0022300062'];

describe('a schedule', () => {
  const whole = { [SCHEDULE]: [game, secondGame, third] };

  it.each<[string, Cells[], RegExp]>([
    [
      'the row',
      [{ ...game, arena: 'Elsewhere' }, secondGame],
      /has no row in schedule_2023-24\.csv of 2024-06-01 12:10 UTC/,
    ],
    [
      'the score',
      [{ ...game, arena: 'Elsewhere' }, secondGame, { ...third, ...open }],
      /has no final score in schedule_/,
    ],
  ])(
    'without %s of a played game is taken for everything else, until an hour later it says so again',
    async (_, rows, says) => {
      const { importFiles, night } = home();
      await importFiles(0, whole);
      const first = await importFiles(10, { [SCHEDULE]: rows });
      expect(first.held).toEqual([expect.stringMatching(/^2023-10-24: game 0022300063 has no/)]);
      expect(first.notes).toEqual([]);
      for (const table of ['nbac_schedule', 'nbac_game_results']) {
        const { games, told } = await night(table);
        expect([table, games]).toEqual([table, ALL]);
        expect(told).toMatchObject({ held: expect.stringMatching(says) as string, hasLostGames: false });
      }
      expect((await importFiles(30, { [SCHEDULE]: rows })).held).toHaveLength(1);
      expect((await night('nbac_game_results')).games).toEqual(ALL);
      const last = await importFiles(31, { [SCHEDULE]: rows });
      expect(last.held).toEqual([]);
      expect(last.notes).toEqual(
        expect.arrayContaining([expect.stringContaining('an observation before it agrees')]),
      );
      expect(await night('nbac_game_results')).toMatchObject({
        games: OTHERS,
        told: { held: null, hasLostGames: true },
      });
      expect((await night('nbac_schedule')).games).toEqual(rows.length === 3 ? ALL : OTHERS);
      // The file that has it brings it back, and nothing is in doubt any more.
      expect((await importFiles(1, whole)).held).toEqual([]);
      expect(await night('nbac_game_results')).toMatchObject({
        games: ALL,
        told: { held: null, hasLostGames: false },
      });
    },
  );

  it('with other teams of a played game changes nothing else until it says so again an hour later', async () => {
    const { importFiles, night, teamsOf } = home();
    await importFiles(0, whole);
    const others = {
      [SCHEDULE]: [game, secondGame, { ...third, visitor_team: 'BKN', winner: 'BKN' }],
    };
    expect((await importFiles(10, others)).held).toEqual([
      expect.stringMatching(/^2023-10-24: game 0022300063 has other teams \(BKN at SAC\) in schedule_/),
    ]);
    for (const table of ['nbac_schedule', 'nbac_game_results']) {
      expect(await teamsOf(table, '0022300063')).toEqual(['20231024_UTA_SAC']);
      expect((await night(table)).told?.held).toContain('has other teams (BKN at SAC)');
    }
    const again = await importFiles(61, others);
    expect(again.notes).toEqual(
      expect.arrayContaining([expect.stringContaining('nbac_schedule changes its rows of 2023-10-24')]),
    );
    expect(await teamsOf('nbac_schedule', '0022300063')).toEqual(['20231024_BKN_SAC']);
    expect(await teamsOf('nbac_game_results', '0022300063')).toEqual(['20231024_BKN_SAC']);
    expect((await night('nbac_schedule')).told?.held).toBeNull();
  });

  it('with home and away of a played game exchanged keeps what was known; another score is a correction', async () => {
    const { importFiles, night, teamsOf } = home();
    await importFiles(0, whole);
    const { home_team, visitor_team, home_pts, visitor_pts } = third;
    const exchanged = { home_team: visitor_team, visitor_team: home_team, home_pts: visitor_pts };
    const away = { ...third, ...exchanged, visitor_pts: home_pts } as Cells;
    expect((await importFiles(10, { [SCHEDULE]: [game, secondGame, away] })).held).toHaveLength(1);
    expect(await teamsOf('nbac_schedule', '0022300063')).toEqual(['20231024_UTA_SAC']);
    const corrected = { ...third, visitor_pts: Number(visitor_pts) + 1 };
    expect((await importFiles(10, { [SCHEDULE]: [game, secondGame, corrected] })).held).toEqual([]);
    expect((await night('nbac_game_results')).told?.held).toBeNull();
  });

  it.each<[string, Cells]>([
    ['an unknown team', { visitor_team: 'XYZ' }],
    ['another season', { season: '2022-23' }],
  ])('whose line of a played game has %s says nothing, however often it comes', async (_, wrong) => {
    const { importFiles, night, teamsOf } = home();
    await importFiles(0, whole);
    for (const minutes of [10, 90, 90]) {
      const { held } = await importFiles(minutes, { [SCHEDULE]: [game, secondGame, { ...third, ...wrong }] });
      expect(held).toEqual([expect.stringContaining('has a line that cannot be loaded')]);
      expect(await teamsOf('nbac_game_results', '0022300063')).toEqual(['20231024_UTA_SAC']);
      expect((await night('nbac_schedule')).told?.held).toContain('shrunk_source');
    }
  });

  it('with a played game on the next day changes nothing else until it says so again an hour later', async () => {
    const { importFiles, night } = home();
    await importFiles(0, { ...whole, [BOX]: [boxOf(third), boxOf(game), boxOf(secondGame)] });
    const later = { [SCHEDULE]: [game, secondGame, { ...third, game_date: '2023-10-25' }] };
    expect((await importFiles(10, later)).held).toEqual([
      expect.stringMatching(/^2023-10-24: game 0022300063 is on 2023-10-25 in schedule_/),
    ]);
    for (const table of ['nbac_schedule', 'nbac_game_results', 'nbac_player_boxscores'])
      expect((await night(table)).games).toEqual(ALL);
    expect((await night('nbac_schedule')).told?.held).toContain('is on 2023-10-25');
    expect((await importFiles(61, later)).held).toEqual([]);
    for (const table of ['nbac_schedule', 'nbac_game_results', 'nbac_player_boxscores'])
      expect((await night(table)).games).toEqual(OTHERS);
  });

  it('moves a played game at once where its box scores are on the new date, too, or where it has none and no score yet', async () => {
    const { importFiles, night } = home();
    await importFiles(0, { ...whole, [BOX]: [boxOf(third)] });
    const date = { game_date: '2023-10-25' };
    const both = {
      [SCHEDULE]: [game, secondGame, { ...third, ...date }],
      [BOX]: [{ ...boxOf(third), ...date }],
    };
    expect((await importFiles(10, both)).held).toEqual([]);
    expect((await night('nbac_schedule')).games).toEqual(OTHERS);
    const unplayed = home();
    await unplayed.importFiles(0, { [SCHEDULE]: [game, secondGame, { ...third, ...open }] });
    expect((await unplayed.importFiles(10, { [SCHEDULE]: both[SCHEDULE] })).held).toEqual([]);
    expect((await unplayed.night('nbac_schedule')).games).toEqual(OTHERS);
  });

  it('with a game that has box scores and no score yet on another date keeps it where the box scores are', async () => {
    const { importFiles, night } = home();
    await importFiles(0, { [SCHEDULE]: [game, secondGame, { ...third, ...open }], [BOX]: [boxOf(third)] });
    const later = { [SCHEDULE]: [game, secondGame, { ...third, game_date: '2023-10-25' }] };
    expect((await importFiles(10, later)).held).toHaveLength(1);
    expect((await night('nbac_schedule')).games).toEqual(ALL);
  });

  it('with the dates of more games than a night has changed is refused as a whole', async () => {
    const { importFiles } = home();
    await importFiles(0, { [SCHEDULE]: many });
    const shifted = many.map((each, i) => ({
      ...each,
      game_date: `2023-11-${String(i + 2).padStart(2, '0')}`,
    }));
    await expect(importFiles(10, { [SCHEDULE]: shifted })).rejects.toThrow(
      /other dates of 16 games that were played in 2023-24/,
    );
  });

  it('with other teams of more games than a night has is refused as a whole', async () => {
    const { importFiles } = home();
    await importFiles(0, { [SCHEDULE]: many });
    const others = many.map((each) => ({ ...each, visitor_team: 'BKN', winner: 'BKN' }));
    await expect(importFiles(10, { [SCHEDULE]: others })).rejects.toThrow(
      /other teams of 16 games that were played in 2023-24/,
    );
  });

  it('loses the game at once on the word of a person', async () => {
    const { importFiles, night } = home();
    await importFiles(0, whole);
    await importFiles(10, { [SCHEDULE]: [game, secondGame] });
    await importFiles(1, { [SCHEDULE]: [game, secondGame] }, true);
    expect(await night('nbac_schedule')).toMatchObject({ games: OTHERS, told: { held: null } });
  });

  it.each<[string, Record<string, Cells[]>]>([
    ['has one corrected game', { [SCHEDULE]: [{ ...game, arena: 'Elsewhere' }] }],
    ['says in its name that it is partial', { 'schedule_partial_2023-24.csv': [game, secondGame] }],
    [
      'has other days',
      { [SCHEDULE]: [{ ...game, game_id: '0022300071', game_date: '2023-10-25', tipoff_et: '' }] },
    ],
  ])('that %s takes nothing away, however often it comes', async (_, files) => {
    const { importFiles, night } = home();
    await importFiles(0, whole);
    for (const minutes of [10, 90, 90]) {
      expect((await importFiles(minutes, files)).held).toEqual([]);
      expect(await night('nbac_game_results')).toMatchObject({ games: ALL, told: { held: null } });
    }
  });
});

describe('box scores', () => {
  it('without the rows of a game keep them until a second file an hour later has none either', async () => {
    const { importFiles, night } = home();
    const boxes = [game, secondGame, third].map(boxOf);
    await importFiles(0, { [SCHEDULE]: [game, secondGame, third], [BOX]: boxes });
    const fewer = { [BOX]: boxes.slice(0, 2) };
    expect((await importFiles(10, fewer)).held).toEqual([
      expect.stringMatching(/^2023-10-24: game 0022300063 has no row in player_box_2023-24\.csv/),
    ]);
    expect(await night('nbac_player_boxscores')).toMatchObject({
      games: ALL,
      told: { held: expect.stringContaining('shrunk_source') as string },
    });
    await importFiles(61, fewer);
    const { games, told } = await night('nbac_player_boxscores');
    expect([games, told?.held, told?.hasLostGames]).toEqual([OTHERS, null, true]);
    // The game is final by the schedule: it is missing now, and said to be.
    expect(told?.lacking).toContainEqual({ code: 'game_missing', detail: '20231024_UTA_SAC' });
  });
});
