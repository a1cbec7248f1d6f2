/**
 * Why a cell of the grid is not green: the smallest set of causes, each with the command that cures it. A cause is a partition at
 * the beginning of the chain that leads to the cell.
 *
 * Example: `player_game_summary` of 2024-01-05 has failed, so `player_daily_cache` of 2024-01-07 is blocked, and
 * `ml_feature_store_v2` of 2024-01-07 too. Both have one cause, the failed summary.
 */
import { causesOf } from './blockers.ts';
import { causeOf, type Cause, type NotGreen } from './cause.ts';
import type { States } from './contents.ts';
import { whyLeftOut } from './coverage.ts';
import { evaluate } from './evaluation.ts';
import type { GameDate } from './game-date.ts';
import { isBuilt, isInFlight, isSettled, refName, refNamed, type PartitionRef } from './partition.ts';
import type { RegisteredTable } from './registry.ts';
import { staleDatesIn, stalenessOf } from './staleness.ts';
import { isComputed, type Input } from './table.ts';
import { stateOf, statesOf, type SeasonView, type View } from './view.ts';
import { heldDatesIn } from './window-holds.ts';

/** A cell of the grid, which is green or has causes. */
export interface CellWhy extends PartitionRef {
  readonly status: NotGreen | 'green';
  /** None for a green cell; ordered by the chains that lead to the cell, each partition once. */
  readonly causes: readonly Cause[];
}

/**
 * Answers for every cell of a view.
 *
 * - A partition that is not there: those that it waits for and that are not there either, down to those that wait for nothing
 *   ({@link causesOf}); itself when it waits for nothing.
 * - A stale one: the stale partitions that it reads and that are stale by themselves; itself when it reads none.
 * - A partial one, or one with rows that are not ready: the partial partitions that it reads, and the ones that a person has
 *   accepted as missing; itself when there are none. Readiness follows inputs of the same date.
 * - One with rows that were computed without their context: the input of the same date that is not green.
 *
 * What has failed, or is still to be built, has its stale inputs as causes besides: built from them it would be stale.
 * @param given a view with game hashes; they are needed for what reads last games
 */
export function whyOf(given: View): (cell: PartitionRef) => CellWhy {
  const view = withEarlier(given);
  const { registry } = view;
  const evaluation = evaluate(view);
  const staleness = stalenessOf(view);
  const absent = causesOf(view);
  const held = heldDatesIn(view);
  const known = new Map<string, readonly PartitionRef[]>();
  const statuses = new Map<string, CellWhy['status']>();

  const statusOf = (cell: PartitionRef): CellWhy['status'] => {
    const name = refName(cell);
    const found = statuses.get(name) ?? findStatus(cell);
    statuses.set(name, found);
    return found;
  };

  const findStatus = ({ table, date }: PartitionRef): CellWhy['status'] => {
    const registered = registry.get(table);
    const state = stateOf(view, table, date);
    if (isInFlight(state)) return 'waiting';
    if (state?.status === 'failed') return 'failed';
    if (isSettled(state) && isBuilt(state)) {
      if (staleness(registered, date) !== undefined) return 'stale';
      if (state.status !== 'success')
        return state.status === 'partial' || state.status === 'blocked' ? state.status : 'excluded';
      const isReady = !isComputed(registered.definition) || state.readyRows >= state.rows;
      return isReady ? (state.syntheticRows > 0 ? 'degraded' : 'green') : 'not_ready';
    }
    if (whyLeftOut(view, registered, date) !== undefined) return 'excluded';
    const { pending, lost } = evaluation.unmet(registered, date);
    if (state?.status === 'blocked' || lost.length > 0) return 'blocked';
    return pending.length > 0 || state?.want != null ? 'waiting' : 'missing';
  };

  const roots = (cell: PartitionRef): readonly PartitionRef[] => {
    const name = refName(cell);
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = distinct(search(cell));
    known.set(name, found);
    return found;
  };

  /** The causes of each of some partitions, or the cell itself when there are none. */
  const through = (cell: PartitionRef, others: readonly PartitionRef[]): readonly PartitionRef[] => {
    const found = others.flatMap(roots);
    return found.length === 0 ? [cell] : found;
  };

  const search = (cell: PartitionRef): readonly PartitionRef[] => {
    const registered = registry.get(cell.table);
    const status = statusOf(cell);
    switch (status) {
      case 'green':
        return [];
      case 'excluded':
        return [cell];
      case 'failed':
        return [cell, ...staleInputs(registered, cell.date).flatMap(roots)];
      case 'waiting':
      case 'blocked':
      case 'missing':
        return isInFlight(stateOf(view, cell.table, cell.date)) || isSettledBlocked(cell)
          ? [cell]
          : [...notThere(registered, cell), ...staleInputs(registered, cell.date).flatMap(roots)];
      case 'stale': {
        const stale = staleness(registered, cell.date);
        const isByItself = stale?.through === null && stale.cause !== 'data';
        const others = staleInputs(registered, cell.date);
        return isByItself ? [cell, ...others.flatMap(roots)] : through(cell, others);
      }
      case 'partial':
        return through(cell, [
          ...acceptedInputs(registered, cell.date),
          ...inputsWith(registered, cell.date, partialDatesIn),
        ]);
      case 'not_ready':
        return through(
          cell,
          inputsWith(registered, cell.date, partialDatesIn, (each) =>
            ['not_ready', 'degraded'].includes(statusOf(each)),
          ),
        );
      case 'degraded':
        return through(cell, inputsWith(registered, cell.date, noDates, isLackingContext));
      default:
        return status satisfies never;
    }
  };

  const isSettledBlocked = (cell: PartitionRef): boolean => isSettled(stateOf(view, cell.table, cell.date));

  const isLackingContext = (cell: PartitionRef): boolean =>
    !['green', 'excluded', 'not_ready'].includes(statusOf(cell));

  /** What is not there at the beginning of the chains that end in a partition that is not there. */
  const notThere = (registered: RegisteredTable, cell: PartitionRef): readonly PartitionRef[] => {
    const { pending, lost } = evaluation.unmet(registered, cell.date);
    if (lost.length > 0)
      return through(
        cell,
        absent(cell).filter((each) => refName(each) !== refName(cell)),
      );
    return through(cell, pending);
  };

  const staleInputs = ({ definition }: RegisteredTable, date: GameDate): readonly PartitionRef[] =>
    definition.inputs.flatMap((input) => {
      const source = registry.get(input.table);
      return held(input, date, (season) => staleDatesIn(view, source, season)).map((each) => ({
        table: input.table,
        date: each,
      }));
    });

  const partialDates = new Map<States, readonly GameDate[]>();
  const partialDatesIn = (season: SeasonView, table: string): readonly GameDate[] => {
    const states = statesOf(season, table);
    const known =
      partialDates.get(states) ?? season.calendar.dates.filter((each) => states[each]?.status === 'partial');
    partialDates.set(states, known);
    return known;
  };

  /**
   * The partitions of its windows that are on certain dates of a season and, of the same date, the recorded ones of which
   * something is so.
   */
  const inputsWith = (
    { definition }: RegisteredTable,
    date: GameDate,
    datesIn: (season: SeasonView, table: string) => readonly GameDate[],
    isSo: (cell: PartitionRef) => boolean = () => false,
  ): readonly PartitionRef[] =>
    definition.inputs.flatMap(({ table, window }: Input) => {
      const amongIn = (season: SeasonView): readonly GameDate[] => {
        const dates = datesIn(season, table);
        const isAmong =
          statesOf(season, table)[date] !== undefined &&
          season.calendar.dates.includes(date) &&
          !dates.includes(date) &&
          isSo({ table, date });
        return isAmong ? [...dates, date].sort() : dates;
      };
      return held({ table, window }, date, amongIn).map((each) => ({ table, date: each }));
    });

  const acceptedInputs = (registered: RegisteredTable, date: GameDate): readonly PartitionRef[] =>
    evaluation.accepted(registered, date).map((text) => refNamed(text.split(' ')[0] ?? ''));

  return (cell) => {
    const causes = roots(cell).map((ref): Cause => {
      const kind = statusOf(ref);
      if (kind === 'green') throw new Error(`${refName(ref)} is green and no cause of ${refName(cell)}`);
      return causeOf(view, { ...ref, kind }, cell);
    });
    return { table: cell.table, date: cell.date, status: statusOf(cell), causes };
  };
}

/** The view in which the earlier seasons that tables read can have causes as well; the same view where none are read. */
export function withEarlier(view: View): View {
  const { earlier, ...others } = view;
  return earlier === undefined || earlier.size === 0
    ? view
    : { ...others, seasons: new Map([...earlier, ...view.seasons]) };
}

const noDates = (): readonly GameDate[] => [];

function distinct(refs: readonly PartitionRef[]): PartitionRef[] {
  return [...new Map(refs.map((ref) => [refName(ref), ref])).values()];
}
