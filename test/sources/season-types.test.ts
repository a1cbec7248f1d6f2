/** The kinds of games that a source does not tell follow from its games, as the league has them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { seasonTypesOf, type PlainGame } from '../../functions/sources/season-types.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import { TRICODES, type Tricode } from '../../shared/domain/teams.ts';
import { dataFolder } from '../support/homes.ts';

const SEASONS = ['2021-22', '2022-23', '2023-24', '2025-26'];
const fileOf = (season: string): string => join(dataFolder(), `schedule_${season}.csv.gz`);

interface Line {
  readonly game_date: string;
  readonly season_type: string;
  readonly home_team: string;
  readonly visitor_team: string;
}

function scheduleOf(season: string): readonly Line[] {
  const text = gunzipSync(readFileSync(fileOf(season))).toString('utf8');
  return Papa.parse<Line>(text, { header: true, skipEmptyLines: true }).data;
}

const plain = (lines: readonly Line[], postseason: readonly string[]): PlainGame[] =>
  lines.map((line) => ({
    date: gameDate(line.game_date),
    home: line.home_team as Tricode,
    away: line.visitor_team as Tricode,
    isPostseason: postseason.includes(line.season_type),
  }));

describe.runIf(SEASONS.every((season) => existsSync(fileOf(season))))('in a real season', () => {
  it.each(
    SEASONS.flatMap((season) => [
      [season, ['play_in', 'playoffs']] as const,
      [season, ['playoffs']] as const,
    ]),
  )('%s with the postseason %j, each game has the kind that the league says', (season, postseason) => {
    const lines = scheduleOf(season);
    expect(seasonTypesOf(plain(lines, postseason))).toEqual(lines.map((line) => line.season_type));
  });

  it.each(['2025-12-16', '2026-04-13', '2026-04-15', '2026-04-18'])(
    'what is known on %s has its kinds, too',
    (day) => {
      const lines = scheduleOf('2025-26').filter(
        ({ season_type, game_date }) => !['play_in', 'playoffs'].includes(season_type) || game_date <= day,
      );
      const kinds = seasonTypesOf(plain(lines, ['play_in', 'playoffs']));
      expect(kinds).toEqual(lines.map((line) => line.season_type));
    },
  );

  it('games of the preseason make the answer one that is not read', () => {
    const lines = scheduleOf('2023-24');
    const early = TRICODES.slice(1, 2).map((away) => ({
      date: addDays(gameDate('2023-10-24'), -9),
      home: 'ATL' as const,
      away,
      isPostseason: false,
    }));
    expect(() => seasonTypesOf([...early, ...plain(lines, ['play_in', 'playoffs'])])).toThrow(
      'has more than 82 games of',
    );
  });
});

describe('in an answer', () => {
  const game = (date: string, home: Tricode, away: Tricode, isPostseason = false): PlainGame => ({
    ...{ date: gameDate(date), home, away, isPostseason },
  });

  it('a Cup final that was played is known by its date, also where a team has too few games', () => {
    expect(
      seasonTypesOf([
        game('2024-12-16', 'ATL', 'BOS'),
        game('2024-12-17', 'MIL', 'OKC'),
        game('2024-12-18', 'ATL', 'BOS'),
      ]),
    ).toEqual(['regular', 'cup_final', 'regular']);
  });

  it('a game of the postseason is one of the play-in until the fifth day after the last regular game', () => {
    expect(
      seasonTypesOf([
        game('2024-04-14', 'ATL', 'BOS'),
        game('2024-04-19', 'ATL', 'BOS', true),
        game('2024-04-20', 'ATL', 'BOS', true),
      ]),
    ).toEqual(['regular', 'play_in', 'playoffs']);
  });
});
