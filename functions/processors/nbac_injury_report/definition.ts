/** What teams report before a game about who can play. Several reports may name the same player. */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import {
  gameColumns,
  matchedByColumn,
  matchedIdColumn,
  minutesBeforeTipoffColumn,
  SCHEDULE,
  teamColumn,
  playerLookupColumn,
} from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'nbac_injury_report',
  description: 'One row for each player named in a report on a game.',
  timing: 'pre_game',
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id', 'player_lookup', 'report_at'],
  clusterBy: ['player_lookup', 'game_id'],
  inputs: [{ table: SCHEDULE, window: sameDate, required: true }],
  columns: {
    ...gameColumns,
    team_abbr: teamColumn('Team that reports on him.'),
    player_lookup: playerLookupColumn,
    nba_player_id: matchedIdColumn,
    player_name: { type: 'STRING', description: 'Name as the report writes it.' },
    matched_by: matchedByColumn,
    injury_status: {
      type: 'STRING',
      nullable: true,
      oneOf: ['out', 'doubtful', 'questionable', 'probable', 'available'],
      description:
        'How likely he is to play, from surely not to surely; NULL when the line could not be read as a whole.',
    },
    reason: { type: 'STRING', nullable: true, description: 'Reason as the report writes it.' },
    report_at: {
      type: 'TIMESTAMP',
      description:
        'When the report was published, or the list of a second source asked for (UTC); where its line does not say, the tip-off.',
    },
    minutes_before_tipoff: minutesBeforeTipoffColumn,
    is_whole_report: {
      type: 'BOOL',
      nullable: true,
      description:
        'Whether the report names everybody whom the team reports at that time, as the hourly ones do; who is no more in the latest of them is available. NULL in rows that were loaded before this was known.',
    },
  },
});
