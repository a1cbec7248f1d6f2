/** ESPN: the roster of a team as it is now, and the games of a date with their scores. */
import { addDays, gameDate, parseGameDate } from '../../../shared/domain/game-date.ts';
import { seasonOf } from '../../../shared/domain/season.ts';
import type { Source } from '../source.ts';
import { espnIdOf, readRoster, teamAndDateIn } from './roster.ts';
import { readScoreboard } from './scoreboard.ts';

export default {
  name: 'espn',
  proven: true,
  address: 'https://site.api.espn.com',
  secondsBetween: 0.7,
  endpoints: {
    roster: {
      about: 'team',
      fills: ['team_roster'],
      targets: { roster: 1 },
      rhythm: 'morning',
      path: (subject) => `/apis/site/v2/sports/basketball/nba/teams/${espnIdOf(subject)}?enable=roster`,
      // A roster says who is on the team now, and so for the games of today and tomorrow.
      covers: (subject, today) => {
        const date = teamAndDateIn(subject)?.date;
        return date === today || date === addDays(gameDate(today), 1);
      },
      seasonOf: (subject) => {
        const found = teamAndDateIn(subject);
        return found === undefined ? undefined : seasonOf(found.date);
      },
      read: readRoster,
    },
    scoreboard: {
      about: 'date',
      fills: ['named_games'],
      targets: { schedule: 4 },
      rhythm: 'morning',
      path: (date) => `/apis/site/v2/sports/basketball/nba/scoreboard?dates=${date.replaceAll('-', '')}`,
      covers: (date, today) => date <= today,
      seasonOf: (date) => {
        const known = parseGameDate(date);
        return known === undefined ? undefined : seasonOf(known);
      },
      read: readScoreboard,
    },
  },
} as const satisfies Source;
