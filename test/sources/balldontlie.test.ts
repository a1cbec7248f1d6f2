/** What Ball Don't Lie answers about a date fills its results and a second table of box scores, matched by names. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import { askerOf, type Ask } from '../../functions/sources/ask.ts';
import balldontlie from '../../functions/sources/balldontlie/source.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { undiciHttp } from '../../shared/adapters/http/undici-http.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { TRICODES } from '../../shared/domain/teams.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { archiveHome } from '../support/archive-home.ts';
import { bdlGame, bdlLine, bdlPage } from '../support/balldontlie-answers.ts';
import { dataFolder } from '../support/homes.ts';
import { FAULTS, recordedServer } from '../support/recorded-server.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game, secondGame, type Cells } from '../support/source-lines.ts';

const DATE = '2023-10-24';
const GAMES = `balldontlie.games.${DATE}.json`;
const BOXES = `balldontlie.box_scores.${DATE}.json`;
const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

/** Rests of teams: 119 and 107 points, so that each team has the points of the final score. */
const DEN = [
  bdlLine(246, 'Nikola Jokic', '36', {
    fgm: 12,
    fga: 22,
    fg3m: 3,
    fg3a: 5,
    ftm: 2,
    fta: 4,
    oreb: 3,
    dreb: 10,
    reb: 13,
    pts: 29,
  }),
  bdlLine(9001, 'Somebody Else', '40', { fgm: 45, fga: 60, pts: 90 }),
];
const LAL = [
  bdlLine(237, 'LeBron James', '29', {
    fgm: 10,
    fga: 16,
    fg3m: 1,
    fg3a: 4,
    fta: 1,
    oreb: 1,
    dreb: 7,
    reb: 8,
    ast: 5,
    stl: 1,
    pf: 1,
    pts: 21,
    plus_minus: 7,
  }),
  bdlLine(9002, 'Another One', '0:00', { fgm: 43, fga: 50, pts: 86 }),
  bdlLine(9003, 'Bench Player', '00'),
];
const boxes = (changes: object = {}, den = DEN, lal = LAL) =>
  bdlGame(
    DATE,
    [
      { team: 'LAL', points: 107, players: lal },
      { team: 'DEN', points: 119, players: den },
    ],
    changes,
  );
const results = (changes: object = {}) =>
  bdlGame(
    DATE,
    [
      { team: 'LAL', points: 107 },
      { team: 'DEN', points: 119 },
    ],
    changes,
  );
const other = (changes: object = {}) =>
  bdlGame(
    DATE,
    [
      { team: 'PHX', points: 108 },
      { team: 'GSW', points: 104 },
    ],
    changes,
  );

const jokic: Cells = {
  ...boxLine,
  game_id: '0022300061',
  team: 'DEN',
  opponent: 'LAL',
  is_home: true,
  player_id: 203999,
  player_name: 'Nikola Jokić',
};
/** A home that knows the players of the two teams from an earlier game, with or without the score of this one. */
async function homeWith(document: unknown, name: string, score: Cells = {}) {
  const home = archiveHome(`${DATE}T15:00:00Z`);
  const files = [
    csv('schedule_2023-24.csv', [
      { ...game, ...score },
      { ...secondGame, ...score },
    ]),
    csv('player_box_2023-24.csv', [boxLine, jokic]),
  ];
  await home.importFiles(files.map((file) => sourceFile(file.name, file.text)));
  await home.importFiles([{ name, bytes: () => bytes(document) }], { observedAt: `${DATE}T23:00:00Z` });
  return home;
}
const rowsOf = async (
  table: string,
  document: unknown,
  name: string,
  score?: Cells,
): Promise<readonly Row[]> => (await homeWith(document, name, score)).rowsOf(table, [gameDate(DATE)]);

describe('box scores', () => {
  it('name games by their teams and players by name, and leave out who did not play', async () => {
    const rows = await rowsOf('bdl_player_boxscores', { data: [boxes()] }, BOXES);

    expect(
      rows.map((row) => [row['player_name'], row['nba_player_id'], row['matched_by'], row['minutes']]),
    ).toEqual([
      ['Nikola Jokic', 203999, 'name', 36],
      ['Somebody Else', null, 'nobody', 40],
      ['LeBron James', 2544, 'name', 29],
      ['Another One', null, 'nobody', null],
    ]);
    expect(rows[2]).toMatchObject({
      ...{ game_id: '20231024_LAL_DEN', nba_game_id: '0022300061', season_type: 'regular', team_abbr: 'LAL' },
      ...{ opponent_team_abbr: 'DEN', is_home: false, player_lookup: 'lebronjames', bdl_player_id: 237 },
      ...{
        points: 21,
        field_goals_made: 10,
        three_pointers_attempted: 4,
        offensive_rebounds: 1,
        rebounds: 8,
      },
      ...{ assists: 5, steals: 1, blocks: 0, turnovers: 0, personal_fouls: 1, plus_minus: 7 },
      ...{ team_points_add_up: true, data_quality_issues: null, source: 'balldontlie' },
    });
  });

  it('say of each team whether its points are those of the final score', async () => {
    const short = [LAL[0] ?? {}, bdlLine(9002, 'Another One', '40', { fgm: 42, fga: 50, pts: 84 })];
    const rows = await rowsOf('bdl_player_boxscores', { data: [boxes({}, DEN, short)] }, BOXES);
    expect(rows.map((row) => row['team_points_add_up'])).toEqual([true, true, false, false]);

    const noScore = { home_pts: '', visitor_pts: '', winner: '' };
    const early = await rowsOf('bdl_player_boxscores', { data: [boxes()] }, BOXES, noScore);
    expect(new Set(early.map((row) => row['team_points_add_up']))).toEqual(new Set([false]));
  });

  it('leave a team short of what a line about nobody, or one that contradicts itself, has', async () => {
    const nobody = { ...bdlLine(1, 'X Y', '10', { fgm: 43, fga: 50, pts: 86 }), player: null };
    const wrong = bdlLine(9004, 'Wrong Sum', '10', { fgm: 43, fga: 50, pts: 85 });
    for (const line of [nobody, wrong]) {
      const rows = await rowsOf(
        'bdl_player_boxscores',
        { data: [boxes({}, DEN, [LAL[0] ?? {}, line])] },
        BOXES,
      );
      expect(rows.map((row) => [row['player_lookup'], row['team_points_add_up']])).toContainEqual([
        'lebronjames',
        false,
      ]);
    }
  });

  it('stand in for the league until its own box scores come', async () => {
    const home = archiveHome(`${DATE}T15:00:00Z`);
    const importAll = (...files: readonly { readonly name: string; readonly text: string }[]) =>
      home.importFiles(files.map((file) => sourceFile(file.name, file.text)));
    const used = async () =>
      (await home.rowsOf('bdl_player_boxscores', [gameDate(DATE)]))
        .filter((row) => row['stands_in'] === true)
        .map((row) => row['player_name']);
    await importAll(csv('schedule_2023-24.csv', [game, secondGame]));
    await home.importFiles([{ name: BOXES, bytes: () => bytes({ data: [boxes()] }) }]);
    expect(await used()).toEqual(['Nikola Jokic', 'Somebody Else', 'LeBron James', 'Another One']);

    // The league has all points of DEN, and one player of LAL, whose team mate nobody knows.
    const points = { fgm: 12, fg3m: 3, ftm: 2, fga: 22, fg3a: 5, fta: 4, pts: 29, minutes: 36 };
    const rest = {
      player_id: 1,
      player_name: 'Some Body',
      fgm: 45,
      fga: 60,
      fg3m: 0,
      fg3a: 0,
      pts: 90,
      minutes: 40,
    };
    await importAll(csv('player_box_2023-24.csv', [boxLine, { ...jokic, ...points }, { ...jokic, ...rest }]));
    expect(await used()).toEqual([]);
  });

  it('wait for the players of a game that is over, and load the others', () => {
    const late = {
      ...other(),
      home_team: { abbreviation: 'GSW', players: [] },
      visitor_team: { abbreviation: 'PHX', players: [] },
    };
    const { text = '' } = textOfSource(BOXES, bytes({ data: [boxes(), late] }));
    expect(text).toContain('20231024_LAL_DEN');
    expect(text).not.toContain('PHX');
  });

  const unknown = { oreb: null, dreb: null, plus_minus: undefined };
  it('know no rebounds by kind and no plus-minus where the answer has none', async () => {
    const lal = LAL.map((line) => ({ ...line, ...unknown }));
    const rows = await rowsOf('bdl_player_boxscores', { data: [boxes({}, DEN, lal)] }, BOXES);
    expect(rows.find((row) => row['player_lookup'] === 'lebronjames')).toMatchObject({
      ...{ offensive_rebounds: null, defensive_rebounds: null, rebounds: 8, plus_minus: null },
      data_quality_issues: 'defensive_rebounds_unknown,offensive_rebounds_unknown',
    });
  });
});

describe('games', () => {
  it('give the result of a game in the schedule that has none yet', async () => {
    const noScore = { home_pts: '', visitor_pts: '', winner: '' };
    const rows = await rowsOf(
      'nbac_game_results',
      bdlPage([results(), other({ status: 'Halftime', period: 2 })]),
      GAMES,
      noScore,
    );
    expect(rows).toMatchObject([
      {
        game_id: '20231024_LAL_DEN',
        home_points: 119,
        away_points: 107,
        winning_team_abbr: 'DEN',
        source: 'balldontlie',
      },
    ]);
  });

  it('leave out a game that is postponed', () => {
    const [reading] = balldontlie.endpoints.games.read(
      { data: [results(), other({ status: 'Postponed', period: 0 })] },
      DATE,
    );
    expect(reading?.lines.map((line) => line['game'])).toHaveLength(1);
  });

  it('change nothing where the schedule has the score, whatever they say', async () => {
    const rows = await rowsOf(
      'nbac_game_results',
      bdlPage([results({ home_team_score: 120 }), other()]),
      GAMES,
    );
    expect(rows.map((row) => [row['game_id'], row['home_points'], row['source']])).toEqual([
      ['20231024_LAL_DEN', 119, 'files'],
      ['20231024_PHX_GSW', 104, 'files'],
    ]);
  });
});

describe('active players', () => {
  const ACTIVE = `balldontlie.active_players.${DATE}.json`;
  const player = (id: number, name: string, abbreviation: string | null): object => ({
    ...{
      id,
      first_name: name.split(' ')[0],
      last_name: name.split(' ')[1] ?? '',
      position: 'G',
      birth: null,
    },
    team: abbreviation === null ? null : { id: 1, abbreviation },
  });
  const league = TRICODES.flatMap((team, i) =>
    Array.from({ length: 8 }, (_, n) => player(100 * (i + 1) + n, `Some ${'ABCDEFGH'[n]}${team}`, team)),
  );

  it('are the roster of the teams that play and of which no other file has one', async () => {
    const home = archiveHome(`${DATE}T15:00:00Z`);
    const roster = {
      season: '2023-24',
      season_type: 'regular',
      game_date: DATE,
      team: 'DEN',
      player_id: 203999,
    };
    const other = { ...roster, player_name: 'Nikola Jokić', position: 'C', birth_date: '1995-02-19' };
    const files = [
      csv('schedule_2023-24.csv', [game]),
      csv('player_box_2023-24.csv', [boxLine, jokic]),
      csv('rosters_2023-24.csv', [other]),
    ];
    await home.importFiles(files.map((file) => sourceFile(file.name, file.text)));
    const all = [...league, player(237, 'LeBron James', 'LAL'), player(238, 'Free Agent', null)];
    await home.importFiles([
      {
        name: ACTIVE,
        bytes: () => bytes({ pages: [bdlPage(all.slice(0, 100), 9), bdlPage(all.slice(100))] }),
      },
    ]);
    const rows = await home.rowsOf('espn_team_rosters', [gameDate(DATE)]);

    expect(rows.filter((row) => row['team_abbr'] === 'DEN').map((row) => row['player_name'])).toEqual([
      'Nikola Jokić',
    ]);
    const lal = rows.filter((row) => row['team_abbr'] === 'LAL');
    expect(lal).toHaveLength(9);
    expect(lal.at(-1)).toMatchObject({
      nba_player_id: 2544,
      player_name: 'LeBron James',
      birth_date: null,
      source: 'balldontlie',
    });
    expect(rows).toHaveLength(10);
  });

  it('are refused when a team has too few, as on one page of several', () => {
    const fault = (document: unknown) => textOfSource(ACTIVE, bytes(document)).fault;
    expect(fault({ data: league.slice(1) })).toBe('has 7 players of ATL, too few for a team');
    expect(fault(bdlPage(league.slice(0, 100), 9))).toBe('lacks the page after the cursor 9');
    expect(fault({ data: [...league, league[0]] })).toBe('has player 100 twice');
    expect(fault({ data: [...league, player(1, 'A B', 'CHS')] })).toContain('has the team CHS');
  });

  it('are asked for today and tomorrow only', () => {
    const { covers } = balldontlie.endpoints.active_players;
    const days = ['2023-10-23', '2023-10-24', '2023-10-25', '2023-10-26'];
    expect(days.filter((day) => covers(day, gameDate(DATE)))).toEqual(['2023-10-24', '2023-10-25']);
    expect(days.filter((day) => covers(`${day}_DEN_LAL`, gameDate(DATE)))).toEqual([
      '2023-10-24',
      '2023-10-25',
    ]);
  });

  it('are those of the teams that play, where these are not many', () => {
    const { aboutTeams, path, seasonOf } = balldontlie.endpoints.active_players;
    const subject = aboutTeams(gameDate(DATE), ['LAL', 'DEN', 'BKN', 'BOS']);
    expect(subject).toBe(`${DATE}_BKN_BOS_DEN_LAL`);
    expect(path(subject)).toBe(
      '/v1/players/active?team_ids[]=3&team_ids[]=2&team_ids[]=8&team_ids[]=14&per_page=100',
    );
    expect([seasonOf(subject), seasonOf(`${DATE}_XXX`)]).toEqual(['2023-24', undefined]);
    expect(aboutTeams(gameDate(DATE), TRICODES.slice(0, 22))).toBe(DATE);
    expect(path(DATE)).toBe('/v1/players/active?per_page=100');
    const named = (document: unknown) =>
      textOfSource(`balldontlie.active_players.${DATE}_DEN_LAL.json`, bytes(document));
    // A source that does not know the parameter answers with everybody.
    const text = named({ data: league }).text ?? '';
    expect(
      text
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',')[1]),
    ).toEqual([...Array.from({ length: 8 }, () => 'DEN'), ...Array.from({ length: 8 }, () => 'LAL')]);
    const ofDenver = league.filter((_, i) => Math.floor(i / 8) === TRICODES.indexOf('DEN'));
    expect(named({ data: ofDenver }).fault).toBe('has 0 players of LAL, too few for a team');
  });
});

describe('an answer', () => {
  it.each<[string, string, unknown, string]>([
    ['of another date', GAMES, bdlPage([results({ date: '2023-10-23' })]), 'is of the date 2023-10-23'],
    ['without games', GAMES, bdlPage([]), 'has no games'],
    [
      'of a team of no league',
      GAMES,
      bdlPage([{ ...results(), home_team: { abbreviation: 'CHS' } }]),
      'has the team CHS',
    ],
    [
      'with a game twice',
      GAMES,
      bdlPage([results(), results()]),
      'has the game LAL at DEN on 2023-10-24 twice',
    ],
    ['that lacks its next page', GAMES, bdlPage([results()], 25), 'lacks the page after the cursor 25'],
    [
      'with a page twice',
      GAMES,
      { pages: [bdlPage([results()], 25), bdlPage([other()], 25), bdlPage([])] },
      'has the same page twice',
    ],
    [
      'with equal pages',
      GAMES,
      { pages: [bdlPage([results()], 25), bdlPage([results()])] },
      'has the game LAL at DEN on 2023-10-24 twice',
    ],
    [
      'that is over without a score',
      GAMES,
      bdlPage([results({ home_team_score: 0 })]),
      'is over after 4 periods with 107 : 0 points',
    ],
    [
      'that is over in the third quarter',
      GAMES,
      bdlPage([results({ period: 3 })]),
      'is over after 3 periods',
    ],
    [
      'with a renamed field',
      GAMES,
      bdlPage([{ ...results(), home_team_score: undefined }]),
      'data.0.home_team_score',
    ],
    ['without players', BOXES, { data: [boxes({}, [], [])] }, 'has no players although games are over'],
    [
      'with the players of one team',
      BOXES,
      { data: [boxes({}, DEN, [])] },
      'has no players although games are over',
    ],
    [
      'with a negative number',
      BOXES,
      { data: [boxes({}, [{ ...DEN[0], pts: -1 }])] },
      'home_team.players.0.pts',
    ],
    [
      'before a game is over',
      BOXES,
      { data: [boxes({ status: '3rd Qtr', period: 3 })] },
      'has no game that is over',
    ],
    [
      'of season averages',
      BOXES,
      { data: [{ player: {}, stats: {} }] },
      'another shape than expected: data.0.date',
    ],
  ])('%s is not loaded', (_, name, answer, fault) => {
    expect(textOfSource(name, bytes(answer)).fault).toContain(fault);
  });
});

describe('the question', () => {
  let ask: Ask;
  const path = `/v1/games?dates[]=${DATE}&per_page=100`;
  const server = recordedServer();
  afterAll(async () => (await server).close());
  beforeEach(async () => {
    const { address, faults, asked, answers } = await server;
    asked.length = 0;
    faults.clear();
    answers.clear();
    const http = undiciHttp({ connectMs: 5000, totalMs: 5000, maxBytes: 2 ** 20 });
    const now = new Date(`${DATE}T12:00:00Z`);
    const ports = {
      ...{ http, wait: () => Promise.resolve(), random: () => 0.5 },
      ...{ now, clock: () => now, store: memoryStore() },
    };
    ask = askerOf(ports, balldontlie, { address, key: 'secret-key' });
  });

  it('follows the cursors to the end and keeps all pages as one answer; the key is in a header', async () => {
    const { answers, asked, headers } = await server;
    answers.set(path, bdlPage([results()], 25));
    answers.set(`${path}&cursor=25`, bdlPage([other()]));
    const found = await ask('games', DATE);

    expect(found).toMatchObject({ status: 'fetched', detail: null, tries: 2 });
    expect(asked).toEqual([path, `${path}&cursor=25`]);
    expect(headers()['authorization']).toBe('secret-key');
    expect(JSON.parse(new TextDecoder().decode(found.bytes))).toEqual({
      pages: [bdlPage([results()], 25), bdlPage([other()])],
    });
    expect(new TextDecoder().decode(found.bytes)).not.toContain('secret-key');
    expect(
      textOfSource(GAMES, found.bytes ?? new Uint8Array())
        .text?.trim()
        .split('\n'),
    ).toHaveLength(3);
  });

  it('asks a page that failed again, and has no answer while a page is lacking', async () => {
    const { answers, faults } = await server;
    const next = `${path}&cursor=25`;
    answers.set(path, bdlPage([results()], 25));
    answers.set(next, bdlPage([other()]));
    faults.set(next, [FAULTS['an error of the server']]);
    expect(await ask('games', DATE)).toMatchObject({ status: 'fetched', tries: 3 });

    faults.set(
      next,
      Array.from({ length: 3 }, () => FAULTS['an error of the server']),
    );
    expect(await ask('games', DATE)).toMatchObject({ status: 'failed', tries: 4, bytes: undefined });
  });

  it('ends where cursors have no end', async () => {
    const { answers, asked } = await server;
    answers.set(path, bdlPage([results()], 25));
    answers.set(`${path}&cursor=25`, bdlPage([other()], 25));
    expect(await ask('games', DATE)).toMatchObject({
      status: 'misread',
      detail: 'lacks the page after the cursor 25',
    });
    expect(asked).toHaveLength(21);
  });
});

const SAMPLES = join(dataFolder(), 'api-samples', 'balldontlie');
const haveSamples = existsSync(SAMPLES);
if (!haveSamples)
  console.log('Left out: real answers of Ball Don’t Lie (no api-samples; set FULLCOURT_DATA)');

describe.skipIf(!haveSamples)('real answers', () => {
  const real = (file: string): Uint8Array => readFileSync(join(SAMPLES, file));
  const linesOf = (name: string, file: string): readonly string[] =>
    (textOfSource(name, real(file)).text ?? expect.fail()).trim().split('\n');

  it('have the games of 2025-02-20 with their scores', () => {
    const lines = linesOf('balldontlie.games.2025-02-20.json', 'games.json');
    expect(lines).toHaveLength(10);
    expect(lines).toContain('20250220_CHI_NYK,2025-02-20,NYK,CHI,113,111');
    expect(lines).toContain('20250220_LAL_POR,2025-02-20,POR,LAL,102,110');
  });

  it('have the players of 2026-01-09 who took part', () => {
    const lines = linesOf('balldontlie.box_scores.2026-01-09.json', 'box_scores_2026-01-09.json');
    const played = lines.filter((line) => !line.endsWith(',,,,,,,,,,,,,,,,,'));
    expect(played).toHaveLength(209);
    expect(played).toContain(
      '20260109_TOR_BOS,2026-01-09,BOS,TOR,BOS,Jaylen Brown,70,G,37,6,15,1,3,12,13,1,7,8,7,0,0,4,0,25,17',
    );
    expect(lines.filter((line) => line.includes('Jayson Tatum'))).toEqual([
      '20260109_TOR_BOS,2026-01-09,BOS,TOR,BOS,Jayson Tatum,434,F,,,,,,,,,,,,,,,,,',
    ]);
  });

  it('are refused where they are about something else', () => {
    const fault = (name: string, file: string) => textOfSource(name, real(file)).fault;
    expect(fault('balldontlie.games.2025-02-21.json', 'games.json')).toBe('is of the date 2025-02-20');
    expect(fault('balldontlie.box_scores.2025-02-21.json', 'box_scores_live_empty.json')).toBe(
      'has no games',
    );
    expect(fault('balldontlie.games.2025-02-21.json', 'season_averages.json')).toContain(
      'another shape than expected: data.0.date',
    );
    expect(fault('balldontlie.games.2025-02-21.json', 'players_active.json')).toBe(
      'lacks the page after the cursor 277',
    );
  });

  it('of 2024-01-15 are the lines of the league, player by player, but for later corrections', async () => {
    const home = archiveHome('2024-01-16T15:00:00Z');
    const files = ['schedule_2023-24.csv.gz', 'player_box_2023-24.csv.gz'];
    await home.importFiles(
      files.map((name) => ({ name, bytes: () => readFileSync(join(dataFolder(), name)) })),
    );
    await home.importFiles([
      {
        name: 'balldontlie.box_scores.2024-01-15.json',
        bytes: () => real('box_scores_2024-01-15_cut2_OT.json'),
      },
    ]);
    const rowsOn = (table: string) => home.rowsOf(table, [gameDate('2024-01-15')]);
    const games = ['20240115_CHI_CLE', '20240115_MIA_BKN'];
    const columns = [
      ...['team_abbr', 'player_lookup', 'points', 'field_goals_made', 'field_goals_attempted', 'minutes'],
      ...['three_pointers_made', 'three_pointers_attempted', 'free_throws_made', 'free_throws_attempted'],
      ...['offensive_rebounds', 'defensive_rebounds', 'rebounds', 'assists', 'steals', 'blocks', 'turnovers'],
      'personal_fouls',
    ];
    const byPlayer = async (table: string) =>
      new Map(
        (await rowsOn(table))
          .filter((row) => games.includes(String(row['game_id'])))
          .map((row) => [row['nba_player_id'], row] as const),
      );
    const [ours, league] = [await byPlayer('bdl_player_boxscores'), await byPlayer('nbac_player_boxscores')];

    expect(ours.size).toBe(39);
    expect([...ours.keys()].toSorted()).toEqual([...league.keys()].toSorted());
    expect([...ours.values()].every((row) => row['team_points_add_up'] === true)).toBe(true);
    const differing = [...ours].flatMap(([id, row]) =>
      columns
        .filter((column) => row[column] !== league.get(id)?.[column])
        .map((column) => [row['player_lookup'], column, row[column], league.get(id)?.[column]]),
    );
    // What the league corrected after the answer, and a minute that is rounded the other way.
    expect(differing.toSorted()).toEqual([
      ['carislevert', 'blocks', 1, 0],
      ['mikalbridges', 'field_goals_attempted', 24, 23],
      ['nicclaxton', 'offensive_rebounds', 3, 2],
      ['nicclaxton', 'rebounds', 14, 13],
      ['tylerherro', 'minutes', 37, 38],
    ]);
  });
});

const teams = join(dataFolder(), 'api-samples/balldontlie/teams.json');
it.skipIf(!existsSync(teams))('the real teams have the numbers by which they are asked about', () => {
  const { data } = JSON.parse(readFileSync(teams, 'utf8')) as {
    readonly data: readonly { readonly id: number; readonly abbreviation: string }[];
  };
  const { aboutTeams, path } = balldontlie.endpoints.active_players;
  const now = data.filter(({ id }) => id <= TRICODES.length);
  expect(now).toHaveLength(30);
  for (const { id, abbreviation } of now)
    expect(path(aboutTeams(gameDate(DATE), [abbreviation]))).toBe(
      `/v1/players/active?team_ids[]=${id}&per_page=100`,
    );
});
