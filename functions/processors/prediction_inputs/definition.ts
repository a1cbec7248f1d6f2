/** The rows of features that predictions were made from, kept as they were when the predictions were sealed. */
import { defineCodeTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { originColumn } from '../_shared/prediction-columns.ts';
import store from '../ml_feature_store_v2/definition.ts';

export default defineCodeTable({
  name: 'prediction_inputs',
  dataset: 'nba_predictions',
  phase: 'phase5',
  description: 'One row for each player of a date: the features that his predictions were made from.',
  timing: 'pre_game',
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: store.key,
  clusterBy: store.clusterBy,
  readinessColumn: store.readinessColumn,
  emptyReason: 'no_known_roster',
  contextColumn: 'context_source',
  seal: 'tip_off',
  inputs: [
    { table: 'nbac_schedule', window: sameDate, required: true, columns: ['game_id'] },
    { table: 'ml_feature_store_v2', window: sameDate, required: true, columns: Object.keys(store.columns) },
  ],
  columns: {
    ...store.columns,
    origin: originColumn,
    feature_hash: {
      type: 'STRING',
      description: 'Hash of all other columns, by which a prediction names its row.',
    },
  },
});
