/** What every command works with, whichever target holds the state and whoever does the work. */
import type { Config } from '../../shared/config.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Publisher } from '../../shared/ports/bus.ts';
import type { Clock, Log } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import type { Dispatcher } from './embedded/dispatcher.ts';
import type { HandlerContext, Policy } from '../steps/context.ts';

/** Documents and messages, also while others are at work on them. */
export interface Client {
  readonly config: Config;
  readonly registry: Registry;
  /** The choices of the target. */
  readonly policy: Policy;
  readonly store: StateStore;
  readonly publisher: Publisher;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds between two looks of somebody who waits for something. */
  readonly pollMs: number;
  /** Messages that wait, by subscription; undefined where only the broker knows. */
  readonly backlog: () => ReadonlyMap<string, number> | undefined;
  /** Takes over the work. @returns undefined when another process is doing it, or deployed functions are */
  readonly openWorker: (what: string) => Promise<Worker | undefined>;
  /**
   * The same for a command that needs the work to be its own. @returns undefined where deployed functions do all work
   * @throws RequestError naming the other process
   */
  readonly openWorkerOrRefuse: (what: string) => Promise<Worker | undefined>;
  /** Lets `look` at the tables. @throws RequestError when another process has them to itself */
  readonly withWarehouse: <T>(what: string, look: (warehouse: Warehouse) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void> | void;
}

/** What the one process that does the work has beside. */
export interface Worker {
  readonly context: HandlerContext;
  readonly dispatcher: Dispatcher;
  readonly close: () => Promise<void>;
}

/**
 * What a handler has that reads and writes documents only. It may look while others are at work: the tables are not
 * asked for.
 */
export function documentsOnly(client: Client): HandlerContext {
  const { store, publisher, archive, clock, log, registry, policy } = client;
  const warehouse = new Proxy({} as Warehouse, {
    get: (_, name) => {
      throw new Error(`${String(name)}: this command reads documents only`);
    },
  });
  return {
    ports: { store, publisher, archive, clock, log, warehouse },
    registry,
    policy,
    bundle: 'sources',
    holder: 'reader',
    load: () => Promise.reject(new RequestError('this command loads nothing')),
  };
}
