/** The files that cdn.nba.com serves: the schedule of a season, the box score and the play-by-play of a game. */
import { isSeasonType, kindOfGame, parseNbaGameId, seasonOfGame } from '../../../shared/domain/game-id.ts';
import { isSeason, seasonOf, type Season } from '../../../shared/domain/season.ts';
import type { Source } from '../source.ts';
import { readBoxScore } from './box-score.ts';
import { readPlayByPlay } from './play-by-play.ts';
import { readSchedule } from './schedule.ts';

/** The season of a game that is asked about; undefined when it is none that is used. */
function seasonOfSubject(game: string): Season | undefined {
  const id = parseNbaGameId(game);
  return id === undefined || !isSeasonType(kindOfGame(id)) ? undefined : seasonOfGame(id);
}

export default {
  name: 'nba_cdn',
  proven: true,
  address: 'https://cdn.nba.com',
  secondsBetween: 0.7,
  canary: {
    endpoint: 'boxscore',
    subject: '0022500775',
    columns: [
      ...['game_id', 'game_date', 'team', 'is_home', 'player_id', 'starter', 'minutes', 'pts', 'plus_minus'],
      ...[
        'fgm',
        'fga',
        'fg3m',
        'fg3a',
        'ftm',
        'fta',
        'oreb',
        'dreb',
        'reb',
        'ast',
        'stl',
        'blk',
        'tov',
        'pf',
      ],
    ],
    hash: '9e19080a882ff3aa059f',
  },
  endpoints: {
    schedule: {
      about: 'season',
      fills: ['schedule'],
      targets: { schedule: 1 },
      rhythm: 'morning',
      path: () => '/static/json/staticData/scheduleLeagueV2.json',
      // The file is always that of the present season.
      covers: (season, today) => season === seasonOf(today),
      seasonOf: (season) => (isSeason(season) ? season : undefined),
      read: readSchedule,
    },
    boxscore: {
      about: 'game',
      fills: ['player_box', 'team_box'],
      targets: { player_box: 1, team_box: 1 },
      rhythm: 'box_scores',
      path: (game) => `/static/json/liveData/boxscore/boxscore_${game}.json`,
      covers: () => true,
      seasonOf: seasonOfSubject,
      read: readBoxScore,
    },
    playbyplay: {
      about: 'game',
      fills: ['play_by_play'],
      targets: { play_by_play: 1 },
      rhythm: 'overnight',
      path: (game) => `/static/json/liveData/playbyplay/playbyplay_${game}.json`,
      covers: () => true,
      seasonOf: seasonOfSubject,
      read: readPlayByPlay,
    },
  },
} as const satisfies Source;
