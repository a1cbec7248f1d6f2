/** The targets `emulator` and `gcp`: source files in a bucket, and the handlers that load raw tables from them. */
import type { Config } from '../../../shared/config.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import { deferred } from './documents.ts';
import { openContext as openTables } from './tables.ts';
import type { HandlerContext } from '../../steps/context.ts';
import { archivedLoader } from '../../steps/load-archived.ts';

export function cloudArchive({ cloud }: Config): ArchiveStore {
  return deferred(async () => {
    const { storageArchive } = await import('../../../shared/adapters/gcp/storage-archive.ts');
    return storageArchive(cloud);
  });
}

/** What a handler needs that may be asked to load a raw table. */
export function openContext(config: Config, archive: ArchiveStore = cloudArchive(config)): HandlerContext {
  const context = openTables(config);
  return { ...context, load: archivedLoader({ ...context.ports, archive }) };
}
