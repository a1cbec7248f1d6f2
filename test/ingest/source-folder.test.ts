import { describe, expect, it } from 'vitest';
import { sourceFileOf } from '../../functions/ingest/source-files.ts';
import { sourceFilesOf } from '../../functions/ingest/source-folder.ts';
import { linesOf } from '../../functions/ingest/source-text.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';

describe('the name of a source file', () => {
  it.each([
    ['schedule_2023-24.csv.gz', 'schedule', '2023-24', '2023-24'],
    ['schedule_2023-24.csv', 'schedule', '2023-24', '2023-24'],
    ['/some/folder/shots_1999-00.csv.gz', 'shots', '1999-00', '1999-00'],
    ['player_box_partial_2025-26.csv.gz', 'player_box', '2025-26', '2025-26'],
    ['player_box_lite_2025-26.csv.gz', 'player_box_lite', '2025-26', '2025-26'],
    ['player_box_lite_playoffs_2021-22_to_2023-24.csv.gz', 'player_box_lite', '2021-22', '2023-24'],
    ['game_odds_2023-24.csv.gz', 'game_odds', '2023-24', '2023-24'],
    ['game_odds_books_2025-26.csv.gz', 'game_odds_books', '2025-26', '2025-26'],
    ['injury_report_2030-31.csv.gz', 'injury_report', '2030-31', '2030-31'],
    ['rosters_2030-31.csv.gz', 'rosters', '2030-31', '2030-31'],
  ])('%s says %s of %s to %s', (name, kind, first, last) => {
    expect(sourceFileOf(name)).toEqual({ name, kind, first, last });
  });

  it.each([
    'README.md',
    'schedule_2023-25.csv.gz',
    'schedule.csv.gz',
    'schedule_2023-24.csv.gz.bak',
    'my_schedule_2023-24.csv.gz',
    'player_box_lite_playoffs_2023-24_to_2021-22.csv.gz',
  ])('%s is none', (name) => {
    expect(sourceFileOf(name)).toBeUndefined();
  });
});

describe('a folder of source files', () => {
  const folder = [
    'player_box_lite_playoffs_2021-22_to_2022-23.csv.gz',
    'game_odds_2022-23.csv.gz',
    'player_box_2022-23.csv.gz',
    'schedule_2022-23.csv.gz',
    'schedule_2021-22.csv.gz',
    'shot_zones_player_game_2022-23.csv.gz',
    'notes.txt',
  ];

  it('fills tables season by season, the schedule first and whole box scores before lite ones', () => {
    expect(sourceFilesOf(folder, RAW_LOADS).sources).toEqual([
      { table: 'nbac_schedule', season: '2021-22', files: ['schedule_2021-22.csv.gz'] },
      { table: 'nbac_game_results', season: '2021-22', files: ['schedule_2021-22.csv.gz'] },
      {
        table: 'nbac_player_boxscores',
        season: '2021-22',
        files: ['player_box_lite_playoffs_2021-22_to_2022-23.csv.gz'],
      },
      { table: 'nbac_schedule', season: '2022-23', files: ['schedule_2022-23.csv.gz'] },
      {
        table: 'nbac_game_results',
        season: '2022-23',
        files: ['schedule_2022-23.csv.gz', 'game_odds_2022-23.csv.gz'],
      },
      {
        table: 'nbac_player_boxscores',
        season: '2022-23',
        files: ['player_box_2022-23.csv.gz', 'player_box_lite_playoffs_2021-22_to_2022-23.csv.gz'],
      },
      { table: 'odds_api_game_lines', season: '2022-23', files: ['game_odds_2022-23.csv.gz'] },
    ]);
  });

  it('fills the seasons asked for and no other', () => {
    const { sources } = sourceFilesOf(folder, RAW_LOADS, ['2021-22']);
    expect(new Set(sources.map(({ season }) => season))).toEqual(new Set(['2021-22']));
    expect(sources).toHaveLength(3);
    expect(sourceFilesOf(folder, RAW_LOADS, ['1999-00']).sources).toEqual([]);
  });

  it('names the files that fill nothing', () => {
    expect(sourceFilesOf(folder, RAW_LOADS).ignored).toEqual([
      { file: 'notes.txt', reason: 'only files that end in .csv or .csv.gz are read' },
      {
        file: 'shot_zones_player_game_2022-23.csv.gz',
        reason: 'not loaded: its numbers are sums of the shots, kept for checking',
      },
    ]);
  });
});

describe('the lines of a file', () => {
  it('are numbered from 1, whatever ends them, and empty ones only count', () => {
    expect([...linesOf('\uFEFFa,b\r\n1,2\n\n3,4')]).toEqual([
      { number: 1, text: 'a,b' },
      { number: 2, text: '1,2' },
      { number: 4, text: '3,4' },
    ]);
    expect([...linesOf('')]).toEqual([]);
    expect([...linesOf('\n\n')]).toEqual([]);
  });
});
