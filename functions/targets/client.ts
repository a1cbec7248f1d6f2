/**
 * The client: everything that a command works with. `openClient` opens the embedded target's,
 * `openCloudClient` the cloud's.
 */
import type { Config } from '../../shared/config.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Publisher } from '../../shared/ports/bus.ts';
import type { Clock, Log } from '../../shared/ports/index.ts';
import type { Http } from '../../shared/ports/http.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import type { Dispatcher } from './embedded/dispatcher.ts';
import type { HandlerContext } from '../steps/context.ts';
import type { AnswerThen, AskedThen } from '../steps/known-then.ts';
import type { Policy } from '../control/policy.ts';

/** What persons read of a warehouse: answers to queries, and what has changed. */
export interface ReadingWarehouse extends Pick<
  Warehouse,
  'ask' | 'read' | 'published' | 'rowCounts' | 'notPortable' | 'changes' | 'changeCounts' | 'changeEvents'
> {
  /**
   * Answers a query of tables as they were known at a time.
   * @param portable whether only the part is allowed that is the same text for both engines
   * @throws RequestError that says what cannot be asked, or why nobody can say what was known
   */
  readonly askThen: (asked: AskedThen, sql: string, portable: boolean) => Promise<AnswerThen>;
}

/** Documents, messages and files of a target. A client may read them while another process does the work. */
export interface Client {
  readonly config: Config;
  readonly registry: Registry;
  /** Batch sizes, leases and retries of the target. */
  readonly policy: Policy;
  readonly store: StateStore;
  readonly publisher: Publisher;
  readonly archive: ArchiveStore;
  /** Asks live sources. */
  readonly http: Http;
  readonly clock: Clock;
  /** The time by which it is decided what is due and what is today; absent where that is the time of the machine. */
  readonly businessClock?: Clock;
  readonly log: Log;
  /** Milliseconds between two looks at a backfill that a command waits for. */
  readonly pollMs: number;
  /** The process that does the work of the home, undefined while none does; absent where deployed functions do it. */
  readonly holder?: () => string | undefined;
  /** Digest of the code of that process, as `codeOf` makes it; undefined when it is not known. */
  readonly codeAtWork?: () => string | undefined;
  /** Numbers of waiting messages by subscription; undefined on the cloud targets, where they are not known. */
  readonly backlog: () => ReadonlyMap<string, number> | undefined;
  /**
   * Becomes the worker.
   * @returns undefined when another process is the worker, or when deployed functions do the work
   */
  readonly openWorker: (what: string) => Promise<Worker | undefined>;
  /**
   * Becomes the worker, for a command that cannot go on without it.
   * @returns undefined when deployed functions do the work
   * @param recovering the stores may be lost; they are taken as they are
   * @throws RequestError that names the process that is the worker
   */
  readonly openWorkerOrRefuse: (what: string, recovering?: boolean) => Promise<Worker | undefined>;
  /** Looks whether the stores belong together. @throws StoreLostError when one was lost, restored or exchanged */
  readonly assertWhole: () => Promise<void>;
  /** Calls `look` with the warehouse. @throws RequestError when another process has the warehouse open */
  readonly withWarehouse: <T>(what: string, look: (warehouse: Warehouse) => Promise<T>) => Promise<T>;
  /** Calls `look` with what may be read of the warehouse, also while another process has it open: that process is asked. */
  readonly readWarehouse: <T>(what: string, look: (warehouse: ReadingWarehouse) => Promise<T>) => Promise<T>;
  /**
   * Copies the home to a folder as it is at one moment; absent on the cloud targets.
   * @throws RequestError when the folder cannot be used
   */
  readonly snapshot?: (folder: string) => Promise<void>;
  /**
   * Brings the tables to their declared columns, also where values are lost; absent where `fullcourt deploy` does it.
   * @returns one line for each change
   */
  readonly migrateColumns?: (dryRun: boolean) => Promise<string[]>;
  readonly close: () => Promise<void> | void;
}

/** The right to run the handlers of a home in this process. Only one process is the worker at a time. */
export interface Worker {
  readonly context: HandlerContext;
  readonly dispatcher: Dispatcher;
  /** Writes into the stores of the home that they belong together. */
  readonly stampStores: () => Promise<void>;
  readonly close: () => Promise<void>;
}
