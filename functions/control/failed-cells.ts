/** What has failed in a backfill, and how many partitions wait for each of its failures. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { causesOf } from '../../shared/domain/blockers.ts';
import { refName, refNamed } from '../../shared/domain/partition.ts';
import { stateOf } from '../../shared/domain/view.ts';
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
  const waiting = new Map<string, number>();
  const first = new Map(
    cells.flatMap(({ isBlocked, ...cell }) => (isBlocked ? [] : [[refName(cell), cell]])),
  );
  for (const cell of cells) {
    // What has failed counts as a cause; what waited then and is built by now waits for nothing.
    for (const cause of causes(cell)) {
      const name = refName(cause);
      if (name !== refName(cell)) waiting.set(name, (waiting.get(name) ?? 0) + 1);
      if (first.has(name)) continue;
      const state = stateOf(view, cause.table, cause.date);
      first.set(name, {
        ...cause,
        reason: state?.reason ?? 'it is not there, and nobody has asked for it',
      });
    }
  }
  return [...first.entries()]
    .map(([name, cell]) => ({ ...cell, waiting: waiting.get(name) ?? 0 }))
    .sort((a, b) => b.waiting - a.waiting || a.date.localeCompare(b.date) || a.table.localeCompare(b.table));
}
