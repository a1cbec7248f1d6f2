/**
 * Bookmakers' lines on a player's points as BettingPros collects them, seen before the game. They are used for players on whom
 * `odds_api_player_points_props` has no line. A player who has a line may not play in the end.
 */
import { defineRawTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { playerLineColumns } from '../_shared/player-line-columns.ts';
import { gameColumns, SCHEDULE } from '../_shared/raw-columns.ts';

export default defineRawTable({
  name: 'bettingpros_player_points_props',
  description: 'One row for each points line a bookmaker quotes on a player at one moment, by BettingPros.',
  timing: 'pre_game',
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id', 'player_lookup', 'bookmaker', 'snapshot_label', 'source'],
  clusterBy: ['player_lookup', 'bookmaker'],
  inputs: [{ table: SCHEDULE, window: sameDate, required: true }],
  columns: {
    ...gameColumns,
    ...playerLineColumns,
  },
});
