/** Which games exist: the one source of every denominator, plan and ledger. */
import { addDays, type GameDate } from './game-date.ts';
import { isInFlight, type PartitionState } from './partition.ts';
import { isBootstrap, type Season } from './season.ts';
import type { Phase, TableDefinition } from './table.ts';

/** What the schedule and the results say of one date. Only regular-season, play-in and play-off games count. */
export interface CalendarDate {
  readonly games: number;
  readonly finalGames: number;
}

/** The game dates of a season, ascending. */
export interface SeasonCalendar {
  readonly season: Season;
  /** Date of the first regular-season game. */
  readonly openingNight: GameDate;
  readonly dates: readonly GameDate[];
  readonly games: Readonly<Record<string, CalendarDate>>;
}

/** A game date a table has no partition for, and why that is right. */
export interface ExcludedDate {
  readonly date: GameDate;
  readonly reason: string;
}

export const SOURCE_UNAVAILABLE = 'source_unavailable';

/** The reason for leaving `date` out of phases 4 and 5, as completion documents and run history name it. */
export function bootstrapReason(season: Season): string {
  return `bootstrap_period_day_0_13_of_season_${season.slice(0, 4)}`;
}

/** Whether completion documents name the reason: it is a fact of the season, and no matter of time. */
export function isRecordedReason(reason: string): boolean {
  return reason === SOURCE_UNAVAILABLE || reason.startsWith('bootstrap');
}

/** What {@link whyNotExpected} needs to know beside the table and the date. */
export interface ExpectationFacts {
  readonly calendar: SeasonCalendar;
  /** Whether a source of results was looked for and has nothing for the date. */
  readonly withoutSource: (date: GameDate) => boolean;
  /** The Eastern date of now: nothing after tomorrow is expected. */
  readonly today: GameDate;
}

/** Why `table` is not expected to have a partition for the game date `date`; undefined when it is expected. */
export function whyNotExpected(
  table: Pick<TableDefinition, 'phase' | 'timing'>,
  date: GameDate,
  facts: ExpectationFacts,
): string | undefined {
  const day = facts.calendar.games[date];
  if (day === undefined || day.games === 0) return 'no_games';
  if (date < facts.calendar.openingNight) return 'preseason';
  if (table.phase !== 'phase2' && facts.withoutSource(date)) return SOURCE_UNAVAILABLE;
  if (isBootstrapPhase(table.phase) && isBootstrap(date, facts.calendar.openingNight))
    return bootstrapReason(facts.calendar.season);
  if (table.timing === 'post_game' && day.finalGames === 0) return 'not_played';
  if (date > facts.today && date > addDays(facts.today, 1)) return 'not_due';
  return undefined;
}

/** Whether a phase leaves out the first days of a season. */
export function isBootstrapPhase(phase: Phase): boolean {
  return phase === 'phase4' || phase === 'phase5';
}

/** The dates of `dates` on which `table` should have a partition, and the others with their reason. */
export function expectedDates(
  table: Pick<TableDefinition, 'phase' | 'timing'>,
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

/** Whether a raw partition says that its source was looked for and has nothing; also while it is looked for again. */
export function isWithoutSource(state: PartitionState | undefined): boolean {
  return (state?.status === 'empty' || isInFlight(state)) && state?.reason === SOURCE_UNAVAILABLE;
}
