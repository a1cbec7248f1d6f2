/**
 * Coverage: how much exists of what should exist, in dates, games and rows, always with numerator and
 * denominator. What should exist is counted from what is known independently of the rows: the calendar, the final games, and
 * the rows that are known to be lacking.
 */
import type { ExcludedDate } from './calendar.ts';
import type { GameDate } from './game-date.ts';
import { lackingIn } from './lacking.ts';
import { outsideScopeOf } from './outside.ts';
import { isBuilt, isInDoubt, isPresent } from './partition.ts';
import type { RegisteredTable } from './registry.ts';
import { seasonOf } from './season.ts';
import { stalenessOf } from './staleness.ts';
import { isComputed, isRaw, type Phase } from './table.ts';
import { expectationsOf, SOURCE_NOT_ARCHIVED, stateOf, whyNoPartition, type View } from './view.ts';

/** Coverage of one table over a range of dates. */
export interface TableCoverage {
  readonly table: string;
  readonly phase: Phase;
  /** Game dates that should have rows. A date that is `empty` for a reason is not among them; `excluded` names it. */
  readonly expected: number;
  /** Expected dates that have at least 95 % of their rows and every game. */
  readonly present: number;
  /** Expected dates that are not present, ascending. */
  readonly missing: readonly GameDate[];
  /** All game dates of the range, those that need no rows included. */
  readonly gameDates: number;
  /** present / gameDates, in percent with two decimals, rounded down; null without game dates. */
  readonly pctOfGameDates: number | null;
  /** Dates of the range that have no rows for a reason, with the reason. */
  readonly excluded: readonly ExcludedDate[];
  /**
   * What has no rows because it is outside of the scope of the files: the dates, which are among `excluded`, and the final
   * games, also those of dates that have other games inside.
   */
  readonly outsideScope: { readonly dates: readonly GameDate[]; readonly games: number };
  /** present / expected, in percent with two decimals, rounded down; null when nothing is expected. */
  readonly pct: number | null;
  /**
   * Games of the expected dates that should have rows, and those that do. A game of two teams without a
   * known player should have none.
   */
  readonly games: { readonly expected: number; readonly present: number };
  /** Rows that the built partitions should have, and rows that they have. */
  readonly rows: {
    readonly expected: number;
    readonly actual: number;
    /** Expected dates of which nobody knows how many rows they should have, such as those that were never built. */
    readonly unknownDates: number;
  };
  /** Share of the rows that may be used in production, in percent with two decimals; null without rows. */
  readonly readyPct: number | null;
  /**
   * Share of the rows that were computed without their context row, in percent with two decimals; null
   * without rows.
   */
  readonly syntheticPct: number | null;
  /** Dates of the range that are stale, as `status` and `--only stale` name them (see `staleness.ts`). */
  readonly stale: number;
}

/**
 * Coverage of one table over `dates`, which are game dates in ascending order.
 * @param view a view with game hashes
 */
export function coverageOf(view: View, table: RegisteredTable, dates: readonly GameDate[]): TableCoverage {
  const { expected, excluded } = expectedOf(view, table, dates);
  const { name, phase } = table.definition;
  const staleness = stalenessOf(view);
  const total = {
    present: 0,
    gamesExpected: 0,
    games: 0,
    rowsExpected: 0,
    rows: 0,
    unknownDates: 0,
    ready: 0,
    synthetic: 0,
  };
  const missing: GameDate[] = [];
  for (const date of expected) {
    const state = stateOf(view, name, date);
    const scheduled = view.seasons.get(seasonOf(date))?.calendar.games[date];
    const outside = outsideScopeOf(view, table, date).games;
    const finals = Math.max(0, (scheduled?.finalGames ?? 0) - outside);
    const known = table.definition.timing === 'post_game' ? finals : (scheduled?.games ?? 0);
    const hasGames = 'game_id' in table.definition.columns;
    const games = hasGames && state !== undefined && isBuilt(state) ? state.expectedGames : known;
    total.gamesExpected += games;
    if (isPresent(state)) total.present += 1;
    else missing.push(date);
    if (!isBuilt(state) || lackingIn(state, 'game_missing') !== undefined) total.unknownDates += 1;
    if (state === undefined || !isBuilt(state)) continue;
    total.rowsExpected += state.expectedRows;
    if (isInDoubt(state)) continue;
    total.rows += state.rows;
    total.ready += state.readyRows;
    total.synthetic += state.syntheticRows;
    total.games += hasGames ? Math.min(games, state.games) : isPresent(state) ? games : 0;
  }
  return {
    table: name,
    phase,
    expected: expected.length,
    present: total.present,
    missing,
    excluded,
    outsideScope: outsideIn(view, table, dates, excluded),
    gameDates: expected.length + excluded.length,
    pctOfGameDates: percent(total.present, expected.length + excluded.length),
    pct: percent(total.present, expected.length),
    games: { expected: total.gamesExpected, present: total.games },
    rows: { expected: total.rowsExpected, actual: total.rows, unknownDates: total.unknownDates },
    readyPct: percent(total.ready, total.rows),
    syntheticPct: percent(total.synthetic, total.rows),
    stale: dates.filter((date) => isBuilt(stateOf(view, name, date)) && staleness(table, date) !== undefined)
      .length,
  };
}

/** How many of the dates of a table are covered, and how many will be when a plan has been carried out. */
export interface PlannedCoverage {
  /** Dates that should have rows, as in {@link TableCoverage}. */
  readonly expected: number;
  /** Expected dates that are present now. */
  readonly now: number;
  /** Expected dates that are present when every planned date is built and has its rows. */
  readonly after: number;
  /** Expected dates that are not present then, ascending. */
  readonly stillMissing: readonly GameDate[];
}

/**
 * Coverage of one table over `dates`, now and after a plan.
 * @param planned the dates of the table that the plan builds
 */
export function plannedCoverage(
  view: View,
  table: RegisteredTable,
  dates: readonly GameDate[],
  planned: ReadonlySet<GameDate>,
): PlannedCoverage {
  const { expected } = expectedOf(view, table, dates);
  const isThere = (date: GameDate): boolean => isPresent(stateOf(view, table.definition.name, date));
  const stillMissing = expected.filter((date) => !planned.has(date) && !isThere(date));
  return {
    expected: expected.length,
    now: expected.filter(isThere).length,
    after: expected.length - stillMissing.length,
    stillMissing,
  };
}

/** Why coverage does not expect a table to have rows on a game date; undefined when it does. */
export function whyLeftOut(view: View, table: RegisteredTable, date: GameDate): string | undefined {
  return expectedOf(view, table, [date]).excluded[0]?.reason;
}

/** What of `dates` is outside of the scope of the files. */
function outsideIn(
  view: View,
  table: RegisteredTable,
  dates: readonly GameDate[],
  excluded: readonly ExcludedDate[],
): TableCoverage['outsideScope'] {
  const without = new Set(excluded.map(({ date }) => date));
  const outside = dates
    .map((date) => ({ date, ...outsideScopeOf(view, table, date) }))
    .filter(({ games }) => games > 0);
  return {
    dates: outside.filter(({ date, isWhole }) => isWhole && without.has(date)).map(({ date }) => date),
    games: outside.reduce((sum, { games }) => sum + games, 0),
  };
}

/** Which dates should have rows, and which should not. */
export interface Expected {
  readonly expected: readonly GameDate[];
  readonly excluded: readonly ExcludedDate[];
}

/** Which of `dates` should have rows of a table, and which rightly have none, each with the reason. */
export function expectedOf(view: View, table: RegisteredTable, dates: readonly GameDate[]): Expected {
  return withoutEmpty(
    view,
    table,
    isRaw(table.definition) ? expectedOfRaw(view, table, dates) : expectationsOf(view, table, dates),
  );
}

/**
 * The dates on which a raw table should have rows. Nobody knows on which dates a source of lines, reports or shots that was
 * never imported should have any; these dates are excluded. Box scores that the tables of played games need are expected for
 * every final game, imported or not, and so is what a scope names the table of.
 */
function expectedOfRaw(view: View, table: RegisteredTable, dates: readonly GameDate[]): Expected {
  const { name } = table.definition;
  const isNeeded = (): boolean =>
    view.registry
      .readersOf(name)
      .some(({ table: reader, input }) => isComputed(reader.definition) && input.required);
  const expected: GameDate[] = [];
  const excluded: ExcludedDate[] = [];
  for (const date of dates) {
    const reason = whyNoPartition(view, table, date);
    const season = view.seasons.get(seasonOf(date));
    const finals = season?.calendar.games[date]?.finalGames ?? 0;
    const isMeant = (): boolean => season?.scope?.tables[name] !== undefined || isNeeded();
    const isLacking = reason === SOURCE_NOT_ARCHIVED && finals > 0 && isMeant();
    if (reason === undefined || isLacking) expected.push(date);
    else excluded.push({ date, reason });
  }
  return { expected, excluded };
}

/**
 * The same without the dates of which a run has found that they rightly have no rows: they are no covered dates. What was settled
 * without a run, for a reason that does not hold any more, is still to be built.
 */
function withoutEmpty(view: View, table: RegisteredTable, { expected, excluded }: Expected): Expected {
  const empty = new Map(
    expected.flatMap((date) => {
      const state = stateOf(view, table.definition.name, date);
      return state?.status === 'empty' && isBuilt(state) ? [[date, state.reason ?? 'empty'] as const] : [];
    }),
  );
  if (empty.size === 0) return { expected, excluded };
  return {
    expected: expected.filter((date) => !empty.has(date)),
    excluded: [...excluded, ...[...empty].map(([date, reason]) => ({ date, reason }))].sort((a, b) =>
      a.date < b.date ? -1 : 1,
    ),
  };
}

/**
 * `part / whole` in percent with two decimals, rounded down, so that 100 means all of them; null when
 * `whole` is 0.
 */
export function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.floor((10_000 * part) / whole) / 100;
}
