/**
 * The box score line of a player by Ball Don't Lie, a second source. It is used for the games and players that the league's box
 * scores lack, and only where the points of his team are those of the final score: `stands_in` says so.
 */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import {
  boxScoreColumns,
  boxScoreSourceColumns,
  countColumn,
  gameColumns,
  matchedByColumn,
  matchedIdColumn,
  playerLookupColumn,
  SCHEDULE,
  teamColumn,
} from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'bdl_player_boxscores',
  description: 'One row for each player who took part in a final game, by Ball Don’t Lie.',
  timing: 'post_game',
  isExpectedWhereTold: true,
  standsInFor: 'nbac_player_boxscores',
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id', 'player_lookup'],
  clusterBy: ['player_lookup', 'team_abbr'],
  inputs: [
    { table: SCHEDULE, window: sameDate, required: true },
    { table: 'nbac_game_results', window: sameDate, required: false },
    { table: 'nbac_player_boxscores', window: sameDate, required: false },
  ],
  columns: {
    ...gameColumns,
    team_abbr: teamColumn('Team he played for.'),
    opponent_team_abbr: teamColumn('The other team.'),
    is_home: { type: 'BOOL', description: 'Whether his team is the home team of the schedule.' },
    player_lookup: playerLookupColumn,
    player_name: { type: 'STRING', description: 'Name as the source writes it.' },
    nba_player_id: matchedIdColumn,
    matched_by: matchedByColumn,
    bdl_player_id: { type: 'INT64', nullable: true, min: 1, description: 'Id at Ball Don’t Lie.' },
    position: {
      type: 'STRING',
      nullable: true,
      oneOf: ['G', 'F', 'C', 'G-F', 'F-G', 'F-C', 'C-F'],
      description: 'Position of the season, not of the game; NULL when the source has none.',
    },
    minutes: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      max: 98,
      description: 'Minutes on the court, whole ones; 0 is less than half a minute. NULL when unknown.',
    },
    points: countColumn(100, 'Points; 2 * (FGM - 3PM) + 3 * 3PM + FTM where makes are known.'),
    ...boxScoreColumns(60, 'Own minus opponent points while he was on the court.'),
    team_points_add_up: {
      type: 'BOOL',
      description:
        'Whether the points of his team’s players are those of the final score; FALSE also while no final score is known.',
    },
    stands_in: {
      type: 'BOOL',
      description:
        'Whether the row is used: the league’s box scores lack him, and points or minutes of his team, and team_points_add_up. Somebody whom nobody knows stands in only where the league has no player of the team.',
    },
    ...boxScoreSourceColumns,
  },
});
