/** The choices that differ between targets: the embedded one, the emulators and Google Cloud. */
import type { BatchSize } from '../../shared/domain/plan.ts';

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
