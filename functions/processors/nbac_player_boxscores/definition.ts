/**
 * The league's box score line of a player. Most sources name only players who entered the game. Rows of players who stayed
 * on the bench have no minutes and no statistics; `_shared/box-scores.sql` tells the two apart.
 */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import {
  boxScoreColumns,
  boxScoreSourceColumns,
  countColumn,
  gameColumns,
  SCHEDULE,
  teamColumn,
  playerLookupColumn,
} from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'nbac_player_boxscores',
  description: 'One row for each player whom the box score of a final game names.',
  timing: 'post_game',
  tells: 'box_scores',
  witnesses: ['nbac_team_boxscore'],
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id', 'player_lookup'],
  clusterBy: ['player_lookup', 'team_abbr'],
  inputs: [
    { table: SCHEDULE, window: sameDate, required: true },
    { table: 'nbac_game_results', window: sameDate, required: false },
  ],
  columns: {
    ...gameColumns,
    team_abbr: teamColumn('Team he played for.'),
    opponent_team_abbr: teamColumn('The other team.'),
    is_home: { type: 'BOOL', description: 'Whether his team is the home team of the schedule.' },
    player_lookup: playerLookupColumn,
    player_name: { type: 'STRING', description: 'Name as the source writes it.' },
    nba_player_id: { type: 'INT64', min: 1, description: 'Id at stats.nba.com.' },
    position: {
      type: 'STRING',
      nullable: true,
      oneOf: ['G', 'F', 'C', 'G-F', 'F-G', 'F-C', 'C-F'],
      description: 'Position of the season, not of the game; NULL when the source has none.',
    },
    starter: {
      type: 'BOOL',
      nullable: true,
      description: 'Whether he was in the first five; NULL when the source does not say.',
    },
    minutes: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      max: 98,
      description:
        'Minutes on the court, at most as many as the game lasted. Whole minutes from the league game log; 63 is a triple overtime. NULL when unknown.',
    },
    points: countColumn(100, 'Points; 2 * (FGM - 3PM) + 3 * 3PM + FTM where makes are known.'),
    ...boxScoreColumns(60, 'Own minus opponent points while he was on the court.'),
    ...boxScoreSourceColumns,
  },
});
