/**
 * What is known of some seasons at one moment. Every decision is computed from a view. A view is read once
 * and never written to.
 */
import {
  expectedDates,
  whyNotExpected,
  isWithoutSource,
  SOURCE_UNAVAILABLE,
  NO_COUNTED_GAMES,
  NO_GAMES,
  NOT_OPENING_NIGHT,
  playedGamesOf,
  type ExcludedDate,
  type ExpectationFacts,
  type SeasonCalendar,
} from './calendar.ts';
import { archivedDates, type Archive } from './archive.ts';
import { boxedDates, isSpokenOf } from './boxed-games.ts';
import type { States } from './contents.ts';
import type { GameDate } from './game-date.ts';
import { outsideOf } from './outside.ts';
import type { KnownModels } from './artifacts.ts';
import { isBuilt, isInFlight, type PartitionState } from './partition.ts';
import type { RegisteredTable, Registry } from './registry.ts';
import type { GivenScope } from './scope.ts';
import { seasonOf, type Season } from './season.ts';
import { isExpectedWhereTold, isRaw } from './table.ts';
import { seasonsAffected, seasonsRead, type Window } from './window.ts';

/** For each player or team with a game on a date, the hash of its rows. */
export type GameHashes = Readonly<Record<string, string>>;

/** With whom the names in the rows of a raw table are matched, by date. */
export interface MatchedNames {
  /** How often answers have changed without a load. */
  readonly changes: number;
  /** Date -> digest of the answers. */
  readonly dates: Readonly<Record<string, string>>;
}

/** What is known of one season. */
export interface SeasonView {
  readonly calendar: SeasonCalendar;
  /** Table -> date -> state. */
  readonly states: ReadonlyMap<string, States>;
  /** Table -> date -> player or team -> hash, for the tables that others read by their last games. */
  readonly gameHashes: ReadonlyMap<string, Readonly<Record<string, GameHashes>>>;
  /** Raw table -> the archived files that its rows come from. */
  readonly archives: ReadonlyMap<string, Archive>;
  /** Raw table -> with whom the names in its rows are matched; a table is absent when ids decide all its rows. */
  readonly names?: ReadonlyMap<string, MatchedNames>;
  /** What a person has said that the files of the season mean to hold; absent when nobody has. */
  readonly scope?: GivenScope;
  /** What is known of models; absent where no table of the view uses any. */
  readonly models?: KnownModels;
}

/** The seasons that a decision looks at, and the moment. */
export interface View {
  readonly registry: Registry;
  readonly seasons: ReadonlyMap<Season, SeasonView>;
  /**
   * Earlier seasons that tables read in `seasons`, with the states of these tables and of all that they are built from. No
   * decision is made about them; a season of `seasons` is none of them. Absent where no table reads earlier seasons.
   */
  readonly earlier?: ReadonlyMap<Season, SeasonView>;
  /** Today's date in US Eastern time. */
  readonly today: GameDate;
  /** Whether a person has accepted for this request that required inputs are missing (`--skip-preflight`). */
  readonly acceptMissing: boolean;
}

const NO_STATES: States = {};

/** The states of one table in a season, by date; empty when no partition of it was ever asked for. */
export function statesOf(season: SeasonView | undefined, table: string): States {
  return season?.states.get(table) ?? NO_STATES;
}

/** The season of a date, also one that is only read; undefined when the view does not hold it. */
export function seasonViewOf(view: View, date: GameDate): SeasonView | undefined {
  return seasonViewNamed(view, seasonOf(date));
}

function seasonViewNamed(view: View, season: Season): SeasonView | undefined {
  return view.seasons.get(season) ?? view.earlier?.get(season);
}

/** The earlier seasons that a run of a date of `season` reads through `window`, as far as anything is known of them; ascending. */
export function seasonsReadIn(view: View, window: Window, season: Season): SeasonView[] {
  return seasonsRead(window, season).flatMap((label) => seasonViewNamed(view, label) ?? []);
}

/** The later seasons of the view in which runs read dates of `season` through `window`, ascending. */
export function seasonsAffectedIn(view: View, window: Window, season: Season): SeasonView[] {
  return seasonsAffected(window, season).flatMap((label) => view.seasons.get(label) ?? []);
}

/** The state of one partition; undefined when it has none or when the view does not hold its season. */
export function stateOf(view: View, table: string, date: GameDate): PartitionState | undefined {
  return seasonViewOf(view, date)?.states.get(table)?.[date];
}

/** What `whyNotExpected` has to know of a season of the view. */
export function factsOf(view: View, season: SeasonView): ExpectationFacts {
  return {
    calendar: season.calendar,
    today: view.today,
    withoutSource: (date) =>
      view.registry.neededSources.some(
        (table) =>
          (isWithoutSource(season.states.get(table)?.[date]) ||
            whyNoPartition(view, view.registry.get(table), date) === SOURCE_UNAVAILABLE) &&
          standInOn(view.registry, season, table, date) === undefined,
      ),
  };
}

/**
 * The raw table that is used in the place of another one on a date: its files speak of the date, and it has rows of it, or has not
 * been loaded yet. Undefined when there is none.
 */
export function standInOn(
  registry: Registry,
  season: SeasonView,
  table: string,
  date: GameDate,
): string | undefined {
  return registry.standInsOf(table).find((name) => {
    const state = season.states.get(name)?.[date];
    if (season.archives.get(name)?.slices[date] === undefined) return false;
    return !isBuilt(state) || isInFlight(state) || state.rows > 0;
  });
}

/**
 * Why `table` has no partition for `date`, by everything the view knows; undefined when it has one or
 * should have one. For a raw table its files decide, for a computed table the calendar (`whyNotExpected`). A computed
 * partition with rows of games that are gone has one, until it is emptied.
 */
export function whyNoPartition(view: View, table: RegisteredTable, date: GameDate): string | undefined {
  const season = seasonViewOf(view, date);
  if (season === undefined) return 'no_schedule';
  if (isRaw(table.definition)) {
    if (season.states.get(table.definition.name)?.[date] !== undefined) return undefined;
    const archive = season.archives.get(table.definition.name);
    if (isExpectedWhereTold(table.definition) && archive?.slices[date] === undefined)
      return SOURCE_NOT_ARCHIVED;
    if (archive === undefined)
      return outsideOf(season, view.registry, table, date).isWhole ? SOURCE_UNAVAILABLE : SOURCE_NOT_ARCHIVED;
    // Files without rows for a date say that the date has no source only once its games have been played.
    const isDue = table.definition.timing === 'pre_game' || playedGamesOf(season.calendar.games[date]) > 0;
    return isDue || isSpokenOf(table.definition, season.archives, date) ? undefined : 'not_played';
  }
  // What was built for games that are gone must still be emptied.
  const reason = whyNotExpected(table.definition, date, factsOf(view, season));
  return isGone(reason) && hasRows(season.states.get(table.definition.name)?.[date]) ? undefined : reason;
}

/** Whether a computed partition has rows although the calendar has no games for it any more, or another opening night. */
export function isToBeEmptied(view: View, { definition }: RegisteredTable, date: GameDate): boolean {
  const season = seasonViewOf(view, date);
  if (season === undefined || isRaw(definition)) return false;
  return (
    hasRows(season.states.get(definition.name)?.[date]) &&
    isGone(whyNotExpected(definition, date, factsOf(view, season)))
  );
}

function hasRows(state: PartitionState | undefined): boolean {
  return isBuilt(state) && state.rows > 0;
}

/** Whether a computed partition is not expected because its games are gone, or its season opens on another night. */
function isGone(reason: string | undefined): boolean {
  return reason === NO_GAMES || reason === NO_COUNTED_GAMES || reason === NOT_OPENING_NIGHT;
}

/**
 * The dates on which `table` can have partitions in a season, ascending: the game dates, and for a raw
 * table also the dates of its files, those on which it has had rows, and those of games that only box scores know.
 */
export function partitionDates(table: RegisteredTable, season: SeasonView): readonly GameDate[] {
  const archive = season.archives.get(table.definition.name);
  if (!isRaw(table.definition) || archive === undefined) return season.calendar.dates;
  const states = Object.keys(statesOf(season, table.definition.name)) as GameDate[];
  const boxed = boxedDates(table.definition, season.archives);
  return [...new Set([...season.calendar.dates, ...archivedDates(archive), ...boxed, ...states])].sort();
}

/** No files were imported that could fill this raw table in this season. */
export const SOURCE_NOT_ARCHIVED = 'source_not_archived';

/**
 * Splits `dates` into those on which `table` should have a partition and those on which it should not, by
 * the calendars of the view. A date of a season without a calendar is excluded as `no_schedule`.
 */
export function expectationsOf(
  view: View,
  table: RegisteredTable,
  dates: readonly GameDate[],
): { readonly expected: GameDate[]; readonly excluded: ExcludedDate[] } {
  const expected: GameDate[] = [];
  const excluded: ExcludedDate[] = [];
  for (const [label, ofSeason] of bySeason(dates)) {
    const season = view.seasons.get(label);
    if (season === undefined) excluded.push(...ofSeason.map((date) => ({ date, reason: 'no_schedule' })));
    else {
      const answer = expectedDates(table.definition, ofSeason, factsOf(view, season));
      expected.push(...answer.expected);
      excluded.push(...answer.excluded);
    }
  }
  return { expected, excluded };
}

/** `dates` grouped by season; within a season in the order given. */
export function bySeason(dates: readonly GameDate[]): Map<Season, GameDate[]> {
  const groups = new Map<Season, GameDate[]>();
  for (const date of dates) {
    const season = seasonOf(date);
    const group = groups.get(season);
    if (group === undefined) groups.set(season, [date]);
    else group.push(date);
  }
  return groups;
}
