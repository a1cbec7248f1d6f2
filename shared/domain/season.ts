/** Seasons: which one a date belongs to, and how long its bootstrap lasts. */
import { daysBetween, type GameDate } from './game-date.ts';

/** A season's label, such as `2023-24`. */
export type Season = string;

/** Days after opening night (that night included) on which phases 4 and 5 have too little history to be computed. */
export const BOOTSTRAP_DAYS = 14;

/** The season a date belongs to: it turns over on 1 October. */
export function seasonOf(date: GameDate): Season {
  const year = Number(date.slice(0, 4));
  return seasonStarting(Number(date.slice(5, 7)) >= 10 ? year : year - 1);
}

/** The label of the season that starts in the autumn of `year`. */
export function seasonStarting(year: number): Season {
  return `${year}-${String((year + 1) % 100).padStart(2, '0')}`;
}

/** The year in which a season starts. */
export function seasonYear(season: Season): number {
  return Number(season.slice(0, 4));
}

/** Whether `text` is a season's label whose two years follow each other. */
export function isSeason(text: string): boolean {
  return /^\d{4}-\d{2}$/.test(text) && seasonStarting(Number(text.slice(0, 4))) === text;
}

/** Whether `date` is one of the first {@link BOOTSTRAP_DAYS} calendar days of the season that opened on `openingNight`. */
export function isBootstrap(date: GameDate, openingNight: GameDate): boolean {
  const day = daysBetween(openingNight, date);
  return day >= 0 && day < BOOTSTRAP_DAYS;
}
