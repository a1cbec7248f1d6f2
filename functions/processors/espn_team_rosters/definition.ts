/** Who is on the roster of each team that plays on a date, as it stood before the games. */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import {
  dateColumns,
  matchedByColumn,
  matchedIdColumn,
  SCHEDULE,
  teamColumn,
  playerLookupColumn,
} from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'espn_team_rosters',
  description: 'One row for each player on the roster of a team that plays on the date.',
  timing: 'pre_game',
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_date', 'team_abbr', 'player_lookup'],
  clusterBy: ['team_abbr', 'player_lookup'],
  inputs: [{ table: SCHEDULE, window: sameDate, required: true }],
  columns: {
    ...dateColumns,
    team_abbr: teamColumn('Team whose roster he is on.'),
    player_lookup: playerLookupColumn,
    nba_player_id: matchedIdColumn,
    player_name: {
      type: 'STRING',
      description: 'Name under which he is known; as the source writes it when he is matched with nobody.',
    },
    matched_by: matchedByColumn,
    position: { type: 'STRING', nullable: true, description: 'Position as the source writes it.' },
    birth_date: { type: 'DATE', nullable: true, description: 'Date of birth, where known.' },
  },
});
