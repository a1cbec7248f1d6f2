/** The scoreboard of ESPN gives the results of a date. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOfSource } from '../../functions/ingest/source-content.ts';
import espn from '../../functions/sources/espn/source.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { archiveHome } from '../support/archive-home.ts';
import { dataFolder } from '../support/homes.ts';
import { sourceFile } from '../support/source-file.ts';
import { csv, game, secondGame } from '../support/source-lines.ts';

const DATE = '2023-10-24';
const NAME = `espn.scoreboard.${DATE}.json`;
const FINAL = { period: 4, type: { name: 'STATUS_FINAL', state: 'post', completed: true } };
const POSTPONED = { period: 0, type: { name: 'STATUS_POSTPONED', state: 'post', completed: false } };
const SCHEDULED = { period: 0, type: { name: 'STATUS_SCHEDULED', state: 'pre', completed: false } };

/** A game that begins at 19:30 Eastern. */
function eventOf(
  away: string,
  visitorPoints: string,
  home: string,
  homePoints: string,
  changes: object = {},
  type = 'STD',
) {
  const side = (homeAway: string, abbreviation: string, score: string) => ({
    homeAway,
    score,
    team: { id: '1', abbreviation },
  });
  return {
    ...{ id: '401585188', date: '2023-10-24T23:30Z', status: { clock: 0, ...FINAL } },
    competitions: [
      {
        type: { abbreviation: type },
        competitors: [side('home', home, homePoints), side('away', away, visitorPoints)],
      },
    ],
    ...changes,
  };
}
const opening = eventOf('LAL', '107', 'DEN', '119');
const later = eventOf('PHX', '0', 'GS', '0', { status: SCHEDULED, date: '2023-10-25T02:00Z' });
const bytes = (...events: readonly object[]): Uint8Array =>
  Buffer.from(JSON.stringify({ leagues: [], events }));
const linesOf = (content: Uint8Array): string[] =>
  (textOfSource(NAME, content).text ?? expect.fail(textOfSource(NAME, content).fault))
    .trim()
    .split('\n')
    .slice(1);

describe('a scoreboard', () => {
  it('gives the results of the games in the schedule', async () => {
    const home = archiveHome(`${DATE}T15:00:00Z`);
    const noScore = { home_pts: '', visitor_pts: '', winner: '' };
    const schedule = csv('schedule_2023-24.csv', [
      { ...game, ...noScore },
      { ...secondGame, ...noScore },
    ]);
    await home.importFiles([sourceFile(schedule.name, schedule.text)]);
    await home.importFiles([{ name: NAME, bytes: () => bytes(opening, later) }]);
    expect(await home.rowsOf('nbac_game_results', [gameDate(DATE)])).toMatchObject([
      {
        game_id: '20231024_LAL_DEN',
        nba_game_id: '0022300061',
        home_points: 119,
        away_points: 107,
        source: 'espn',
      },
    ]);
  });

  it('has a game once that is listed twice, and no game of stars', () => {
    const stars = eventOf('EAST', '200', 'WEST', '190', {}, 'ALLSTAR');
    expect(linesOf(bytes(opening, opening, stars))).toEqual(['20231024_LAL_DEN,2023-10-24,DEN,LAL,119,107']);
  });

  it('knows no score of a game that is put off', () => {
    const off = eventOf('LAL', '0', 'DEN', '0', { status: POSTPONED });
    expect(linesOf(bytes(off))).toEqual(['20231024_LAL_DEN,2023-10-24,DEN,LAL,,']);
  });

  const halfDone = { period: 3, type: { ...FINAL.type } };
  const undone = { period: 4, type: { ...FINAL.type, completed: false } };
  it.each<[string, readonly object[], string]>([
    ['without games', [], 'has no games'],
    ['of another date', [{ ...opening, date: '2023-10-23T23:30Z' }], 'is of the date 2023-10-23'],
    [
      'with two scores of one game',
      [opening, eventOf('LAL', '108', 'DEN', '119')],
      'has 20231024_LAL_DEN twice, with different scores',
    ],
    [
      'with a team of no league',
      [eventOf('EAST', '1', 'WEST', '2')],
      'has the team WEST, which is none of the league',
    ],
    [
      'that is over in the third quarter',
      [{ ...opening, status: halfDone }],
      'is over (post, completed) after 3 periods',
    ],
    [
      'that is over and not completed',
      [{ ...opening, status: undone }],
      'is over (post, not completed) after 4 periods',
    ],
    ['that is over with a draw', [eventOf('LAL', '107', 'DEN', '107')], 'with 107 : 107 points'],
    ['with a score in words', [eventOf('LAL', 'many', 'DEN', '119')], 'competitors.1.score'],
    [
      'with two home teams',
      [
        {
          ...opening,
          competitions: [
            {
              competitors: [opening, opening].map(() => ({
                homeAway: 'home',
                score: '1',
                team: { abbreviation: 'DEN' },
              })),
            },
          ],
        },
      ],
      'two home teams',
    ],
    ['with a renamed field', [{ ...opening, status: undefined }], 'events.0.status'],
  ])('%s is not loaded', (_, events, fault) => {
    expect(textOfSource(NAME, bytes(...events)).fault).toContain(fault);
  });

  it('is asked for by the digits of the date', () => {
    const { path, seasonOf } = espn.endpoints.scoreboard;
    expect(path(DATE)).toBe('/apis/site/v2/sports/basketball/nba/scoreboard?dates=20231024');
    expect([seasonOf(DATE), seasonOf('2023-13-01')]).toEqual(['2023-24', undefined]);
  });
});

const SAMPLES = join(dataFolder(), 'api-samples', 'espn');
const haveSamples = existsSync(SAMPLES);
if (!haveSamples) console.log('Left out: real scoreboards of ESPN (no api-samples; set FULLCOURT_DATA)');

it.skipIf(!haveSamples)('real answers have three games of 2024-01-15, and none of 2025-02-14', () => {
  const real = (file: string): Uint8Array => readFileSync(join(SAMPLES, file));
  expect(
    textOfSource('espn.scoreboard.2024-01-15.json', real('scoreboard_2024-01-15_cut3.json'))
      .text?.trim()
      .split('\n')
      .slice(1),
  ).toEqual([
    '20240115_GSW_MEM,2024-01-15,MEM,GSW,116,107',
    '20240115_MIA_BKN,2024-01-15,BKN,MIA,95,96',
    '20240115_IND_UTA,2024-01-15,UTA,IND,132,105',
  ]);
  expect(textOfSource('espn.scoreboard.2025-02-14.json', real('scoreboard_2025-02-14.json')).fault).toBe(
    'has no games',
  );
});
