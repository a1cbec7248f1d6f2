/** Limits and times that differ between the targets: embedded, emulator and Google Cloud. */
import type { BatchSize } from '../../shared/domain/plan.ts';

export interface Policy {
  /** Most dates in one run of a table. */
  readonly batchSize: BatchSize;
  /** Most batches of one backfill under way at once, where the request does not say. */
  readonly maxInFlight: number;
  /** Seconds without a sign of life from its owner, after which a run may be taken over. */
  readonly leaseSeconds: number;
  /** Seconds after which a gate that did not pass is asked again. */
  readonly gateRetrySeconds: number;
  /** Seconds after which the sweep sends a message again when nobody has claimed its run, or handled the run's outcome. */
  readonly tellAgainSeconds: number;
}
