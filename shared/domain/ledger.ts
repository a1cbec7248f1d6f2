/**
 * The ledger: what each date of each table is, from the calendar, the completion documents and the rows that are really there. A date that
 * should have rows and has none, or too few, is a hole, however long ago it was.
 */
import { isUnavailable } from './calendar.ts';
import { expectedOf } from './coverage.ts';
import { addDays, type GameDate } from './game-date.ts';
import { givenUpIn } from './given-up.ts';
import {
  isAccepted,
  isAnswered,
  isInFlight,
  isPresent,
  opening,
  refName,
  type PartitionRef,
  type PartitionState,
} from './partition.ts';
import type { RegisteredTable } from './registry.ts';
import { seasonOf, type Season } from './season.ts';
import { DUE_DAYS } from './trust-limits.ts';
import { stateOf, statesOf, type SeasonView, type View } from './view.ts';

/**
 * `complete`: the rows are there; whether they are stale is another question. `empty`: it rightly has none. `bootstrap`: the same, in the
 * first 14 days of a season. `waiting`: it is being built, live work wants it, or it is not due yet. `degraded`: the rows are there, and
 * something of them is lacking or synthetic. `accepted`: a person has given up what it lacks. `failed`: its last run has failed.
 * `missing`: it has no rows, or fewer than 95 %, or lacks a game.
 */
export const CELL_STATES = [
  'complete',
  'empty',
  'bootstrap',
  'waiting',
  'degraded',
  'accepted',
  'failed',
  'missing',
] as const;
export type CellState = (typeof CELL_STATES)[number];

/** One date of one table. */
export interface LedgerCell extends PartitionRef {
  readonly state: CellState;
  /** Why it has no rows, for a cell that should have none; null for any other. */
  readonly reason: string | null;
}

/** How many rows the warehouse holds of a partition; undefined where nobody has counted them. */
export type RowsFound = (ref: PartitionRef) => number | undefined;

/** The reason for a table of predictions in a season of which nobody has asked for any. */
export const NOT_BEGUN = 'not_begun';

/** Every date of `dates` for each of `tables`, by table and date. `dates` are game dates, ascending. */
export function ledgerOf(
  view: View,
  tables: readonly RegisteredTable[],
  dates: readonly GameDate[],
): LedgerCell[] {
  return tables.flatMap((table) => {
    const { name } = table.definition;
    const { expected, excluded } = expectedOf(view, table, dates);
    const begun = new Map<Season, boolean>();
    const isBegun = (season: Season): boolean => {
      const known = begun.get(season) ?? isBegunIn(view, table, season);
      begun.set(season, known);
      return known;
    };
    const cells = [
      ...expected.map((date): LedgerCell =>
        isBegun(seasonOf(date))
          ? { table: name, date, state: expectedState(view, table, date), reason: null }
          : { table: name, date, state: 'empty', reason: NOT_BEGUN },
      ),
      ...excluded.map(({ date, reason }): LedgerCell => ({
        table: name,
        date,
        state: excludedState(reason),
        reason,
      })),
    ];
    return cells.sort((a, b) => (a.date < b.date ? -1 : 1));
  });
}

/** Whether a cell should have rows and does not have them. */
export function isHole({ state }: Pick<LedgerCell, 'state'>): boolean {
  return state === 'missing' || state === 'failed';
}

/** Whether a cell rightly has no rows. */
export function isRightlyEmpty({ state }: Pick<LedgerCell, 'state'>): boolean {
  return state === 'empty' || state === 'bootstrap';
}

/** Whether a cell should have rows by now. */
export function isDue(cell: Pick<LedgerCell, 'state'>): boolean {
  return !isRightlyEmpty(cell) && cell.state !== 'waiting';
}

/** Splits what belongs to dates of one table into rows of dates of which each is the next game date of its season. */
export function inARow<T>(view: View, all: readonly T[], dateOf: (each: T) => GameDate): T[][] {
  const rows: T[][] = [];
  let before: GameDate | undefined;
  for (const each of all.toSorted((a, b) => (dateOf(a) < dateOf(b) ? -1 : 1))) {
    const date = dateOf(each);
    const dates = view.seasons.get(seasonOf(date))?.calendar.dates ?? [];
    const isNext = before !== undefined && dates[dates.indexOf(before) + 1] === date;
    if (isNext) rows.at(-1)?.push(each);
    else rows.push([each]);
    before = date;
  }
  return rows;
}

/** Predictions are made where somebody asks for them. Every other table belongs to each season. */
function isBegunIn(view: View, { definition }: RegisteredTable, season: Season): boolean {
  if (definition.phase !== 'phase5') return true;
  const states = statesOf(view.seasons.get(season), definition.name);
  return Object.values(states).some((state) => state.runId !== null || state.want !== null);
}

function excludedState(reason: string): CellState {
  if (reason.startsWith('bootstrap')) return 'bootstrap';
  if (reason === 'not_played' || reason === 'not_due') return 'waiting';
  return isUnavailable(reason) && reason.includes('accepted by') ? 'accepted' : 'empty';
}

function expectedState(view: View, table: RegisteredTable, date: GameDate): CellState {
  const state = stateOf(view, table.definition.name, date);
  if (isInFlight(state)) return 'waiting';
  if (isAccepted(state)) return 'accepted';
  if (state?.status === 'failed') return 'failed';
  if (givenUpIn(state) !== undefined) return 'accepted';
  if (isPresent(state))
    return state?.status === 'success' && state.syntheticRows === 0 ? 'complete' : 'degraded';
  return state?.want != null || isAhead(table, date, view.today) ? 'waiting' : 'missing';
}

/** Whether live work may still build a date that it has not built. */
function isAhead({ definition }: RegisteredTable, date: GameDate, today: GameDate): boolean {
  return addDays(date, DUE_DAYS[definition.timing]) > today;
}

/** A partition of which the warehouse holds fewer rows than its document says. */
export interface LostRows extends PartitionRef {
  readonly rows: number;
  readonly found: number;
}

/** The partitions of some dates whose rows have vanished although their documents say that they are there. */
export function lostRows(
  view: View,
  tables: readonly RegisteredTable[],
  dates: readonly GameDate[],
  found: RowsFound,
): LostRows[] {
  return tables.flatMap(({ definition: { name } }) =>
    dates.flatMap((date): LostRows[] => {
      const state = stateOf(view, name, date);
      const rows = found({ table: name, date });
      const isLost = isAnswered(state) && rows !== undefined && rows < state.rows;
      return isLost ? [{ table: name, date, rows: state.rows, found: rows }] : [];
    }),
  );
}

/** What a document says of lost rows. */
export function lostText({ rows, found }: Pick<LostRows, 'rows' | 'found'>): string {
  return `the warehouse holds ${found} of ${rows} rows`;
}

/** The view as it is once the partitions that have lost rows are opened again. */
export function withLost(view: View, lost: readonly LostRows[]): View {
  if (lost.length === 0) return view;
  const byName = new Map(lost.map((each) => [refName(each), each]));
  const opened = (season: SeasonView): SeasonView => ({
    ...season,
    states: new Map(
      [...season.states].map(([table, states]) => [
        table,
        Object.fromEntries(
          Object.entries(states).map(([date, state]): [string, PartitionState] => {
            const found = byName.get(refName({ table, date: date as GameDate }));
            return [date, found === undefined ? state : opening(state, lostText(found))];
          }),
        ),
      ]),
    ),
  });
  return {
    ...view,
    seasons: new Map([...view.seasons].map(([label, season]) => [label, opened(season)])),
  };
}
