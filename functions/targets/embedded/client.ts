/** The embedded target: one process, DuckDB and SQLite under one folder, no cloud. */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openWarehouse, type DuckDbWarehouse } from '../../../shared/adapters/embedded/duckdb-warehouse.ts';
import { engineHolder, takeEngineLock, type EngineLock } from '../../../shared/adapters/embedded/engine-lock.ts';
import { fileArchive } from '../../../shared/adapters/embedded/file-archive.ts';
import { sqliteBus, type SqliteBus } from '../../../shared/adapters/embedded/sqlite-bus.ts';
import { openDatabase } from '../../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteStore } from '../../../shared/adapters/embedded/sqlite-store.ts';
import type { Config } from '../../../shared/config.ts';
import { topics } from '../../../shared/derive/topics.ts';
import { RequestError } from '../../../shared/domain/failure.ts';
import { assertEasternZone } from '../../../shared/domain/game-date.ts';
import type { Registry } from '../../../shared/domain/registry.ts';
import { logger } from '../../../shared/observe/events.ts';
import type { Clock, Log, Ports } from '../../../shared/ports/index.ts';
import type { Tracer } from '../../../shared/ports/tracer.ts';
import { endLeases } from '../../../shared/state/runs.ts';
import type { Desk, Plant } from '../client.ts';
import { makeEngine } from './dispatcher.ts';
import type { App, Policy } from '../../steps/context.ts';
import { archivedLoader } from '../../steps/load-archived.ts';
import { sweep } from '../../handlers/sweep.ts';
import { loadRegistry } from '../../processors/registry.ts';
import { handlerFor } from '../../edge/subscribe.ts';
import { openTracer } from '../traces.ts';

/** Batches are small enough to show progress and large enough that a query's fixed cost does not count. */
export const EMBEDDED_POLICY: Policy = {
  batchSize: ({ definition }) => (definition.kind === 'loaded' ? 250 : 60),
  maxInFlight: 4,
  leaseSeconds: 600,
  gateRetrySeconds: 30,
  tellAgainSeconds: 900,
};

/** The desk of a home, with the bus that is in it. */
export interface EmbeddedDesk extends Desk {
  readonly bus: SqliteBus;
  /** Given where the configuration is not to decide. */
  readonly tracer?: Tracer;
  readonly close: () => void;
}

export interface DeskOptions {
  readonly clock?: Clock;
  readonly registry?: Registry;
  readonly log?: Log;
  readonly tracer?: Tracer;
}

export function openDesk(config: Config, options: DeskOptions = {}): EmbeddedDesk {
  assertEasternZone();
  mkdirSync(config.home, { recursive: true });
  const clock = options.clock ?? (() => new Date());
  const db = openDatabase(join(config.home, 'state.sqlite'));
  const bus = sqliteBus(db, topics(), { clock, ackDeadlineMs: 600_000, backoffMs: [200, 10_000] });
  const desk: EmbeddedDesk = {
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
    openPlant: (what) => openPlant(desk, what),
    openPlantOrRefuse: (what) => openPlantOrRefuse(desk, what),
    withWarehouse: async (what, look) => {
      const plant = await openPlantOrRefuse(desk, what);
      try {
        return await look(plant.app.ports.warehouse);
      } finally {
        await plant.close();
      }
    },
    close: () => db.close(),
  };
  return desk;
}

/** Takes over the work on a home. @returns undefined when another process is doing it */
export async function openPlant(
  desk: EmbeddedDesk,
  what: string,
  policy: Policy = EMBEDDED_POLICY,
): Promise<Plant | undefined> {
  const { config, registry, store, bus, archive, clock, log } = desk;
  const lock = takeEngineLock(config.home, what);
  if (lock === undefined) return undefined;
  const warehouse = await openOrRelease(desk, lock);
  const tracer = desk.tracer ?? (await openTracer(config, log));
  const ports: Ports = {
    ...{ store, publisher: bus, warehouse, archive, clock, log },
    ...(tracer === undefined ? {} : { tracer }),
  };
  const app: App = {
    ports,
    registry,
    policy,
    holder: randomUUID(),
    load: archivedLoader(ports),
  };
  const engine = makeEngine(bus, topics(), ({ consumer }) => handlerFor(app, consumer), {
    runs: 3,
    others: 4,
    pollMs: 100,
  });
  // Whoever held leases and deliveries is gone: this process is the only one that has the lock.
  bus.recover();
  await endLeases(ports, () => true);
  await sweep(app, {});
  return {
    app,
    engine,
    close: async () => {
      await engine.stop();
      await tracer?.flush();
      warehouse.close();
      lock.release();
    },
  };
}

async function openOrRelease({ config, registry }: Desk, lock: EngineLock): Promise<DuckDbWarehouse> {
  try {
    const warehouse = await openWarehouse(registry, {
      path: join(config.home, 'warehouse.duckdb'),
      memoryLimit: config.memoryLimit,
      ...(config.threads === undefined ? {} : { threads: config.threads }),
    });
    await warehouse.prepare();
    return warehouse;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Like {@link openPlant}, for a command that cannot do without. @throws RequestError naming who is at work */
export async function openPlantOrRefuse(desk: EmbeddedDesk, what: string): Promise<Plant> {
  const plant = await openPlant(desk, what);
  if (plant === undefined) {
    throw new RequestError(
      `${desk.config.home} is in use by ${engineHolder(desk.config.home)}; wait for it, or set FULLCOURT_HOME to another folder`,
    );
  }
  return plant;
}
