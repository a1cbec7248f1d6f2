/** What handlers are given: the ports, the registry, and the choices that differ between targets. */
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import type { DocumentPorts, Ports } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Result } from '../../shared/domain/failure.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import type { Policy } from '../control/policy.ts';

/** What a handler is given that works on documents and messages only. */
export interface DocumentContext {
  readonly ports: DocumentPorts;
}

export interface HandlerContext extends DocumentContext {
  readonly ports: Ports;
  readonly registry: Registry;
  readonly policy: Policy;
  /** Digest of the deployed bundle; `sources` where the code runs from its sources. */
  readonly bundle: string;
  /** Name of this process among the owners of leases. */
  readonly holder: string;
  /**
   * Does something every so many seconds for as long as a run is at work; where it is absent, a lease lasts as long as it
   * was given for. @returns the function that ends it
   */
  readonly every?: (seconds: number, what: () => Promise<unknown>) => () => void;
  /** The rows that the archived files of a raw table have for `dates`. */
  readonly load: (
    table: RegisteredTable,
    dates: readonly GameDate[],
    context?: LogContext,
  ) => Promise<Result<readonly Row[]>>;
}
