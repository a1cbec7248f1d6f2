/** Adds to a warehouse that persons read what was known at earlier times. It is loaded by the first such question. */
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import type { Client, ReadingWarehouse } from './client.ts';

/** A warehouse that also answers queries of tables as they were known. */
export function readingThen(
  { store, archive, registry }: Pick<Client, 'store' | 'archive' | 'registry'>,
  warehouse: Warehouse,
): ReadingWarehouse {
  return {
    ask: warehouse.ask,
    read: warehouse.read,
    published: warehouse.published,
    rowCounts: warehouse.rowCounts,
    notPortable: warehouse.notPortable,
    changes: warehouse.changes,
    changeCounts: warehouse.changeCounts,
    changeEvents: warehouse.changeEvents,
    askThen: async (asked, sql, portable) => {
      const { askKnownThen } = await import('../steps/known-then.ts');
      const { memoryStore } = await import('./simulated/memory-store.ts');
      return askKnownThen(
        { store, archive, registry, warehouse, scratch: memoryStore() },
        asked,
        sql,
        portable,
      );
    },
  };
}
