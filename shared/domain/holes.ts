/** Holes of the ledger: what each of them blocks, why it is there, what closes it and what that takes. */
import { causesOf } from './blockers.ts';
import { causeOf, type Cause } from './cause.ts';
import type { RunCost } from './forecast.ts';
import { isHole, type LedgerCell, type LostRows } from './ledger.ts';
import { isBuilt, isSettled, refName, refNamed, type PartitionRef } from './partition.ts';
import { datesReadBy } from './plan.ts';
import { isSealed } from './seal.ts';
import { seasonOf } from './season.ts';
import { stateOf, type View } from './view.ts';

/** What a hole keeps from being built. */
export interface Blocked {
  /** Other cells that are not there and wait for it. */
  readonly cells: number;
  /** Those of them that are predictions and their grades. */
  readonly predictions: number;
}

/** What closing a hole takes by its own run; the runs of what it waits for are the price of those holes. */
export interface HolePrice {
  readonly runs: number;
  /** By what runs of the table have taken on this target; null when it has never run. */
  readonly seconds: number | null;
  /** What BigQuery charges; 0 on other targets. */
  readonly usd: number;
}

/** A cell that should have rows and does not have them. */
export interface Hole extends PartitionRef {
  /** The partition at the beginning of the chain because of which it is there: itself, or what it waits for. */
  readonly cause: Omit<Cause, 'cure'>;
  readonly blocks: Blocked;
  /** The command that closes it; null where nothing is to be done but to wait. */
  readonly cure: string | null;
  /** Null where no run closes it: a person has to bring files first. */
  readonly price: HolePrice | null;
}

export interface HoleFacts {
  /** Seconds of a run of a table; undefined when it has never run on this target. */
  readonly costOf: (table: string) => RunCost | undefined;
  /** Dollars of a run of one date of a table. */
  readonly usdOf: (table: string) => number;
}

/**
 * The holes of a ledger, in its order.
 * @param view as {@link withLost} shows it
 * @param lost partitions of which rows have vanished and whose documents do not say so yet
 */
export function holesOf(
  view: View,
  ledger: readonly LedgerCell[],
  lost: readonly LostRows[],
  { costOf, usdOf }: HoleFacts,
): Hole[] {
  const holes = ledger.filter(isHole);
  const rootsOf = rootsAmong(view, holes);
  const vanished = new Set(lost.map(refName));
  const waiting = new Map<string, { cells: number; predictions: number }>();
  const first = new Map<string, PartitionRef>();
  for (const cell of holes) {
    const name = refName(cell);
    const roots = rootsOf(cell);
    first.set(name, roots[0] ?? cell);
    const isPrediction = view.registry.get(cell.table).definition.phase === 'phase5';
    for (const root of roots) {
      const key = refName(root);
      if (key === name) continue;
      const counts = waiting.get(key) ?? { cells: 0, predictions: 0 };
      counts.cells += 1;
      if (isPrediction) counts.predictions += 1;
      waiting.set(key, counts);
    }
  }
  return holes.map(({ table, date }): Hole => {
    const name = refName({ table, date });
    const root = first.get(name) ?? refNamed(name);
    const { cure, ...cause } = causeOf(view, { ...root, kind: kindOf(view, root) }, { table, date });
    const closing = vanished.has(refName(root)) ? healing(view, root) : cure;
    const cost = costOf(table);
    return {
      table,
      date,
      cause,
      blocks: waiting.get(name) ?? { cells: 0, predictions: 0 },
      cure: closing,
      price: isByRuns(closing)
        ? {
            runs: 1,
            seconds: cost === undefined ? null : tenths(cost.fixed + cost.perDate),
            usd: usdOf(table),
          }
        : null,
    };
  });
}

/** Whether a command closes a hole by runs, so that no person has to bring anything. */
function isByRuns(cure: string | null): boolean {
  return cure?.startsWith('fullcourt backfill ') === true || cure?.startsWith('fullcourt gaps ') === true;
}

/**
 * Tells of holes with which partitions they begin. One that was built and lacks rows begins with the latest hole that it reads: a summary
 * lacks the game that its box scores lack.
 * @param holes in the order of the ledger
 */
export function rootsAmong(
  view: View,
  holes: readonly PartitionRef[],
): (hole: PartitionRef) => readonly PartitionRef[] {
  const absent = causesOf(view);
  const datesOf = new Map(
    [...Map.groupBy(holes, ({ table }) => table)].map(([table, own]) => [table, own.map(({ date }) => date)]),
  );
  const rootsOf = (hole: PartitionRef): readonly PartitionRef[] => {
    if (!isSettled(stateOf(view, hole.table, hole.date))) return absent(hole);
    const season = view.seasons.get(seasonOf(hole.date));
    if (season === undefined) return [hole];
    for (const input of view.registry.get(hole.table).definition.inputs) {
      const lacking = datesOf.get(input.table) ?? [];
      if (lacking.length === 0) continue;
      const read = new Set(datesReadBy(input, [hole.date], season));
      const date = lacking.findLast((each) => read.has(each));
      if (date !== undefined) return rootsOf({ table: input.table, date });
    }
    return [hole];
  };
  return rootsOf;
}

function kindOf(view: View, { table, date }: PartitionRef): Cause['kind'] {
  const status = stateOf(view, table, date)?.status;
  switch (status) {
    case 'failed':
    case 'blocked':
    case 'partial':
      return status;
    case 'requested':
    case 'running':
      return 'waiting';
    default:
      return 'missing';
  }
}

/**
 * The documents do not know yet that rows have vanished, so a request alone would find nothing to build. Rows that were made before a game
 * are not made again: the journal has them.
 */
function healing(view: View, { table, date }: PartitionRef): string {
  const state = stateOf(view, table, date);
  const { definition } = view.registry.get(table);
  if (isBuilt(state) && isSealed(definition, state, date, view.today)) return 'fullcourt recover';
  return `fullcourt gaps --heal --start ${date} --end ${date} --table ${table}`;
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10;
