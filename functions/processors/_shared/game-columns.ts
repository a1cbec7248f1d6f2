/** Columns of computed tables that say to which game a row belongs, who plays in it, and when. */
import type { Column } from '../../../shared/domain/table.ts';

type Columns = Readonly<Record<string, Column>>;

export const gameIdColumn: Column = { type: 'STRING', description: 'YYYYMMDD_AWAY_HOME.' };

/** The game of a row. The tables with these columns have only games that count: regular season, play-in and play-offs. */
export const countedGameColumns = {
  game_id: gameIdColumn,
  game_date: { type: 'DATE', description: 'US Eastern date of the game.' },
  season: { type: 'STRING', description: 'Such as 2023-24.' },
  season_type: { type: 'STRING', oneOf: ['regular', 'play_in', 'playoffs'], description: 'Kind of game.' },
} satisfies Columns;

export const seasonPhaseColumn: Column = {
  type: 'STRING',
  oneOf: ['early', 'mid', 'late', 'playoffs'],
  description:
    'playoffs when the schedule says so, play-in included; else early (Oct, Nov), mid (Dec to Feb), late.',
};

/** The date, in tables that have a row for each player or team before its game. */
export const dateBeforeGameColumn: Column = {
  type: 'DATE',
  description: 'US Eastern date of the game; only earlier games are in the row.',
};

/** The date, in tables that have a row for each player or team on every game date, whether he or it plays or not. */
export const analysisDateColumn: Column = {
  type: 'DATE',
  description: 'Game date the row is for; only earlier games are in it.',
};

export { playerLookupColumn } from './raw-columns.ts';

/** The id that belongs to a lookup: every person has one of each, in all tables. */
export const playerIdColumn: Column = {
  type: 'INT64',
  nullable: true,
  description: 'Id at stats.nba.com; NULL while no file has named the player with one.',
};

/** The team of a player of the pre-game universe. */
export const rosterTeamColumn: Column = {
  type: 'STRING',
  description: 'His team: by the roster of the date, else by his last game.',
};

export const opponentTeamColumn: Column = { type: 'STRING', description: 'The other team.' };
