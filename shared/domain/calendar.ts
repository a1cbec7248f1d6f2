/**
 * Which games exist, and on which dates a table should therefore have a partition. Coverage, plans and gaps
 * are all counted from here.
 */
import { addDays, type GameDate } from './game-date.ts';
import { isInFlight, type PartitionState } from './partition.ts';
import { isBootstrap, type Season } from './season.ts';
import { isRaw, type ComputedTable, type Phase, type TableDefinition } from './table.ts';

/**
 * How many games a date has by the schedule, and how many of them are final by the results. Only
 * regular-season, play-in and play-off games count. A date on which only the Cup final is played has 0 of
 * both. Tables have no partition for it, but raw tables do, and windows reach it, because it was played.
 */
export interface CalendarDate {
  readonly games: number;
  readonly finalGames: number;
  /** Games of every kind that were played; `finalGames` where a stored calendar does not say. */
  readonly playedGames?: number | undefined;
}

/** How many games of every kind were played on a date of a calendar. */
export function playedGamesOf(day: CalendarDate | undefined): number {
  return day?.playedGames ?? day?.finalGames ?? 0;
}

/** The game dates of a season, ascending. Dates that have lost their games are among them, with 0 games. */
export interface SeasonCalendar {
  readonly season: Season;
  /** Date of the first regular-season game. */
  readonly openingNight: GameDate;
  readonly dates: readonly GameDate[];
  readonly games: Readonly<Record<string, CalendarDate>>;
}

/**
 * The calendar of a season after its schedule was read anew. A date that has lost its last game, for example because the
 * game was postponed, stays in the calendar without games: what was built for it is still to be emptied.
 * @param games the dates that have games now, ascending
 */
export function calendarAfter(
  before: SeasonCalendar | undefined,
  season: Season,
  openingNight: GameDate,
  games: readonly (CalendarDate & { readonly date: GameDate })[],
): SeasonCalendar {
  const now = new Map(
    games.map(({ date, games, finalGames, playedGames }) => [date, { games, finalGames, playedGames }]),
  );
  const dates = [...new Set([...(before?.dates ?? []), ...now.keys()])].sort();
  const none: CalendarDate = { games: 0, finalGames: 0, playedGames: 0 };
  return {
    season,
    openingNight,
    dates,
    games: Object.fromEntries(dates.map((date) => [date, now.get(date) ?? none])),
  };
}

/** A date for which a table rightly has no partition, with the reason, such as `no_games` or `not_played`. */
export interface ExcludedDate {
  readonly date: GameDate;
  readonly reason: string;
}

/** The reason for a date without games. */
export const NO_GAMES = 'no_games';
/** The reason for a date whose games count in no average, such as that of the Cup final. */
export const NO_COUNTED_GAMES = 'no_counted_games';
/** The reason for a date of a table that has one partition for each season, on its opening night. */
export const NOT_OPENING_NIGHT = 'not_opening_night';

/** The reason for a date that no source is going to have: it is outside of what the files are about, or a person has given it up. */
export const SOURCE_UNAVAILABLE = 'source_unavailable';

/**
 * Why phases 4 and 5 have no rows on the first 14 days of a season, as completion documents and run history
 * write it: for 2023-24 `bootstrap_period_day_0_13_of_season_2023`.
 */
export function bootstrapReason(season: Season): string {
  return `bootstrap_period_day_0_13_of_season_${season.slice(0, 4)}`;
}

/**
 * Whether completion documents record this reason for a date without a partition. `source_unavailable` and
 * the bootstrap reasons are recorded, because they stay true. `not_played` and the like are not, because
 * they pass with time.
 */
export function isRecordedReason(reason: string): boolean {
  return isUnavailable(reason) || reason.startsWith('bootstrap');
}

/** What {@link whyNotExpected} has to know of a table. */
export type ExpectedTable = Pick<TableDefinition, 'rowsFrom' | 'phase' | 'timing'> &
  Pick<ComputedTable, 'onlyOn'>;

/** What {@link whyNotExpected} has to know beside the table and the date. */
export interface ExpectationFacts {
  readonly calendar: SeasonCalendar;
  /** Whether a source of results was searched for this date and has no rows. */
  readonly withoutSource: (date: GameDate) => boolean;
  /** Today's date in US Eastern time. No partition is expected for a date after tomorrow. */
  readonly today: GameDate;
}

/**
 * Why `table` is not expected to have a partition for `date`, by the calendar alone; undefined when it is
 * expected. On 2024-01-26, before the games are played, a post-game table answers `not_played` and a
 * pre-game table is expected.
 */
export function whyNotExpected(
  table: ExpectedTable,
  date: GameDate,
  facts: ExpectationFacts,
): string | undefined {
  const day = facts.calendar.games[date];
  if (day === undefined || (day.games === 0 && playedGamesOf(day) === 0)) return NO_GAMES;
  if (day.games === 0) return NO_COUNTED_GAMES;
  if (date < facts.calendar.openingNight) return 'preseason';
  const isOnce = table.onlyOn !== undefined;
  if (isOnce && date !== facts.calendar.openingNight) return NOT_OPENING_NIGHT;
  // What is known before a game needs no box score of it.
  if (!isRaw(table) && table.timing === 'post_game' && facts.withoutSource(date)) return SOURCE_UNAVAILABLE;
  if (!isOnce && isBootstrapPhase(table.phase) && isBootstrap(date, facts.calendar.openingNight))
    return bootstrapReason(facts.calendar.season);
  if (table.timing === 'post_game' && day.finalGames === 0) return 'not_played';
  if (date > facts.today && date > addDays(facts.today, 1)) return 'not_due';
  return undefined;
}

/** Whether a phase has no rows on the first 14 days of a season: phases 4 and 5. */
function isBootstrapPhase(phase: Phase): boolean {
  return phase === 'phase4' || phase === 'phase5';
}

/**
 * Splits `dates` into those on which `table` should have a partition and those on which it should not, each
 * with its reason. Both keep the order of `dates`.
 */
export function expectedDates(
  table: ExpectedTable,
  dates: readonly GameDate[],
  facts: ExpectationFacts,
): { readonly expected: GameDate[]; readonly excluded: ExcludedDate[] } {
  const expected: GameDate[] = [];
  const excluded: ExcludedDate[] = [];
  for (const date of dates) {
    const reason = whyNotExpected(table, date, facts);
    if (reason === undefined) expected.push(date);
    else excluded.push({ date, reason });
  }
  return { expected, excluded };
}

/**
 * Whether a raw partition says that its source was searched and has no rows. This stays true while a new
 * run searches again.
 */
export function isWithoutSource(state: PartitionState | undefined): boolean {
  return (state?.status === 'empty' || isInFlight(state)) && isUnavailable(state?.reason ?? null);
}

/** Whether a reason says that no source is going to have the date, by itself or on the word of a person. */
export function isUnavailable(reason: string | null): boolean {
  return reason?.startsWith(SOURCE_UNAVAILABLE) === true;
}
