/** The worker of a home: the process that has its warehouse open and handles its messages. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
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
import type { Config } from '../../../shared/config.ts';
import { topics } from '../../../shared/derive/topics.ts';
import { counted } from '../../../shared/domain/counted.ts';
import { RequestError } from '../../../shared/domain/failure.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import { activeBackfills, type ActiveBackfill } from '../../../shared/state/backfills.ts';
import { freeAsks, openFetches } from '../../../shared/state/fetches.ts';
import { endLeases } from '../../../shared/state/runs.ts';
import type { Client, Worker } from '../client.ts';
import type { EmbeddedClient } from './client.ts';
import { makeDispatcher, type Dispatcher } from './dispatcher.ts';
import { openSocket } from './home-socket.ts';
import { copyHome } from './snapshot.ts';
import { assertWhole, stampStores } from './stamps.ts';
import type { HandlerContext } from '../../steps/context.ts';
import type { Policy } from '../../control/policy.ts';
import { codeOf } from '../../steps/probe.ts';
import { archivedLoader } from '../../steps/load-archived.ts';
import { sweep } from '../../handlers/sweep.ts';
import { BUNDLE } from '../../edge/bundle-id.ts';
import { handlerFor } from '../../services/index.ts';
import { readingThen } from '../reading-then.ts';
import { openTracer } from '../traces.ts';

/**
 * Becomes the worker of a home: opens its warehouse, makes the deliveries of an earlier worker due, and
 * sweeps once.
 * @param recovering the stores may be lost; they are taken as they are, and nothing is asked for again
 * @returns undefined when another process is the worker
 * @throws StoreLostError when the stores of the home do not belong together
 */
export async function openWorker(
  client: EmbeddedClient,
  what: string,
  policy: Policy,
  recovering = false,
): Promise<Worker | undefined> {
  const { config, registry, store, bus, archive, clock, log } = client;
  const lock = takeWorkerLock(config.home, what, codeOf(registry));
  if (lock === undefined) return undefined;
  const warehouse = await openOrRelease(client, lock, recovering);
  const tracer = client.tracer ?? (await openTracer(config, log));
  const ports: Ports = {
    ...{ store, publisher: bus, warehouse, clock, log },
    ...(tracer === undefined ? {} : { tracer }),
    ...(client.businessClock === undefined ? {} : { businessClock: client.businessClock }),
  };
  const context: HandlerContext = {
    ports,
    registry,
    policy,
    bundle: BUNDLE,
    holder: randomUUID(),
    archive,
    load: archivedLoader({ ...ports, archive }),
    live: {
      ...{ http: client.http, settings: () => Promise.resolve(config.sources), config },
      wait: (ms) => setTimeout(ms),
      random: Math.random,
    },
  };
  const running = recovering ? [] : (await activeBackfills(ports)).filter(({ state }) => state === 'running');
  const dispatcher = telling(
    () => tellWhatIsTakenUp(client, running),
    makeDispatcher(bus, topics(), ({ consumer }) => handlerFor(context, consumer), {
      runs: 3,
      fetches: 3,
      others: 4,
      pollMs: 100,
    }),
  );
  // This process holds the lock, so the processes that held leases and deliveries before have ended.
  bus.recover();
  if (!recovering) {
    await endLeases(ports, () => true);
    await freeAsks(ports, await openFetches(ports));
    await sweep(context, {});
  }
  // While stores are being recovered, what they hold is not to be read.
  const socket = recovering
    ? undefined
    : await openSocket(client, {
        ...{ warehouse: readingThen(client, warehouse), store },
        snapshot: (folder) => dispatcher.whileStill(() => copyHome(config.home, folder)),
      });
  return {
    context,
    dispatcher,
    stampStores: () => stampStores(client, warehouse),
    close: async () => {
      await socket?.close();
      await dispatcher.stop();
      await tracer?.flush();
      warehouse.close();
      lock.release();
    },
  };
}

/** A dispatcher that calls `tell` before it handles its first message. A command that only reads handles none. */
function telling(tell: () => void, dispatcher: Dispatcher): Dispatcher {
  let isTold = false;
  const tellOnce = (): void => {
    if (!isTold) tell();
    isTold = true;
  };
  return {
    ...dispatcher,
    start: () => {
      tellOnce();
      dispatcher.start();
    },
    drain: () => {
      tellOnce();
      return dispatcher.drain();
    },
  };
}

/** Says which backfills of others this process goes on with. */
function tellWhatIsTakenUp({ say }: EmbeddedClient, running: readonly ActiveBackfill[]): void {
  if (running.length > 0)
    say?.(
      `Going on with ${counted(running.length, 'backfill that was', 'backfills that were')} interrupted: ${running.map(({ id }) => id).join(', ')}`,
    );
}

/** Brings the tables of a home to their declared columns. @throws RequestError when another process has the home */
export async function migrateColumns(
  { config, registry }: EmbeddedClient,
  dryRun: boolean,
): Promise<string[]> {
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

/** The error of a command that cannot go on because another process has the home. */
export function inUse(home: string): RequestError {
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

async function openOrRelease(
  client: Client,
  lock: WorkerLock,
  recovering: boolean,
): Promise<DuckDbWarehouse> {
  const { config, registry } = client;
  try {
    if (!recovering) await assertWhole(client);
    const warehouse = await openWarehouse(registry, warehouseOptions(config));
    try {
      await warehouse.prepare();
      if (!recovering) {
        await assertWhole(client, warehouse);
        await stampStores(client, warehouse);
      }
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
