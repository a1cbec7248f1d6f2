/** The embedded target: one process, DuckDB and SQLite under one folder, no cloud. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  openWarehouse,
  type DuckDbOptions,
  type DuckDbWarehouse,
} from '../../../shared/adapters/embedded/duckdb-warehouse.ts';
import {
  lockHolder,
  takeWorkerLock,
  type WorkerLock,
} from '../../../shared/adapters/embedded/worker-lock.ts';
import { fileArchive } from '../../../shared/adapters/embedded/file-archive.ts';
import { sqliteBus } from '../../../shared/adapters/embedded/sqlite-bus.ts';
import { openDatabase } from '../../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteStore } from '../../../shared/adapters/embedded/sqlite-store.ts';
import type { Config } from '../../../shared/config.ts';
import { topics } from '../../../shared/derive/topics.ts';
import { RequestError } from '../../../shared/domain/failure.ts';
import { assertEasternZone } from '../../../shared/domain/game-date.ts';
import type { Registry } from '../../../shared/domain/registry.ts';
import { logger } from '../../../shared/observe/logger.ts';
import type { PullBus } from '../../../shared/ports/bus.ts';
import type { Clock, Log, Ports } from '../../../shared/ports/index.ts';
import type { Tracer } from '../../../shared/ports/tracer.ts';
import { endLeases } from '../../../shared/state/runs.ts';
import type { Client, Worker } from '../client.ts';
import { makeDispatcher } from './dispatcher.ts';
import { finishForgetting } from './reset.ts';
import type { HandlerContext } from '../../steps/context.ts';
import type { Policy } from '../../control/policy.ts';
import { archivedLoader } from '../../steps/load-archived.ts';
import { sweep } from '../../handlers/sweep.ts';
import { loadRegistry } from '../../processors/registry.ts';
import { BUNDLE } from '../../edge/bundle-id.ts';
import { handlerFor } from '../../services/index.ts';
import { openTracer } from '../traces.ts';

/** Small batches show progress early; large ones save the fixed cost of a query. These sizes do both. */
export const EMBEDDED_POLICY: Policy = {
  batchSize: ({ definition }) => (definition.kind === 'loaded' ? 250 : 60),
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
  readonly close: () => void;
}

/** Parts that replace the client's own, for example in a test. */
export interface ClientOptions {
  readonly clock?: Clock;
  readonly registry?: Registry;
  readonly log?: Log;
  readonly tracer?: Tracer;
}

/**
 * Opens the client of a home, and creates the home when it is missing.
 * @throws Error when the home cannot be opened, or was written by another version
 */
export function openClient(config: Config, options: ClientOptions = {}): EmbeddedClient {
  assertEasternZone();
  mkdirSync(config.home, { recursive: true });
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
    clock,
    log: options.log ?? logger(config.log, (line) => process.stderr.write(line)),
    ...(options.tracer === undefined ? {} : { tracer: options.tracer }),
    pollMs: 150,
    backlog: () => bus.backlog(),
    openWorker: (what) => openWorker(client, what),
    openWorkerOrRefuse: (what) => openWorkerOrRefuse(client, what),
    withWarehouse: async (what, look) => {
      const worker = await openWorkerOrRefuse(client, what);
      try {
        return await look(worker.context.ports.warehouse);
      } finally {
        await worker.close();
      }
    },
    migrateColumns: (dryRun) => migrateColumns(client, dryRun),
    close: () => db.close(),
  };
  return client;
}

/**
 * Becomes the worker of a home: opens its warehouse, makes the deliveries of an earlier worker due, and
 * sweeps once.
 * @returns undefined when another process is the worker
 */
export async function openWorker(
  client: EmbeddedClient,
  what: string,
  policy: Policy = EMBEDDED_POLICY,
): Promise<Worker | undefined> {
  const { config, registry, store, bus, archive, clock, log } = client;
  const lock = takeWorkerLock(config.home, what);
  if (lock === undefined) return undefined;
  const warehouse = await openOrRelease(client, lock);
  const tracer = client.tracer ?? (await openTracer(config, log));
  const ports: Ports = {
    ...{ store, publisher: bus, warehouse, clock, log },
    ...(tracer === undefined ? {} : { tracer }),
  };
  const context: HandlerContext = {
    ports,
    registry,
    policy,
    bundle: BUNDLE,
    holder: randomUUID(),
    archive,
    load: archivedLoader({ ...ports, archive }),
  };
  const dispatcher = makeDispatcher(bus, topics(), ({ consumer }) => handlerFor(context, consumer), {
    runs: 3,
    others: 4,
    pollMs: 100,
  });
  // This process holds the lock, so the processes that held leases and deliveries before have ended.
  bus.recover();
  await endLeases(ports, () => true);
  await sweep(context, {});
  return {
    context,
    dispatcher,
    close: async () => {
      await dispatcher.stop();
      await tracer?.flush();
      warehouse.close();
      lock.release();
    },
  };
}

/** Brings the tables of a home to their declared columns. @throws RequestError when another process has the home */
async function migrateColumns({ config, registry }: EmbeddedClient, dryRun: boolean): Promise<string[]> {
  const lock = takeWorkerLock(config.home, 'migrate');
  if (lock === undefined) throw inUse(config.home);
  const warehouse = await openWarehouse(registry, warehouseOptions(config)).catch((error: unknown) => {
    lock.release();
    throw error;
  });
  try {
    const changes = await warehouse.columnChanges();
    if (!dryRun) await warehouse.changeColumns(changes);
    return changes.map(({ what }) => what);
  } finally {
    warehouse.close();
    lock.release();
  }
}

function inUse(home: string): RequestError {
  return new RequestError(
    `${home} is in use by ${lockHolder(home)}; wait for it, or set FULLCOURT_HOME to another folder`,
  );
}

function warehouseOptions({ home, memoryLimit, threads }: Config): DuckDbOptions {
  return {
    path: join(home, 'warehouse.duckdb'),
    memoryLimit,
    ...(threads === undefined ? {} : { threads }),
  };
}

async function openOrRelease({ config, registry }: Client, lock: WorkerLock): Promise<DuckDbWarehouse> {
  try {
    const warehouse = await openWarehouse(registry, warehouseOptions(config));
    try {
      await warehouse.prepare();
    } catch (error) {
      warehouse.close();
      throw error;
    }
    return warehouse;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Becomes the worker for a command that cannot go on without it.
 * @throws RequestError that names the present worker
 */
export async function openWorkerOrRefuse(client: EmbeddedClient, what: string): Promise<Worker> {
  const worker = await openWorker(client, what);
  if (worker === undefined) throw inUse(client.config.home);
  return worker;
}
