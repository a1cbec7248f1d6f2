/**
 * The targets `emulator` and `gcp`: source files in a bucket, and the context of handlers that load raw
 * tables.
 */
import type { Config } from '../../../shared/config.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import { deferred } from './documents.ts';
import { openContext as openTables } from './tables.ts';
import type { HandlerContext } from '../../steps/context.ts';
import { archivedLoader } from '../../steps/load-archived.ts';

/** The source files of the deployment, in its bucket. */
export function cloudArchive({ cloud }: Config): ArchiveStore {
  return deferred(async () => {
    const { storageArchive } = await import('../../../shared/adapters/gcp/storage-archive.ts');
    return storageArchive(cloud);
  });
}

/** The context of a handler that loads raw tables. @param archive where their source files are */
export function openContext(config: Config, archive: ArchiveStore = cloudArchive(config)): HandlerContext {
  const context = openTables(config);
  return { ...context, archive, load: archivedLoader({ ...context.ports, archive }) };
}
