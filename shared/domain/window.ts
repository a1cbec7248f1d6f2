/**
 * How far a table reads each of its inputs. One window object gives both directions: `reads(D)`, the dates a run for D
 * waits for, and `affects(D)`, the later (or, on the schedule, earlier) dates that a repair of D can change. Each is the
 * inverse of the other.
 */
import { addDays, type GameDate } from './game-date.ts';

/** The date itself. */
export interface SameDate {
  readonly kind: 'same_date';
}
/** The `days` calendar days before the date: D-days … D-1, within D's season. */
export interface PreviousDays {
  readonly kind: 'previous_days';
  readonly days: number;
}
/** Opening night … D-1. */
export interface SeasonToDate {
  readonly kind: 'season_to_date';
}
/** The last `games` games of each entity before D, within D's season. */
export interface LastGames {
  readonly kind: 'last_games';
  readonly games: number;
  readonly per: 'team' | 'player';
}
/** D-back … D+ahead, both included, within D's season. Only what is known beforehand, the schedule, may be read ahead. */
export interface AroundDate {
  readonly kind: 'around_date';
  readonly back: number;
  readonly ahead: number;
}
export type Window = SameDate | PreviousDays | SeasonToDate | LastGames | AroundDate;

export const sameDate: SameDate = { kind: 'same_date' };
export const seasonToDate: SeasonToDate = { kind: 'season_to_date' };
export const previousDays = (days: number): PreviousDays => ({ kind: 'previous_days', days });
export const lastGames = (games: number, per: LastGames['per']): LastGames => ({
  kind: 'last_games',
  games,
  per,
});
export const aroundDate = (back: number, ahead: number): AroundDate => ({ kind: 'around_date', back, ahead });

/** Offsets in days, relative to D, of the first and last calendar day a window can reach; `-Infinity` is opening night. */
function span(window: Window): readonly [first: number, last: number] {
  switch (window.kind) {
    case 'same_date':
      return [0, 0];
    case 'previous_days':
      return [-window.days, -1];
    case 'season_to_date':
    case 'last_games':
      return [-Infinity, -1];
    case 'around_date':
      return [-window.back, window.ahead];
    default:
      return window satisfies never;
  }
}

/** The game dates of `seasonDates` (one season, ascending) that a run for `date` reads through `window`. */
export function reads(window: Window, date: GameDate, seasonDates: readonly GameDate[]): GameDate[] {
  const [first, last] = span(window);
  return within(date, seasonDates, first, last);
}

/**
 * The game dates of `seasonDates` (one season, ascending) whose runs read `date` through `window`. For the last n games
 * of an entity this is every later date of the season; which of them really change is known per entity only.
 */
export function affects(window: Window, date: GameDate, seasonDates: readonly GameDate[]): GameDate[] {
  const [first, last] = span(window);
  return within(date, seasonDates, -last, -first);
}

/** The earliest date a run for `date` can read through `window`, given the opening night of its season. */
export function readStart(window: Window, date: GameDate, openingNight: GameDate): GameDate {
  const [first] = span(window);
  if (first === -Infinity) return openingNight < date ? openingNight : date;
  const start = addDays(date, first);
  return start < openingNight ? openingNight : start;
}

function within(date: GameDate, seasonDates: readonly GameDate[], first: number, last: number): GameDate[] {
  const from = first === -Infinity ? 0 : countBefore(seasonDates, addDays(date, first));
  return last === Infinity
    ? seasonDates.slice(from)
    : seasonDates.slice(from, countBefore(seasonDates, addDays(date, last + 1)));
}

/** How many of `dates` (ascending) are before `date`. */
export function countBefore(dates: readonly GameDate[], date: GameDate): number {
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((dates[middle] ?? '') < date) low = middle + 1;
    else high = middle;
  }
  return low;
}
