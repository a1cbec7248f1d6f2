/** Files that contradict each other about a game: what is loaded, what is in doubt, and what the import says. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { loadReportOf } from '../../shared/state/load-reports.ts';
import { archiveHome } from '../support/archive-home.ts';
import { boxLine, csv, game, secondGame, shot, type Cells } from '../support/source-lines.ts';
import { sourceFile } from '../support/source-file.ts';

const SEASON = '2023-24';
const LATER = '2023-11-20';

/** An archive into which files are imported, and from which the dates of raw tables are loaded. */
function home() {
  const { ports, load, importFiles } = archiveHome('2024-06-01T12:00:00Z');
  return {
    importFiles: (files: Readonly<Record<string, readonly Cells[]>>) =>
      importFiles(
        Object.entries(files).map(([name, rows]) => {
          const { text } = csv(name, rows);
          return sourceFile(name, text);
        }),
      ),
    rowsOf: async (table: string, date: string): Promise<readonly unknown[]> => {
      const loaded = await load(loadRegistry().get(table), [gameDate(date)]);
      return loaded.ok ? loaded.value.rows : [loaded.failure];
    },
    knownOf: async (table: string, date: string): Promise<unknown> => {
      const loaded = await load(loadRegistry().get(table), [gameDate(date)]);
      return loaded.ok ? loaded.value.dates.get(gameDate(date)) : loaded.failure;
    },
    reasons: async (table: string, date: string): Promise<string[]> => {
      const report = await loadReportOf(ports, table, SEASON);
      return report?.dates[date]?.rejects.map(({ reason }) => reason) ?? [];
    },
  };
}

const open: Cells = { home_pts: '', visitor_pts: '', winner: '', tipoff_et: '' };
const moved: Cells = { ...game, game_date: LATER, tipoff_et: '' };

describe('a game that one import has on two dates', () => {
  it('counts where it was played', async () => {
    const { importFiles, rowsOf } = home();
    await importFiles({ 'schedule_2023-24.csv': [{ ...game, ...open }, secondGame, moved] });
    expect(await rowsOf('nbac_schedule', '2023-10-24')).toMatchObject([{ nba_game_id: '0022300062' }]);
    expect(await rowsOf('nbac_schedule', LATER)).toMatchObject([{ game_id: '20231120_LAL_DEN' }]);
    expect(await rowsOf('nbac_game_results', LATER)).toMatchObject([{ home_points: 119 }]);
  });

  it('leaves a date on which no other game is', async () => {
    const { importFiles } = home();
    const { changed } = await importFiles({ 'schedule_2023-24.csv': [{ ...game, ...open }, moved] });
    expect(changed.map(({ table, dates }) => [table, dates])).toEqual([
      ['nbac_schedule', [LATER]],
      ['nbac_game_results', [LATER]],
    ]);
  });

  it.each([
    ['played on both', game, moved],
    ['played on none', { ...game, ...open }, { ...moved, ...open }],
  ])('is in doubt with its box score when it was %s', async (_name, first, second) => {
    const { importFiles, rowsOf, reasons } = home();
    await importFiles({
      'schedule_2023-24.csv': [first, secondGame],
      'schedule_partial_2023-24.csv': [second],
      'player_box_2023-24.csv': [boxLine],
    });
    const doubt = 'game 0022300061 is on several dates and no single one has its score: it is in doubt';
    const unread = { nba_game_id: '0022300061', season_type: 'unread' };
    expect(await rowsOf('nbac_schedule', '2023-10-24')).toMatchObject([
      { nba_game_id: '0022300062' },
      unread,
    ]);
    expect(await rowsOf('nbac_schedule', LATER)).toMatchObject([unread]);
    expect(await reasons('nbac_schedule', '2023-10-24')).toEqual([doubt]);
    expect(await reasons('nbac_schedule', LATER)).toEqual([doubt]);
    expect(await rowsOf('nbac_player_boxscores', '2023-10-24')).toEqual([]);
    expect(await reasons('nbac_player_boxscores', '2023-10-24')).toEqual([
      'game 0022300061 is not in the schedule of 2023-24',
    ]);
    // A later import that has it once settles it.
    await importFiles({ 'schedule_2023-24.csv': [game, secondGame] });
    expect(await rowsOf('nbac_schedule', '2023-10-24')).toHaveLength(2);
    expect(await rowsOf('nbac_player_boxscores', '2023-10-24')).toHaveLength(1);
  });
});

describe('two files of one import', () => {
  it('that name other teams for one game make it doubtful, in all that is loaded of it', async () => {
    const { importFiles, rowsOf, reasons } = home();
    await importFiles({
      'schedule_2023-24.csv': [game, secondGame],
      'schedule_partial_2023-24.csv': [{ ...game, home_team: 'BOS', winner: 'BOS' }],
    });
    for (const table of ['nbac_schedule', 'nbac_game_results'])
      expect(await rowsOf(table, '2023-10-24')).toMatchObject([
        { nba_game_id: '0022300062' },
        { nba_game_id: '0022300061', season_type: 'unread', away_team_abbr: 'LAL' },
        { nba_game_id: '0022300061', season_type: 'unread', home_team_abbr: 'BOS', away_team_abbr: null },
      ]);
    expect(await reasons('nbac_schedule', '2023-10-24')).toEqual(
      ['', ''].map(() =>
        expect.stringMatching(/is in doubt: .* say LAL 107 at DEN 119 and LAL 107 at BOS 119$/),
      ),
    );
  });
});

describe('shots', () => {
  it('beside a box score with fewer attempts are in doubt', async () => {
    const { importFiles, rowsOf, reasons, knownOf } = home();
    const jokic = { ...boxLine, team: 'DEN', opponent: 'LAL', is_home: true, win: true };
    const box = { ...jokic, player_id: 203999, player_name: 'Nikola Jokić' };
    const once = { fgm: 1, fga: 1, fg3m: 0, fg3a: 0, ftm: 0, fta: 0, pts: 2 };
    const missed = { ...shot, made: false };
    const files = { 'schedule_2023-24.csv': [game], 'shots_2023-24.csv': [shot, missed, missed] };
    await importFiles({ ...files, 'player_box_2023-24.csv': [{ ...box, ...once }] });
    expect(await rowsOf('nbac_shot_chart', '2023-10-24')).toEqual([]);
    expect((await reasons('nbac_shot_chart', '2023-10-24'))[0]).toContain('nikolajokic has 3 shots, his box');
    await importFiles({ 'player_box_2023-24.csv': [{ ...box, ...once, fga: 2 }] });
    expect(await rowsOf('nbac_shot_chart', '2023-10-24')).toHaveLength(3);
    await importFiles({ 'player_box_2023-24.csv': [{ ...box, ...once, fga: 5 }] });
    expect(await rowsOf('nbac_shot_chart', '2023-10-24')).toHaveLength(3);
    expect(await knownOf('nbac_shot_chart', '2023-10-24')).toMatchObject({
      lackingRows: 2,
      lacking: [
        {
          code: 'shots_do_not_add_up',
          detail: '20231024_LAL_DEN (nikolajokic has 3 of 5 shots)',
        },
      ],
    });
  });
});

describe('a schedule that lacks games that were played', () => {
  it('says so when it is imported', async () => {
    const { importFiles } = home();
    await importFiles({ 'schedule_2023-24.csv': [game, secondGame] });
    const { notes } = await importFiles({ 'schedule_2023-24.csv': [{ ...game, arena: 'Elsewhere' }] });
    expect(notes).toEqual([
      'schedule_2023-24.csv lacks 1 game of 2023-24 that was played: it adds and corrects only; --replace drops them',
    ]);
    expect((await importFiles({ 'schedule_2023-24.csv': [game, secondGame] })).notes).toEqual([]);
  });
});
