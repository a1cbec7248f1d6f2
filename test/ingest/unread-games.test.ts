import { describe, expect, it } from 'vitest';
import { scheduleOf } from '../../functions/ingest/schedule.ts';
import { loadRows, type Cells } from '../support/source-lines.ts';

/** A second game of Denver on opening night, of another opponent. */
const twice: Cells = { game_id: '0022300070', visitor_team: 'BOS' };
const told = ({ rows }: ReturnType<typeof loadRows>) =>
  rows.map((row) => [row['game_id'], row['season_type'], row['home_team_abbr'], row['away_team_abbr']]);

describe('a line of the schedule that is refused', () => {
  it.each<[string, Cells, unknown[][]]>([
    ['has a team twice on a date', twice, [['20231024_BOS_DEN', 'unread', 'DEN', 'BOS']]],
    [
      'names a team that nobody knows',
      { game_id: '0022300070', home_team: 'BOS', visitor_team: 'XYZ' },
      [['20231024_unread_BOS', 'unread', 'BOS', null]],
    ],
    [
      'has no id',
      { game_id: '?', home_team: 'BOS', visitor_team: 'NYK' },
      [['20231024_NYK_BOS', 'unread', 'BOS', 'NYK']],
    ],
    ['is a second one of a game that is read', { arena: 'Elsewhere' }, []],
    ['names no team', { game_id: '0022300070', home_team: 'X', visitor_team: 'Y' }, []],
  ])('leaves its teams a game that is not read where it %s', (_name, line, unread) => {
    const loaded = loadRows('nbac_schedule', {}, line);
    expect(told(loaded)).toEqual([['20231024_LAL_DEN', 'regular', 'DEN', 'LAL'], ...unread]);
    expect(scheduleOf(loaded.rows).size).toBe(1);
    expect(loaded.lacks.map(({ code }) => code)).toEqual(unread.map(() => 'games_unread'));
  });

  it('is forgotten when another line has the game', () => {
    expect(told(loadRows('nbac_schedule', { home_team: 'XYZ' }, {}))).toEqual([
      ['20231024_LAL_DEN', 'regular', 'DEN', 'LAL'],
    ]);
  });

  it('is a game that was played, with a score that nobody knows, where it has a score', () => {
    const { rows, lacks } = loadRows('nbac_game_results', {}, twice);
    expect(rows.slice(1)).toMatchObject([
      { game_id: '20231024_BOS_DEN', season_type: 'unread', game_status: 'unread', home_points: null },
    ]);
    expect(lacks).toMatchObject([{ code: 'games_unread', detail: '20231024_BOS_DEN' }]);
  });

  it.each(['', 0])('is no game that was played where its score is "%s"', (points) => {
    const score = { home_pts: points, visitor_pts: points, winner: '' };
    expect(loadRows('nbac_game_results', {}, { ...twice, ...score }).rows).toHaveLength(1);
    expect(loadRows('nbac_game_results', score).rows).toEqual([]);
  });

  it.each([
    ['half a score', { visitor_pts: '' }],
    ['a draw', { home_pts: 107 }],
    ['the wrong winner', { winner: 'LAL' }],
  ])('with %s leaves a game that was played, with the teams of the schedule', (_name, change: Cells) => {
    expect(told(loadRows('nbac_game_results', change))).toEqual([
      ['20231024_LAL_DEN', 'unread', 'DEN', 'LAL'],
    ]);
  });
});

describe('box scores of a game that the schedule has not on their date', () => {
  it.each(['nbac_player_boxscores', 'nbac_team_boxscore'])('are named by %s', (table) => {
    const { lacks } = loadRows(table, { game_id: '0022300070' }, { game_date: '2023-10-25' });
    expect(lacks).toEqual([{ code: 'games_unread', detail: '0022300070 0022300061', rows: 0 }]);
  });
});
