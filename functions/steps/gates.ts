/**
 * The row-count gate, asked before a computed run is requested: does the warehouse still hold the input rows that the
 * completion documents speak of? A document may say that `team_offense` has 26 rows on 2024-01-05 while the table lost them
 * in a deletion by hand; what is built from it would silently be wrong. So the rows of every required input are counted over
 * the dates the run reads. If an input has fewer than 95 % of the rows that were recorded for a date, the run is not asked
 * for and that input is opened again, to be rebuilt first. If the warehouse does not answer, the
 * verdict is `unknown`: the partition is blocked too, and the gate is asked again after a while.
 */
import { ok, type Result } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import {
  isAnswered,
  PRESENT_SHARE,
  refName,
  type GateVerdict,
  type PartitionRef,
} from '../../shared/domain/partition.ts';
import type { Batch } from '../../shared/domain/plan.ts';
import type { RegisteredTable } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { stateOf, type SeasonView, type View } from '../../shared/domain/view.ts';
import { readStart, reads } from '../../shared/domain/window.ts';
import { isRaw } from '../../shared/domain/table.ts';
import type { RowRange, Warehouse } from '../../shared/ports/warehouse.ts';
import type { HandlerContext } from './context.ts';

/** The verdict of the gate for a batch, and the inputs that did not pass. */
export interface GateAnswer {
  readonly verdict: GateVerdict;
  /** Input partitions that hold fewer rows than their documents say. */
  readonly short: readonly PartitionRef[];
}

/** An input of a batch: the range of dates to count, and the dates of it for which rows were recorded. */
interface CountedInput extends RowRange {
  readonly recorded: readonly GameDate[];
}

/** Short partitions that the verdict names one by one; of all others it has only the number. */
const MAX_NAMED = 5;

/**
 * Counts the input rows of a batch and compares them with the documents.
 * @param dates of the batch, ascending, all of one season
 */
export async function countInputRows(
  { ports, registry, policy }: HandlerContext,
  view: View,
  tableName: string,
  dates: readonly GameDate[],
): Promise<GateAnswer> {
  const now = ports.clock();
  const retryAt = new Date(now.getTime() + policy.gateRetrySeconds * 1000).toISOString();
  const asked = { gate: 'input_rows', checkedAt: now.toISOString() };

  const inputs = inputsToCount(view, registry.get(tableName), dates);
  if (inputs === undefined)
    return { verdict: { ...asked, verdict: 'pass', detail: 'nothing to count' }, short: [] };

  const counted = await shortAmong(ports.warehouse, view, inputs);
  if (!counted.ok) {
    const detail = `the inputs could not be counted: ${counted.failure.detail}`;
    return { verdict: { ...asked, verdict: 'unknown', detail, retryAt }, short: [] };
  }
  const short = counted.value;
  if (short.length === 0)
    return { verdict: { ...asked, verdict: 'pass', detail: 'every input holds the rows it should' }, short };
  const names = short.slice(0, MAX_NAMED).map(({ table, date }) => `${table}@${date}`);
  const detail = `${short.length} input partitions hold fewer rows than recorded: ${names.join(', ')}`;
  return { verdict: { ...asked, verdict: 'blocked', detail, retryAt }, short };
}

/**
 * The input partitions because of which the gate would stop some runs, each once; a failure when the warehouse does not answer.
 * @param runs the dates of each run, ascending, all of one season
 */
export async function shortInputsOf(
  warehouse: CountingWarehouse,
  view: View,
  runs: readonly Batch[],
): Promise<Result<PartitionRef[]>> {
  const ofSeason = Map.groupBy(
    runs,
    ({ table, dates: [first] }) => `${table} ${first === undefined ? '' : seasonOf(first)}`,
  );
  const inputs = [...ofSeason.values()].flatMap((own) => {
    const [{ table } = { table: '' }] = own;
    return inputsToCount(view, view.registry.get(table), own.flatMap(({ dates }) => dates).sort()) ?? [];
  });
  const short = await shortAmong(warehouse, view, inputs);
  return short.ok ? ok([...new Map(short.value.map((ref) => [refName(ref), ref])).values()]) : short;
}

type CountingWarehouse = Pick<Warehouse, 'rowCounts'>;

async function shortAmong(
  warehouse: CountingWarehouse,
  view: View,
  inputs: readonly CountedInput[],
): Promise<Result<PartitionRef[]>> {
  const counted = await warehouse.rowCounts(inputs);
  return counted.ok ? ok(inputs.flatMap((input, i) => shortOf(view, input, counted.value[i]))) : counted;
}

/** What the runs for `dates` read of required inputs; undefined when there is nothing to count, as for a raw table. */
function inputsToCount(
  view: View,
  { definition }: RegisteredTable,
  dates: readonly GameDate[],
): CountedInput[] | undefined {
  const [first, last] = [dates[0], dates.at(-1)];
  const season = first === undefined ? undefined : view.seasons.get(seasonOf(first));
  if (first === undefined || last === undefined || season === undefined || isRaw(definition))
    return undefined;
  const required = definition.inputs.filter((input) => input.required);
  return [...Map.groupBy(required, (input) => input.table)].flatMap(([name, ofTable]) => {
    // A table may be read through several windows: one count covers them all.
    const windows = ofTable.map((input) => input.window);
    const from = windows
      .map((window) => readStart(window, first, season.calendar.openingNight))
      .reduce((a, b) => (a < b ? a : b));
    const to = windows
      .flatMap((window) => reads(window, last, season.calendar.dates).slice(-1))
      .reduce((a, b) => (a > b ? a : b), first);
    const recorded = datesWithRows(season, name).filter((date) => date >= from && date <= to);
    return recorded.length === 0 ? [] : [{ table: view.registry.get(name), first: from, last: to, recorded }];
  });
}

/** Dates for which the documents say that a table has rows. */
function datesWithRows({ calendar, states }: SeasonView, table: string): GameDate[] {
  const ofTable = states.get(table) ?? {};
  return calendar.dates.filter((date) => {
    const state = ofTable[date];
    return isAnswered(state) && (state?.rows ?? 0) > 0;
  });
}

/** Partitions of an input of which the warehouse holds too few of the rows that were recorded. */
function shortOf(
  view: View,
  { table: { definition }, recorded }: CountedInput,
  counts: ReadonlyMap<GameDate, number> | undefined,
): PartitionRef[] {
  return recorded
    .filter((date) => {
      const rows = stateOf(view, definition.name, date)?.rows ?? 0;
      return (counts?.get(date) ?? 0) < PRESENT_SHARE * rows;
    })
    .map((date) => ({ table: definition.name, date }));
}
