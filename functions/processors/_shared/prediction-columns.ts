/** Columns that predictions and their grades have in common. */
import type { Column } from '../../../shared/domain/table.ts';
import { SYSTEM_IDS } from '../player_prop_predictions/systems/system.ts';
import { countedGameColumns, playerIdColumn, playerLookupColumn } from './game-columns.ts';

type Columns = Readonly<Record<string, Column>>;

export const systemIdColumn: Column = {
  type: 'STRING',
  oneOf: SYSTEM_IDS,
  description: 'The prediction system.',
};

export const originColumn: Column = {
  type: 'STRING',
  oneOf: ['live', 'backfill'],
  description:
    'live: made before the game and sealed at its tip-off. backfill: made afterwards from what was known before the date; never counted with the live ones.',
};

export const knownAtColumn: Column = {
  type: 'TIMESTAMP',
  nullable: true,
  description:
    'Of a row that was made before the game: the latest time at which anything of its season was learned that the rows of its date rest on (UTC). What historical files say without a time of its own counts from noon Eastern of the day after its game on, their schedule from the start of the season; their lines and reports have times of their own and do not count. NULL for a row that was made afterwards.',
};

/** A prediction and what made it. */
export const predictionKeyColumns = {
  ...countedGameColumns,
  player_lookup: playerLookupColumn,
  nba_player_id: playerIdColumn,
  system_id: systemIdColumn,
  origin: originColumn,
  model_id: {
    type: 'STRING',
    nullable: true,
    description: 'The model that predicted; NULL for a system of rules.',
  },
  feature_version: { type: 'STRING', description: 'The list of features that the system read.' },
} satisfies Columns;

const predictedPoints = (description: string, nullable: boolean): Column => ({
  type: 'FLOAT64',
  decimals: 1,
  nullable,
  min: 0,
  max: 60,
  unit: 'points',
  description,
});

export const predictedColumns = {
  predicted_points: predictedPoints('Predicted points, 0 to 60.', false),
  predicted_p10: predictedPoints('Points that he stays below in one of ten games; NULL when unknown.', true),
  predicted_p90: predictedPoints('Points that he exceeds in one of ten games; NULL when unknown.', true),
  confidence_score: {
    type: 'FLOAT64',
    decimals: 3,
    min: 0,
    max: 1,
    description: 'Confidence of the system, a fraction.',
  },
} satisfies Columns;

const line = (description: string): Column => ({
  type: 'FLOAT64',
  decimals: 1,
  nullable: true,
  min: 0,
  description,
});

export const recommendationColumns = {
  has_prop_line: {
    type: 'BOOL',
    nullable: true,
    description:
      'Whether a bookmaker’s line on his points was seen before tip-off; NULL when the one for him may be among those refused or matched with nobody.',
  },
  current_points_line: line('Latest main line of a bookmaker before tip-off, points; NULL without one.'),
  estimated_line_value: line(
    'What stands in for a line: the mean of the last 5 games, else of the last 10, rounded to half a point. Never graded as a bet; NULL with a line, and without such a mean.',
  ),
  recommendation: {
    type: 'STRING',
    oneOf: ['OVER', 'UNDER', 'PASS', 'NO_LINE'],
    description:
      'NO_LINE without a bookmaker’s line; OVER or UNDER when the lower bound of the probability of that side beats the usual price; else PASS.',
  },
  lean: {
    type: 'STRING',
    nullable: true,
    oneOf: ['OVER', 'UNDER'],
    description: 'The likelier side of the line; NULL without a line, and when neither is likelier.',
  },
} satisfies Columns;

export const lineSourceColumn: Column = {
  type: 'STRING',
  nullable: true,
  oneOf: ['ACTUAL_PROP', 'ESTIMATED_AVG'],
  description: 'ACTUAL_PROP: a bookmaker’s line. ESTIMATED_AVG: estimated_line_value. NULL without either.',
};
