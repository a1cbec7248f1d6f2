/**
 * Why a cell of the grid is not green: the smallest set of causes, each with the command that cures it. A cause is a partition at
 * the beginning of the chain that leads to the cell.
 *
 * Example: `player_game_summary` of 2024-01-05 has failed, so `player_daily_cache` of 2024-01-07 is blocked, and
 * `ml_feature_store_v2` of 2024-01-07 too. Both have one cause, the failed summary.
 */
import { isUnavailable } from './calendar.ts';
import { causeOf, type Cause, type NotGreen } from './cause.ts';
import type { States } from './contents.ts';
import { whyLeftOut } from './coverage.ts';
import { evaluate } from './evaluation.ts';
import type { GameDate } from './game-date.ts';
import { lackingIn } from './lacking.ts';
import {
  isAnswered,
  isBuilt,
  isInFlight,
  isSettled,
  refName,
  refNamed,
  type PartitionRef,
} from './partition.ts';
import type { RegisteredTable } from './registry.ts';
import { staleDatesIn, stalenessOf } from './staleness.ts';
import { isComputed, isRaw, type Input, type TableDefinition } from './table.ts';
import { seasonsAffectedIn, seasonViewOf, stateOf, statesOf, type SeasonView, type View } from './view.ts';
import { heldDatesIn } from './window-holds.ts';

/** A cell of the grid, which is green or has causes. */
export interface CellWhy extends PartitionRef {
  readonly status: NotGreen | 'green';
  /** None for a green cell; ordered by the chains that lead to the cell, each partition once. */
  readonly causes: readonly Cause[];
}

/**
 * Answers for every cell of a view. The causes are all that has to be cured before the cell is green, and nothing that one of them
 * brings with it.
 *
 * - A cell that is to be built or to be built again has the causes of what it waits for, of its stale inputs, and of the inputs
 *   without whose rows its own would be partial, not ready or without their context.
 * - A cell that is built from its present inputs shows which of them it suffers from: a partial one from the partial partitions
 *   that it reads and from the ones that a person has accepted as missing, one with rows that are not ready from partial
 *   partitions and from inputs of the same date that are not ready, one without context from the input of the same date.
 * - A cell is a cause itself when it has none among what it reads, and when it has a fault that stays whatever its inputs do: it
 *   has failed, a run is under way, its code has changed, nobody has asked for it, or its files lack rows.
 * - A stale cell is a cause beside those of its inputs where files alone cure these: who imports a file builds nothing with it.
 *
 * A partial partition is no cause for a cell that is to be built where another cell of the same table has read it and is green.
 * @param given a view with game hashes; they are needed for what reads last games
 */
export function whyOf(given: View): (cell: PartitionRef) => CellWhy {
  const view = withEarlier(given);
  const { registry } = view;
  const evaluation = evaluate(view);
  const staleness = stalenessOf(view);
  const held = heldDatesIn(view);
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

  /** The causes of a cell: of all that leads to it, in the order of the chains, what is a fault of its own. */
  const roots = (cell: PartitionRef): readonly PartitionRef[] => {
    const seen = new Map<string, Set<GameDate>>();
    const found: PartitionRef[] = [];
    const visit = (each: PartitionRef): void => {
      const dates = seen.get(each.table) ?? new Set();
      seen.set(each.table, dates);
      if (dates.has(each.date)) return;
      dates.add(each.date);
      const { isCause, others } = linkOf(each);
      if (isCause) found.push(each);
      for (const other of others) visit(other);
    };
    visit(cell);
    // A cell that no source has is told so once, and not for each table before it.
    return statusOf(cell) === 'excluded'
      ? found.filter((each) => refName(each) === refName(cell) || statusOf(each) !== 'excluded')
      : found;
  };

  /** A partition in the chains that lead to a cell. */
  interface Link {
    readonly isCause: boolean;
    /** What leads to it. */
    readonly others: readonly PartitionRef[];
  }

  const links = new Map<string, Link>();
  const linkOf = (cell: PartitionRef): Link => {
    const name = refName(cell);
    const found = links.get(name) ?? findLink(cell);
    links.set(name, found);
    return found;
  };

  const findLink = (cell: PartitionRef): Link => {
    const status = statusOf(cell);
    if (status === 'green') return { isCause: false, others: [] };
    if (status === 'excluded') return { isCause: true, others: besideTheSource(cell) };
    const registered = registry.get(cell.table);
    const isCurrent = isAnswered(stateOf(view, cell.table, cell.date)) && status !== 'stale';
    const { pending, lost } = isCurrent ? { pending: [], lost: [] } : evaluation.unmet(registered, cell.date);
    const others = [
      ...lost,
      ...pending,
      ...staleInputs(registered, cell.date),
      ...(isCurrent ? lackedBy(registered, cell) : wouldLack(registered, cell)),
    ];
    const isAlone = others.every((each) => statusOf(each) === 'green');
    const isFirst = isAlone || isFaultOfItsOwn(cell, pending.length + lost.length > 0);
    return { isCause: isFirst || (status === 'stale' && !others.some(isEndedByRun)), others };
  };

  const ended = new Map<string, boolean>();
  /** Whether the cure of any cause of a cell is a run, which builds what reads the cell, too; an import or an alias builds nothing. */
  const isEndedByRun = (cell: PartitionRef): boolean => {
    const name = refName(cell);
    const found = ended.get(name) ?? searchRun(cell);
    ended.set(name, found);
    return found;
  };

  const searchRun = (cell: PartitionRef): boolean => {
    const { isCause, others } = linkOf(cell);
    const isByFiles =
      isRaw(registry.get(cell.table).definition) &&
      ['partial', 'excluded', 'blocked'].includes(statusOf(cell));
    return (isCause && !isByFiles) || others.some(isEndedByRun);
  };

  /** What a cell that no source has would suffer from if its source were imported; nothing for one that rightly has no rows. */
  const besideTheSource = (cell: PartitionRef): readonly PartitionRef[] => {
    const registered = registry.get(cell.table);
    if (!isUnavailable(whyLeftOut(view, registered, cell.date) ?? null)) return [];
    const { pending, lost } = evaluation.unmet(registered, cell.date);
    const alike = sameDateInputs(registered, cell.date).filter((each) => statusOf(each) === 'excluded');
    return [
      ...[...lost, ...pending, ...staleInputs(registered, cell.date)],
      ...[...wouldLack(registered, cell), ...alike],
    ];
  };

  /** Whether a cell has a fault that no cure of its inputs ends. */
  const isFaultOfItsOwn = (cell: PartitionRef, isWaiting: boolean): boolean => {
    const state = stateOf(view, cell.table, cell.date);
    if (state?.status === 'failed' || isInFlight(state)) return true;
    if (!isAnswered(state)) return !isWaiting;
    const stale = staleness(registry.get(cell.table), cell.date);
    if (stale?.through === null) return stale.cause !== 'data';
    return state.status === 'blocked' || isLackingByItself(cell);
  };

  /** Whether a partial cell lacks what no input brings: rows of its files, a model, or players of names. */
  const isLackingByItself = ({ table, date }: PartitionRef): boolean => {
    const state = stateOf(view, table, date);
    if (state?.status !== 'partial') return false;
    const isOfFiles =
      isRaw(registry.get(table).definition) && acceptedInputs(registry.get(table), date).length === 0;
    return isOfFiles || NO_INPUT_BRINGS.some((code) => lackingIn(state, code) !== undefined);
  };

  /** The inputs for which a cell that is built from its present inputs is partial, not ready or without context. */
  const lackedBy = (registered: RegisteredTable, { table, date }: PartitionRef): readonly PartitionRef[] => {
    const state = stateOf(view, table, date);
    if (isRaw(registered.definition)) return acceptedInputs(registered, date);
    const [isPartial, isUnready] = [
      state?.status === 'partial',
      (state?.readyRows ?? 0) < (state?.rows ?? 0),
    ];
    return [
      ...(isPartial ? acceptedInputs(registered, date) : []),
      ...(isPartial || isUnready ? inputsWith(registered, date, partialDatesIn) : []),
      ...(isUnready ? unreadyInputs(registered, date) : []),
      ...((state?.syntheticRows ?? 0) > 0 ? lackingContext(registered, date) : []),
    ];
  };

  /** The inputs for which a cell would be partial, not ready or without context if it were built now. */
  const wouldLack = (registered: RegisteredTable, { date }: PartitionRef): readonly PartitionRef[] => {
    const { definition } = registered;
    if (isRaw(definition)) return acceptedInputs(registered, date);
    const context =
      isComputed(definition) && definition.contextColumn !== undefined
        ? lackingContext(registered, date)
        : [];
    return [
      ...acceptedInputs(registered, date),
      ...inputsWith(registered, date, partialDatesIn).filter((each) => !isReadUnharmed(registered, each)),
      ...unreadyInputs(registered, date),
      ...context,
    ];
  };

  const unharmed = new Map<string, boolean>();
  /** Whether a cell of a table has read a partial partition and is green. */
  const isReadUnharmed = ({ definition }: RegisteredTable, partial: PartitionRef): boolean => {
    const key = `${definition.name} ${refName(partial)}`;
    const found = unharmed.get(key) ?? searchUnharmed(definition, partial);
    unharmed.set(key, found);
    return found;
  };

  const searchUnharmed = ({ name, inputs }: TableDefinition, partial: PartitionRef): boolean => {
    const ofPartial = seasonViewOf(view, partial.date);
    if (ofPartial === undefined) return false;
    const among = (season: SeasonView): readonly GameDate[] => (season === ofPartial ? [partial.date] : []);
    return inputs
      .filter(({ table }) => table === partial.table)
      .some((input) =>
        [ofPartial, ...seasonsAffectedIn(view, input.window, ofPartial.calendar.season)].some(
          ({ calendar }) =>
            calendar.dates.some(
              (date) => held(input, date, among).length > 0 && statusOf({ table: name, date }) === 'green',
            ),
        ),
      );
  };

  const unreadyInputs = (registered: RegisteredTable, date: GameDate): readonly PartitionRef[] =>
    sameDateInputs(registered, date).filter((each) => ['not_ready', 'degraded'].includes(statusOf(each)));

  /** The optional computed inputs of the same date that are not as they should be: their rows are the context. */
  const lackingContext = (registered: RegisteredTable, date: GameDate): readonly PartitionRef[] =>
    sameDateInputs(
      registered,
      date,
      ({ table, required }) => !required && isComputed(registry.get(table).definition),
    ).filter((each) => !['green', 'excluded', 'not_ready'].includes(statusOf(each)));

  const staleInputs = (registered: RegisteredTable, date: GameDate): readonly PartitionRef[] =>
    inputsWith(registered, date, (season, table) => staleDatesIn(view, registry.get(table), season));

  const partialDates = new Map<States, readonly GameDate[]>();
  const partialDatesIn = (season: SeasonView, table: string): readonly GameDate[] => {
    const states = statesOf(season, table);
    const known =
      partialDates.get(states) ?? season.calendar.dates.filter((each) => states[each]?.status === 'partial');
    partialDates.set(states, known);
    return known;
  };

  /** The partitions of its windows that are on certain dates of a season. */
  const inputsWith = (
    { definition }: RegisteredTable,
    date: GameDate,
    datesIn: (season: SeasonView, table: string) => readonly GameDate[],
  ): readonly PartitionRef[] =>
    definition.inputs.flatMap(({ table, window }: Input) =>
      held({ table, window }, date, (season) => datesIn(season, table)).map((each) => ({
        table,
        date: each,
      })),
    );

  /** The partitions of the same date that a run reads, as far as its season has a game on it. */
  const sameDateInputs = (
    { definition }: RegisteredTable,
    date: GameDate,
    isAsked: (input: Input) => boolean = () => true,
  ): readonly PartitionRef[] =>
    definition.inputs
      .filter(isAsked)
      .filter((input) =>
        held(input, date, ({ calendar }) => (calendar.dates.includes(date) ? [date] : [])).includes(date),
      )
      .map(({ table }) => ({ table, date }));

  const acceptedInputs = (registered: RegisteredTable, date: GameDate): readonly PartitionRef[] =>
    evaluation.accepted(registered, date).map((text) => refNamed(text.split(' ')[0] ?? ''));

  /** What is to be cured of a cause: its rows, where it is stale only through another one. */
  const kindOf = (cause: PartitionRef): CellWhy['status'] => {
    const stale = staleness(registry.get(cause.table), cause.date);
    const isThrough = stale !== undefined && stale.through !== null;
    return statusOf(cause) === 'stale' && isThrough && isLackingByItself(cause) ? 'partial' : statusOf(cause);
  };

  return (cell) => {
    const causes = roots(cell).map((ref): Cause => {
      const kind = kindOf(ref);
      if (kind === 'green') throw new Error(`${refName(ref)} is green and no cause of ${refName(cell)}`);
      return causeOf(view, { ...ref, kind }, cell);
    });
    return { table: cell.table, date: cell.date, status: statusOf(cell), causes };
  };
}

const joined = new WeakMap<View, View>();

/**
 * The view in which the earlier seasons that tables read can have causes as well; the same view where none are read. Of one view it
 * is the same each time, so that what is remembered of it is found again.
 */
export function withEarlier(view: View): View {
  const { earlier, ...others } = view;
  if (earlier === undefined || earlier.size === 0) return view;
  const made = joined.get(view) ?? { ...others, seasons: new Map([...earlier, ...view.seasons]) };
  joined.set(view, made);
  return made;
}

/** What a partial partition lacks that no partition brings. */
const NO_INPUT_BRINGS = ['no_model', 'unresolved_names'] as const;
