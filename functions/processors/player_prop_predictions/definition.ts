/**
 * What each prediction system says of the points of each player, with the line that it is compared with. The systems are pure
 * functions of his row of prediction_inputs and of a model; each has a file in `systems`.
 */
import { defineCodeTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import store from '../ml_feature_store_v2/definition.ts';
import { predictionColumns } from './columns.ts';
import { ZONE_COLUMNS } from './features.ts';
import { LINE_COLUMNS } from './line.ts';

/** Every number of a row of features: a model may read any of them. */
const MODEL_COLUMNS = Object.entries(store.columns).flatMap(([name, { type }]) =>
  type === 'INT64' || type === 'FLOAT64' ? [name] : [],
);

export default defineCodeTable({
  name: 'player_prop_predictions',
  dataset: 'nba_predictions',
  phase: 'phase5',
  description:
    'One row for each player who may play on the date and each system that can predict his points.',
  timing: 'pre_game',
  calculationVersion: 'v1.2',
  partitionColumn: 'game_date',
  key: ['game_id', 'player_lookup', 'system_id'],
  clusterBy: ['system_id', 'player_lookup'],
  readinessColumn: 'is_production_ready',
  countedRows: { column: 'system_id', value: 'moving_average' },
  emptyReason: 'no_known_roster',
  seal: 'tip_off',
  artifacts: [{ role: 'champion' }],
  inputs: [
    {
      table: 'nbac_schedule',
      window: sameDate,
      required: true,
      columns: ['game_id', 'season', 'season_type'],
    },
    {
      table: 'prediction_inputs',
      window: sameDate,
      required: true,
      columns: [
        'game_id',
        'game_date',
        'player_lookup',
        'team_abbr',
        'opponent_team_abbr',
        'feature_version',
        'feature_hash',
        'is_production_ready',
        'data_quality_issues',
        'defaulted_features',
        'similar_games',
        ...ZONE_COLUMNS,
        ...MODEL_COLUMNS,
      ],
    },
    {
      table: 'upcoming_player_game_context',
      window: sameDate,
      required: false,
      columns: ['game_id', 'player_lookup', 'player_status', 'avg_minutes_per_game_last_7', ...LINE_COLUMNS],
    },
  ],
  columns: predictionColumns,
});
