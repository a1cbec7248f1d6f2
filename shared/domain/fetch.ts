/** The words of live fetches: what of a date is asked for, and why it is asked at a time. */

/**
 * What a date needs to know. The answer of one source is enough for each; the next source in its order is asked in the place of
 * one that is off, refuses or does not answer.
 */
export const TARGETS = [
  'schedule',
  'roster',
  'injuries',
  'game_lines',
  'player_lines',
  'player_box',
  'team_box',
  'gamebook',
  'play_by_play',
] as const;
/** One of {@link TARGETS}. */
export type Target = (typeof TARGETS)[number];

/** Whether a date can do without it: its tables are built, and what follows from it is unknown. */
export function isOptional(target: Target): boolean {
  return ['injuries', 'game_lines', 'player_lines', 'gamebook', 'play_by_play'].includes(target);
}

/**
 * When a question about a date is asked by itself, in US Eastern time. `morning`: between 06:00 and 10:00. `lines`: every two hours
 * from twelve hours before the first tip-off, and just before each tip-off. `hourly`: every hour until the last tip-off.
 * `box_scores`: after the games, and until all are known. `overnight`: at 04:00 of the day after. `led`: as soon as the answer that
 * leads to it is there. `history`: never by itself, only by a backfill.
 */
export type Rhythm = 'morning' | 'lines' | 'hourly' | 'box_scores' | 'overnight' | 'led' | 'history';

/**
 * Why a date is asked about at a time: one of the rhythms of questions, to look for late corrections, or because a backfill asks for
 * what was never told of a past date.
 */
export const OCCASIONS = [
  'morning',
  'lines',
  'hourly',
  'box_scores',
  'overnight',
  'corrections',
  'history',
] as const;
/** One of {@link OCCASIONS}. */
export type Occasion = (typeof OCCASIONS)[number];
