/** What raw tables hold before and after an import. */
import { isBuilt, type PartitionState } from '../../shared/domain/partition.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { isRaw } from '../../shared/domain/table.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { ChangeCount } from '../../shared/ports/warehouse.ts';
import { tableSeason } from '../../shared/state/completions.ts';
import type { ImportPlan } from './import-plan.ts';

/** `table@season` -> the states of its partitions by date. */
export type States = ReadonlyMap<string, Readonly<Record<string, PartitionState>>>;

/** The states of all raw tables in the seasons of an import. */
export async function statesOf(
  { store, registry }: { readonly store: StateStore; readonly registry: Registry },
  { sources }: Pick<ImportPlan, 'sources'>,
): Promise<States> {
  const states = new Map<string, Readonly<Record<string, PartitionState>>>();
  for (const season of new Set(sources.map((source) => source.season)))
    for (const { definition } of registry.all)
      if (isRaw(definition))
        states.set(
          `${definition.name}@${season}`,
          (await tableSeason({ store }, definition.name, season))?.dates ?? {},
        );
  return states;
}

/** The rows of partitions that were built for the first time. */
export function firstRows(before: States, after: States): ChangeCount[] {
  return [...after].flatMap(([name, dates]) =>
    Object.entries(dates).flatMap(([date, state]): ChangeCount[] => {
      if (!isBuilt(state) || state.rows === 0 || isBuilt(before.get(name)?.[date])) return [];
      const table = name.slice(0, name.indexOf('@'));
      return [{ table, date: date as ChangeCount['date'], added: state.rows, changed: 0, removed: 0 }];
    }),
  );
}

/** How many rows each of the tables has. */
export function rowsIn(states: States, tables: readonly string[]): Record<string, number> {
  const rows = Object.fromEntries(tables.map((name) => [name, 0]));
  for (const [name, dates] of states) {
    const table = name.slice(0, name.indexOf('@'));
    if (!(table in rows)) continue;
    rows[table] = Object.values(dates).reduce((sum, state) => sum + state.rows, rows[table] ?? 0);
  }
  return rows;
}
