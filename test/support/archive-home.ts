/** An archive into which files are imported, and from which the dates of raw tables are loaded, in memory. */
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { memoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Row } from '../../shared/ports/warehouse.ts';

/** @param now the time of every import (ISO, UTC) */
export function archiveHome(now: string, archive: ArchiveStore = memoryArchive()) {
  const ports = { store: memoryStore(), archive, clock: () => new Date(now) };
  const load = archivedLoader({
    ...ports,
    publisher: { publish: () => Promise.resolve('m1') },
    log: () => undefined,
  });
  return {
    ports,
    /** Loads a raw table, as a run does. */
    load,
    importFiles: (
      files: readonly { readonly name: string; readonly bytes: () => Uint8Array }[],
      options: Parameters<typeof archiveFiles>[2] = {},
    ) => archiveFiles(ports, files, options),
    /** The rows of a table on some dates. @throws Error when they cannot be loaded */
    rowsOf: async (table: string, dates: readonly GameDate[]): Promise<readonly Row[]> => {
      const loaded = await load(loadRegistry().get(table), dates);
      if (!loaded.ok) throw new Error(loaded.failure.detail);
      return loaded.value.rows;
    },
  };
}
