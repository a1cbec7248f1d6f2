/**
 * The days of a season: from opening night in the third week of October to a Sunday in April, and how many games each
 * day has. A day is the number of days since 1970-01-01; times are US Eastern.
 */
import { dayNumber, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { clamp, type Random } from '../../shared/domain/seeded-random.ts';

/** Days from opening night to the last day of a full season. */
const LENGTH_DAYS = 173;
/** Games of a team in a full season. */
export const FULL_SEASON_GAMES = 82;

const [SUNDAY, MONDAY, TUESDAY, THURSDAY, FRIDAY] = [0, 1, 2, 4, 5];
/** How busy the days of the week are, Sunday first: mean games of the real seasons. */
const WEEKDAY_LOAD = [7.9, 7.9, 6.3, 9.7, 5.2, 9.4, 7.6];

/** A day on which games are played. */
export interface SeasonDay {
  readonly day: number;
  readonly games: number;
}

/** The days of one season. */
export interface SeasonDays {
  /** Ascending; the first is opening night. */
  readonly days: readonly SeasonDay[];
  /** The last day of trades: the Thursday ten days before the All-Star game, or two thirds into a shorter season. */
  readonly tradeDeadline: number;
}

const DATES = new Map<number, GameDate>();

/** The calendar date of a day number. */
export function dateOfDay(day: number): GameDate {
  const known = DATES.get(day);
  if (known !== undefined) return known;
  const date = gameDate(new Date(day * 86_400_000).toISOString().slice(0, 10));
  DATES.set(day, date);
  return date;
}

/** 0 = Sunday … 6 = Saturday. */
export function weekdayOf(day: number): number {
  return (day + 4) % 7;
}

function dayOf(year: number, month: number, dayOfMonth: number): number {
  const two = (value: number): string => String(value).padStart(2, '0');
  return dayNumber(gameDate(`${year}-${two(month)}-${two(dayOfMonth)}`));
}

/** The first `weekday` on or after `day`. */
function onOrAfter(day: number, weekday: number): number {
  return day + ((weekday - weekdayOf(day) + 7) % 7);
}

/** Opening night of the season that starts in `year`: the Tuesday of 18 to 24 October. */
export function openingDay(year: number): number {
  return onOrAfter(dayOf(year, 10, 18), TUESDAY);
}

/** The Sunday of the All-Star game of the season that starts in `year`: the third of February. */
function allStarSunday(year: number): number {
  return onOrAfter(dayOf(year + 1, 2, 1), SUNDAY) + 14;
}

/** Whether no game is played on `day` in the season that starts in `year`. */
function isDayOff(day: number, year: number): boolean {
  const thanksgiving = onOrAfter(dayOf(year, 11, 1), THURSDAY) + 21;
  const electionDay = onOrAfter(dayOf(year, 11, 2), TUESDAY);
  const christmasEve = dayOf(year, 12, 24);
  const collegeFinal = onOrAfter(dayOf(year + 1, 4, 1), MONDAY);
  const eveOfTheLastDay = openingDay(year) + LENGTH_DAYS - 1;
  const allStar = allStarSunday(year);
  const breakDay = day >= allStar - 2 && day <= allStar + 3;
  return breakDay || [thanksgiving, electionDay, christmasEve, collegeFinal, eveOfTheLastDay].includes(day);
}

/** The days of the season that starts in `year` for a league of `teams` teams with `gamesPerTeam` games each. */
export function seasonDays(year: number, teams: number, gamesPerTeam: number, random: Random): SeasonDays {
  const opening = openingDay(year);
  const open = Array.from({ length: LENGTH_DAYS + 1 }, (_, i) => opening + i).filter(
    (day) => !isDayOff(day, year),
  );
  const share = gamesPerTeam / FULL_SEASON_GAMES;
  // A team needs about three days for two games and one day more, so that it never plays on three days in a row.
  const used = open.slice(
    0,
    Math.min(open.length, Math.max(Math.ceil(open.length * share), Math.ceil(gamesPerTeam * 1.6) + 1)),
  );
  const last = used.at(-1) ?? opening;
  const deadline = allStarSunday(year) - 10;
  return {
    days: gamesOfDays(used, teams, (teams * gamesPerTeam) / 2, random),
    tradeDeadline: deadline < last ? deadline : opening + Math.floor(((last - opening) * 2) / 3),
  };
}

/** Spreads the games over the days by how busy their weekdays are. The counts add up to `games`. */
function gamesOfDays(days: readonly number[], teams: number, games: number, random: Random): SeasonDay[] {
  const most = Math.floor(teams / 2);
  const opening = days[0] ?? 0;
  const last = days.at(-1) ?? 0;
  const isFull = last - opening === LENGTH_DAYS;
  const fixedGames = (day: number): number | undefined => {
    if (day === opening) return Math.max(1, Math.round(teams / 15));
    return isFull && (day === last || day === last - 2) ? most : undefined;
  };
  const planned = days.map((day) => {
    const fixed = fixedGames(day);
    return { day, isFixed: fixed !== undefined, load: fixed ?? loadOf(day, day - opening, random) };
  });
  const sumOf = (isFixed: boolean): number =>
    planned.reduce((sum, slot) => sum + (slot.isFixed === isFixed ? slot.load : 0), 0);
  const scale = (games - sumOf(true)) / Math.max(1, sumOf(false));

  let due = 0;
  let given = 0;
  const counts = planned.map(({ isFixed, load }) => {
    if (isFixed) return load;
    due += load * scale;
    const count = clamp(Math.round(due - given), 0, most);
    given += count;
    return count;
  });
  // Games beyond the limit of a day go to days with room, the latest first.
  let missing = games - counts.reduce((sum, count) => sum + count, 0);
  while (missing !== 0) {
    const step = Math.sign(missing);
    const before = missing;
    for (let i = planned.length - 1; i >= 0 && missing !== 0; i -= 1) {
      const count = (counts[i] ?? 0) + step;
      if (planned[i]?.isFixed === true || count < 0 || count > most) continue;
      counts[i] = count;
      missing -= step;
    }
    if (missing === before) throw new RangeError(`${games} games do not fit into ${days.length} days`);
  }
  return planned.map(({ day }, i) => ({ day, games: counts[i] ?? 0 }));
}

/** How busy a day is for a league of 30 teams; `seasonDay` 0 is opening night. */
function loadOf(day: number, seasonDay: number, random: Random): number {
  if (seasonDay === 1) return 12;
  if (seasonDay === 2) return 2.5;
  const load = (WEEKDAY_LOAD[weekdayOf(day)] ?? 0) * (1 + 0.28 * random.normal());
  return clamp(load, weekdayOf(day) === FRIDAY ? 5 : 2, 14);
}

/** Minutes by which UTC is ahead of US Eastern on the evening of `day`, a day between October and April. */
export function minutesToUtc(day: number): 240 | 300 {
  const date = dateOfDay(day);
  const year = Number(date.slice(0, 4));
  const springForward = onOrAfter(dayOf(year, 3, 8), SUNDAY);
  const fallBack = onOrAfter(dayOf(year, 11, 1), SUNDAY);
  return day >= springForward && day < fallBack ? 240 : 300;
}
