/**
 * Game dates: the US Eastern calendar date of a game's tip-off, as `YYYY-MM-DD`. A game that begins in Los
 * Angeles on 2024-01-26 at 22:30 local time has the game date 2024-01-27.
 *
 * `GameDate` is a branded string, so that the compiler refuses an arbitrary string, a timestamp or an id in
 * its place. All arithmetic is on whole calendar days and never uses the time zone of the machine.
 */
declare const brand: unique symbol;
/** A US Eastern calendar date, `YYYY-MM-DD`. */
export type GameDate = string & { readonly [brand]: 'GameDate' };

const PATTERN = /^\d{4}-\d{2}-\d{2}$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const DAY_MS = 86_400_000;

/** The year in which the league began to play. */
const FIRST_YEAR = 1946;

/**
 * The game date written in `text`; undefined when it is not an existing calendar date of the year 1946 or
 * later in the form `YYYY-MM-DD`.
 */
export function parseGameDate(text: string): GameDate | undefined {
  return isCalendarDate(text) && Number(text.slice(0, 4)) >= FIRST_YEAR ? (text as GameDate) : undefined;
}

/** Why {@link parseGameDate} finds no game date in a text: `1900-01-01 is before 1946, when the league began`. */
export function whyNoGameDate(text: string): string {
  return isCalendarDate(text)
    ? `${text} is before ${FIRST_YEAR}, when the league began`
    : `${JSON.stringify(text)} is not a calendar date in the form YYYY-MM-DD`;
}

function isCalendarDate(text: string): boolean {
  if (!PATTERN.test(text)) return false;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))];
  return day >= 1 && day <= daysInMonth(year, month);
}

/** Days of a month of the Gregorian calendar; 0 when there is no such month. */
function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return DAYS_IN_MONTH[month - 1] ?? 0;
}

/**
 * The game date written in `text`.
 * @throws RangeError when it is not one; see {@link parseGameDate}
 */
export function gameDate(text: string): GameDate {
  const date = parseGameDate(text);
  if (date === undefined) throw new RangeError(`"${text}" is not a calendar date in the form YYYY-MM-DD`);
  return date;
}

/** Whole days from 1970-01-01 to `date`. */
export function dayNumber(date: GameDate): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / DAY_MS;
}

/** The date that is `days` calendar days after `date`; before it when `days` is negative. */
export function addDays(date: GameDate, days: number): GameDate {
  if (days === 0) return date;
  // Within the days that every month has, the month stays.
  const day = Number(date.slice(8)) + days;
  if (day >= 1 && day <= 28) return `${date.slice(0, 8)}${day < 10 ? '0' : ''}${day}` as GameDate;
  return new Date((dayNumber(date) + days) * DAY_MS).toISOString().slice(0, 10) as GameDate;
}

/** Calendar days from `first` to `last`: 0 for the same date, negative when `last` is earlier. */
export function daysBetween(first: GameDate, last: GameDate): number {
  return dayNumber(last) - dayNumber(first);
}

/** Every calendar date from `first` to `last`, both included; empty when `last` is earlier. */
export function datesBetween(first: GameDate, last: GameDate): GameDate[] {
  return Array.from({ length: Math.max(0, daysBetween(first, last) + 1) }, (_, i) => addDays(first, i));
}

const eastern = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The US Eastern calendar date at an instant: 2024-01-27T03:30:00Z is on 2024-01-26. */
export function gameDateOf(instant: Date): GameDate {
  return eastern.format(instant) as GameDate;
}

/**
 * Checks at start that the runtime has time zone data. Without it, every game date would be that of UTC.
 * @throws Error when the data is missing
 */
export function assertEasternZone(): void {
  const midnight = new Date('2026-01-01T02:00:00Z');
  if (gameDateOf(midnight) !== '2025-12-31') {
    throw new Error('This runtime has no data for the time zone America/New_York; game dates would be wrong');
  }
}
