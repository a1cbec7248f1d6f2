/** Seasons: which season a date belongs to, and how long its bootstrap period lasts. */
import { daysBetween, type GameDate } from './game-date.ts';

/** A season's label, such as `2023-24`. */
export type Season = string;

/**
 * Length of the bootstrap period in days, opening night included. In it phases 4 and 5 have too little
 * history and are not computed.
 */
export const BOOTSTRAP_DAYS = 14;

/**
 * The season that a date belongs to. Seasons change on 1 October: 2024-09-30 is in 2023-24, 2024-10-01 in
 * 2024-25.
 */
export function seasonOf(date: GameDate): Season {
  const year = Number(date.slice(0, 4));
  return seasonStarting(Number(date.slice(5, 7)) >= 10 ? year : year - 1);
}

/** The label of the season that starts in the autumn of `year`. */
export function seasonStarting(year: number): Season {
  return `${year}-${String((year + 1) % 100).padStart(2, '0')}`;
}

/** The year in which a season starts: 2023 for 2023-24. */
export function seasonYear(season: Season): number {
  return Number(season.slice(0, 4));
}

/** Whether `text` is the label of a season: `2023-24` is, `2023-25` is not. */
export function isSeason(text: string): boolean {
  return /^\d{4}-\d{2}$/.test(text) && seasonStarting(Number(text.slice(0, 4))) === text;
}

/**
 * Whether `date` is one of the first {@link BOOTSTRAP_DAYS} calendar days of the season that began on
 * `openingNight`.
 */
export function isBootstrap(date: GameDate, openingNight: GameDate): boolean {
  const day = daysBetween(openingNight, date);
  return day >= 0 && day < BOOTSTRAP_DAYS;
}
