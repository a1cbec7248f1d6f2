/** Columns of the lines on a game, in the contexts of teams and of players. */
import type { Column } from '../../../shared/domain/table.ts';

type Columns = Readonly<Record<string, Column>>;

/** Points of a line that may be below 0. */
const points = (description: string): Column => ({
  type: 'FLOAT64',
  decimals: 1,
  nullable: true,
  description,
});

/** How the spread moved. The column of its latest value, from the side of the row's team, comes before these. */
export const spreadMovementColumns = {
  opening_spread: points('Earliest spread of the same bookmaker.'),
  spread_movement: points('Latest minus earliest; NULL when seen once only.'),
} satisfies Columns;

export const totalColumns = {
  game_total: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    min: 0,
    description: 'Latest total before tip-off, points.',
  },
  opening_total: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    min: 0,
    description: 'Earliest total of the same bookmaker.',
  },
  total_movement: points('Latest minus earliest; NULL when seen once only.'),
  game_total_source: { type: 'STRING', nullable: true, description: 'Bookmaker of the total.' },
} satisfies Columns;
