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

/** When he last played. */
export const lastGameColumn: Column = {
  type: 'INT64',
  nullable: true,
  min: 1,
  description:
    'D minus the date of his last game, the Cup final included; NULL before his first. A game of his team of which no player is known counts for those who played the game before it; then his context says rest_assumed.',
};

/** The load of a player. `nullable`: in tables that may lack the context it comes from. */
export function loadColumns(nullable: boolean) {
  const known = nullable ? { nullable } : {};
  return {
    games_in_last_7_days: {
      type: 'INT64',
      ...known,
      min: 0,
      max: 7,
      description: 'Distinct dates he played, D-7 to D-1.',
    },
    games_in_last_14_days: {
      type: 'INT64',
      ...known,
      min: 0,
      max: 14,
      description: 'Distinct dates he played, D-14 to D-1.',
    },
    minutes_in_last_7_days: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description:
        'His known minutes, D-7 to D-1; NULL when his minutes of a game are unknown although others have theirs.',
    },
    minutes_in_last_14_days: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description: 'His known minutes, D-14 to D-1; NULL likewise.',
    },
    avg_minutes_per_game_last_7: {
      type: 'FLOAT64',
      decimals: 1,
      nullable: true,
      min: 0,
      description:
        'Minutes of the last 7 days / games with known minutes; NULL without such a game, and NULL likewise.',
    },
    back_to_backs_last_14_days: {
      type: 'INT64',
      ...known,
      min: 0,
      max: 13,
      description: 'Pairs of consecutive dates he played, both D-14 to D-1.',
    },
  } satisfies Columns;
}

/** Ages in whole years that a player can have. */
export const AGES = { min: 15, max: 60 } as const;

export const playerAgeColumn: Column = {
  type: 'INT64',
  nullable: true,
  ...AGES,
  description: 'Whole years at D, from the birth date of the roster; NULL without it.',
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
