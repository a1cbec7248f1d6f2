/** What the official gamebook says of the players of a game: who played, who did not and why, and who was inactive. */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import {
  boxScoreColumns,
  gameColumns,
  matchedByColumn,
  matchedIdColumn,
  optionalCountColumn,
  playerLookupColumn,
  SCHEDULE,
  teamColumn,
} from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'nbac_gamebook_player_stats',
  description: 'One row for each player whom the gamebook of a final game names.',
  timing: 'post_game',
  isExpectedWhereTold: true,
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id', 'team_abbr', 'player_lookup'],
  clusterBy: ['player_lookup', 'team_abbr'],
  inputs: [
    { table: SCHEDULE, window: sameDate, required: true },
    { table: 'nbac_game_results', window: sameDate, required: false },
  ],
  columns: {
    ...gameColumns,
    team_abbr: teamColumn('His team.'),
    opponent_team_abbr: teamColumn('The other team.'),
    is_home: { type: 'BOOL', description: 'Whether his team is the home team of the schedule.' },
    player_lookup: playerLookupColumn,
    nba_player_id: matchedIdColumn,
    player_name: {
      type: 'STRING',
      description: 'Name as the gamebook writes it; of inactive players the last name alone.',
    },
    matched_by: matchedByColumn,
    player_status: {
      type: 'STRING',
      oneOf: ['active', 'dnp', 'inactive'],
      description:
        'active: he played; dnp: he did not play, did not dress or was not with the team; inactive: he was not on the list of the game.',
    },
    dnp_reason: {
      type: 'STRING',
      nullable: true,
      description: 'Why he did not play, as the gamebook writes it; NULL for who played.',
    },
    dnp_reason_category: {
      type: 'STRING',
      nullable: true,
      oneOf: ['coach_decision', 'injury', 'rest', 'other'],
      description: 'The kind of reason; NULL without one.',
    },
    starter: { type: 'BOOL', nullable: true, description: 'Whether he started; NULL for who did not play.' },
    minutes: {
      type: 'FLOAT64',
      decimals: 2,
      nullable: true,
      min: 0,
      max: 98,
      description: 'Minutes on the court; NULL for who did not play.',
    },
    points: optionalCountColumn(100, 'Points; NULL for who did not play.'),
    ...boxScoreColumns(60, 'Own minus opponent points while he was on the court.'),
  },
});
