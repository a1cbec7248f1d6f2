/** What handlers get: the ports, the registry, and the settings that differ between targets. */
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { DocumentPorts, Ports } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Lacking } from '../../shared/domain/lacking.ts';
import type { Result } from '../../shared/domain/failure.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import type { SourceSettings } from '../../shared/config.ts';
import type { Http } from '../../shared/ports/http.ts';
import type { OriginPorts } from '../control/origins.ts';
import type { Policy } from '../control/policy.ts';

/** What a handler gets that works on documents and messages only. */
export interface DocumentContext {
  readonly ports: DocumentPorts;
}

/** What a handler gets that works on tables too. */
export interface HandlerContext extends DocumentContext {
  readonly ports: Ports;
  readonly registry: Registry;
  readonly policy: Policy;
  /** Digest of the deployed bundle; `sources` where the code runs from its sources. */
  readonly bundle: string;
  /** The revision of the service that answers; undefined where work is not done by services. */
  readonly revision?: string | undefined;
  /** Name of this process among the owners of leases. */
  readonly holder: string;
  /**
   * Calls `what` every so many seconds while a run is at work, to prolong its lease. Without it a lease is not prolonged.
   * @returns the function that stops the calls
   */
  readonly every?: (seconds: number, what: () => Promise<unknown>) => () => void;
  /** The archived source files, and what is kept beside them. @throws in a service that has no archive */
  readonly archive: ArchiveStore;
  /** How live sources are asked; absent in services that ask none. */
  readonly live?: LiveSources;
  /** Loads the rows that the archived files of a raw table have for `dates`. */
  readonly load: (
    table: RegisteredTable,
    dates: readonly GameDate[],
    context?: LogContext,
  ) => Promise<Result<LoadedRows>>;
}

/** How live sources are asked. */
export interface LiveSources {
  readonly http: Http;
  /** Which sources may be asked, and how, as the operator has it now. */
  readonly settings: () => Promise<SourceSettings>;
  /** Waits some milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  /** A number from 0 to 1, for pauses that do not fall together. */
  readonly random: () => number;
  /** Names the place in which rows of several origins would be mixed. */
  readonly config: OriginPorts['config'];
}

/** The rows that archived files have for some dates of a raw table, and what was left behind. */
export interface LoadedRows {
  readonly rows: readonly Row[];
  readonly dates: ReadonlyMap<GameDate, LoadedDate>;
}

/** What a load found out about one date beside its rows. */
export interface LoadedDate {
  /** Games that should have rows by the schedule and the results; 0 where these do not say. */
  readonly expectedGames: number;
  /** Rows that are known to be lacking, at least. */
  readonly lackingRows: number;
  readonly lacking: readonly Lacking[];
  /** Rows that were refused because a value is out of bounds, and of how many games they are. */
  readonly outOfRange: { readonly rows: number; readonly games: number };
  /** The person who has given up what is lacking, and why; null when nobody has. */
  readonly accepted: string | null;
  /** Why rows of games stay that newer files do not have any more; null when there are none. */
  readonly held: string | null;
  /** Whether a game has left the date because observations agree, so that rows may go. */
  readonly hasLostGames: boolean;
  /** Whether any archived file speaks of the date. */
  readonly isArchived: boolean;
}
