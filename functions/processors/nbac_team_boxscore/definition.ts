/** The official totals of a team in one game. */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import {
  boxScoreColumns,
  boxScoreSourceColumns,
  countColumn,
  gameColumns,
  optionalCountColumn,
  SCHEDULE,
  teamColumn,
} from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'nbac_team_boxscore',
  description: 'One row for each team of a final game.',
  timing: 'post_game',
  tells: 'box_scores',
  witnesses: ['nbac_player_boxscores'],
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id', 'team_abbr'],
  clusterBy: ['team_abbr'],
  inputs: [
    { table: SCHEDULE, window: sameDate, required: true },
    { table: 'nbac_game_results', window: sameDate, required: false },
  ],
  columns: {
    ...gameColumns,
    team_abbr: teamColumn('The team.'),
    opponent_team_abbr: teamColumn('The other team.'),
    is_home: { type: 'BOOL', description: 'Whether the team is the home team of the schedule.' },
    minutes: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 230,
      max: 490,
      description:
        'Player-minutes of the team: 240 and 25 more for each overtime. A sum of whole minutes may miss that by some minutes.',
    },
    points: countColumn(250, 'Points; equal to the final score.'),
    ...boxScoreColumns(200, 'Own minus opponent points.'),
    second_chance_points: optionalCountColumn(
      250,
      'Points after an own offensive rebound in the same possession; NULL where the source does not say.',
    ),
    ...boxScoreSourceColumns,
  },
});
