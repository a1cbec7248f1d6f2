/** What every handler is given: the ports, the registry, and the choices that differ between targets. */
import type { BatchSize } from '../../shared/domain/plan.ts';
import type { RegisteredTable, Registry } from '../../shared/domain/registry.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { LogContext } from '../../shared/ports/tracer.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Result } from '../../shared/domain/failure.ts';
import type { Row } from '../../shared/ports/warehouse.ts';

export interface Policy {
  /** Dates of one run at most, for one table. */
  readonly batchSize: BatchSize;
  /** Batches of one backfill under way at once, where the request does not say. */
  readonly maxInFlight: number;
  /** Seconds after which others may take over a run whose owner has not been heard of. */
  readonly leaseSeconds: number;
  /** Seconds until a gate that did not pass is asked again. */
  readonly gateRetrySeconds: number;
  /** Seconds a run may wait to be taken up, or its outcome to be followed, before the sweep tells of it again. */
  readonly tellAgainSeconds: number;
}

export interface HandlerContext {
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
