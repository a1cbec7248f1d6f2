/** The gate before a run: does the warehouse hold the required input rows that the completion documents speak of? */
import type { GameDate } from '../../shared/domain/game-date.ts';
import {
  isAnswered,
  PRESENT_SHARE,
  type GateVerdict,
  type PartitionRef,
} from '../../shared/domain/partition.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import { readStart, reads } from '../../shared/domain/window.ts';
import type { RowRange } from '../../shared/ports/warehouse.ts';
import type { HandlerContext } from './context.ts';

export interface GateAnswer {
  readonly verdict: GateVerdict;
  /** Input partitions that hold fewer rows than their documents say. */
  readonly lying: readonly PartitionRef[];
}

/** Counts the rows of every required input over the windows of the batch and compares them with what was recorded. */
export async function judgeInputs(
  context: HandlerContext,
  view: View,
  tableName: string,
  dates: readonly GameDate[],
): Promise<GateAnswer> {
  const { ports, registry, policy } = context;
  const table = registry.get(tableName);
  const now = ports.clock();
  const retryAt = new Date(now.getTime() + policy.gateRetrySeconds * 1000).toISOString();
  const first = dates[0];
  const last = dates.at(-1);
  const season = first === undefined ? undefined : view.seasons.get(seasonOf(first));
  const base = { gate: 'input_rows', checkedAt: now.toISOString() };
  if (
    first === undefined ||
    last === undefined ||
    season === undefined ||
    table.definition.kind === 'loaded'
  ) {
    return { verdict: { ...base, verdict: 'pass', detail: 'nothing to count' }, lying: [] };
  }
  const ranges: (RowRange & { readonly recorded: readonly GameDate[] })[] = [];
  const required = table.definition.inputs.filter((input) => input.required);
  for (const name of new Set(required.map((input) => input.table))) {
    const windows = required.filter((input) => input.table === name).map((input) => input.window);
    const from = windows
      .map((window) => readStart(window, first, season.calendar.openingNight))
      .reduce((a, b) => (a < b ? a : b));
    const to = windows
      .flatMap((window) => reads(window, last, season.calendar.dates).slice(-1))
      .reduce((a, b) => (a > b ? a : b), first);
    const recorded = season.calendar.dates.filter(
      (date) => date >= from && date <= to && isRecorded(view, name, date),
    );
    if (recorded.length > 0) ranges.push({ table: registry.get(name), first: from, last: to, recorded });
  }
  const counted = await ports.warehouse.rowCounts(ranges);
  if (!counted.ok) {
    return {
      verdict: {
        ...base,
        verdict: 'unknown',
        detail: `the inputs could not be counted: ${counted.failure.detail}`,
        retryAt,
      },
      lying: [],
    };
  }
  const lying = ranges.flatMap(({ table: { definition }, recorded }, i) =>
    recorded
      .map((date): PartitionRef => ({ table: definition.name, date }))
      .filter(
        (ref) =>
          (counted.value[i]?.get(ref.date) ?? 0) <
          PRESENT_SHARE * (stateOf(view, ref.table, ref.date)?.rows ?? 0),
      ),
  );
  if (lying.length === 0)
    return { verdict: { ...base, verdict: 'pass', detail: 'every input holds the rows it should' }, lying };
  const names = lying.slice(0, 5).map(({ table: name, date }) => `${name}@${date}`);
  return {
    verdict: {
      ...base,
      verdict: 'blocked',
      detail: `${lying.length} input partitions hold fewer rows than recorded: ${names.join(', ')}`,
      retryAt,
    },
    lying,
  };
}

function isRecorded(view: View, table: string, date: GameDate): boolean {
  const state = stateOf(view, table, date);
  return isAnswered(state) && (state?.rows ?? 0) > 0;
}
