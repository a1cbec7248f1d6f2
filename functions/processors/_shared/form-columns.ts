/** Columns of the form of a team and of a player before a game: means over the last games that count. */
import type { Column } from '../../../shared/domain/table.ts';

const FIVE_KNOWN = 'NULL when attempts are known in fewer than five of them and not in all';

/** A mean over the last 10 games of a team, such as the pace. */
export function teamMeanColumn(decimals: number, what: string, whose = 'the team'): Column {
  return {
    type: 'FLOAT64',
    decimals,
    nullable: true,
    min: 0,
    description: `Mean ${what} of the last 10 games of ${whose}; ${FIVE_KNOWN}.`,
  };
}

/** A mean over the last games of a player that needs attempts, such as his usage. */
export function playerMeanColumn(decimals: number, what: string, games: number, max?: number): Column {
  return {
    type: 'FLOAT64',
    decimals,
    nullable: true,
    min: 0,
    ...(max === undefined ? {} : { max }),
    description: `Mean ${what} of his last ${games} games, unknown ones left out; ${FIVE_KNOWN}.`,
  };
}

export const PACE = 'pace (possessions in 48 minutes)';
export const OFFENSIVE_RATING = 'offensive rating (points for 100 possessions)';
export const DEFENSIVE_RATING = 'defensive rating (points allowed for 100 possessions)';

/** The part of the opponent, as {@link teamMeanColumn} names whose games are meant. */
export const OF_OPPONENT = 'the opponent';
