/** The client of the targets `emulator` and `gcp`. Commands read and publish; functions do the work. */
import type { Config } from '../../../shared/config.ts';
import { closePort, commandLog, documentPorts } from './documents.ts';
import { cloudArchive } from './files.ts';
import { cloudWarehouse, policyOf } from './tables.ts';
import { StoreLostError } from '../../../shared/domain/failure.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import { holdsDocuments } from '../../../shared/state/recovered.ts';
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
    assertWhole: () => assertKnown(config, store, files),
    withWarehouse: (_what, look) => look(warehouse),
    readWarehouse: (_what, look) => look(warehouse),
    close: async () => {
      await Promise.all([store, publisher].map(closePort));
    },
  };
}

/**
 * Notices that the documents of a project are lost: there are none, and its bucket has a journal of imports. The local
 * emulators begin without documents each time.
 * @throws StoreLostError
 */
async function assertKnown(config: Config, store: StateStore, files: ArchiveStore): Promise<void> {
  if (config.target !== 'gcp' || (await holdsDocuments({ store }))) return;
  const journal = await files.list('journal');
  if (journal.length > 0)
    throw new StoreLostError(
      `The documents of the project ${config.cloud.project} are lost: its bucket tells of ${journal.length} imports and decisions. See what mends it with: fullcourt recover --dry-run; mend it with: fullcourt recover`,
    );
}
