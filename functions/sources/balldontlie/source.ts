/** Ball Don't Lie: the games of a date with their scores, and the box scores of their players. */
import { parseGameDate } from '../../../shared/domain/game-date.ts';
import { seasonOf, type Season } from '../../../shared/domain/season.ts';
import type { Source } from '../source.ts';
import { readBoxScores } from './box-scores.ts';
import { readGames } from './games.ts';
import { nextPage } from './pages.ts';

function seasonOfDate(date: string): Season | undefined {
  const known = parseGameDate(date);
  return known === undefined ? undefined : seasonOf(known);
}

export default {
  name: 'balldontlie',
  proven: true,
  address: 'https://api.balldontlie.io',
  key: { variable: 'BALLDONTLIE_API_KEY', header: 'Authorization' },
  secondsBetween: 1,
  endpoints: {
    games: {
      about: 'date',
      fills: ['named_games'],
      targets: { schedule: 3 },
      rhythm: 'morning',
      path: (date) => `/v1/games?dates[]=${date}&per_page=100`,
      covers: (date, today) => date <= today,
      seasonOf: seasonOfDate,
      read: readGames,
      nextPage,
    },
    box_scores: {
      about: 'date',
      fills: ['named_player_box'],
      targets: { player_box: 2 },
      rhythm: 'box_scores',
      path: (date) => `/v1/box_scores?date=${date}&per_page=100`,
      covers: (date, today) => date <= today,
      seasonOf: seasonOfDate,
      read: readBoxScores,
      nextPage,
    },
  },
} as const satisfies Source;
