/** What has failed in a backfill, and how many partitions wait for each of its failures. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { causesOf } from '../../shared/domain/blockers.ts';
import { isSettled, refName, refNamed, type PartitionRef } from '../../shared/domain/partition.ts';
import { causeOf, type Cause } from '../../shared/domain/cause.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import { listFailures } from '../../shared/state/backfill-failures.ts';
import { loadView, seasonsOf } from '../../shared/state/views.ts';
import type { ReadingPorts } from './ports.ts';

/** A partition that failed in a backfill, or that nobody has built although others of the backfill wait for it. */
export interface FailedCell {
  readonly table: string;
  readonly date: GameDate;
  readonly reason: string;
  /** How many partitions of the backfill cannot be built before this one is. */
  readonly waiting: number;
  /** The same as a cause of the last partition that waits for it, as `why` tells it; null when it is built by now. */
  readonly cause: Cause | null;
}

/** Ordered by how many partitions wait, then by date and table. */
export async function failedCells(ports: ReadingPorts, backfillId: string): Promise<FailedCell[]> {
  const failures = await listFailures(ports, backfillId);
  if (failures.length === 0) return [];
  const cells = failures.map(({ partition, ...why }) => ({ ...refNamed(partition), ...why }));
  const view = await loadView(ports, ports.registry, seasonsOf(cells.map(({ date }) => date)), {
    gameHashes: false,
  });
  const causes = causesOf(view);
  const waiting = new Map<string, PartitionRef[]>();
  const first = new Map(
    cells.flatMap(({ isBlocked, ...cell }) => (isBlocked ? [] : [[refName(cell), cell]])),
  );
  for (const cell of cells) {
    // What has failed counts as a cause; what waited then and is built by now waits for nothing.
    for (const cause of causes(cell)) {
      const name = refName(cause);
      if (name !== refName(cell)) {
        const waits = waiting.get(name) ?? [];
        waits.push(cell);
        waiting.set(name, waits);
      }
      if (first.has(name)) continue;
      const state = stateOf(view, cause.table, cause.date);
      first.set(name, {
        ...cause,
        reason: state?.reason ?? 'it is not there, and nobody has asked for it',
      });
    }
  }
  return [...first.entries()]
    .map(([name, cell]) => {
      const waits = waiting.get(name) ?? [];
      return { ...cell, waiting: waits.length, cause: causeFor(view, cell, lastOf(view, [cell, ...waits])) };
    })
    .sort((a, b) => b.waiting - a.waiting || a.date.localeCompare(b.date) || a.table.localeCompare(b.table));
}

/** What a partition is as a cause of a cell that waits for it; null when it is built. */
function causeFor(view: View, { table, date }: PartitionRef, cell: PartitionRef): Cause | null {
  const state = stateOf(view, table, date);
  const status = state?.status;
  if (isSettled(state)) return null;
  const kind = status === 'failed' || status === 'blocked' ? status : 'missing';
  return causeOf(view, { table, date, kind }, cell);
}

/** The last of some partitions by date, and of those of one date by phase: what is built for it builds the others. */
function lastOf({ registry }: View, cells: readonly [PartitionRef, ...PartitionRef[]]): PartitionRef {
  const at = ({ table }: PartitionRef): number =>
    registry.all.findIndex(({ definition }) => definition.name === table);
  return cells.reduce((a, b) => (b.date > a.date || (b.date === a.date && at(b) > at(a)) ? b : a));
}
