/** `backfills/{id}/failures`: the partitions that a backfill will not try again, and why. */
import { refName, type PartitionRef } from '../domain/partition.ts';
import type { Transaction } from '../ports/state-store.ts';
import { paths } from './documents.ts';

/** Writes down that a backfill has tried a partition in vain, or found it blocked, and will not try it again. */
export function noteFailure(tx: Transaction, backfillId: string, ref: PartitionRef, reason: string): void {
  tx.set(`${paths.backfillFailures(backfillId)}/${refName(ref)}`, { partition: refName(ref), reason });
}
