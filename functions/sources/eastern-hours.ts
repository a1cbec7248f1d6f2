/** Times on clocks in New York, for sources that publish by them. */
import { easternTimeOf } from '../../shared/domain/eastern-time.ts';
import { gameDateOf, parseGameDate, type GameDate } from '../../shared/domain/game-date.ts';

/** Half past an hour of a date on clocks in New York. */
export interface HalfHour {
  readonly date: GameDate;
  readonly hour: number;
}

/** The date and the hour in a subject such as `2026-02-08-1830`, half past 18; undefined when it has none. */
export function halfHourIn(subject: string): HalfHour | undefined {
  const [, text = '', hour = ''] = /^(\d{4}-\d\d-\d\d)-([01]\d|2[0-3])30$/.exec(subject) ?? [];
  const date = parseGameDate(text);
  return date === undefined ? undefined : { date, hour: Number(hour) };
}

/** The latest half past of an hour that is at least five minutes ago, as a subject. */
export function halfHourBefore(instant: Date): string {
  const then = instant.getTime() - 5 * MINUTE;
  const minute = new Date(then).getUTCMinutes();
  const half = new Date(then - (minute >= 30 ? minute - 30 : minute + 30) * MINUTE);
  return `${gameDateOf(half)}-${easternTimeOf(half).slice(0, 2)}30`;
}

const MINUTE = 60_000;

/**
 * The half hours about which a source of hourly reports is asked: the latest one while a game of the date has not begun, and the last
 * one before each tip-off when all have.
 * @param tipoffs of the games of a date (ISO, UTC); null for one that is not known
 */
export function halfHoursAbout(tipoffs: readonly (string | null)[], now: Date): string[] {
  const known = tipoffs.flatMap((tipoff) => (tipoff === null ? [] : new Date(tipoff)));
  if (tipoffs.length === 0) return [];
  if (known.length < tipoffs.length || known.some((tipoff) => tipoff > now)) return [halfHourBefore(now)];
  return [...new Set(known.map(halfHourBefore))].sort();
}
