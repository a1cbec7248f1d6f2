/** How well each prediction system did on a date. */
import { defineTable, type Column } from '../../../shared/domain/table.ts';
import { sameDate } from '../../../shared/domain/window.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import { originColumn, systemIdColumn } from '../_shared/prediction-columns.ts';

const count = (description: string): Column => ({ type: 'INT64', min: 0, unit: 'predictions', description });
const points = (description: string): Column => ({
  type: 'FLOAT64',
  decimals: 3,
  nullable: true,
  unit: 'points',
  description: `${description}; NULL when none is graded.`,
});
const rate = (description: string): Column => ({
  type: 'FLOAT64',
  decimals: 4,
  nullable: true,
  min: 0,
  max: 1,
  unit: 'fraction',
  description,
});
const interval = (of: string, bound: string): Column =>
  rate(`${bound} bound of the 95 % Wilson interval of ${of}; NULL when nothing is decided.`);

export default defineTable({
  name: 'system_daily_performance',
  dataset: 'nba_predictions',
  phase: 'phase5',
  description: 'One row for each prediction system, date and origin: errors, sides won and lost, voids.',
  timing: 'post_game',
  calculationVersion: 'v1',
  partitionColumn: 'game_date',
  key: ['game_date', 'system_id', 'origin'],
  clusterBy: ['system_id'],
  readinessColumn: 'is_production_ready',
  emptyReason: 'no_predictions',
  inputs: [
    { table: 'prediction_accuracy', window: sameDate, required: true },
    { table: 'player_game_summary', window: sameDate, required: true },
  ],
  columns: {
    game_date: { type: 'DATE', description: 'US Eastern date of the games.' },
    system_id: systemIdColumn,
    origin: originColumn,
    predictions: count('Predictions of final games.'),
    graded: count('Those that are graded.'),
    voided: count('Those of players who did not play.'),
    ungraded: count('Those whose box score is in doubt.'),
    players_unpredicted: {
      type: 'INT64',
      min: 0,
      unit: 'players',
      description: 'Players who played on the date and of whom the system has predicted nothing.',
    },
    mae: points('Mean of absolute_error'),
    bias: points('Mean of signed_error: positive when too many points were predicted'),
    rmse: points('Root of the mean of the squared errors'),
    within_3_share: rate('Share of the graded within 3 points; NULL when none is graded.'),
    within_5_share: rate('Share of the graded within 5 points; NULL when none is graded.'),
    interval_coverage: rate('Share of the graded with an interval that lie in it; NULL without any.'),
    lean_wins: count('Leans of graded predictions whose side of the line has won.'),
    lean_losses: count('Those whose side has lost; pushes are in neither.'),
    lean_win_rate: rate('wins / (wins + losses) of the leans; NULL under 30.'),
    lean_win_rate_lower: interval('the win rate of the leans', 'Lower'),
    lean_win_rate_upper: interval('the win rate of the leans', 'Upper'),
    wins: count('Recommendations whose side has won.'),
    losses: count('Recommendations whose side has lost.'),
    pushes: count('Recommendations whose points equalled the line.'),
    win_rate: rate('wins / (wins + losses) of the recommendations; NULL under 30.'),
    win_rate_lower: interval('the win rate', 'Lower'),
    win_rate_upper: interval('the win rate', 'Upper'),
    over_wins: count('wins that were OVER.'),
    over_losses: count('losses that were OVER.'),
    high_confidence_wins: count('wins with a confidence of at least 0.70.'),
    high_confidence_losses: count('losses with a confidence of at least 0.70.'),
    ...completenessColumns,
  },
});
