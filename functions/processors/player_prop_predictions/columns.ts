/** The columns of a prediction. */
import type { Column } from '../../../shared/domain/table.ts';
import { completenessColumns } from '../_shared/completeness-columns.ts';
import { opponentTeamColumn, rosterTeamColumn } from '../_shared/game-columns.ts';
import {
  knownAtColumn,
  lineSourceColumn,
  predictedColumns,
  predictionKeyColumns,
  recommendationColumns,
} from '../_shared/prediction-columns.ts';

const adjustment = (of: string): Column => ({
  type: 'FLOAT64',
  decimals: 2,
  nullable: true,
  description: `Points that the prediction owes to ${of}; NULL in systems without it.`,
});

const fraction = (description: string): Column => ({
  type: 'FLOAT64',
  decimals: 4,
  nullable: true,
  min: 0,
  max: 1,
  unit: 'fraction',
  description,
});

export const predictionColumns = {
  ...predictionKeyColumns,
  known_at: knownAtColumn,
  team_abbr: rosterTeamColumn,
  opponent_team_abbr: opponentTeamColumn,
  ...predictedColumns,
  raw_confidence: {
    type: 'FLOAT64',
    decimals: 3,
    min: 0,
    max: 1,
    description: 'Confidence before it was calibrated on past games, a fraction.',
  },
  ...recommendationColumns,
  line_source: lineSourceColumn,
  line_bookmaker: {
    type: 'STRING',
    nullable: true,
    description: 'Bookmaker of the line; NULL without one.',
  },
  line_provider: {
    type: 'STRING',
    nullable: true,
    oneOf: ['odds_api', 'bettingpros'],
    description: 'The source of the line, as in upcoming_player_game_context; NULL without one.',
  },
  line_snapshot_at: {
    type: 'TIMESTAMP',
    nullable: true,
    description: 'When the line was seen (UTC); NULL without one, and for one without a time.',
  },
  estimation_method: {
    type: 'STRING',
    nullable: true,
    oneOf: ['points_avg_last_5', 'points_avg_last_10'],
    description: 'The mean that estimated_line_value comes from; NULL without one.',
  },
  line_margin: {
    type: 'FLOAT64',
    decimals: 2,
    nullable: true,
    description: 'predicted_points - current_points_line, points; NULL without a line.',
  },
  over_probability: fraction(
    'Probability that he scores more than the line, from a map fitted on earlier lines; NULL without a line, and before there is a map.',
  ),
  over_probability_lower: fraction('Lower bound of its 95 % interval; NULL likewise.'),
  over_probability_upper: fraction('Upper bound of its 95 % interval; NULL likewise.'),
  is_eligible: {
    type: 'BOOL',
    description:
      'Whether he may be recommended: at least 15 minutes a game in the last 7 days, a row of features that is ready, and neither out nor doubtful.',
  },
  ineligible_reason: {
    type: 'STRING',
    nullable: true,
    oneOf: ['few_minutes', 'not_ready', 'doubtful'],
    description: 'Why not; NULL when he may.',
  },
  fatigue_adjustment: adjustment('fatigue'),
  shot_zone_adjustment: adjustment('the zones that he shoots from'),
  pace_adjustment: adjustment('the pace of the game'),
  usage_spike_adjustment: adjustment('a change of his usage'),
  home_away_adjustment: adjustment('the venue'),
  other_adjustment: adjustment('a back-to-back'),
  similarity_baseline: {
    type: 'FLOAT64',
    decimals: 2,
    nullable: true,
    min: 0,
    unit: 'points',
    description: 'Mean points of his similar games, weighted by similarity; NULL in other systems.',
  },
  similar_games_count: {
    type: 'INT64',
    nullable: true,
    min: 5,
    max: 20,
    description: 'Games that are similar enough, at most the 20 most similar; NULL in other systems.',
  },
  avg_similarity_score: {
    type: 'FLOAT64',
    decimals: 2,
    nullable: true,
    min: 70,
    max: 100,
    unit: 'score',
    description: 'Mean similarity of these games, 0 to 100; NULL in other systems.',
  },
  prediction_stddev: {
    type: 'FLOAT64',
    decimals: 2,
    nullable: true,
    min: 0,
    unit: 'points',
    description:
      'Standard deviation of the predictions of the systems around their mean; NULL but in the ensemble.',
  },
  contributing_systems: {
    type: 'INT64',
    nullable: true,
    min: 2,
    max: 4,
    unit: 'systems',
    description: 'Systems that the ensemble consists of; NULL in other systems.',
  },
  feature_hash: {
    type: 'STRING',
    description: 'Hash of the row of prediction_inputs that the system has read.',
  },
  feature_quality_score: {
    type: 'FLOAT64',
    decimals: 2,
    min: 0,
    max: 100,
    description: 'As in ml_feature_store_v2.',
  },
  ...completenessColumns,
} as const satisfies Readonly<Record<string, Column>>;
