/** The schedule of a season by Ball Don't Lie stands where nobody has told that of the league, and gives way to it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import balldontlie from '../../functions/sources/balldontlie/source.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { archiveHome } from '../support/archive-home.ts';
import { bdlGame, bdlLine, bdlPage } from '../support/balldontlie-answers.ts';
import { dataFolder } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { csv, game, secondGame, type Cells } from '../support/source-lines.ts';

const NIGHT = gameDate('2023-10-24');
const NEXT = addDays(NIGHT, 1);
const SEASON_ANSWER = 'balldontlie.season.2023-24.json';
const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

/** A game of the season 2023-24; without points it has not begun. */
function gameOf(
  date: GameDate,
  [away, home]: readonly [string, string],
  points?: readonly [number, number],
  changes: object = {},
): object {
  const sides = [
    { team: away, points: points?.[0] ?? 0 },
    { team: home, points: points?.[1] ?? 0 },
  ] as const;
  const ahead = points === undefined ? { status: '7:30 pm ET', period: 0 } : {};
  return bdlGame(date, sides, { season: 2023, datetime: `${date}T23:30:00.000Z`, ...ahead, ...changes });
}

const LAL_DEN = gameOf(NIGHT, ['LAL', 'DEN'], [107, 119]);
const PHX_GSW = gameOf(NEXT, ['PHX', 'GSW']);

/** A home with what Ball Don't Lie says of the season at noon. */
async function homeWith(games: readonly object[]) {
  const home = archiveHome('2023-10-25T16:00:00Z');
  const tell = (document: unknown, name = SEASON_ANSWER, observedAt = '2023-10-25T16:00:00Z') =>
    home.importFiles([{ name, bytes: () => bytes(document) }], { observedAt });
  await tell(bdlPage(games));
  return { ...home, tell };
}

const leagueGame = (cells: Cells): Cells => ({
  ...game,
  home_pts: '',
  visitor_pts: '',
  winner: '',
  ...cells,
});

describe('the schedule of Ball Don’t Lie', () => {
  it('has a row of each game, with an id that stands for that of the league', async () => {
    const home = await homeWith([LAL_DEN, PHX_GSW]);
    expect(await home.rowsOf('nbac_schedule', [NIGHT, NEXT])).toMatchObject([
      {
        ...{
          game_id: '20231024_LAL_DEN',
          nba_game_id: '9022300697',
          season: '2023-24',
          season_type: 'regular',
        },
        ...{ tipoff_at: '2023-10-24T23:30:00Z', arena: null, neutral_site: null, source: 'balldontlie' },
      },
      { game_id: '20231025_PHX_GSW', nba_game_id: '9022300729' },
    ]);
    expect(await home.rowsOf('nbac_game_results', [NIGHT])).toMatchObject([
      { nba_game_id: '9022300697', home_points: 119, away_points: 107, game_status: 'final' },
    ]);
    expect(await home.rowsOf('nbac_game_results', [NEXT])).toEqual([]);
  });

  it('is what its box scores belong to, and gives way, once, to the schedule of the league', async () => {
    const home = await homeWith([LAL_DEN, PHX_GSW]);
    const boxes = bdlGame(NIGHT, [
      {
        ...{ team: 'LAL', points: 107 },
        players: [
          bdlLine(1, 'First Laker', '48', { fgm: 25, fga: 40, pts: 50 }),
          bdlLine(2, 'Second Laker', '48', { fgm: 28, fga: 40, ftm: 1, fta: 1, pts: 57 }),
        ],
      },
      {
        ...{ team: 'DEN', points: 119 },
        players: [
          bdlLine(3, 'First Nugget', '48', { fgm: 30, fga: 40, pts: 60 }),
          bdlLine(4, 'Second Nugget', '48', { fgm: 29, fga: 40, ftm: 1, fta: 1, pts: 59 }),
        ],
      },
    ]);
    await home.tell({ data: [boxes] }, `balldontlie.box_scores.${NIGHT}.json`);
    const ids = async (table: string, date: GameDate) =>
      (await home.rowsOf(table, [date])).map((row) => row['nba_game_id']);
    expect(await ids('bdl_player_boxscores', NIGHT)).toEqual(Array(4).fill('9022300697'));

    const league = csv('schedule_2023-24.csv', [
      game,
      leagueGame({ ...secondGame, game_date: NEXT, home_pts: '', visitor_pts: '', winner: '' }),
    ]);
    const report = await home.importFiles([sourceFile(league.name, league.text)]);
    expect(report.notes).toEqual([]);
    expect(report.changed.find(({ table }) => table === 'nbac_schedule')?.dates).toEqual([NIGHT, NEXT]);
    for (const table of ['nbac_schedule', 'nbac_game_results', 'bdl_player_boxscores'])
      expect(new Set(await ids(table, NIGHT)), table).toEqual(new Set(['0022300061']));
    expect(await ids('nbac_schedule', NEXT)).toEqual(['0022300062']);
  });

  it('adds a game that the schedule of the league does not have, and nothing to those that it has', async () => {
    const home = await homeWith([LAL_DEN]);
    const league = csv('schedule_2023-24.csv', [
      leagueGame({}),
      leagueGame({ ...secondGame, game_date: NEXT, home_pts: '', visitor_pts: '', winner: '' }),
    ]);
    await home.importFiles([sourceFile(league.name, league.text)]);
    // Later it says the same again, and has a third game.
    const later = [LAL_DEN, PHX_GSW, gameOf(NEXT, ['BOS', 'NYK']), gameOf(addDays(NEXT, 1), ['PHX', 'GSW'])];
    await home.tell(bdlPage(later), SEASON_ANSWER, '2023-10-26T16:00:00Z');
    const rows = await home.rowsOf('nbac_schedule', [NIGHT, NEXT, addDays(NEXT, 1)]);
    expect(rows.map((row) => [row['game_id'], row['nba_game_id']])).toEqual([
      ['20231024_LAL_DEN', '0022300061'],
      ['20231025_PHX_GSW', '0022300062'],
      ['20231025_BOS_NYK', '9022300739'],
      ['20231026_PHX_GSW', '9022300759'],
    ]);
    // The score of the first game is known from nobody else.
    expect(await home.rowsOf('nbac_game_results', [NIGHT])).toMatchObject([
      { nba_game_id: '0022300061', home_points: 119, source: 'balldontlie' },
    ]);
  });

  it('loses a game that it does not have any more, one that was played only when two answers agree', async () => {
    const others = [gameOf(NIGHT, ['BOS', 'NYK'], [90, 91]), gameOf(NIGHT, ['MIA', 'CHI'], [90, 91])];
    const home = await homeWith([LAL_DEN, ...others, PHX_GSW]);
    const games = async () =>
      (await home.rowsOf('nbac_schedule', [NIGHT, NEXT])).map((row) => row['nba_game_id']);
    const [first, ...rest] = ['9022300697', '9022300709', '9022300694'];
    expect(new Set(await games())).toEqual(new Set([first, ...rest, '9022300729']));
    const again = (at: string, all: readonly object[] = others) =>
      home.tell(bdlPage(all), SEASON_ANSWER, `2023-10-25T${at}:00Z`);
    await again('17:00', [LAL_DEN, ...others]);
    expect(new Set(await games())).toEqual(new Set([first, ...rest]));
    await again('18:00');
    await again('18:30');
    expect(new Set(await games())).toEqual(new Set([first, ...rest]));
    await again('19:00');
    expect(new Set(await games())).toEqual(new Set(rest));
  });
});

describe('an answer about a season', () => {
  const reading = (document: unknown) => textOfSource(SEASON_ANSWER, bytes(document));

  it.each<[string, unknown, string]>([
    [
      'of another season',
      bdlPage([gameOf(NIGHT, ['LAL', 'DEN'], [1, 2], { season: 2022 })]),
      'is of the season 2022-23',
    ],
    [
      'of a date of another season',
      bdlPage([gameOf(gameDate('2023-09-30'), ['LAL', 'DEN'])]),
      'is of the season 2023-24',
    ],
    ['without games', bdlPage([]), 'has no games'],
    ['that ends before its last page', bdlPage([LAL_DEN], 100), 'lacks the page after the cursor 100'],
    ['with a game twice', bdlPage([LAL_DEN, LAL_DEN]), 'has the game LAL at DEN on 2023-10-24 twice'],
    ['without its kind of games', bdlPage([{ ...LAL_DEN, postseason: undefined }]), 'postseason'],
  ])('%s is refused by name', (_, document, fault) => {
    expect(reading(document).fault).toContain(fault);
  });

  it('knows no tip-off where the time is one of the night, and leaves out a game that is postponed', () => {
    const { text = '' } = reading(
      bdlPage([
        gameOf(NIGHT, ['LAL', 'DEN'], undefined, { datetime: '2023-10-24T04:00:00.000Z' }),
        gameOf(NIGHT, ['PHX', 'GSW'], undefined, { datetime: undefined, status: '2023-10-25T02:00:00Z' }),
        gameOf(NEXT, ['BOS', 'NYK'], undefined, { status: 'Postponed' }),
      ]),
    );
    const rows = text.trim().split('\n').slice(1);
    expect(rows.map((row) => row.split(',').at(-1))).toEqual(['', '2023-10-25T02:00:00Z']);
  });

  it('is asked for by itself about seasons of which the kinds of games can be told', () => {
    const { covers, seasonOf } = balldontlie.endpoints.season;
    const seasons = ['2019-20', '2020-21', '2023-24', '2024-25'];
    expect(seasons.filter((season) => covers(season, NIGHT))).toEqual(['2020-21', '2023-24']);
    expect(['2023-24', '2023-25'].map(seasonOf)).toEqual(['2023-24', undefined]);
  });

  const sample = join(dataFolder(), 'api-samples', 'balldontlie', 'games.json');
  it.runIf(existsSync(sample))('of the real shape is read: the games of 2025-02-20', () => {
    const { text = '', fault } = textOfSource('balldontlie.season.2024-25.json', readFileSync(sample));
    expect(fault).toBeUndefined();
    const rows = text.trim().split('\n');
    expect(rows[1]).toBe('9022404267,2025-02-20,2024-25,regular,DEN,CHA,129,115,2025-02-21T02:00:00Z');
  });

  it.runIf(existsSync(sample))(
    'has the same games of a date, at the same times, as the real games of it',
    () => {
      const document: unknown = JSON.parse(readFileSync(sample, 'utf8'));
      const planned = balldontlie.endpoints.season.confirmedBy.gamesIn(document, '2025-02-20');
      const { text = '' } = textOfSource('balldontlie.season.2024-25.json', readFileSync(sample));
      const rows = text.trim().split('\n').slice(1);
      expect(planned).toHaveLength(9);
      expect(planned.map(({ home, away, tipoffAt }) => [home, away, tipoffAt])).toEqual(
        rows.map((row) => row.split(',')).map((cells) => [cells[4], cells[5], cells[8]]),
      );
    },
  );
});
