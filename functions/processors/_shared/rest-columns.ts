/** Columns about rest and load before a game, and the games ahead. */
import type { Column } from '../../../shared/domain/table.ts';

type Columns = Readonly<Record<string, Column>>;

/** Rest and load of a player. */
export const restColumns = {
  days_rest: {
    type: 'INT64',
    nullable: true,
    min: 0,
    description: 'days_since_last_game - 1: 0 is a back-to-back.',
  },
  back_to_back: { type: 'BOOL', description: 'Whether he played on D-1.' },
} satisfies Columns;

export const averageMinutesColumn: Column = {
  type: 'FLOAT64',
  decimals: 1,
  nullable: true,
  min: 0,
  description: 'Minutes of the last 7 days / games with known minutes; NULL without such a game.',
};

export const opponentDaysRestColumn: Column = {
  type: 'INT64',
  nullable: true,
  min: 0,
  description: 'Free days of the opponent before this game; NULL before its first.',
};

/** Rest and load of a team, counted from the schedule. */
export const gamesAheadColumns = {
  next_game_days_rest: {
    type: 'INT64',
    nullable: true,
    min: 0,
    description:
      'Free days before the next scheduled game of the regular season or the Cup final within 14 days; NULL after the regular season, whose next games depend on results.',
  },
  games_in_next_7_days: {
    type: 'INT64',
    nullable: true,
    min: 0,
    max: 7,
    description: 'Games of the regular season and the Cup final, D+1 to D+7; NULL likewise.',
  },
} satisfies Columns;

export const paceDifferentialColumn: Column = {
  type: 'FLOAT64',
  decimals: 1,
  nullable: true,
  description: 'team_pace_last_10 - opponent_pace_last_10, before rounding.',
};
