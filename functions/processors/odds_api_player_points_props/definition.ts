/** Bookmakers' lines on a player's points, seen before the game. A player who has a line may not play in the end. */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { playerLineColumns } from '../_shared/player-line-columns.ts';
import { gameColumns, SCHEDULE } from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'odds_api_player_points_props',
  description: 'One row for each points line a bookmaker quotes on a player at one moment.',
  timing: 'pre_game',
  calculationVersion: 'v1.3',
  partitionColumn: 'game_date',
  key: ['game_id', 'player_lookup', 'bookmaker', 'snapshot_label', 'source'],
  clusterBy: ['player_lookup', 'bookmaker'],
  inputs: [{ table: SCHEDULE, window: sameDate, required: true }],
  columns: {
    ...gameColumns,
    ...playerLineColumns,
  },
});
