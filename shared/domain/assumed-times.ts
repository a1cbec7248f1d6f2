/** When a fact counts as known that nobody knows the time of: those of historical files. */
import { easternToUtc } from './eastern-time.ts';
import { addDays, type GameDate } from './game-date.ts';
import { firstDateOf, seasonOf } from './season.ts';

/** When a fact about a game without a time of its own counts as known: noon Eastern of the day after it (ISO, UTC). */
export function knownAfterGame(date: GameDate): string {
  const noon = easternToUtc(`${addDays(date, 1)}T12:00:00`);
  if (noon === undefined) throw new Error(`The day after ${date} has no noon`);
  return noon;
}

/** When a schedule counts as known: at midnight Eastern before the first day of its season (ISO, UTC). */
export function scheduleKnownFrom(date: GameDate): string {
  const start = easternToUtc(`${firstDateOf(seasonOf(date))}T00:00:00`);
  if (start === undefined) throw new Error(`The season of ${date} has no first day`);
  return start;
}
