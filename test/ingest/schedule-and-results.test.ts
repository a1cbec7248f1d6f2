import { describe, expect, it } from 'vitest';
import { loadTable } from '../../functions/ingest/load-table.ts';
import { scheduleOf } from '../../functions/ingest/schedule.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import {
  closingOdds,
  context,
  csv,
  game,
  loadRows,
  noted,
  playoffGame,
  reasonFor,
  SEASON,
  secondGame,
} from '../support/source-lines.ts';

describe('the schedule', () => {
  it('holds what is known before a game', () => {
    expect(loadRows('nbac_schedule', {}).rows).toEqual([
      {
        game_id: '20231024_LAL_DEN',
        nba_game_id: '0022300061',
        game_date: '2023-10-24',
        season: '2023-24',
        season_type: 'regular',
        home_team_abbr: 'DEN',
        away_team_abbr: 'LAL',
        tipoff_at: '2023-10-24T23:30:00Z',
        arena: 'Ball Arena',
        arena_city: 'Denver',
        neutral_site: false,
      },
    ]);
  });

  it('keeps unknown tip-off, arena and site unknown', () => {
    const { rows } = loadRows('nbac_schedule', {
      tipoff_et: '',
      arena: '',
      arena_city: '',
      neutral_site: '',
    });
    expect(rows).toMatchObject([{ tipoff_at: null, arena: null, arena_city: null, neutral_site: null }]);
  });

  it('has the dates of its games, ascending', () => {
    const file = csv('schedule_2023-24.csv', [playoffGame, game, secondGame]);
    expect(loadTable(RAW_LOADS.of('nbac_schedule'), SEASON, [file], context).dates).toEqual([
      '2023-10-24',
      '2024-04-20',
    ]);
  });

  it.each([
    ['unknown team', { home_team: 'ABC' }, 'home_team is "ABC", which is no NBA team'],
    ['a team against itself', { visitor_team: 'DEN' }, 'DEN cannot play itself'],
    ['no date', { game_date: '2023-02-30' }, 'game_date is "2023-02-30"'],
    [
      'a date of another season',
      { game_date: '2022-10-24', tipoff_et: '' },
      'game_date 2022-10-24 is not in 2023-24',
    ],
    ['an id of another season', { game_id: '0022200061' }, 'game 0022200061 is not of 2023-24'],
    [
      'an id of another kind',
      { season_type: 'playoffs' },
      'season_type is playoffs, game 0022300061 is regular',
    ],
  ])('rejects %s', (_name, change, reason) => {
    expect(reasonFor('nbac_schedule', change)).toBe(reason);
  });

  it('has a game once', () => {
    expect(loadRows('nbac_schedule', {}, {}).rejects).toMatchObject([
      { line: 3, reason: 'game 0022300061 is in the schedule already' },
    ]);
    expect(loadRows('nbac_schedule', {}, { game_id: '0022300062' }).rejects).toMatchObject([
      {
        line: 3,
        reason: 'DEN plays game 0022300061 on 2023-10-24 already; a team plays once on a date',
      },
    ]);
  });

  it.each([
    [
      'no local time',
      '7 pm',
      'tipoff_et is "7 pm", which is no Eastern local time and no time with a zone: left NULL',
    ],
    [
      'a tip-off in UTC on another Eastern date',
      '2023-10-24T03:30:00Z',
      'tipoff_et 2023-10-24T03:30:00Z is not on 2023-10-24: left NULL',
    ],
    [
      'a tip-off on another date',
      '2023-10-25T19:30:00',
      'tipoff_et 2023-10-25T19:30:00 is not on 2023-10-24: left NULL',
    ],
  ])('keeps the game and notes %s', (_name, tipoff_et, text) => {
    const { rows, rejects, notes } = loadRows('nbac_schedule', { tipoff_et });
    expect(rows).toMatchObject([{ game_id: '20231024_LAL_DEN', tipoff_at: null }]);
    expect(rejects).toEqual([]);
    expect(notes).toMatchObject([{ text, count: 1 }]);
  });

  it.each(['2023-10-25T01:30:00Z', '2023-10-24T21:30:00-04:00', '2023-10-24 21:30'])(
    'knows the tip-off %s, which is on the Eastern game date',
    (tipoff_et) => {
      expect(loadRows('nbac_schedule', { tipoff_et }).rows).toMatchObject([
        { game_date: '2023-10-24', tipoff_at: '2023-10-25T01:30:00Z' },
      ]);
    },
  );

  it('keeps the game and notes an unknown site', () => {
    const { row, notes } = noted('nbac_schedule', { neutral_site: 'soon' });
    expect(row).toMatchObject({ neutral_site: null });
    expect(notes).toEqual(['1 neutral_site is "soon", which is neither true nor false: left NULL']);
  });

  it('counts the played one of two lines about a game, and doubts a game that two lines tell differently', () => {
    const unplayed = { home_pts: '', visitor_pts: '', winner: '' };
    for (const lines of [
      [unplayed, {}],
      [{}, unplayed],
    ])
      for (const table of ['nbac_schedule', 'nbac_game_results']) {
        const { rows, rejects } = loadRows(table, ...lines);
        expect(rows).toHaveLength(1);
        expect(rejects).toMatchObject([
          {
            reason: `game 0022300061 was played: line ${lines.indexOf(unplayed) === 0 ? 3 : 2} has its score`,
          },
        ]);
      }
    for (const other of [{ home_pts: 120 }, { home_team: 'BOS', winner: 'BOS' }])
      for (const table of ['nbac_schedule', 'nbac_game_results']) {
        const { rows, rejects } = loadRows(table, {}, other);
        expect(new Set(rows.map((row) => row['season_type']))).toEqual(new Set(['unread']));
        expect(rejects.map(({ reason }) => reason)).toEqual([
          expect.stringContaining('game 0022300061 is in doubt: the lines 2, 3 say LAL 107 at DEN 119 and'),
          expect.stringContaining('is in doubt'),
        ]);
      }
  });

  it('takes a game whose row is repaired further down', () => {
    const { rows, rejects } = loadRows('nbac_schedule', { home_team: 'ABC' }, {});
    expect(rows).toHaveLength(1);
    expect(rejects).toMatchObject([{ line: 2 }]);
  });

  it('does not look at scores, so that a bad one hides no game', () => {
    expect(loadRows('nbac_schedule', { home_pts: -3, winner: 'X' }).rows).toHaveLength(1);
  });

  it('is the context of everything else', () => {
    expect(scheduleOf(loadRows('nbac_schedule', {}).rows).get(idOf('0022300061'))).toMatchObject({
      gameId: '20231024_LAL_DEN',
      home: 'DEN',
      away: 'LAL',
      seasonType: 'regular',
      tipoffAt: '2023-10-24T23:30:00Z',
      score: null,
    });
    expect(context.schedule.get(idOf('0022300061'))?.score).toEqual({ home: 119, away: 107 });
    expect(() => scheduleOf([{ game_id: 'x' }])).toThrow('is no row of the schedule');
  });
});

const idOf = (text: string) =>
  [...context.schedule.keys()].find((id) => id.endsWith(text)) ?? expect.fail(text);

describe('the results', () => {
  it('hold the final score', () => {
    expect(loadRows('nbac_game_results', {}).rows).toMatchObject([
      {
        game_id: '20231024_LAL_DEN',
        game_status: 'final',
        home_points: 119,
        away_points: 107,
        winning_team_abbr: 'DEN',
        home_q1: null,
        away_ot: null,
      },
    ]);
  });

  it('have no row of a game without a score, which the schedule has', () => {
    const future = { home_pts: '', visitor_pts: '', winner: '' };
    expect(loadRows('nbac_schedule', future).rows).toHaveLength(1);
    const { rows, rejects, notes } = loadRows('nbac_game_results', future);
    expect([rows, rejects]).toEqual([[], []]);
    expect(notes).toContainEqual({
      file: 'schedule_2023-24.csv',
      text: 'games without a score yet',
      count: 1,
      notUsed: true,
    });
  });

  it.each([
    ['half a score', { visitor_pts: '' }, 'only one of home_pts and visitor_pts is known'],
    ['a negative score', { home_pts: -119 }, 'home_pts is negative: -119'],
    ['a score that is no number', { home_pts: '119a' }, 'home_pts is "119a", which is not a whole number'],
    [
      'two scores that are none',
      { home_pts: 'x', visitor_pts: 'y' },
      'home_pts is "x", which is not a whole number',
    ],
    ['a draw', { home_pts: 107 }, '107 : 107 is no final score'],
    ['the wrong winner', { winner: 'LAL' }, 'winner is LAL, by the score it is DEN'],
    ['a score beyond belief', { home_pts: 1190 }, 'home_pts is 1190, outside 0 to 250'],
    [
      'another home team',
      { home_team: 'LAL', visitor_team: 'DEN' },
      'DEN at LAL is not the game 0022300061 of the schedule, LAL at DEN',
    ],
    [
      'a game that is not in the schedule',
      { game_id: '0022300070' },
      'game 0022300070 is not in the schedule of 2023-24',
    ],
  ])('reject %s', (_name, change, reason) => {
    expect(reasonFor('nbac_game_results', change)).toBe(reason);
  });

  const withQuarters = (...odds: readonly Parameters<typeof csv>[1][number][]) =>
    loadTable(
      RAW_LOADS.of('nbac_game_results'),
      SEASON,
      // The files come in any order; the score is read first.
      [csv('game_odds_2023-24.csv', odds), csv('schedule_2023-24.csv', [game])],
      context,
    );

  it('take the quarters that add up to the score', () => {
    const { rows, rejects } = withQuarters(closingOdds);
    expect(rejects).toEqual([]);
    expect(rows).toMatchObject([
      {
        home_q1: 34,
        home_q4: 27,
        home_ot: 0,
        away_q1: 20,
        away_q2: 34,
        away_q3: 24,
        away_q4: 29,
        away_ot: 0,
      },
    ]);
  });

  it.each([
    [
      'do not add up',
      { q1_home: 35 },
      'the home quarters add up to 120, the final score is 119; they are left NULL',
    ],
    ['are negative', { q1_home: -35 }, 'q1_home is negative: -35'],
    ['are in part unknown', { q1_home: '' }, 'q1_home is empty'],
  ])('keep the score and reject quarters that %s', (_name, change, reason) => {
    const { rows, rejects } = withQuarters({ ...closingOdds, ...change });
    expect(rows).toMatchObject([{ home_points: 119, home_q1: null, away_q1: null }]);
    expect(rejects).toMatchObject([{ file: 'game_odds_2023-24.csv', line: 2, reason }]);
  });

  it('take the quarters of a game once', () => {
    expect(withQuarters(closingOdds, closingOdds).rejects).toMatchObject([
      { line: 3, reason: 'the quarters of game 0022300061 are known already' },
    ]);
  });

  it('pass over games whose quarters are unknown', () => {
    const unknown = Object.fromEntries(
      Object.entries(closingOdds).map(([column, cell]) => [column, /^(q\d|ot)_/.test(column) ? '' : cell]),
    );
    const { rows, rejects } = withQuarters(unknown);
    expect(rejects).toEqual([]);
    expect(rows).toMatchObject([{ home_q1: null }]);
  });
});
