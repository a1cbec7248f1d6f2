/** Columns of the lines on a game, in the contexts of teams and of players. */
import type { Column } from '../../../shared/domain/table.ts';

type Columns = Readonly<Record<string, Column>>;

/** The largest believable spread of a game, to either side, in points. */
export const MAX_SPREAD = 60;

/** The smallest and the largest believable total of a game, in points. */
export const TOTALS = { min: 100, max: 400 } as const;

/** The source of a line on the points of a player. */
export const pointsLineProviderColumn: Column = {
  type: 'STRING',
  nullable: true,
  oneOf: ['odds_api', 'bettingpros'],
  description:
    'Raw table of the line: odds_api for odds_api_player_points_props, bettingpros for bettingpros_player_points_props, which counts where the other has no line on him.',
};

/** The spread of a game, in points; it may be below 0. */
export function spreadColumn(description: string): Column {
  return { type: 'FLOAT64', decimals: 1, nullable: true, min: -MAX_SPREAD, max: MAX_SPREAD, description };
}

/** A difference between two lines, in points; it may be below 0. */
const difference = (description: string): Column => ({
  type: 'FLOAT64',
  decimals: 1,
  nullable: true,
  description,
});

/** How the spread moved. The column of its latest value, from the side of the row's team, comes before these. */
export const spreadMovementColumns = {
  opening_spread: spreadColumn('Earliest spread of the same bookmaker; NULL when seen once only.'),
  spread_movement: difference('Latest minus earliest; NULL when seen once only.'),
} satisfies Columns;

export const totalColumns = {
  game_total: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    ...TOTALS,
    description: 'Latest total before tip-off, points.',
  },
  opening_total: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    ...TOTALS,
    description: 'Earliest total of the same bookmaker; NULL when seen once only.',
  },
  total_movement: difference('Latest minus earliest; NULL when seen once only.'),
  game_total_source: { type: 'STRING', nullable: true, description: 'Bookmaker of the total.' },
} satisfies Columns;
