/** What every command works with. Each target opens its own: see `openClient` and `openCloudClient`. */
import type { Config } from '../../shared/config.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Publisher } from '../../shared/ports/bus.ts';
import type { Clock, Log } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import type { Dispatcher } from './embedded/dispatcher.ts';
import type { HandlerContext } from '../steps/context.ts';
import type { Policy } from '../control/policy.ts';

/** Documents, messages and files of a target. A client may look at them while another process does the work. */
export interface Client {
  readonly config: Config;
  readonly registry: Registry;
  /** Batch sizes, leases and retries of the target. */
  readonly policy: Policy;
  readonly store: StateStore;
  readonly publisher: Publisher;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds between two looks of a command that waits for a backfill. */
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

/** The work of a home in this process: only one process has it at a time. */
export interface Worker {
  readonly context: HandlerContext;
  readonly dispatcher: Dispatcher;
  readonly close: () => Promise<void>;
}
