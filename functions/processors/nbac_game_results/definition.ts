/** How a game ended: the final score and, where a source has them, the points of each quarter. */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import {
  awayTeamColumn,
  scheduledGameColumns,
  optionalCountColumn,
  SCHEDULE,
  teamColumn,
} from '../_shared/raw-columns.ts';

/** The most points that a team is believed to have. */
export const MAX_POINTS = 250;

export default defineRawTable({
  name: 'nbac_game_results',
  description:
    'One row for each final game, and for each that was played and whose line in the schedule is refused or lacking.',
  timing: 'post_game',
  tells: 'calendar',
  moreGamesFrom: ['nbac_player_boxscores', 'nbac_team_boxscore'],
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id'],
  clusterBy: ['home_team_abbr', 'away_team_abbr'],
  inputs: [{ table: SCHEDULE, window: sameDate, required: true }],
  columns: {
    ...scheduledGameColumns,
    home_team_abbr: teamColumn('Home team.'),
    away_team_abbr: awayTeamColumn,
    game_status: {
      type: 'STRING',
      oneOf: ['final', 'unread'],
      description: 'unread: the game was played and its line is refused or lacking; its score is NULL.',
    },
    home_points: optionalCountColumn(MAX_POINTS, 'Final score of the home team.'),
    away_points: optionalCountColumn(MAX_POINTS, 'Final score of the visiting team.'),
    winning_team_abbr: { ...teamColumn('Team with more points.'), nullable: true },
    home_q1: optionalCountColumn(MAX_POINTS, 'Points of the home team in quarter 1.'),
    home_q2: optionalCountColumn(MAX_POINTS, 'Points of the home team in quarter 2.'),
    home_q3: optionalCountColumn(MAX_POINTS, 'Points of the home team in quarter 3.'),
    home_q4: optionalCountColumn(MAX_POINTS, 'Points of the home team in quarter 4.'),
    home_ot: optionalCountColumn(
      MAX_POINTS,
      'Points of the home team in all overtimes; 0 when there was none.',
    ),
    away_q1: optionalCountColumn(MAX_POINTS, 'Points of the visiting team in quarter 1.'),
    away_q2: optionalCountColumn(MAX_POINTS, 'Points of the visiting team in quarter 2.'),
    away_q3: optionalCountColumn(MAX_POINTS, 'Points of the visiting team in quarter 3.'),
    away_q4: optionalCountColumn(MAX_POINTS, 'Points of the visiting team in quarter 4.'),
    away_ot: optionalCountColumn(
      MAX_POINTS,
      'Points of the visiting team in all overtimes; 0 when there was none.',
    ),
  },
});
