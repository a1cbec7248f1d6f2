/** Writes sealed rows of the tables beside the files of an archive that lacks them. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { isSealing } from '../../shared/domain/table.ts';
import { textsOf } from '../../shared/domain/table-rows.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { keepSealed, keptDates } from './sealed-rows.ts';

/**
 * Completes what is kept of sealed rows.
 * @param withRows the dates on which each table has rows
 * @param dryRun nothing is written
 * @returns of how many dates of tables it lacked them
 * @throws Error when a store does not answer
 */
export async function sealedAgain(
  {
    archive,
    registry,
    warehouse,
  }: {
    readonly archive: Pick<ArchiveStore, 'list' | 'write'>;
    readonly registry: Registry;
    readonly warehouse: Pick<Warehouse, 'read'>;
  },
  withRows: ReadonlyMap<string, readonly GameDate[]>,
  dryRun: boolean,
): Promise<number> {
  let lacked = 0;
  for (const table of registry.all.filter(({ definition }) => isSealing(definition))) {
    const { name, partitionColumn } = table.definition;
    const kept = await keptDates(archive, name);
    const unkept = (withRows.get(name) ?? []).filter((date) => !kept.has(date));
    for (const dates of Map.groupBy(unkept, seasonOf).values()) {
      const [first, last] = [dates[0], dates.at(-1)];
      if (first === undefined || last === undefined) continue;
      const read = await warehouse.read({ table, columns: [partitionColumn], first, last, onlyLive: true });
      if (!read.ok) throw new Error(read.failure.detail);
      const live = new Set<unknown>(textsOf(read.value, partitionColumn));
      const lacking = dates.filter((date) => live.has(date));
      lacked += lacking.length;
      if (!dryRun) await keepSealed(archive, warehouse, table, lacking);
    }
  }
  return lacked;
}
