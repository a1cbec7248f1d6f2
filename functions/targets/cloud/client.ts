/** The client of the targets `emulator` and `gcp`. Commands read and publish; functions do the work. */
import type { Config } from '../../../shared/config.ts';
import { closePort, commandLog, documentPorts } from './documents.ts';
import { cloudArchive } from './files.ts';
import { cloudWarehouse, policyOf } from './tables.ts';
import { StoreLostError } from '../../../shared/domain/failure.ts';
import { lossText } from '../../../shared/domain/stamp.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import { newestKnownRows, type KnownRows } from '../../control/known-rows.ts';
import { lostStores } from '../../control/lost-stores.ts';
import { olderStores } from '../../control/older-stores.ts';
import type { Client } from '../client.ts';
import { openHttp } from '../http.ts';
import { readingThen } from '../reading-then.ts';
import { loadRegistry } from '../../processors/registry.ts';

/**
 * Opens the client. Each port is opened by its first use.
 * @param files the archive of source files; by default the bucket of the deployment
 */
export function openCloudClient(config: Config, files: ArchiveStore = cloudArchive(config)): Client {
  const { store, publisher, clock, businessClock, log } = documentPorts(config, commandLog(config));
  const registry = loadRegistry();
  let gate: ((sql: string) => Promise<readonly string[]>) | undefined;
  const warehouse = cloudWarehouse(config, registry, { store, log }, async (sql) => {
    gate ??= (await import('../../../shared/adapters/embedded/portable-gate.ts')).portableGate();
    return gate(sql);
  });
  const nobody = (): Promise<undefined> => Promise.resolve(undefined);
  const client: Client = {
    config,
    registry,
    policy: policyOf(config),
    store,
    publisher,
    archive: files,
    http: openHttp(),
    clock,
    ...(businessClock === undefined ? {} : { businessClock }),
    log,
    pollMs: config.target === 'gcp' ? 2000 : 500,
    backlog: () => undefined,
    openWorker: nobody,
    openWorkerOrRefuse: nobody,
    assertWhole: () => assertWhole(client),
    withWarehouse: (_what, look) => look(warehouse),
    readWarehouse: (_what, look) => look(readingThen(client, warehouse)),
    close: async () => {
      await Promise.all([store, publisher].map(closePort));
    },
  };
  return client;
}

/** @throws StoreLostError that names the stores of a project that are lost, or older than the rest, and what mends them */
async function assertWhole(client: Client): Promise<void> {
  const { target, cloud } = client.config;
  let read: Promise<readonly KnownRows[]> | undefined;
  const known = (): Promise<readonly KnownRows[]> => (read ??= newestKnownRows(client));
  const [lost, older] = await client.withWarehouse('look', (warehouse) =>
    Promise.all([
      lostStores({ ...client, warehouse }, target === 'emulator', known),
      olderStores({ ...client, warehouse }, known),
    ]),
  );
  // A store that is lost differs from the others as well, and is no older one.
  const losses = lost.length > 0 ? lost : older;
  if (losses.length > 0)
    throw new StoreLostError(
      `The project ${cloud.project}: ${losses.map(lossText).join(', and ')}. Nothing was changed. See what mends it with: fullcourt recover --target ${target} --dry-run; mend it with: fullcourt recover --target ${target}`,
    );
}
