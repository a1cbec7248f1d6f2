/**
 * Dates of one table that a live cascade wants are built together: a query over two dates takes little longer than over one. Pure.
 *
 * Example: the results of 2024-01-26 arrive. `player_daily_cache` is then wanted for 2024-01-26 and for the next date, 2024-01-27, which
 * reads the summaries of 2024-01-26. While these summaries are being built, 2024-01-26 waits for them too, and one run builds both
 * dates. A date never waits for an earlier one, nor for work that is not under way at this moment.
 */
import type { Evaluation } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import { isInFlight, refName, type LiveWant, type PartitionRef } from '../partition.ts';
import { cutInBatches, type BatchSize } from '../plan.ts';
import type { RegisteredTable } from '../registry.ts';
import { seasonOf } from '../season.ts';
import { stateOf, whyNoPartition, type View } from '../view.ts';
import type { Action, DateRequest } from './action.ts';
import { isRaw } from '../table.ts';

/** A partition that can be asked for at this moment. */
export interface ReadyPartition {
  readonly table: string;
  readonly request: DateRequest;
  /** The live cascade that wants it. */
  readonly want: LiveWant;
}

/** A partition that is wanted live and waits for others. */
export interface WaitingPartition {
  readonly ref: PartitionRef;
  readonly want: LiveWant;
}

/**
 * The actions for partitions that can be asked for: the dates of a table that one cascade wants are one run, or wait for a later date
 * of theirs that is about to be ready.
 * @param ready in any order; of one table, ascending by date
 * @param waiting partitions that wait, also those that this decision lets wait
 */
export function askTogether(
  view: View,
  evaluation: Evaluation,
  ready: readonly ReadyPartition[],
  waiting: readonly WaitingPartition[],
  batchSize: BatchSize,
): Action[] {
  const isReady = new Set(ready.map(({ table, request: { date } }) => refName({ table, date })));
  const isWaiting = new Set(waiting.map(({ ref }) => refName(ref)));
  const known = new Map<string, boolean>();
  const isUnderWay = (ref: PartitionRef): boolean => {
    const name = refName(ref);
    const answer = known.get(name) ?? isBeingBuilt(ref);
    known.set(name, answer);
    return answer;
  };
  // Tables do not read each other in a circle, so this ends.
  const isBeingBuilt = (ref: PartitionRef): boolean => {
    const state = stateOf(view, ref.table, ref.date);
    if (isInFlight(state)) return state.mode === 'live';
    if (isReady.has(refName(ref))) return true;
    return (isWaiting.has(refName(ref)) || state?.want != null) && isAboutToBeReady(ref);
  };

  /** Whether everything that a partition still needs is under way. */
  const isAboutToBeReady = (ref: PartitionRef): boolean => {
    const { pending, lost } = evaluation.unmet(view.registry.get(ref.table), ref.date, 'live');
    return lost.length === 0 && pending.length > 0 && pending.every(isUnderWay);
  };

  const waitingOf = Map.groupBy(waiting, ({ ref, want }) => groupOf(ref.table, ref.date, want));
  const groups = Map.groupBy(ready, ({ table, request, want }) => groupOf(table, request.date, want));
  return [...groups].flatMap(([group, partitions]): Action[] => {
    const [first] = partitions;
    const last = partitions.at(-1);
    if (first === undefined || last === undefined) return [];
    const { table, want } = first;
    const registered = view.registry.get(table);
    // What is under way for a date calls for the next date when it is complete.
    const candidates = [
      ...(waitingOf.get(group) ?? []).map(({ ref }) => ref.date),
      ...[nextDate(view, registered, last.request.date)].filter((date) => date !== undefined),
    ];
    // A raw table reads files; its dates gain nothing by waiting.
    const awaited = isRaw(registered.definition)
      ? []
      : candidates.filter((date) => isAboutToBeReady({ table, date })).sort();
    const laterThan = (date: GameDate): GameDate | undefined => awaited.find((each) => each > date);
    const waits = partitions.flatMap(({ request: { date } }): Action[] => {
      const awaitedDate = laterThan(date);
      if (awaitedDate === undefined) return [];
      const { pending } = evaluation.unmet(registered, awaitedDate, 'live');
      // It is written down once: later it still waits for something that is named there.
      const state = stateOf(view, table, date);
      const isWritten =
        state?.want?.correlationId === want.correlationId &&
        pending.some((each) => state.waitingFor.includes(refName(each)));
      return isWritten ? [] : [{ kind: 'wait', ref: { table, date }, for: pending, want }];
    });
    const dates = partitions
      .map(({ request }) => request)
      .filter(({ date }) => laterThan(date) === undefined);
    const runs = cutInBatches(registered, dates, batchSize).map((part): Action => ({
      kind: 'request run',
      table,
      dates: part,
    }));
    return [...waits, ...runs];
  });
}

/** The first date after `date` on which a table is expected. */
function nextDate(view: View, table: RegisteredTable, date: GameDate): GameDate | undefined {
  const dates = view.seasons.get(seasonOf(date))?.calendar.dates ?? [];
  return dates.find((each) => each > date && whyNoPartition(view, table, each) === undefined);
}

function groupOf(table: string, date: GameDate, { correlationId, through }: LiveWant): string {
  return [table, seasonOf(date), through, correlationId].join(' ');
}
