/** What bookmakers quote becomes lines on games and players, at the time at which it was seen. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import oddsApi from '../../functions/sources/odds_api/source.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { archiveHome } from '../support/archive-home.ts';
import { dataFolder } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game } from '../support/source-lines.ts';

const ID = 'f54c4a22568ce9dc33fb410d1b0e75e9';
const AT = '20231024T230000Z';
const NAME = `odds_api.odds.${ID}-${AT}.json`;

type Quote = readonly [name: string, price: number, point: number, player?: string];
const market = (key: string, quotes: readonly Quote[]) => ({
  key,
  last_update: '2023-10-24T22:59:00Z',
  outcomes: quotes.map(([name, price, point, player]) => ({
    ...{ name, price, point },
    ...(player === undefined ? {} : { description: player }),
  })),
});

/** DEN - LAL of opening night, as a book quotes it. */
const event = (markets: readonly unknown[], changes: object = {}): object => ({
  ...{ id: ID, sport_key: 'basketball_nba', commence_time: '2023-10-24T23:40:00Z' },
  ...{ home_team: 'Denver Nuggets', away_team: 'Los Angeles Lakers' },
  bookmakers: [{ key: 'draftkings', title: 'DraftKings', markets }],
  ...changes,
});

const SPREADS = market('spreads', [
  ['Denver Nuggets', -110, -4.5],
  ['Los Angeles Lakers', 120, 4.5],
]);
const TOTALS = market('totals', [
  ['Over', -105, 227.5],
  ['Under', -115, 227.5],
]);
const JOKIC = 'Nikola Jokic';
const POINTS = market('player_points', [
  ['Over', -300, 24.5, JOKIC],
  ['Under', 220, 24.5, JOKIC],
  ['Over', -112, 28.5, JOKIC],
  ['Under', -112, 28.5, JOKIC],
  ['Over', -150, 28.5, JOKIC],
  ['Under', 110, 28.5, JOKIC],
  ['Over', 105, 12.5, 'LeBron James'],
]);

const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

/** The rows of a table on opening night after the schedule, a box score and some answers were imported. */
async function rowsOf(table: string, answers: Readonly<Record<string, object>>): Promise<readonly Row[]> {
  const home = archiveHome('2023-10-25T12:00:00Z');
  const jokic = { team: 'DEN', opponent: 'LAL', is_home: true, win: true, player_id: 203999 };
  const files = [
    csv('schedule_2023-24.csv', [game]),
    csv('player_box_2023-24.csv', [boxLine, { ...boxLine, ...jokic, player_name: 'Nikola Jokić' }]),
  ].map(({ name, text }) => sourceFile(name, text));
  await home.importFiles(files);
  for (const [name, answer] of Object.entries(answers))
    await home.importFiles([{ name, bytes: () => bytes(answer) }]);
  return home.rowsOf(table, [gameDate('2023-10-24')]);
}

describe('an answer of The Odds API', () => {
  it('is spreads and totals of the game that its teams play, in decimal odds', async () => {
    const rows = await rowsOf('odds_api_game_lines', { [NAME]: event([SPREADS, TOTALS]) });
    const seen = { source: 'odds_api', snapshot_at: '2023-10-24T23:00:00Z', minutes_before_tipoff: 40 };
    expect(rows).toHaveLength(4);
    const sides = [
      ['spreads', 'DEN', -4.5, 1.909],
      ['spreads', 'LAL', 4.5, 2.2],
      ['totals', 'Over', 227.5, 1.952],
      ['totals', 'Under', 227.5, 1.87],
    ] as const;
    for (const [i, [market_key, outcome_name, outcome_point, outcome_price]] of sides.entries())
      expect(rows[i]).toMatchObject({
        ...{ nba_game_id: '0022300061', bookmaker_key: 'draftkings' },
        ...{ market_key, outcome_name, outcome_point, outcome_price, ...seen },
      });
  });

  it('is lines on players: the main one has the prices nearest to even, also among two pairs at one point', async () => {
    const rows = await rowsOf('odds_api_player_points_props', { [NAME]: event([POINTS]) });
    const found = rows.map((row) =>
      ['player_name', 'nba_player_id', 'points_line', 'over_price', 'under_price', 'is_main_line'].map(
        (column) => row[column],
      ),
    );
    expect(found.sort()).toEqual([
      ['LeBron James', 2544, 12.5, 105, null, true],
      ['Nikola Jokic', 203999, 24.5, -300, 220, false],
      ['Nikola Jokic', 203999, 28.5, -112, -112, true],
    ]);
    expect(rows.every((row) => row['source'] === 'odds_api')).toBe(true);
  });

  it('at one time stays when there is one of another time', async () => {
    const later = NAME.replace('T2300', 'T2330');
    const moved = market('totals', [
      ['Over', -110, 229],
      ['Under', -110, 229],
    ]);
    const rows = await rowsOf('odds_api_game_lines', {
      [NAME]: event([TOTALS]),
      [later]: event([moved]),
    });
    expect(rows.map((row) => [row['snapshot_at'], row['outcome_point']])).toEqual([
      ['2023-10-24T23:00:00Z', 227.5],
      ['2023-10-24T23:00:00Z', 227.5],
      ['2023-10-24T23:30:00Z', 229],
      ['2023-10-24T23:30:00Z', 229],
    ]);
  });

  it('that was seen after the tip-off, is of a game that nobody has, or names no side, gives no line', async () => {
    const late = { [NAME.replace('T2300', 'T2359')]: event([TOTALS]) };
    expect(await rowsOf('odds_api_game_lines', late)).toEqual([]);
    const strange = event([TOTALS], { home_team: 'Boston Celtics' });
    expect(await rowsOf('odds_api_game_lines', { [NAME]: strange })).toEqual([]);
    // Nothing is known of a market of which one side was refused.
    const nobody = market('spreads', [['Real Madrid', -110, -4.5]]);
    const rows = await rowsOf('odds_api_game_lines', { [NAME]: event([nobody]) });
    expect(rows.map((row) => [row['market_key'], row['outcome_point']])).toEqual([
      ['spreads', null],
      ['spreads', null],
    ]);
  });

  it.each<[string, object, string]>([
    ['of another event', event([TOTALS], { id: '0'.repeat(32) }), 'is of event 000'],
    ['with decimal odds', event([market('totals', [['Over', 1.91, 227.5]])]), 'the price 1.91, which is no'],
    [
      'without bookmakers',
      { ...event([]), bookmakers: undefined },
      'another shape than expected: bookmakers',
    ],
  ])('%s is refused', (_, answer, fault) => {
    expect(textOfSource(`${NAME}#event_lines`, bytes(answer)).fault).toContain(fault);
  });
});

describe('lines of all games of a date at once', () => {
  const subject = '2023-10-24-20231024T230000Z';
  const lines = (document: unknown) => oddsApi.endpoints.lines.read(document, subject)[0]?.lines ?? [];

  it('are those of its games that have not begun, each as if the game had been asked about alone', () => {
    const begun = event([TOTALS], { id: 'a'.repeat(32), commence_time: '2023-10-24T22:40:00Z' });
    const later = event([TOTALS], { id: 'b'.repeat(32), commence_time: '2023-10-26T00:40:00Z' });
    const alone = oddsApi.endpoints.odds.read(event([TOTALS]), `${ID}-${AT}`)[0]?.lines;
    expect(lines([begun, event([TOTALS]), later])).toEqual(alone);
  });

  it('are not there yet when nobody quotes a game of the date', () => {
    expect(() => lines([])).toThrow('has no line on a game of the date');
  });
});

describe('lines of a past time', () => {
  const subject = `${ID}-20231024T233000Z`;
  const { past_lines, past_points, past_events } = oddsApi.endpoints;
  const past = (data: unknown, timestamp = '2023-10-24T23:25:38Z') => ({ timestamp, data });

  it('are of the time of the snapshot, which is at or before the time that was asked about', () => {
    const [lines] = past_lines.read(past(event([TOTALS])), subject);
    expect(lines?.lines.map((line) => line['snapshot_utc'])).toEqual(
      Array(2).fill('2023-10-24T23:25:38.000Z'),
    );
    const [points] = past_points.read(past(event([POINTS])), subject);
    expect(points?.kind).toBe('event_props');
    expect(points?.lines.length).toBeGreaterThan(0);
  });

  it.each([
    ['of a later time', past(event([TOTALS]), '2023-10-24T23:31:00Z'), 'after the time that was asked about'],
    [
      'of a game that had begun',
      past(event([TOTALS], { commence_time: '2023-10-24T23:20:00Z' })),
      'had begun',
    ],
    ['of another event', past(event([TOTALS], { id: '0'.repeat(32) })), 'is of event 000'],
    ['without a time', { data: event([TOTALS]) }, 'another shape'],
  ])('that are %s are refused', (_, document, fault) => {
    expect(() => past_lines.read(document, subject)).toThrow(fault);
  });

  it('are asked for as they were ten minutes before each tip-off of the date', () => {
    const at = (id: string, commence_time: string) => ({ id: id.repeat(32), commence_time });
    const games = [
      at('a', '2023-10-24T23:40:00Z'),
      at('b', '2023-10-25T02:10:00Z'),
      at('c', '2023-10-25T23:00:00Z'),
    ];
    expect(past_events.leadsTo(past(games), '2023-10-24')).toEqual([
      `${'a'.repeat(32)}-20231024T233000Z`,
      `${'b'.repeat(32)}-20231025T020000Z`,
    ]);
    expect(past_lines.path(subject)).toBe(
      `/v4/historical/sports/basketball_nba/events/${ID}/odds?regions=us&markets=spreads,totals&oddsFormat=american&date=2023-10-24T23:30:00Z`,
    );
  });

  it('are not asked for of dates of which there are none, or that are not past', () => {
    const today = gameDate('2024-01-10');
    const covered = (date: string): boolean[] =>
      [past_events, oddsApi.endpoints.past_point_events].map(({ covers }) => covers(date, today));
    expect([
      covered('2019-12-25'),
      covered('2021-12-25'),
      covered('2023-12-25'),
      covered('2024-01-10'),
    ]).toEqual([
      [false, false],
      [true, false],
      [true, true],
      [false, false],
    ]);
  });
});

describe('the events of a date', () => {
  const { leadsTo } = oddsApi.endpoints.events;
  const at = (id: string, commence_time: string) => ({ id: id.repeat(32), commence_time });
  const now = new Date('2023-10-24T20:00:00.123Z');

  it('are those that begin later on it, by the Eastern clock', () => {
    const events = [
      at('a', '2023-10-24T19:00:00Z'),
      at('b', '2023-10-24T23:40:00Z'),
      at('c', '2023-10-25T02:10:00Z'),
      at('d', '2023-10-25T23:00:00Z'),
    ];
    expect(leadsTo(events, '2023-10-24', now)).toEqual(
      ['b', 'c'].map((id) => `${id.repeat(32)}-20231024T200000Z`),
    );
    expect(leadsTo([], '2023-10-24', now)).toEqual([]);
  });

  it('are asked for from noon to noon, and never with a name that could be a path', () => {
    expect(oddsApi.endpoints.events.path('2023-10-31')).toContain(
      'commenceTimeFrom=2023-10-31T12:00:00Z&commenceTimeTo=2023-11-01T12:00:00Z',
    );
    expect(() => leadsTo([{ ...at('a', '2023-10-24T23:00:00Z'), id: '../x' }], '2023-10-24', now)).toThrow(
      'another shape',
    );
  });
});

const SAMPLES = join(dataFolder(), 'api-samples', 'odds_api');
const haveSamples = existsSync(SAMPLES);
if (!haveSamples) console.log('Left out: real answers of The Odds API (no api-samples; set FULLCOURT_DATA)');

describe.skipIf(!haveSamples)('a real answer', () => {
  it('has one main line for each book and player, whatever else the book lists', () => {
    const file = readFileSync(join(SAMPLES, 'event_odds_player_points_10books_2024-02-23.json'));
    const name = 'odds_api.odds.f9f3f99b5124a4ecf984003f0af23d2e-20240223T000703Z.json';
    const { text = '' } = textOfSource(`${name}#event_props`, file);
    const [header = '', ...lines] = text.trim().split('\n');
    const columns = header.split(',');
    const rows = lines.map((line) => {
      const cells = line.split(',');
      return (column: string): string => cells[columns.indexOf(column)] ?? '';
    });
    const main = rows.filter((cell) => cell('is_main_line') === 'true');
    const players = new Set(rows.map((cell) => `${cell('bookmaker')} ${cell('player_name')}`));

    expect(main).toHaveLength(players.size);
    expect(new Set(rows.map((cell) => cell('bookmaker'))).size).toBe(10);
    expect(main.every((cell) => cell('game_date') === '2024-02-22')).toBe(true);
    const unibet = main.find(
      (cell) => cell('bookmaker') === 'unibet_us' && cell('over_price') === '-120' && cell('line') === '22.5',
    );
    expect(unibet).toBeDefined();
  });
});
