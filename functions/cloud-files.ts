/** The targets `emulator` and `gcp`: source files in a bucket, and the handlers that load raw tables from them. */
import type { Config } from '../shared/config.ts';
import type { ArchiveStore } from '../shared/ports/archive.ts';
import type { Ports } from '../shared/ports/index.ts';
import { deferred } from './cloud.ts';
import { cloudApp } from './cloud-tables.ts';
import type { App } from './handlers/app.ts';
import { archivedLoader } from './handlers/load-archived.ts';

export function cloudArchive({ cloud }: Config): ArchiveStore {
  return deferred(async () => {
    const { storageArchive } = await import('../shared/adapters/gcp/storage-archive.ts');
    return storageArchive(cloud);
  });
}

/** What a handler needs that may be asked to load a raw table. */
export function cloudAppWithFiles(config: Config, archive: ArchiveStore = cloudArchive(config)): App {
  const app = cloudApp(config);
  const ports: Ports = { ...app.ports, archive };
  return { ...app, ports, load: archivedLoader(ports) };
}
