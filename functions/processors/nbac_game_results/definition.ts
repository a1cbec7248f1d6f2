/** How a game ended: the final score and, where a source has them, the points of each quarter. */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import {
  countColumn,
  gameColumns,
  optionalCountColumn,
  SCHEDULE,
  teamColumn,
} from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'nbac_game_results',
  description: 'One row for each final game.',
  timing: 'post_game',
  tells: 'calendar',
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id'],
  clusterBy: ['home_team_abbr', 'away_team_abbr'],
  inputs: [{ table: SCHEDULE, window: sameDate, required: true }],
  columns: {
    ...gameColumns,
    home_team_abbr: teamColumn('Home team.'),
    away_team_abbr: teamColumn('Visiting team.'),
    game_status: { type: 'STRING', oneOf: ['final'], description: 'Only final games have a row.' },
    home_points: countColumn(250, 'Final score of the home team.'),
    away_points: countColumn(250, 'Final score of the visiting team.'),
    winning_team_abbr: teamColumn('Team with more points.'),
    home_q1: optionalCountColumn(250, 'Points of the home team in quarter 1.'),
    home_q2: optionalCountColumn(250, 'Points of the home team in quarter 2.'),
    home_q3: optionalCountColumn(250, 'Points of the home team in quarter 3.'),
    home_q4: optionalCountColumn(250, 'Points of the home team in quarter 4.'),
    home_ot: optionalCountColumn(250, 'Points of the home team in all overtimes; 0 when there was none.'),
    away_q1: optionalCountColumn(250, 'Points of the visiting team in quarter 1.'),
    away_q2: optionalCountColumn(250, 'Points of the visiting team in quarter 2.'),
    away_q3: optionalCountColumn(250, 'Points of the visiting team in quarter 3.'),
    away_q4: optionalCountColumn(250, 'Points of the visiting team in quarter 4.'),
    away_ot: optionalCountColumn(250, 'Points of the visiting team in all overtimes; 0 when there was none.'),
  },
});
