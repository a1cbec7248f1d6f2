/** The Odds API: which games can be bet on, and what bookmakers quote on each, on the game and on its players. */
import { gameDateOf, parseGameDate } from '../../../shared/domain/game-date.ts';
import { seasonOf } from '../../../shared/domain/season.ts';
import type { Source } from '../source.ts';
import { eventsOf, questionAbout, snapshotIn, startsOfEvents } from './events.ts';
import { readOdds } from './odds.ts';

const SPORT = '/v4/sports/basketball_nba';

export default {
  name: 'odds_api',
  proven: true,
  address: 'https://api.the-odds-api.com',
  key: { variable: 'ODDS_API_KEY', parameter: 'apiKey' },
  secondsBetween: 0.2,
  // One reading of the lines of fifteen games costs 45.
  creditsFloor: 50,
  endpoints: {
    events: {
      about: 'date',
      fills: [],
      targets: { game_lines: 1, player_lines: 1 },
      rhythm: 'lines',
      path: (date) => `${SPORT}/events?${questionAbout(date)}`,
      // Games that have begun are not among them.
      covers: (date, today) => date >= today,
      seasonOf: (date) => {
        const known = parseGameDate(date);
        return known === undefined ? undefined : seasonOf(known);
      },
      read: () => [],
      leadsTo: eventsOf,
      startsOf: startsOfEvents,
    },
    odds: {
      about: 'event',
      fills: ['event_lines', 'event_props'],
      targets: { game_lines: 1, player_lines: 1 },
      rhythm: 'led',
      // One for each market.
      credits: 3,
      path: (subject) =>
        `${SPORT}/events/${subject.replace(/-.*/, '')}/odds?regions=us&markets=spreads,totals,player_points&oddsFormat=american`,
      covers: () => true,
      seasonOf: (subject) => {
        const at = snapshotIn(subject);
        return at === undefined ? undefined : seasonOf(gameDateOf(at));
      },
      read: readOdds,
    },
  },
} as const satisfies Source;
