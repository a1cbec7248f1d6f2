/** A gamebook becomes who played, who did not and why; what is not understood of it is refused by name. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import nbaGamebook from '../../functions/sources/nba_gamebook/source.ts';
import { readGamebook } from '../../functions/sources/nba_gamebook/gamebook.ts';
import { pdfTextOf } from '../../functions/sources/pdf-text.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { archiveHome } from '../support/archive-home.ts';
import { fiveOf, gamebookPdf, GAMEBOOK_HEADER, totalsOf } from '../support/gamebook-pdf.ts';
import { dataFolder } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game } from '../support/source-lines.ts';

const SUBJECT = '20231024_LAL_DEN';
const LAKERS = ['Austin Reaves', "D'Angelo Russell", 'Anthony Davis', 'Taurean Prince'];
const NUGGETS = ['Jamal Murray', 'Aaron Gordon', 'Michael Porter Jr.', 'Reggie Jackson'];
/** The lines of a sound gamebook; each may be another. */
const LINES: readonly string[] = [
  "NBA OFFICIAL SCORER'S REPORT FINAL BOX",
  'Tuesday, October 24, 2023 Ball Arena, Denver, CO',
  'Officials: #24 Some One, #36 Some Other',
  'VISITOR: Los Angeles Lakers (0-1)',
  GAMEBOOK_HEADER,
  ...fiveOf('LeBron James', 22, LAKERS),
  "10 Max Christie DNP - Coach's Decision",
  '2 Jarred Vanderbilt NWT - Injury/Illness - Left Heel; Bursitis',
  totalsOf(22),
  '50.0% 0.0% TM REB: 8 TOT TO: 15',
  'HOME: DENVER NUGGETS (1-0)',
  GAMEBOOK_HEADER,
  ...fiveOf('Nikola Jokic', 30, NUGGETS),
  '4 Hunter Tyson DND - Rest',
  totalsOf(30),
  'SCORE BY PERIOD 1 2 3 4 FINAL',
  'Lakers 10 15 20 17 62',
  'Inactive: Lakers - Wood (Injury/Illness - Right Knee; Patellar',
  'Tendinopathy), Hood-Schifino (G League - Two-Way),',
  'Hayes',
  'Inactive: Nuggets - Cancar (Injury/Illness - Left Knee; Surgery (ACL))',
  'Points in the Paint Lakers 40, Nuggets 50',
];

const read = async (lines: readonly string[], subject = SUBJECT) =>
  readGamebook(await pdfTextOf(gamebookPdf(lines)), subject)[0]?.lines ?? [];
/** The gamebook with a line in the place of the one that begins so. */
const changed = (begins: string, ...by: readonly string[]): string[] => {
  const at = LINES.findIndex((line) => line.startsWith(begins));
  if (at < 0) throw new Error(`There is no line ${begins}`);
  return LINES.toSpliced(at, 1, ...by);
};

describe('a gamebook', () => {
  it('names who played with his numbers, and who did not with the reason', async () => {
    const lines = await read(LINES);
    const shown = lines.map((line) =>
      ['team', 'player_name', 'player_status', 'reason', 'starter'].map((column) => line[column] ?? null),
    );
    expect(shown.filter(([, , status]) => status !== 'active')).toEqual([
      ['LAL', 'Max Christie', 'dnp', "DNP - Coach's Decision", null],
      ['LAL', 'Jarred Vanderbilt', 'dnp', 'NWT - Injury/Illness - Left Heel; Bursitis', null],
      ['LAL', 'Wood', 'inactive', 'Injury/Illness - Right Knee; Patellar Tendinopathy', null],
      ['LAL', 'Hood-Schifino', 'inactive', 'G League - Two-Way', null],
      ['LAL', 'Hayes', 'inactive', null, null],
      ['DEN', 'Hunter Tyson', 'dnp', 'DND - Rest', null],
      ['DEN', 'Cancar', 'inactive', 'Injury/Illness - Left Knee; Surgery (ACL)', null],
    ]);
    expect(
      shown.filter(([, , status]) => status === 'active').map(([, name, , , starter]) => [name, starter]),
    ).toEqual([
      ['LeBron James', true],
      ['Austin Reaves', true],
      ["D'Angelo Russell", true],
      ['Anthony Davis', false],
      ['Taurean Prince', false],
      ['Nikola Jokic', true],
      ['Jamal Murray', true],
      ['Aaron Gordon', true],
      ['Michael Porter Jr.', false],
      ['Reggie Jackson', false],
    ]);
    expect(lines[0]).toEqual({
      ...{ snapshot: SUBJECT, game_date: '2023-10-24', home_team: 'DEN', visitor_team: 'LAL', team: 'LAL' },
      ...{ player_name: 'LeBron James', player_status: 'active', reason: null, starter: true },
      ...{ minutes: '24:00', fgm: 11, fga: 13, fg3m: 0, fg3a: 1, ftm: 0, fta: 0, oreb: 1, dreb: 2, reb: 3 },
      ...{ ast: 4, pf: 2, stl: 1, tov: 0, blk: 1, plus_minus: -3, pts: 22 },
    });
  });

  it('is read to the end of its first box score', async () => {
    const more = ['VISITOR: Los Angeles Lakers', GAMEBOOK_HEADER, '23 LeBron James F 12:00 5'];
    expect(await read([...LINES, ...more])).toEqual(await read(LINES));
  });

  it.each<[string, readonly string[], string]>([
    ['of another date', changed('Tuesday', 'Wednesday, October 25, 2023 Ball Arena'), 'is of 2023-10-25'],
    ['without a date', changed('Tuesday', 'Ball Arena'), 'is no gamebook'],
    ['of another game', changed('VISITOR', 'VISITOR: Boston Celtics (0-1)'), 'is of BOS at DEN'],
    ['of a team that is none', changed('HOME', 'HOME: Real Madrid'), '"HOME: Real Madrid" where a team'],
    ['without its home team', LINES.slice(0, 14), 'is of LAL at nobody'],
    ['without the header of its columns', changed('POS'), 'has no header'],
    [
      'with a number too few',
      changed('23 LeBron', '23 LeBron James F 24:00 11 13 0 1 0 0 1 2 3 4 2 1 0 1 22'),
      'has 15 numbers, not 16',
    ],
    [
      'with a player who is not understood',
      changed('23 LeBron', '23 LeBron James F 24 min'),
      'not understood: "23 LeBron James F 24 min"',
    ],
    [
      'with a player without a number',
      changed('23 LeBron', 'LeBron James F 24:00 11 13'),
      'not understood: "LeBron James',
    ],
    [
      'with another kind of absence',
      changed('10 Max', '10 Max Christie SUSPENDED'),
      'not understood: "10 Max Christie SUSPENDED"',
    ],
    ['that lacks a player', changed('23 LeBron'), 'has 4 players of LAL'],
    ['without totals', changed('240:00'), 'has no totals of LAL'],
    [
      'whose totals are others',
      changed('240:00', totalsOf(24)),
      'has 64 points of LAL, and 62 of its players',
    ],
    [
      'with a player twice',
      changed('10 Max', '1 Austin Reaves DND - Rest'),
      'has Austin Reaves of LAL twice',
    ],
    [
      'with inactive players of nobody',
      changed('Inactive: Nuggets', 'Inactive: Madrid - Cancar'),
      'inactive players of "Madrid"',
    ],
    [
      'with an inactive number',
      changed('Inactive: Nuggets', 'Inactive: Nuggets - 31 Cancar (Rest)'),
      'inactive player that is not understood',
    ],
    ['that breaks off', LINES.slice(0, -4), 'breaks off in the inactive players of LAL'],
  ])('%s is refused', async (_, lines, fault) => {
    await expect(read(lines)).rejects.toThrow(fault);
  });

  it('is asked for by the date and the teams of its game', () => {
    const { path, seasonOf } = nbaGamebook.endpoints.book;
    expect(path(SUBJECT)).toBe('/pdfs/20231024/20231024_LALDEN_book.pdf');
    expect([seasonOf(SUBJECT), seasonOf('20231024_LAL_XXX')]).toEqual(['2023-24', undefined]);
    expect(nbaGamebook.proven).toBe(false);
  });

  it('fills its table: names of inactive players are found by the team, numbers stay as they are', async () => {
    const home = archiveHome('2023-10-25T12:00:00Z');
    const named = [boxLine, { ...boxLine, player_id: 1626174, player_name: 'Christian Wood' }];
    const files = [csv('schedule_2023-24.csv', [game]), csv('player_box_2023-24.csv', named)];
    await home.importFiles(files.map(({ name, text }) => sourceFile(name, text)));
    const text = JSON.stringify(await pdfTextOf(gamebookPdf(LINES)));
    await home.importFiles([{ name: `nba_gamebook.book.${SUBJECT}.json`, bytes: () => Buffer.from(text) }]);
    const rows = await home.rowsOf('nbac_gamebook_player_stats', [gameDate('2023-10-24')]);
    expect(rows).toHaveLength(17);
    const rowOf = (name: string) => rows.find((row) => row['player_name'] === name);
    expect(rowOf('LeBron James')).toMatchObject({
      ...{ game_id: SUBJECT, nba_player_id: 2544, player_status: 'active', starter: true, minutes: 24 },
      ...{ points: 22, field_goals_made: 11, plus_minus: -3, dnp_reason: null, dnp_reason_category: null },
    });
    expect(rowOf('Wood')).toMatchObject({
      ...{
        nba_player_id: 1626174,
        matched_by: 'team',
        player_status: 'inactive',
        points: null,
        minutes: null,
      },
      ...{ dnp_reason: 'Injury/Illness - Right Knee; Patellar Tendinopathy', dnp_reason_category: 'injury' },
    });
    expect(rowOf('Max Christie')).toMatchObject({ dnp_reason_category: 'coach_decision', starter: null });
    expect(rowOf('Hunter Tyson')).toMatchObject({ dnp_reason_category: 'rest', team_abbr: 'DEN' });
    expect(rowOf('Hood-Schifino')).toMatchObject({ dnp_reason_category: 'other', matched_by: 'nobody' });
    expect(rowOf('Hayes')).toMatchObject({ dnp_reason: null, dnp_reason_category: null });
  });
});

const DAMAGED = join(dataFolder() ?? 'nowhere', 'api-samples', 'gamebook', 'DAMAGED_20211008_MILBKN.pdf');

it.skipIf(!existsSync(DAMAGED))('a real gamebook that is damaged is refused by name', async () => {
  await expect(pdfTextOf(readFileSync(DAMAGED))).rejects.toThrow('is a PDF without text, or a damaged one');
});
