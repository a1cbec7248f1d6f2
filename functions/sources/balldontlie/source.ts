/** Ball Don't Lie: the games of a date with their scores, the box scores of their players, who is on which team, and who is hurt. */
import { addDays, gameDate, parseGameDate } from '../../../shared/domain/game-date.ts';
import { isSeason, seasonOf, type Season } from '../../../shared/domain/season.ts';
import { momentIn, momentOf, seasonOfMoment } from '../moments.ts';
import type { Source } from '../source.ts';
import { readActivePlayers } from './active-players.ts';
import { readBoxScores } from './box-scores.ts';
import { readGames } from './games.ts';
import { readInjuries } from './injuries.ts';
import { nextPage } from './pages.ts';
import { readResults } from './results.ts';
import { plannedGames, readSeasonGames } from './season.ts';
import { teamsIn, teamsParameter, teamsSubject } from './teams.ts';

function seasonOfDate(date: string): Season | undefined {
  const known = parseGameDate(date);
  return known === undefined ? undefined : seasonOf(known);
}

/** The first season of which the kinds of games can be told. */
const FIRST_SEASON = '2020-21';

export default {
  name: 'balldontlie',
  proven: true,
  address: 'https://api.balldontlie.io',
  key: { variable: 'BALLDONTLIE_API_KEY', header: 'Authorization' },
  secondsBetween: 1,
  endpoints: {
    season: {
      about: 'season',
      fills: ['named_schedule'],
      targets: { schedule: 3 },
      rhythm: 'morning',
      oncePerDay: true,
      // A real season has some 14 pages.
      confirmedBy: { endpoint: 'games', days: 7, gamesIn: plannedGames },
      path: (season) => `/v1/games?seasons[]=${season.slice(0, 4)}&per_page=100`,
      // Before 2020-21 there was another play-in, so that the kinds of games cannot be told.
      covers: (season, today) => season >= FIRST_SEASON && season <= seasonOf(gameDate(today)),
      seasonOf: (season) => (isSeason(season) ? season : undefined),
      read: readSeasonGames,
      nextPage,
    },
    results: {
      about: 'date',
      fills: ['named_games', 'named_player_box'],
      targets: { schedule: 3, player_box: 2 },
      rhythm: 'box_scores',
      path: (date) => `/v1/box_scores?date=${date}&per_page=100`,
      covers: (date, today) => date <= today,
      seasonOf: seasonOfDate,
      read: readResults,
      nextPage,
    },
    games: {
      about: 'date',
      fills: ['named_games'],
      targets: { schedule: 3 },
      rhythm: 'morning',
      // After the games their box scores tell how they ended.
      after: { endpoint: 'results', isAnswered: false },
      path: (date) => `/v1/games?dates[]=${date}&per_page=100`,
      covers: (date, today) => date <= today,
      seasonOf: seasonOfDate,
      read: readGames,
      nextPage,
    },
    // Answers that are kept or imported under this name. The question itself is asked as `results`.
    box_scores: {
      about: 'date',
      fills: ['named_player_box'],
      targets: { player_box: 2 },
      rhythm: 'history',
      path: (date) => `/v1/box_scores?date=${date}&per_page=100`,
      covers: () => false,
      seasonOf: seasonOfDate,
      read: readBoxScores,
      nextPage,
    },
    active_players: {
      about: 'date',
      fills: ['named_rosters'],
      targets: { roster: 2 },
      rhythm: 'morning',
      aboutTeams: teamsSubject,
      path: (subject) => `/v1/players/active?${teamsParameter(subject)}per_page=100`,
      // Who is on a team now, and so in the games of today and tomorrow.
      covers: (subject, today) => {
        const date = teamsIn(subject)?.date;
        return date === today || date === addDays(gameDate(today), 1);
      },
      seasonOf: (subject) => seasonOfDate(teamsIn(subject)?.date ?? ''),
      read: readActivePlayers,
      nextPage,
    },
    injuries: {
      about: 'moment',
      fills: ['injury_list'],
      targets: { injuries: 2 },
      rhythm: 'hourly',
      standsHours: 3,
      subjectsAt: (date, now) => [momentOf(date, now)],
      path: () => '/v1/player_injuries?per_page=100',
      // Who is hurt now says nothing of games on other dates.
      covers: (subject, today) => momentIn(subject)?.date === today,
      seasonOf: seasonOfMoment,
      read: readInjuries,
      nextPage,
    },
  },
} as const satisfies Source;
