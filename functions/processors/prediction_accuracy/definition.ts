/**
 * What became of each prediction: the points of the player beside it, or why it is void or cannot be graded. A corrected box score
 * grades the date again; the predictions themselves stay as they were.
 */
import { defineTable } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import { opponentTeamColumn } from '../_shared/game-columns.ts';
import {
  lineSourceColumn,
  predictionKeyColumns,
  predictedColumns,
  recommendationColumns,
} from '../_shared/prediction-columns.ts';

export default defineTable({
  name: 'prediction_accuracy',
  dataset: 'nba_predictions',
  phase: 'phase5',
  description:
    'One row for each prediction of a final game: how far it was off, and whether its side of the line won.',
  timing: 'post_game',
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_id', 'player_lookup', 'system_id'],
  clusterBy: ['system_id', 'player_lookup'],
  readinessColumn: 'is_production_ready',
  emptyReason: 'no_predictions',
  inputs: [
    { table: 'nbac_game_results', window: sameDate, required: true },
    { table: 'player_prop_predictions', window: sameDate, required: true },
    { table: 'player_game_summary', window: sameDate, required: true },
    { table: 'nbac_injury_report', window: sameDate, required: false },
    { table: 'nbac_gamebook_player_stats', window: sameDate, required: false },
  ],
  columns: {
    ...predictionKeyColumns,
    team_abbr: {
      type: 'STRING',
      description: 'The team he played for; where he did not play, the team of the prediction.',
    },
    opponent_team_abbr: opponentTeamColumn,
    ...predictedColumns,
    actual_points: {
      type: 'INT64',
      nullable: true,
      min: 0,
      description: 'Points he scored; NULL when he did not play or his points are not known.',
    },
    minutes_played: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      max: 80,
      description: 'Minutes he played; NULL likewise.',
    },
    grade: {
      type: 'STRING',
      oneOf: ['graded', 'void', 'ungraded'],
      description:
        'graded: his points are compared. void: he did not play, and the prediction counts in no metric. ungraded: the box score of his team is in doubt, so that nobody knows whether he played and what he scored.',
    },
    is_voided: { type: 'BOOL', description: 'Whether he did not play.' },
    void_reason: {
      type: 'STRING',
      nullable: true,
      oneOf: ['dnp_injury_confirmed', 'dnp_late_scratch', 'dnp_unknown'],
      description:
        'Why he did not play. dnp_injury_confirmed: the last report called him out or doubtful, or the gamebook names an injury. dnp_late_scratch: a report on his team did not expect it. dnp_unknown: neither is known. NULL when he played.',
    },
    absolute_error: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      unit: 'points',
      description: 'Distance of predicted from actual points; NULL unless graded.',
    },
    signed_error: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      unit: 'points',
      description: 'predicted - actual points: positive when too many were predicted; NULL unless graded.',
    },
    within_3_points: {
      type: 'BOOL',
      nullable: true,
      description: 'Whether absolute_error is at most 3; NULL unless graded.',
    },
    within_5_points: {
      type: 'BOOL',
      nullable: true,
      description: 'Whether absolute_error is at most 5; NULL unless graded.',
    },
    within_interval: {
      type: 'BOOL',
      nullable: true,
      description:
        'Whether the actual points lie within predicted_p10 and predicted_p90, both included; NULL unless graded, and without an interval.',
    },
    ...recommendationColumns,
    predicted_margin: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      description: 'predicted points - line; NULL without a line.',
    },
    actual_margin: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      description: 'actual points - line; NULL without a line and unless graded.',
    },
    is_push: {
      type: 'BOOL',
      nullable: true,
      description: 'Whether the actual points equal the line; NULL without a line and unless graded.',
    },
    lean_correct: {
      type: 'BOOL',
      nullable: true,
      description:
        'Whether the side that the prediction leans to has won; NULL without a lean, at a push and unless graded.',
    },
    prediction_correct: {
      type: 'BOOL',
      nullable: true,
      description:
        'Whether the recommended side has won; NULL for PASS and NO_LINE, at a push and unless graded.',
    },
    confidence_decile: {
      type: 'INT64',
      min: 1,
      max: 10,
      unit: 'decile',
      description: 'The smaller of 10 and 1 + the whole tenths of confidence_score.',
    },
    line_source: lineSourceColumn,
    ...completenessColumns,
  },
});
