/** The client of the targets `emulator` and `gcp`. Commands read and publish; functions do the work. */
import type { Config } from '../../../shared/config.ts';
import { closePort, commandLog, documentPorts } from './documents.ts';
import { cloudArchive } from './files.ts';
import { cloudWarehouse, policyOf } from './tables.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import type { Client } from '../client.ts';
import { loadRegistry } from '../../processors/registry.ts';

/**
 * Opens the client. Each port is opened by its first use.
 * @param files the archive of source files; by default the bucket of the deployment
 */
export function openCloudClient(config: Config, files: ArchiveStore = cloudArchive(config)): Client {
  const { store, publisher, clock, log } = documentPorts(config, commandLog(config));
  const registry = loadRegistry();
  let gate: ((sql: string) => Promise<readonly string[]>) | undefined;
  const warehouse = cloudWarehouse(config, registry, { store, log }, async (sql) => {
    gate ??= (await import('../../../shared/adapters/embedded/portable-gate.ts')).portableGate();
    return gate(sql);
  });
  const nobody = (): Promise<undefined> => Promise.resolve(undefined);
  return {
    config,
    registry,
    policy: policyOf(config),
    store,
    publisher,
    archive: files,
    clock,
    log,
    pollMs: config.target === 'gcp' ? 2000 : 500,
    backlog: () => undefined,
    openWorker: nobody,
    openWorkerOrRefuse: nobody,
    withWarehouse: (_what, look) => look(warehouse),
    readWarehouse: (_what, look) => look(warehouse),
    close: async () => {
      await Promise.all([store, publisher].map(closePort));
    },
  };
}
