/** Times on clocks in New York, and the same in UTC. Pure. */
import { parseGameDate } from './game-date.ts';

const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?$/;

const easternClock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Milliseconds to add to UTC to get the time in New York at an instant: a negative number. */
function easternOffset(instant: number): number {
  const parts = Object.fromEntries(
    easternClock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - instant;
}

const easternMinute = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
});

/** What clocks in New York show at an instant, to the minute: `19:30`. */
export function easternTimeOf(instant: Date): string {
  return easternMinute.format(instant);
}

/**
 * The time in UTC at which clocks in New York show `text` (`2024-01-25T19:30:00` or `2024-01-25 19:30`, no zone), with daylight saving time
 * considered. `undefined` when `text` is no local time, or is in the hour that is skipped in March. In November one hour
 * comes twice; it is read as the first of the two.
 */
export function easternToUtc(text: string): string | undefined {
  const [, date = '', time = '', seconds = '00'] = LOCAL.exec(text) ?? [];
  if (parseGameDate(date) === undefined) return undefined;
  const clock = Date.parse(`${date}T${time}:${seconds}Z`);
  const hour = 3_600_000;
  // New York is 4 hours behind UTC in summer and 5 in winter; the summer reading of a doubled hour is the earlier one.
  const instant = [clock + 4 * hour, clock + 5 * hour].find(
    (candidate) => candidate + easternOffset(candidate) === clock,
  );
  return instant === undefined ? undefined : `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
