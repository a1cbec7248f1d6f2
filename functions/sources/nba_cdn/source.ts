/** The files that cdn.nba.com serves: the schedule of a season and the box score of a game. */
import { isSeasonType, kindOfGame, parseNbaGameId, seasonOfGame } from '../../../shared/domain/game-id.ts';
import { isSeason } from '../../../shared/domain/season.ts';
import type { Source } from '../source.ts';
import { readBoxScore } from './box-score.ts';
import { readSchedule } from './schedule.ts';

export default {
  name: 'nba_cdn',
  endpoints: {
    schedule: {
      title: 'schedule',
      fills: ['schedule'],
      seasonOf: (season) => (isSeason(season) ? season : undefined),
      read: readSchedule,
    },
    boxscore: {
      title: 'box score',
      fills: ['player_box', 'team_box'],
      seasonOf: (game) => {
        const id = parseNbaGameId(game);
        return id === undefined || !isSeasonType(kindOfGame(id)) ? undefined : seasonOfGame(id);
      },
      read: readBoxScore,
    },
  },
} as const satisfies Source;
