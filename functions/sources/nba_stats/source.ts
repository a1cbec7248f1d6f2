/**
 * stats.nba.com: the schedule of a season, and the lines of players and of teams of a date. It does not answer addresses of
 * clouds, so it is asked only with headers of the operator. Box scores of one game (`boxscoretraditionalv3`) are not among the
 * questions: they have no date.
 */
import { gameDate, parseGameDate } from '../../../shared/domain/game-date.ts';
import { isSeason, seasonOf } from '../../../shared/domain/season.ts';
import { readSchedule } from '../nba_cdn/schedule.ts';
import type { Endpoint, Source } from '../source.ts';
import { gameLogReader } from './game-log.ts';

/** The kinds of games as the log calls them, with the months in which there are any. Months after April have play-offs. */
const SEASON_TYPES = {
  regular: { name: 'Regular Season', months: [1, 2, 3, 4, 5, 7, 8, 10, 11, 12] },
  play_in: { name: 'PlayIn', months: [4, 5, 8] },
  playoffs: { name: 'Playoffs', months: [4, 5, 6, 7, 8, 9, 10] },
} as const;

/** The log of a kind of games: of players, or of teams. */
function log(kind: 'player_box' | 'team_box', type: keyof typeof SEASON_TYPES): Endpoint {
  const { name, months } = SEASON_TYPES[type];
  return {
    about: 'date',
    fills: [kind],
    targets: { [kind]: 2 },
    rhythm: 'box_scores',
    path: (date) =>
      `/stats/leaguegamelog?LeagueID=00&PlayerOrTeam=${kind === 'player_box' ? 'P' : 'T'}&Season=${seasonOf(gameDate(date))}&SeasonType=${encodeURIComponent(name)}&DateFrom=${date}&DateTo=${date}&Counter=0&Sorter=DATE&Direction=ASC`,
    covers: (date, today) => date <= today && months.some((month) => month === Number(date.slice(5, 7))),
    seasonOf: (date) => {
      const known = parseGameDate(date);
      return known === undefined ? undefined : seasonOf(known);
    },
    read: gameLogReader(kind),
  };
}

export default {
  name: 'nba_stats',
  proven: true,
  needsConfiguration: true,
  address: 'https://stats.nba.com',
  secondsBetween: 0.7,
  endpoints: {
    schedule: {
      about: 'season',
      fills: ['schedule'],
      targets: { schedule: 2 },
      rhythm: 'morning',
      path: (season) => `/stats/scheduleleaguev2int?LeagueID=00&Season=${season}`,
      covers: () => true,
      seasonOf: (season) => (isSeason(season) ? season : undefined),
      read: readSchedule,
    },
    player_log: log('player_box', 'regular'),
    player_log_play_in: log('player_box', 'play_in'),
    player_log_playoffs: log('player_box', 'playoffs'),
    team_log: log('team_box', 'regular'),
    team_log_play_in: log('team_box', 'play_in'),
    team_log_playoffs: log('team_box', 'playoffs'),
  },
} as const satisfies Source;
