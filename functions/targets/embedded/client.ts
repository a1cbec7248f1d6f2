/**
 * The embedded target: one process, DuckDB and SQLite under one folder, no cloud. What only a worker needs, such as DuckDB, is
 * imported when the process becomes the worker.
 */
import { join } from 'node:path';
import { fileArchive } from '../../../shared/adapters/embedded/file-archive.ts';
import { codeAtWork, heldBy } from '../../../shared/adapters/embedded/worker-lock.ts';
import { sqliteBus } from '../../../shared/adapters/embedded/sqlite-bus.ts';
import { openDatabase } from '../../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteStore } from '../../../shared/adapters/embedded/sqlite-store.ts';
import type { Config } from '../../../shared/config.ts';
import { topics } from '../../../shared/derive/topics.ts';
import { assertEasternZone } from '../../../shared/domain/game-date.ts';
import type { Registry } from '../../../shared/domain/registry.ts';
import { logger } from '../../../shared/observe/logger.ts';
import type { PullBus } from '../../../shared/ports/bus.ts';
import { clockAhead, type Clock, type Log } from '../../../shared/ports/index.ts';
import type { Http } from '../../../shared/ports/http.ts';
import type { Tracer } from '../../../shared/ports/tracer.ts';
import type { Client, Worker } from '../client.ts';
import { openHttp } from '../http.ts';
import { embeddedBatchSize } from './batch-size.ts';
import { prepareHome } from './home.ts';
import { finishForgetting } from './reset.ts';
import type { Policy } from '../../control/policy.ts';
import { loadRegistry } from '../../processors/registry.ts';

export const EMBEDDED_POLICY: Policy = {
  batchSize: embeddedBatchSize,
  maxInFlight: 4,
  leaseSeconds: 600,
  gateRetrySeconds: 30,
  tellAgainSeconds: 900,
};

/** The client of a home, with its bus. */
export interface EmbeddedClient extends Client {
  readonly bus: PullBus;
  /** A tracer to use in place of the configured one. */
  readonly tracer?: Tracer;
  /** Tells the person who runs the command something that is not its answer. */
  readonly say?: (text: string) => void;
  readonly close: () => void;
}

/** Parts that replace the client's own, for example in a test. */
export interface ClientOptions {
  readonly clock?: Clock;
  readonly businessClock?: Clock;
  readonly http?: Http;
  readonly registry?: Registry;
  readonly log?: Log;
  readonly tracer?: Tracer;
  readonly say?: (text: string) => void;
}

/**
 * Opens the client of a home, and creates the home when it is missing.
 * @throws RequestError when its folder cannot be used
 * @throws Error when it cannot be opened, or was written by another version
 */
export function openClient(config: Config, options: ClientOptions = {}): EmbeddedClient {
  assertEasternZone();
  prepareHome(config);
  finishForgetting(config.home);
  const clock = options.clock ?? (() => new Date());
  const db = openDatabase(join(config.home, 'state.sqlite'));
  const bus = sqliteBus(db, topics(), { clock, ackDeadlineMs: 600_000, backoffMs: [200, 10_000] });
  const client: EmbeddedClient = {
    config,
    registry: options.registry ?? loadRegistry(),
    policy: EMBEDDED_POLICY,
    store: sqliteStore(db),
    bus,
    publisher: bus,
    archive: fileArchive(join(config.home, 'archive')),
    http: options.http ?? openHttp(),
    clock,
    log: options.log ?? logger(config.log, (line) => process.stderr.write(line)),
    ...(options.tracer === undefined ? {} : { tracer: options.tracer }),
    ...(options.businessClock === undefined
      ? clockAhead(config.clockAheadSeconds, clock)
      : { businessClock: options.businessClock }),
    pollMs: 150,
    holder: () => heldBy(config.home),
    codeAtWork: () => codeAtWork(config.home),
    ...(options.say === undefined ? {} : { say: options.say }),
    backlog: () => bus.backlog(),
    openWorker: (what) => openWorker(client, what),
    openWorkerOrRefuse: (what, recovering) => openWorkerOrRefuse(client, what, recovering),
    assertWhole: async () => (await import('./stamps.ts')).assertWhole(client),
    withWarehouse: async (what, look) => {
      const worker = await openWorkerOrRefuse(client, what);
      try {
        return await look(worker.context.ports.warehouse);
      } finally {
        await worker.close();
      }
    },
    readWarehouse: async (what, look) => (await import('./reading.ts')).readHome(client, what, look),
    snapshot: async (folder) => {
      const { distantSnapshot, hereOrThere } = await import('./reading.ts');
      const { copyHome } = await import('./snapshot.ts');
      await hereOrThere(
        client,
        'snapshot',
        () => copyHome(config.home, folder),
        (home, say) => distantSnapshot(home, folder, say),
      );
    },
    migrateColumns: async (dryRun) => (await import('./worker.ts')).migrateColumns(client, dryRun),
    close: () => db.close(),
  };
  return client;
}

/**
 * Becomes the worker of a home: opens its warehouse, makes the deliveries of an earlier worker due, and sweeps once.
 * @returns undefined when another process is the worker
 */
export async function openWorker(
  client: EmbeddedClient,
  what: string,
  policy: Policy = EMBEDDED_POLICY,
  recovering = false,
): Promise<Worker | undefined> {
  return (await import('./worker.ts')).openWorker(client, what, policy, recovering);
}

/**
 * Becomes the worker for a command that cannot go on without it.
 * @throws RequestError that names the present worker
 */
export async function openWorkerOrRefuse(
  client: EmbeddedClient,
  what: string,
  recovering = false,
): Promise<Worker> {
  const worker = await openWorker(client, what, EMBEDDED_POLICY, recovering);
  if (worker === undefined) throw (await import('./worker.ts')).inUse(client.config.home);
  return worker;
}
