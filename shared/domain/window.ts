/**
 * How far a table reads each of its inputs. One window gives both directions. `reads(D)` are the dates that
 * a run for D waits for. `affects(D)` are the dates that a repair of D can change: later dates, and for the
 * schedule, which is read ahead, also earlier ones. Each is the inverse of the other.
 */
import { addDays, type GameDate } from './game-date.ts';
import { firstDateOf, seasonOf, seasonStarting, seasonYear, type Season } from './season.ts';

/** The date itself. */
export interface SameDate {
  readonly kind: 'same_date';
}
/**
 * The `days` calendar days before the date, within its season: with 7 days, a run for 2024-01-26 reads
 * 2024-01-19 to 2024-01-25.
 */
export interface PreviousDays {
  readonly kind: 'previous_days';
  readonly days: number;
}
/** From the first game date of the season to the day before the date. */
export interface SeasonToDate {
  readonly kind: 'season_to_date';
}
/** The last `games` games of each player or team before the date, within its season. */
export interface LastGames {
  readonly kind: 'last_games';
  readonly games: number;
  readonly per: 'team' | 'player';
}
/**
 * From `back` days before the date to `ahead` days after it, both included, within its season. Only the
 * schedule may be read ahead, because it is known beforehand.
 */
export interface AroundDate {
  readonly kind: 'around_date';
  readonly back: number;
  readonly ahead: number;
}
/**
 * All dates of the `seasons` seasons before that of the date: with 2 seasons, a run for 2023-10-24 reads 2021-22 and
 * 2022-23. A season that nobody has loaded has no rows. It is never waited for, so such an input is never required.
 */
export interface PreviousSeasons {
  readonly kind: 'previous_seasons';
  readonly seasons: number;
}
/** How far one table reads another. */
export type Window = SameDate | PreviousDays | SeasonToDate | LastGames | AroundDate | PreviousSeasons;

/** The window of the date itself. */
export const sameDate: SameDate = { kind: 'same_date' };
/** The window of all earlier dates of the season. */
export const seasonToDate: SeasonToDate = { kind: 'season_to_date' };
/** The window of the `days` calendar days before the date; `days` is at least 1. */
export const previousDays = (days: number): PreviousDays => ({ kind: 'previous_days', days });
/** The window of the last `games` games of each player or team; `games` is at least 1. */
export const lastGames = (games: number, per: LastGames['per']): LastGames => ({
  kind: 'last_games',
  games,
  per,
});
/** The window from `back` days before the date to `ahead` days after it; neither is negative. */
export const aroundDate = (back: number, ahead: number): AroundDate => ({ kind: 'around_date', back, ahead });
/** The window of all dates of the `seasons` seasons before that of the date; `seasons` is at least 1. */
export const previousSeasons = (seasons: number): PreviousSeasons => ({ kind: 'previous_seasons', seasons });

/**
 * The first and the last calendar day of its own season that a window can reach, in days relative to the date; `-Infinity` is
 * the beginning of the season. A window of earlier seasons reaches no day of its own.
 */
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
    case 'previous_seasons':
      return [0, -1];
    default:
      return window satisfies never;
  }
}

/** The earlier seasons that a run for a date of `season` reads through `window`, ascending. */
export function seasonsRead(window: Window, season: Season): Season[] {
  return seasonsBeside(window, season, -1).reverse();
}

/** The later seasons in which runs read dates of `season` through `window`, ascending. */
export function seasonsAffected(window: Window, season: Season): Season[] {
  return seasonsBeside(window, season, 1);
}

function seasonsBeside(window: Window, season: Season, step: -1 | 1): Season[] {
  if (window.kind !== 'previous_seasons') return [];
  return Array.from({ length: window.seasons }, (_, i) =>
    seasonStarting(seasonYear(season) + step * (i + 1)),
  );
}

/**
 * The game dates of `seasonDates` (one season, ascending) that a run for `date`, which is in the same season, reads through
 * `window`.
 */
export function reads(window: Window, date: GameDate, seasonDates: readonly GameDate[]): GameDate[] {
  return seasonDates.slice(...readRange(window, date, seasonDates));
}

/** The same as {@link reads}, as the index of the first date and the index after the last one. */
export function readRange(
  window: Window,
  date: GameDate,
  seasonDates: readonly GameDate[],
): readonly [from: number, to: number] {
  const [first, last] = span(window);
  return rangeWithin(date, seasonDates, first, last);
}

/**
 * The game dates of `seasonDates` (one season, ascending) whose runs read `date` through `window`. For the
 * last n games this is every later date of the season. Which of them really change is known only player by
 * player.
 */
export function affects(window: Window, date: GameDate, seasonDates: readonly GameDate[]): GameDate[] {
  const [first, last] = span(window);
  return seasonDates.slice(...rangeWithin(date, seasonDates, -last, -first));
}

/**
 * The earliest date that a run for `date` can read through `window`, given the opening night of its season.
 */
export function readStart(window: Window, date: GameDate, openingNight: GameDate): GameDate {
  if (window.kind === 'previous_seasons')
    return firstDateOf(seasonStarting(seasonYear(seasonOf(date)) - window.seasons));
  const [first] = span(window);
  if (first === -Infinity) return openingNight < date ? openingNight : date;
  const start = addDays(date, first);
  return start < openingNight ? openingNight : start;
}

/** The latest calendar day that a run for `date` can read through `window`. */
export function readEnd(window: Window, date: GameDate): GameDate {
  if (window.kind === 'previous_seasons') return addDays(firstDateOf(seasonOf(date)), -1);
  const [, last] = span(window);
  return addDays(date, last);
}

/**
 * Where in `seasonDates` the dates from `first` to `last` days after `date` are, both included: the index of the
 * first one, and the index after the last one.
 */
function rangeWithin(
  date: GameDate,
  seasonDates: readonly GameDate[],
  first: number,
  last: number,
): readonly [from: number, to: number] {
  const from = first === -Infinity ? 0 : countBefore(seasonDates, addDays(date, first));
  const to = last === Infinity ? seasonDates.length : countBefore(seasonDates, addDays(date, last + 1));
  return [from, to];
}

/**
 * How many of `dates` (ascending) lie before `date`, which is also the index of the first date that does
 * not.
 */
export function countBefore(dates: readonly GameDate[], date: GameDate): number {
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((dates[middle] ?? '') < date) low = middle + 1;
    else high = middle;
  }
  return low;
}
