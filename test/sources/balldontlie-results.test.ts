/** One answer of Ball Don't Lie tells how the games of a date ended, and who played in them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import balldontlie from '../../functions/sources/balldontlie/source.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { archiveHome } from '../support/archive-home.ts';
import { bdlGame, bdlLine } from '../support/balldontlie-answers.ts';
import { dataFolder } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { boxLine, csv, game, secondGame } from '../support/source-lines.ts';

const DATE = '2023-10-24';
const NAME = `balldontlie.results.${DATE}.json`;
const { results, box_scores } = balldontlie.endpoints;

/** Two players with half of the points each. */
const team = (name: string, points: number) =>
  [name, `Other ${name}`].map((each, i) =>
    bdlLine(i + 1, each, '48', { fgm: points / 4, fga: 40, pts: points / 2 }),
  );
/** LAL 108 at DEN 120 is over; PHX at GSW goes on. */
const over = bdlGame(DATE, [
  { team: 'LAL', points: 108, players: team('LeBron James', 108) },
  { team: 'DEN', points: 120, players: team('Nikola Jokic', 120) },
]);
const goesOn = bdlGame(
  DATE,
  [
    { team: 'PHX', points: 50, players: [] },
    { team: 'GSW', points: 48, players: [] },
  ],
  { status: '3rd Qtr', period: 3 },
);
const postponed = bdlGame(
  DATE,
  [
    { team: 'BOS', points: 0, players: [] },
    { team: 'NYK', points: 0, players: [] },
  ],
  { status: 'Postponed', period: 0 },
);

describe('an answer about a date', () => {
  it('has the scores of games that are over, their players, and the games that go on; none that is postponed', () => {
    const [games, boxes] = results.read({ data: [over, goesOn, postponed] }, DATE);
    expect(games?.kind).toBe('named_games');
    expect(games?.lines.map((line) => [line['game'], line['home_pts'], line['visitor_pts']])).toEqual([
      ['20231024_LAL_DEN', 120, 108],
      ['20231024_PHX_GSW', null, null],
    ]);
    expect(boxes?.kind).toBe('named_player_box');
    expect(boxes?.lines.map((line) => [line['team'], line['player_name'], line['pts']])).toEqual([
      ['DEN', 'Nikola Jokic', 60],
      ['DEN', 'Other Nikola Jokic', 60],
      ['LAL', 'LeBron James', 54],
      ['LAL', 'Other LeBron James', 54],
    ]);
  });

  it('has no players while no game is over', () => {
    const [games, boxes] = results.read({ data: [goesOn] }, DATE);
    expect([games?.lines.length, boxes?.lines.length]).toEqual([1, 0]);
  });

  it('is refused when games are over and nobody has played in them', () => {
    const empty = bdlGame(DATE, [
      { team: 'LAL', points: 108, players: [] },
      { team: 'DEN', points: 120, players: [] },
    ]);
    const { fault } = textOfSource(`${NAME}#named_games`, Buffer.from(JSON.stringify({ data: [empty] })));
    expect(fault).toBe('has no players although games are over');
  });

  it('fills results and box scores of a schedule that knows neither', async () => {
    const home = archiveHome(`${DATE}T15:00:00Z`);
    const open = { home_pts: '', visitor_pts: '', winner: '' };
    const files = [
      csv('schedule_2023-24.csv', [
        { ...game, ...open },
        { ...secondGame, ...open },
      ]),
      csv('player_box_2023-24.csv', [{ ...boxLine, game_date: DATE }]),
    ];
    await home.importFiles(files.map((file) => sourceFile(file.name, file.text)));
    await home.importFiles([
      { name: NAME, bytes: () => Buffer.from(JSON.stringify({ data: [over, goesOn] })) },
    ]);
    const dates = [gameDate(DATE)];
    expect(await home.rowsOf('nbac_game_results', dates)).toMatchObject([
      { game_id: '20231024_LAL_DEN', home_points: 120, away_points: 108, source: 'balldontlie' },
    ]);
    const boxes = await home.rowsOf('bdl_player_boxscores', dates);
    expect(boxes.map((row) => [row['team_abbr'], row['points'], row['team_points_add_up']])).toEqual([
      ['DEN', 60, true],
      ['DEN', 60, true],
      ['LAL', 54, true],
      ['LAL', 54, true],
    ]);
  });

  it('is not asked for under the name that kept answers may have', () => {
    const day = gameDate(DATE);
    expect([results.covers(DATE, day), box_scores.covers()]).toEqual([true, false]);
    expect(results.path(DATE)).toBe(box_scores.path(DATE));
    expect(box_scores.read({ data: [over] }, DATE)[0]?.lines).toHaveLength(4);
  });
});

const sample = join(dataFolder(), 'api-samples/balldontlie/box_scores_2026-01-09.json');
it.skipIf(!existsSync(sample))('the real box scores of a date tell its results, too', () => {
  const [games, boxes] = results.read(JSON.parse(readFileSync(sample, 'utf8')), '2026-01-09');
  const scored = new Set(
    games?.lines.filter((line) => line['home_pts'] !== null).map((line) => line['game']),
  );
  expect(scored.size).toBeGreaterThan(5);
  expect(new Set(boxes?.lines.map((line) => line['game']))).toEqual(scored);
});
