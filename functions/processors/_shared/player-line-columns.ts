/** Columns of raw tables of bookmakers' lines on the points of players. */
import type { Column } from '../../../shared/domain/table.ts';
import { matchedByColumn, matchedIdColumn, minutesBeforeTipoffColumn } from './raw-columns.ts';

/** The smallest and the largest believable line on the points of a player. */
export const LINES = { min: 0.5, max: 100 } as const;

export const playerLineColumns = {
  player_lookup: {
    type: 'STRING',
    description:
      'Name in the form lebronjames: the one of the box scores where the player is known, else the book’s.',
  },
  nba_player_id: matchedIdColumn,
  player_name: { type: 'STRING', description: 'Name as the bookmaker writes it.' },
  matched_by: matchedByColumn,
  bookmaker: {
    type: 'STRING',
    description: 'Bookmaker as the source names it; unread for a line that was refused.',
  },
  points_line: {
    type: 'FLOAT64',
    decimals: 1,
    nullable: true,
    ...LINES,
    description:
      'Points he must exceed for the over to win; a multiple of 0.5. NULL for a line that was refused: matched_by tells whether it is known on whom it was.',
  },
  over_price: {
    type: 'INT64',
    nullable: true,
    min: -100_000,
    max: 100_000,
    description: 'American odds of the over.',
  },
  under_price: {
    type: 'INT64',
    nullable: true,
    min: -100_000,
    max: 100_000,
    description: 'American odds of the under.',
  },
  is_main_line: {
    type: 'BOOL',
    description:
      'Whether its two prices are the nearest to even among the lines of this book and source; a book has one main line on a player at one time.',
  },
  snapshot_label: {
    type: 'STRING',
    description:
      'The time and the line as a part of the key: closing, or snapshot_at as ISO UTC text, then points_line, such as `closing 24.5`; unread for a line that was refused.',
  },
  snapshot_at: { type: 'TIMESTAMP', nullable: true, description: 'When the line was seen (UTC).' },
  minutes_before_tipoff: minutesBeforeTipoffColumn,
  source: { type: 'STRING', description: 'Collection the line comes from.' },
} as const satisfies Readonly<Record<string, Column>>;
