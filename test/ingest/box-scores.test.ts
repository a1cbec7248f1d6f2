import { describe, expect, it } from 'vitest';
import { loadTable } from '../../functions/ingest/load-table.ts';
import { playersIn } from '../../functions/ingest/named-players.ts';
import { playersOf } from '../../functions/ingest/schedule.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import {
  boxLine,
  context,
  csv,
  liteLine,
  loadRows,
  noted,
  playoffGame,
  reasonFor,
  SEASON,
  teamLine,
  type Cells,
} from '../support/source-lines.ts';

type Fault = readonly [name: string, change: Cells, reason: string];
/** A cell that cannot be right but may be unknown: the row loads without it. */
type Blank = readonly [name: string, change: Cells, column: string, note: string];
const BLANKS: readonly Blank[] = [
  ['negative minutes', { minutes: -29 }, 'minutes', 'minutes are negative: -29'],
  ['minutes that are none', { minutes: 'DNP' }, 'minutes', 'minutes are "DNP"'],
  ['a negative count', { ast: -5 }, 'assists', 'ast is negative: -5'],
  ['a fraction of a count', { ast: 5.5 }, 'assists', 'ast is "5.5", which is not a whole number'],
  ['a count in hexadecimal', { stl: '0x5' }, 'steals', 'stl is "0x5", which is not a whole number'],
  ['a count in words', { reb: 'five' }, 'rebounds', 'reb is "five", which is not a whole number'],
  ['a count beyond belief', { blk: 999 }, 'blocks', 'blocks is 999, outside 0 to'],
  ['unreadable makes', { fgm: '?' }, 'field_goals_made', 'fgm is "?", which is not a whole number'],
  ['a difference that is none', { plus_minus: '7-' }, 'plus_minus', 'plus_minus is "7-"'],
];
const CODES: Readonly<Record<string, string | null>> = {
  plus_minus: null,
  field_goals_made: 'attempts_unknown',
};

const NUMBERS = 'fgm fga fg3m fg3a ftm fta oreb dreb reb ast stl blk tov pf pts plus_minus'.split(' ');

describe('the box score of a player', () => {
  it('keeps what the source has and leaves unknown what it lacks', () => {
    const { rows } = loadRows('nbac_player_boxscores', {});
    expect(rows).toEqual([
      {
        game_id: '20231024_LAL_DEN',
        nba_game_id: '0022300061',
        game_date: '2023-10-24',
        season: '2023-24',
        season_type: 'regular',
        team_abbr: 'LAL',
        opponent_team_abbr: 'DEN',
        is_home: false,
        player_lookup: 'lebronjames',
        player_name: 'LeBron James',
        nba_player_id: 2544,
        position: 'F',
        starter: null,
        minutes: 29,
        points: 21,
        field_goals_made: 10,
        field_goals_attempted: 16,
        three_pointers_made: 1,
        three_pointers_attempted: 4,
        free_throws_made: 0,
        free_throws_attempted: 1,
        offensive_rebounds: 1,
        defensive_rebounds: 7,
        rebounds: 8,
        assists: 5,
        steals: 1,
        blocks: 0,
        turnovers: 0,
        personal_fouls: 1,
        plus_minus: 7,
        source_detail: 'full',
        data_quality_issues: null,
      },
    ]);
  });

  it.each<Blank>([
    ...BLANKS,
    ['minutes beyond belief', { minutes: 99 }, 'minutes', 'minutes is 99, outside 0 to 98'],
    ['an unknown position', { position: 'X' }, 'position', 'position is "X", which is not one of the known'],
  ])('loads without %s, and says so', (_name, change, column, note) => {
    const { row, notes } = noted('nbac_player_boxscores', change);
    expect(row).toMatchObject({
      points: 21,
      [column]: null,
      data_quality_issues: column in CODES ? CODES[column] : `${column}_unknown`,
    });
    expect(notes).toContainEqual(expect.stringMatching(`^1 ${escaped(note)}.*: left NULL$`));
  });

  it.each(['', ' ', 'NaN', 'NULL', '-'])('has an unknown count where the cell is %j', (cell) => {
    const { row, notes } = noted('nbac_player_boxscores', { ast: cell });
    expect(row).toMatchObject({ assists: null, data_quality_issues: 'assists_unknown' });
    expect(notes.filter((text) => text.includes('left NULL'))).toEqual([]);
  });

  it.each([
    [{ minutes: '29.0', ast: '5.0', plus_minus: '+7', pts: ' 21 ', player_id: '2544.0' }],
    [{ game_id: '22300061', game_date: '10/24/2023', season_type: 'Regular Season', is_home: 'F' }],
    [{ game_id: '22300061.0', game_date: '2023-10-24T00:00:00', season: '2023-2024', is_home: '0' }],
    [{ position: 'SF/PF', game_date: 'OCT 24 2023', team: 'lal ' }],
    [{ position: 'Forward', game_date: '2023-10-24 00:00:00', minutes: 'PT29M00.00S' }],
  ])('reads %j as it is meant', (change) => {
    expect(loadRows('nbac_player_boxscores', change).rows).toEqual(
      loadRows('nbac_player_boxscores', {}).rows,
    );
  });

  it.each(['', '0', "DNP - Coach's Decision", 'NaN'])(
    'is of nobody who played where the minutes are %j and there is no statistic',
    (minutes) => {
      const nothing: Cells = Object.fromEntries(NUMBERS.map((column) => [column, '']));
      const { rows, rejects, notes, notUsed } = loadRows(
        'nbac_player_boxscores',
        {},
        { ...nothing, minutes },
      );
      expect([rows.length, rejects, notUsed]).toEqual([1, [], 1]);
      expect(notes).toContainEqual(
        expect.objectContaining({ text: 'rows of players who did not play, without numbers', notUsed: true }),
      );
    },
  );

  it.each([
    ['1x:30', 'minutes_unknown,minutes_unreadable'],
    ['?', 'minutes_unknown,minutes_unreadable'],
    ['-5', 'minutes_unknown,minutes_unreadable'],
    ['99', 'minutes_unknown,minutes_unreadable'],
    ['DNP', 'minutes_unknown'],
    ['', 'minutes_unknown'],
    ['0', null],
  ])('without statistics and with the minutes %j has the issues %j', (minutes, issues) => {
    const nothing: Cells = Object.fromEntries(NUMBERS.map((column) => [column, '0']));
    const { row } = noted('nbac_player_boxscores', { ...nothing, minutes });
    expect(row).toMatchObject({ data_quality_issues: issues });
  });

  it.each(['29', '?9'])('is refused without statistics where the minutes are %j', (minutes) => {
    const nothing: Cells = Object.fromEntries(NUMBERS.map((column) => [column, '']));
    expect(reasonFor('nbac_player_boxscores', { ...nothing, minutes })).toBe('pts is empty');
  });

  it('is in doubt when two lines have other numbers, and stands when they are equal', () => {
    const other = { player_id: 1, player_name: 'A B' };
    const { rows, rejects, lacking } = loadRows('nbac_player_boxscores', {}, { ast: 9 }, other, other);
    expect(rows.map(({ nba_player_id: id }) => id)).toEqual([1]);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [3, expect.stringMatching(/^same game_id, player_lookup as line 2 of /)],
      [5, expect.stringMatching(/^same game_id, player_lookup as line 4 of /)],
      [2, 'in doubt: another line has assists 9, this one 5'],
    ]);
    expect(lacking).toBe(1);
  });

  it('gives no player more minutes than his game lasted, or more points than his team has', () => {
    const team = (code: string, minutes: readonly number[]): Cells[] =>
      minutes.map((played, i) => ({
        team: code,
        opponent: code === 'LAL' ? 'DEN' : 'LAL',
        is_home: code === 'DEN',
        player_id: 100 * code.charCodeAt(0) + i,
        player_name: `${code} ${'abcdefgh'[i]}`,
        minutes: played,
      }));
    const { rows, notes } = loadRows(
      'nbac_player_boxscores',
      ...team('LAL', [60, 48, 48, 36, 48]),
      ...team('DEN', [48, 48, 48, 48, 48]),
    );
    expect(rows.map(({ minutes }) => minutes)).toEqual([null, 48, 48, 36, 48, 48, 48, 48, 48, 48]);
    expect(rows[0]).toMatchObject({ data_quality_issues: 'minutes_unknown' });
    expect(notes).toContainEqual({
      file: 'player_box_2023-24.csv',
      text: 'minutes is 60, the game lasted 48: left NULL',
      count: 1,
    });
    expect(loadRows('nbac_player_boxscores', ...team('LAL', [53, 53, 53, 53, 53])).notes).not.toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('the game lasted') }),
    );
    const made = { fgm: 53, fga: 60, fg3m: 2, ftm: 0, pts: 108 };
    expect(reasonFor('nbac_player_boxscores', made)).toBe(
      'pts is 108, LAL has 107 points in 20231024_LAL_DEN',
    );
  });

  it.each<Fault>([
    ['negative points', { pts: -21 }, 'pts is negative: -21'],
    ['unknown points', { pts: '' }, 'pts is empty'],
    ['more makes than attempts', { fga: 9 }, 'fgm 10 exceeds fga 9'],
    ['more threes made than tried', { fg3a: 0 }, 'fg3m 1 exceeds fg3a 0'],
    ['more threes tried than shots', { fg3a: 17 }, 'fg3a 17 exceeds fga 16'],
    ['more threes than makes', { fgm: 0, fg3m: 1 }, 'fg3m 1 exceeds fgm 0'],
    ['more free throws made than tried', { ftm: 2 }, 'ftm 2 exceeds fta 1'],
    ['points that do not add up', { pts: 22 }, 'pts is 22, the makes give 21'],
    ['rebounds that do not add up', { reb: 9 }, 'reb is 9, oreb and dreb give 8'],
    ['no player', { player_id: 0 }, 'player_id is 0'],
    ['an empty name', { player_name: '' }, 'player_name is empty'],
    ['a name without a letter', { player_name: '?' }, 'player_name is "?", which is no name'],
  ])('is rejected for %s', (_name, change, reason) => {
    expect(reasonFor('nbac_player_boxscores', change)).toBe(reason);
  });

  it.each([
    ['12:30', 12.5],
    ['0', 0],
    ['63', 63],
    ['12.0', 12],
  ])('accepts %s minutes', (text, minutes) => {
    expect(loadRows('nbac_player_boxscores', { minutes: text }).rows).toMatchObject([{ minutes }]);
  });

  it('marks an unknown position and unknown minutes', () => {
    expect(loadRows('nbac_player_boxscores', { position: '', minutes: '' }).rows).toMatchObject([
      { position: null, minutes: null, data_quality_issues: 'minutes_unknown,position_unknown' },
    ]);
  });

  it('takes the starters where a source has them', () => {
    expect(loadRows('nbac_player_boxscores', { starter: true }).rows).toMatchObject([{ starter: true }]);
    const { row, notes } = noted('nbac_player_boxscores', { starter: 'G' });
    expect(row).toMatchObject({ starter: null });
    expect(notes).toContain('1 starter is "G", which is neither true nor false: left NULL');
  });

  it('has no attempts in a lite line', () => {
    const { rows, rejects } = loadTable(
      RAW_LOADS.of('nbac_player_boxscores'),
      SEASON,
      [csv('player_box_lite_2023-24.csv', [liteLine])],
      context,
    );
    expect(rejects).toEqual([]);
    expect(rows).toMatchObject([
      {
        points: 21,
        rebounds: 8,
        minutes: 29,
        field_goals_made: null,
        field_goals_attempted: null,
        offensive_rebounds: null,
        personal_fouls: null,
        source_detail: 'lite',
        data_quality_issues: 'attempts_unknown,position_unknown',
      },
    ]);
  });

  it('is the whole one for a game that has whole rows, and the lite one elsewhere', () => {
    const playoffs = {
      ...liteLine,
      game_id: playoffGame['game_id'] ?? '',
      game_date: '2024-04-20',
      season_type: 'playoffs',
    };
    const { rows, notes } = loadTable(
      RAW_LOADS.of('nbac_player_boxscores'),
      SEASON,
      [
        csv('player_box_lite_2023-24.csv', [
          liteLine,
          { ...liteLine, player_id: 203076, player_name: 'Anthony Davis' },
          playoffs,
        ]),
        csv('player_box_partial_2023-24.csv', [boxLine]),
      ],
      context,
    );
    expect(rows.map((row) => [row['game_id'], row['player_lookup'], row['source_detail']])).toEqual([
      ['20231024_LAL_DEN', 'lebronjames', 'full'],
      ['20240420_LAL_DEN', 'lebronjames', 'lite'],
    ]);
    expect(notes).toContainEqual({
      file: 'player_box_lite_2023-24.csv',
      text: 'lite rows of games with full rows not used',
      count: 2,
      notUsed: true,
    });
  });

  it('is loaded, and noted, where a team’s players miss the final score', () => {
    const { rows, notes } = loadRows('nbac_player_boxscores', {});
    expect(rows).toHaveLength(1);
    expect(notes.map(({ text }) => text)).toEqual([
      'game 20231024_LAL_DEN: the players of DEN have 0 points, the final score says 119',
      'game 20231024_LAL_DEN: the players of LAL have 21 points, the final score says 107',
      'final regular games without a row',
      'final playoffs games without a row',
    ]);
  });

  it('keeps one lookup for a player whose name is spelt in two ways', () => {
    const later = { game_id: playoffGame['game_id'] ?? '', game_date: '2024-04-20', season_type: 'playoffs' };
    const { rows, notes } = loadRows('nbac_player_boxscores', {}, { ...later, player_name: 'L. James' });
    expect(rows.map((row) => [row['player_lookup'], row['player_name']])).toEqual([
      ['lebronjames', 'LeBron James'],
      ['lebronjames', 'L. James'],
    ]);
    expect(notes.map(({ text }) => text)).toContain(
      'rows call LeBron James (id 2544) L. James; the lookup stays lebronjames',
    );
    expect(playersOf(rows).get(2544)?.lookup).toBe('lebronjames');
  });

  it('has the first name first, in whatever order the source writes it', () => {
    const { rows } = loadRows('nbac_player_boxscores', { player_name: '"James, LeBron"' });
    expect(rows).toMatchObject([{ player_lookup: 'lebronjames', player_name: 'LeBron James' }]);
    const [named] = playersIn(
      'player_box',
      csv('box.csv', [{ ...boxLine, player_name: '"James, LeBron"' }]).text,
    );
    expect(named).toMatchObject({ id: 2544, name: 'LeBron James' });
  });

  it('is refused where it has the id of one player and the name of another one of the game', () => {
    const teams = { [SEASON]: ['LAL'] };
    const players = new Map([
      [2544, { lookup: 'lebronjames', name: 'LeBron James', teams }],
      [203076, { lookup: 'anthonydavis', name: 'Anthony Davis', teams }],
      [7, { lookup: 'annother', name: 'Ann Other', teams: { [SEASON]: ['BOS'] } }],
    ]);
    const load = (...rows: readonly Cells[]) =>
      loadTable(RAW_LOADS.of('nbac_player_boxscores'), SEASON, [csv('player_box_2023-24.csv', rows)], {
        ...context,
        players,
      });
    expect(load({ ...boxLine, player_name: 'Anthony Davis' }).rejects.map(({ reason }) => reason)).toEqual([
      'player_id is 2544, which is LeBron James, and player_name is Anthony Davis, who is 203076',
    ]);
    // She does not play in this game, so that the row may have a new name of his.
    expect(load({ ...boxLine, player_name: 'Ann Other' }).rows).toHaveLength(1);
  });

  it('is kept apart from that of a namesake in the same game', () => {
    const players = new Map([...context.players, [77, { lookup: 'lebronjames_77', name: 'LeBron James' }]]);
    const { rows, rejects } = loadTable(
      RAW_LOADS.of('nbac_player_boxscores'),
      SEASON,
      [csv('player_box_2023-24.csv', [boxLine, { ...boxLine, player_id: 77 }])],
      { ...context, players },
    );
    expect(rejects).toEqual([]);
    expect(rows.map((row) => row['player_lookup'])).toEqual(['lebronjames', 'lebronjames_77']);
  });
});

describe('the box score of a team', () => {
  it('keeps the official totals', () => {
    expect(loadRows('nbac_team_boxscore', {}).rows).toMatchObject([
      {
        team_abbr: 'LAL',
        opponent_team_abbr: 'DEN',
        minutes: 239,
        points: 107,
        turnovers: 11,
        data_quality_issues: null,
      },
    ]);
  });

  it.each<Blank>([
    ...BLANKS,
    ['too few minutes', { minutes: 20 }, 'minutes', 'minutes is 20, outside 230 to'],
  ])('loads without %s, and says so', (_name, change, column, note) => {
    const { row, notes } = noted('nbac_team_boxscore', change);
    expect(row).toMatchObject({
      points: 107,
      [column]: null,
      data_quality_issues: column in CODES ? CODES[column] : `${column}_unknown`,
    });
    expect(notes).toContainEqual(expect.stringMatching(`^1 ${escaped(note)}.*: left NULL$`));
  });

  it('is rejected for points that do not add up', () => {
    expect(reasonFor('nbac_team_boxscore', { pts: 108 })).toBe('pts is 108, the makes give 107');
  });

  it.each([
    ['48.0', 240],
    ['48:00', 240],
    ['53', 265],
    ['240', 240],
    ['265:00', 265],
  ])('takes %s minutes for %d player-minutes', (minutes, of) => {
    expect(noted('nbac_team_boxscore', { minutes }).row).toMatchObject({ minutes: of });
  });

  it('has unknown minutes where the two teams of a game cannot both be right', () => {
    const other = { team: 'DEN', opponent: 'LAL', is_home: true };
    const { rows, notes } = loadRows('nbac_team_boxscore', { minutes: 240 }, { ...other, minutes: 265 });
    expect(rows).toMatchObject([
      { minutes: null },
      { minutes: null, data_quality_issues: 'minutes_unknown' },
    ]);
    expect(notes.map(({ text }) => text)).toContain('minutes is 240, the other team has 265: left NULL');
    expect(loadRows('nbac_team_boxscore', { minutes: 239 }, { ...other, minutes: 241 }).rows).toMatchObject([
      { minutes: 239 },
      { minutes: 241 },
    ]);
  });

  it('has neither attempts nor minutes in a lite line', () => {
    const { player_id: _id, player_name: _name, minutes: _minutes, ...line } = liteLine;
    const file = csv('team_box_lite_2023-24.csv', [{ ...line, team_id: 1610612747, pts: 107 }]);
    const { rows, rejects } = loadTable(RAW_LOADS.of('nbac_team_boxscore'), SEASON, [file], context);
    expect(rejects).toEqual([]);
    expect(rows).toMatchObject([
      {
        minutes: null,
        points: 107,
        field_goals_attempted: null,
        data_quality_issues: 'attempts_unknown,minutes_unknown',
      },
    ]);
  });

  it('is loaded, and noted, where it misses the final score', () => {
    const { rows, notes } = loadRows('nbac_team_boxscore', { ...teamLine, ftm: 16, pts: 108 });
    expect(rows).toHaveLength(1);
    expect(notes.map(({ text }) => text)).toContain(
      'game 20231024_LAL_DEN: LAL has 108 points, the final score says 107',
    );
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
