/** Which partitions are stale, and the command that brings everything up to date. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';
import { stalenessOf } from '../../shared/domain/staleness.ts';
import { partitionDates } from '../../shared/domain/view.ts';
import type { ChangeCount } from '../../shared/ports/warehouse.ts';
import { loadView } from '../../shared/state/views.ts';
import type { ReadingPorts } from './ports.ts';

/** A table and those of its dates that were built from something else than there is now, ascending. */
export interface StaleTable {
  readonly table: string;
  readonly dates: readonly GameDate[];
}

/** The tables with stale dates in some seasons, in the order of their phases. */
export async function staleIn(ports: ReadingPorts, seasons: readonly Season[]): Promise<StaleTable[]> {
  const { registry } = ports;
  const view = await loadView(ports, registry, seasons);
  const staleness = stalenessOf(view);
  return registry.all.flatMap((table) => {
    const dates = [...view.seasons.values()]
      .flatMap((season) => partitionDates(table, season))
      .filter((date) => staleness(table, date) !== undefined);
    return dates.length === 0 ? [] : [{ table: table.definition.name, dates: dates.sort() }];
  });
}

/**
 * The command that builds what changes ask for; null when nothing is to be done. When rows were added, or dates have come
 * into the scope of the files, whole dates are built; otherwise only what is stale.
 */
export function nextCommand(
  changes: readonly ChangeCount[],
  stale: readonly StaleTable[],
  lookedAgain: readonly { readonly inside: readonly GameDate[] }[] = [],
): string | null {
  const added = [
    ...changes.filter((each) => each.added > 0).map(({ date }) => date),
    ...lookedAgain.flatMap(({ inside }) => inside),
  ];
  const dates = [...added, ...stale.flatMap((each) => each.dates)].sort();
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return null;
  return `fullcourt backfill --start ${first} --end ${last}${added.length === 0 ? ' --only stale' : ''}`;
}
