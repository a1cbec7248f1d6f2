import { describe, expect, it } from 'vitest';
import { attemptsIn } from '../../functions/ingest/attempts.ts';
import { loadTable } from '../../functions/ingest/load-table.ts';
import type { NbaGameId } from '../../shared/domain/game-id.ts';
import { RAW_LOADS } from '../../functions/processors/loads.ts';
import {
  context,
  csv,
  injury,
  loadBooks,
  loadRows,
  noted,
  reasonFor,
  SEASON,
  secondGame,
  shot,
  type Cells,
} from '../support/source-lines.ts';

describe('the shot chart', () => {
  it('has one row for each attempt', () => {
    expect(loadRows('nbac_shot_chart', {}, { made: false, is_three: true, loc_x: '-0' }).rows).toMatchObject([
      {
        shot_number: 1,
        player_lookup: 'nikolajokic',
        shot_made: true,
        shot_type: '2PT',
        shot_distance: 6,
        loc_x: -1.3,
        assisted: null,
      },
      { shot_number: 2, player_lookup: 'nikolajokic', shot_made: false, shot_type: '3PT', loc_x: 0 },
    ]);
  });

  it('keeps unknown distance and place unknown', () => {
    const { rows } = loadRows('nbac_shot_chart', {
      shot_distance: '',
      loc_x: '',
      loc_y: '',
      action: '',
      zone_side: '',
      zone_range: '',
    });
    expect(rows).toMatchObject([
      { shot_distance: null, loc_x: null, loc_y: null, action: null, zone_side: null, zone_range: null },
    ]);
  });

  it('numbers the shots of each game in the order of the file, rejected ones included', () => {
    const other = { game_id: secondGame['game_id'] ?? '', team: 'GSW' };
    const { rows } = loadRows('nbac_shot_chart', {}, other, { period: 0 }, {}, other);
    expect(rows.map((row) => [row['game_id'], row['shot_number']])).toEqual([
      ['20231024_LAL_DEN', 1],
      ['20231024_PHX_GSW', 1],
      ['20231024_LAL_DEN', 3],
      ['20231024_PHX_GSW', 2],
    ]);
  });

  it.each([
    ['a player without a box score', { player_id: 77 }, 'player 77 is in no box score and no roster'],
    ['a team of another game', { team: 'BOS' }, 'BOS does not play in 20231024_LAL_DEN'],
    ['a period that is none', { period: 0 }, 'period is 0, outside 1 to 10'],
    ['more time than a quarter has', { seconds_left: 721 }, 'seconds_left is 721, outside 0 to 720'],
    [
      'more time than an overtime has',
      { period: 5, seconds_left: 301 },
      'seconds_left is 301 in an overtime of 300 seconds',
    ],
    ['negative time', { seconds_left: -1 }, 'seconds_left is negative: -1'],
    ['neither made nor missed', { made: '' }, 'made is empty'],
    ['an unknown zone', { zone: 'Paint' }, 'zone is "Paint", which is not one of the known values'],
    [
      'a game of another season',
      { game_id: '0022200061' },
      'game 0022200061 is not in the schedule of 2023-24',
    ],
  ])('rejects %s', (_name, change: Cells, reason) => {
    expect(reasonFor('nbac_shot_chart', change)).toBe(reason);
  });

  it.each([
    ['a negative distance', { shot_distance: -1 }, 'shot_distance', 'shot_distance is -1, outside 0 to 94'],
    ['a place off the court', { loc_x: 40 }, 'loc_x', 'loc_x is 40, outside -30 to 30'],
    ['a place that is no number', { loc_x: '1e1' }, 'loc_x', 'loc_x is "1e1", which is not a number'],
    [
      'an unknown side',
      { zone_side: 'Up' },
      'zone_side',
      'zone_side is "Up", which is not one of the known values',
    ],
  ])('keeps a shot with %s, and says so', (_name, change: Cells, column, note) => {
    const { row, notes } = noted('nbac_shot_chart', change);
    expect(row).toMatchObject({ shot_made: true, [column]: null });
    expect(notes).toContain(`1 ${note}: left NULL`);
  });

  it('is in doubt for a whole game in which a player has more shots than his box score, by more than one', () => {
    const other = { game_id: secondGame['game_id'] ?? '', team: 'GSW' };
    const file = csv('shots_2023-24.csv', [
      { ...shot, ...other },
      shot,
      { ...shot, made: false },
      { ...shot, made: false },
    ]);
    const boxScore = csv('player_box_2023-24.csv', [
      { game_id: '22300061', player_id: 203999, fga: '', fgm: 1, fg3a: 0, fg3m: 0 },
    ]).text.split('\n');
    const shotsBeside = (attempts: number | null) => {
      const line = (boxScore[1] ?? '').replace(',,', `,${attempts ?? ''},`);
      const part = { name: '', header: boxScore[0] ?? '', lines: [{ number: 2, text: line }] };
      return loadTable(RAW_LOADS.of('nbac_shot_chart'), SEASON, [file], {
        ...context,
        attempts: attemptsIn([part]),
      });
    };
    expect(shotsBeside(1).rows).toMatchObject([{ game_id: '20231024_PHX_GSW' }]);
    expect(shotsBeside(1).rejects).toMatchObject(
      [3, 4, 5].map((line) => ({
        line,
        reason: 'the shots of game 20231024_LAL_DEN are in doubt: nikolajokic has 3 shots, his box score 1',
      })),
    );
    for (const attempts of [2, 3, null]) expect(shotsBeside(attempts).rows).toHaveLength(4);
    const said = (detail: string, rows: number) => [
      { code: 'shots_do_not_add_up', detail: `20231024_LAL_DEN (nikolajokic has ${detail})`, rows },
    ];
    expect(shotsBeside(5).lacks).toEqual(said('3 of 5 shots', 2));
    expect(shotsBeside(2).lacks).toEqual(said('3 of 2 shots', 0));
    for (const attempts of [1, 3, null]) expect(shotsBeside(attempts).lacks).toEqual([]);
  });

  it('tells of every game in which a number of a player is not that of his box score', () => {
    const lines = [
      { game: '0022300061', player: 203999, shots: 1, makes: 1, threes: 1, 'made threes': 0 },
      { game: '0022300061', player: 2544, shots: 20, makes: 9, threes: 4, 'made threes': 2 },
      // Of a game without any shot nobody knows here whether the source should have it.
      { game: '0022300062', player: 2544, shots: 20, makes: 9, threes: 4, 'made threes': 2 },
    ];
    const { rows, lacks } = loadTable(
      RAW_LOADS.of('nbac_shot_chart'),
      SEASON,
      [csv('shots_2023-24.csv', [shot])],
      {
        ...context,
        attempts: lines.map((line) => ({ ...line, game: line.game as NbaGameId })),
      },
    );
    expect(rows).toHaveLength(1);
    expect(lacks).toEqual([
      {
        code: 'shots_do_not_add_up',
        detail: '20231024_LAL_DEN (nikolajokic has 0 of 1 threes, and 1 more player)',
        rows: 20,
      },
    ]);
  });

  it('takes assists where a source has them', () => {
    expect(loadRows('nbac_shot_chart', { assisted: true }).rows).toMatchObject([{ assisted: true }]);
  });
});

describe('the lines of a game', () => {
  it('are two sides of a spread and of a total, closing where no time is known', () => {
    const { rows } = loadRows('odds_api_game_lines', {});
    expect(rows.map((row) => [row['market_key'], row['outcome_name'], row['outcome_point']])).toEqual([
      ['spreads', 'DEN', -5.5],
      ['spreads', 'LAL', 5.5],
      ['totals', 'Over', 226.25],
      ['totals', 'Under', 226.25],
    ]);
    expect(rows[0]).toMatchObject({
      game_id: '20231024_LAL_DEN',
      bookmaker_key: 'closing_line',
      outcome_price: null,
      snapshot_label: 'closing',
      snapshot_at: null,
      minutes_before_tipoff: null,
    });
  });

  it('have no negative zero', () => {
    expect(
      loadRows('odds_api_game_lines', { spread_home: 0 }).rows.map((row) => row['outcome_point']),
    ).toEqual([0, 0, 226.25, 226.25]);
  });

  it('are what a file has of them, and the rest is counted', () => {
    const { rows, notes } = loadRows('odds_api_game_lines', { spread_home: '', moneyline_home: -200 });
    expect(rows.map((row) => row['market_key'])).toEqual(['totals', 'totals']);
    expect(notes.map(({ text }) => text)).toEqual(['games without a spread', 'moneylines not used']);
  });

  it.each([
    ['a line that nobody quotes', { spread_home: -5.3 }, 'spread_home is -5.3, no multiple of 0.25'],
    ['a total that nobody quotes', { total: 226.1 }, 'total is 226.1, no multiple of 0.25'],
    ['a line that is no number', { total: 'open' }, 'total is "open", which is not a number'],
    ['a negative total', { total: -226 }, 'total is -226, outside 100 to 400'],
    ['a total that is a spread', { total: -6.5 }, 'total is -6.5, outside 100 to 400'],
    ['a spread beyond belief', { spread_home: -99 }, 'spread_home is -99, outside -60 to 60'],
    ['a spread that is a total', { spread_home: 226 }, 'spread_home is 226, outside -60 to 60'],
    [
      'teams of another game',
      { home_team: 'BOS' },
      'LAL at BOS is not the game 0022300061 of the schedule, LAL at DEN',
    ],
    [
      'sides exchanged',
      { home_team: 'LAL', visitor_team: 'DEN' },
      'DEN at LAL is not the game 0022300061 of the schedule, LAL at DEN',
    ],
  ])('are rejected for %s', (_name, change: Cells, reason) => {
    expect(reasonFor('odds_api_game_lines', change)).toBe(reason);
  });

  it('of a bookmaker carry its prices and the moment', () => {
    expect(loadBooks({}).rows).toMatchObject([
      {
        bookmaker_key: 'unibet',
        outcome_name: 'DEN',
        outcome_point: -5.5,
        outcome_price: 1.88,
        snapshot_label: '2023-10-24T21:00:00Z',
        snapshot_at: '2023-10-24T21:00:00Z',
        minutes_before_tipoff: 160,
      },
      { outcome_name: 'LAL', outcome_point: 5.5, outcome_price: 1.92 },
    ]);
  });

  it('of a bookmaker without a spread are counted', () => {
    const { rows, rejects, notes } = loadBooks({ spread_home: '' });
    expect([rows, rejects]).toEqual([[], []]);
    expect(notes.map(({ text }) => text)).toEqual(['rows with a moneyline only not used']);
  });

  it('seen at the tip-off are the last before the game', () => {
    expect(loadBooks({ snapshot_utc: '2023-10-24T23:40:00Z' }).rows).toMatchObject([
      { minutes_before_tipoff: 0 },
      {},
    ]);
  });

  it('are timed by the schedule where the file does not say when the game begins', () => {
    expect(loadBooks({ commence_utc: '' }).rows).toMatchObject([{ minutes_before_tipoff: 150 }, {}]);
  });

  it.each([
    ['-5½', -5.5],
    ['"-5,5"', -5.5],
    ['+5.50', 5.5],
    ['PK', 0],
    ['−.5', -0.5],
  ])('may be written %s', (spread_home, point) => {
    expect(loadRows('odds_api_game_lines', { spread_home }).rows[0]).toMatchObject({ outcome_point: point });
  });

  it('of a bookmaker are kept without odds that are none and without a start that is none, which is noted', () => {
    const { rows, notes } = loadBooks({ spread_home_dec: 0.9, commence_utc: 'soon' });
    expect(rows).toMatchObject([
      { outcome_price: null, minutes_before_tipoff: 150 },
      { outcome_price: 1.92, minutes_before_tipoff: 150 },
    ]);
    expect(notes.map(({ text }) => text)).toEqual([
      'commence_utc is "soon", which is no UTC time such as 2024-01-26T00:30:00Z: left NULL',
      'spread_home_dec is 0.9; decimal odds exceed 1: left NULL',
    ]);
  });

  it.each([
    [
      'in-play quotes',
      { snapshot_utc: '2023-10-24T23:40:01Z' },
      'seen at 2023-10-24T23:40:01Z, after the tip-off at 2023-10-24T23:40:00Z: in-play',
    ],
    [
      'quotes after the scheduled tip-off where no other is known',
      { commence_utc: '', snapshot_utc: '2023-10-24T23:31:00Z' },
      'seen at 2023-10-24T23:31:00Z, after the tip-off at 2023-10-24T23:30:00Z: in-play',
    ],
    [
      'a time without a zone',
      { snapshot_utc: '2023-10-24T21:00:00' },
      'snapshot_utc is "2023-10-24T21:00:00", which is no UTC time such as 2024-01-26T00:30:00Z',
    ],
    ['an unnamed bookmaker', { bookmaker: '' }, 'bookmaker is empty'],
  ])('of a bookmaker are rejected for %s', (_name, change: Cells, reason) => {
    expect(loadBooks(change).rejects[0]?.reason).toBe(reason);
  });
});

describe('the lines on a player’s points', () => {
  it('belong to the player of the box scores, however the book writes him', () => {
    expect(loadRows('odds_api_player_points_props', {}).rows).toMatchObject([
      {
        player_lookup: 'lebronjames',
        nba_player_id: 2544,
        player_name: 'Lebron James Sr.',
        bookmaker: 'betmgm',
        points_line: 24.5,
        over_price: -110,
        under_price: -125,
        is_main_line: true,
        snapshot_label: '2023-10-24T22:25:44Z 24.5',
        snapshot_at: '2023-10-24T22:25:44Z',
        minutes_before_tipoff: 64,
        source: 'sample',
      },
    ]);
  });

  it.each([
    ['without an id', ''],
    ['with an id that no file has named', 77],
  ])('of a player %s go by the name, and match nobody when nobody has it', (_name, player_id) => {
    const row = { player_id, player_name: 'LeBron James' };
    expect(loadRows('odds_api_player_points_props', row).rows).toMatchObject([
      { player_lookup: 'lebronjames', nba_player_id: 2544, matched_by: 'name' },
    ]);
    const { rows, answers } = loadRows('odds_api_player_points_props', { player_id });
    expect(rows).toMatchObject([
      { player_lookup: 'lebronjamessr', nba_player_id: null, matched_by: 'nobody' },
    ]);
    expect(answers).toMatchObject([{ name: 'Lebron James Sr.', teams: ['DEN', 'LAL'], matchedBy: 'nobody' }]);
  });

  it('have no time to the tip-off where one of the two times is unknown', () => {
    const unknownTipoff = { game_id: secondGame['game_id'] ?? '', home_team: 'GSW', visitor_team: 'PHX' };
    expect(loadRows('odds_api_player_points_props', unknownTipoff, { snapshot_utc: '' }).rows).toMatchObject([
      { snapshot_label: '2023-10-24T22:25:44Z 24.5', minutes_before_tipoff: null },
      { snapshot_label: 'closing 24.5', snapshot_at: null, minutes_before_tipoff: null },
    ]);
  });

  it('of other markets are counted', () => {
    const { rows, rejects, notes } = loadRows(
      'odds_api_player_points_props',
      {},
      { market: 'player_rebounds' },
      { market: 'player_rebounds', line: 'x' },
      { market: 'player_assists' },
    );
    expect(rows).toHaveLength(1);
    expect(rejects).toEqual([]);
    expect(notes.map(({ text, count }) => [text, count])).toEqual([
      ['rows of market player_rebounds not used', 2],
      ['rows of market player_assists not used', 1],
    ]);
  });

  it.each([
    ['a line between halves', { line: 24.25 }, 'line is 24.25, no multiple of 0.5'],
    ['no line', { line: '' }, 'line is empty'],
    ['a line of nothing', { line: 0 }, 'line is 0, outside 0.5 to 100'],
    ['neither main nor alternate', { is_main_line: '' }, 'is_main_line is empty'],
    [
      'in-play lines',
      { snapshot_utc: '2023-10-25T00:10:00Z' },
      'seen at 2023-10-25T00:10:00Z, after the tip-off at 2023-10-24T23:30:00Z: in-play',
    ],
    [
      'teams of another game',
      { visitor_team: 'BOS' },
      'BOS at DEN is not the game 0022300061 of the schedule, LAL at DEN',
    ],
  ])('are rejected for %s', (_name, change: Cells, reason) => {
    expect(reasonFor('odds_api_player_points_props', change)).toBe(reason);
  });

  it.each([
    [
      'odds that are none',
      { over_price: 50 },
      'over_price',
      'over_price is 50; American odds are 100 or more either way',
    ],
    [
      'decimal odds',
      { under_price: 1.91 },
      'under_price',
      'under_price is "1.91", which is not a whole number',
    ],
    ['a player that is none', { player_id: -1 }, 'nba_player_id', 'player_id is -1'],
  ])('load without %s, which is noted', (_name, change: Cells, column, note) => {
    const { row, notes } = noted('odds_api_player_points_props', change);
    expect(row).toMatchObject({ points_line: 24.5, [column]: null });
    expect(notes).toContain(`1 ${note}: left NULL`);
  });

  it('may be written with signs, and even for 100', () => {
    expect(
      noted('odds_api_player_points_props', { over_price: '+105', under_price: 'EVEN', line: '24½' }).row,
    ).toMatchObject({ over_price: 105, under_price: 100, points_line: 24.5 });
  });

  it('are one of each line, book, moment and source', () => {
    expect(
      loadRows('odds_api_player_points_props', {}, { line: 25.5, is_main_line: false }, { over_price: 100 })
        .rejects,
    ).toMatchObject([{ line: 4, reason: expect.stringContaining('as line 2 of player_props_2023-24.csv') }]);
  });
});

describe('the injury report', () => {
  it('says how likely a player is to play, and when that was said', () => {
    expect(loadRows('nbac_injury_report', {}).rows).toMatchObject([
      {
        game_id: '20231024_LAL_DEN',
        team_abbr: 'DEN',
        player_lookup: 'michaelporterjr',
        injury_status: 'questionable',
        reason: 'Left Ankle; Sprain',
        report_at: '2023-10-24T21:30:00Z',
        minutes_before_tipoff: 120,
      },
    ]);
  });

  it('may name a player again later', () => {
    expect(
      loadRows('nbac_injury_report', {}, { status: 'Out', report_utc: '2023-10-24T22:30:00Z' }).rows,
    ).toHaveLength(2);
  });

  it('is rejected for what was said after the tip-off', () => {
    expect(reasonFor('nbac_injury_report', { ...injury, report_utc: '2023-10-24T23:31:00Z' })).toBe(
      'seen at 2023-10-24T23:31:00Z, after the tip-off at 2023-10-24T23:30:00Z: in-play',
    );
  });
});

describe('the rosters', () => {
  it('name the players of a team that plays on the date', () => {
    expect(
      loadRows(
        'espn_team_rosters',
        {},
        { player_id: '', player_name: 'A. Rookie', position: '', birth_date: '' },
      ).rows,
    ).toEqual([
      {
        game_date: '2023-10-24',
        season: '2023-24',
        season_type: 'regular',
        team_abbr: 'DEN',
        player_lookup: 'nikolajokic',
        nba_player_id: 203999,
        player_name: 'Nikola Jokić',
        matched_by: 'id',
        position: 'C',
        birth_date: '1995-02-19',
      },
      expect.objectContaining({
        player_lookup: 'arookie',
        nba_player_id: null,
        position: null,
        birth_date: null,
      }),
    ]);
  });

  it.each([
    ['a team that does not play', { team: 'BOS' }, 'BOS does not play on 2023-10-24 by the schedule'],
    ['a date without games', { game_date: '2023-10-23' }, 'DEN does not play on 2023-10-23 by the schedule'],
    [
      'another kind of game',
      { season_type: 'playoffs' },
      'season_type is playoffs, game 0022300061 is regular',
    ],
    ['another season', { season: '2022-23' }, 'season is "2022-23", the file is of 2023-24'],
  ])('are rejected for %s', (_name, change: Cells, reason) => {
    expect(reasonFor('espn_team_rosters', change)).toBe(reason);
  });

  it.each([
    ['no date', { birth_date: '19/02/1995' }, 'birth_date is "19/02/1995", which is no date'],
    ['that of the unborn', { birth_date: '2023-10-24' }, 'birth_date 2023-10-24 is not before 2023-10-24'],
    ['that of a child', { birth_date: '2008-10-25' }, 'birth_date 2008-10-25 gives an age of 14'],
    ['that of his grandfather', { birth_date: '1950-01-01' }, 'birth_date 1950-01-01 gives an age of 73'],
  ])('name a player without his birthday when it is %s', (_name, change: Cells, note) => {
    const { row, notes } = noted('espn_team_rosters', change);
    expect(row).toMatchObject({ player_lookup: 'nikolajokic', birth_date: null });
    expect(notes).toEqual([`1 ${note}: left NULL`]);
  });

  it('have a row about nobody for a row that is not understood, while most rows are', () => {
    const others = ['A. One', 'B. Two', 'C. Three'].map((player_name) => ({ player_name, player_id: '' }));
    const { rows, rejects, lacks } = loadRows('espn_team_rosters', ...others, { season_type: 'playoffs' });
    expect(rejects).toEqual([]);
    expect(rows.at(-1)).toMatchObject({
      ...{ team_abbr: 'DEN', player_lookup: 'unread_0_den', nba_player_id: null, matched_by: 'nobody' },
      player_name: 'Nikola Jokić',
    });
    expect(lacks).toEqual([
      { code: 'rows_unread', detail: 'season_type is playoffs, game 0022300061 is regular', rows: 1 },
    ]);
  });

  it.each(['NIKOLA JOKIC', 'N. Jokić'])('name a player as he is known where they write %j', (player_name) => {
    expect(noted('espn_team_rosters', { player_name }).row).toMatchObject({
      player_lookup: 'nikolajokic',
      player_name: 'Nikola Jokić',
    });
  });

  it('name a player in the spelling of his league where a name was read in another encoding', () => {
    const misread = (name: string) => Buffer.from(name, 'utf8').toString('latin1').replace('\u0087', '‡');
    for (const player_name of [misread('Nikola Jokić'), misread(misread('Nikola Jokić'))])
      expect(noted('espn_team_rosters', { player_id: '', player_name }).row).toMatchObject({
        player_name: 'Nikola Jokić',
        player_lookup: 'nikolajokic',
      });
    const stranger = misread('Luka Dončić');
    expect(noted('espn_team_rosters', { player_id: '', player_name: stranger }).row).toMatchObject({
      player_name: stranger,
    });
  });

  it('name a player once for each team and date', () => {
    expect(loadRows('espn_team_rosters', {}, {}).rejects).toMatchObject([
      { reason: 'same game_date, team_abbr, player_lookup as line 2 of rosters_2023-24.csv' },
    ]);
  });
});
