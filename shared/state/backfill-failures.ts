/** The one reader and writer of `backfills/{id}/failures/{partition}`: what a backfill could not build, and why. */
import { refName, type PartitionRef } from '../domain/partition.ts';
import type { Ports } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import { paths } from './documents.ts';

type Stores = Pick<Ports, 'store'>;

/** `backfills/{id}/failures/{partition}`: a partition whose run failed, or that is blocked because inputs are missing. */
export interface BackfillFailure {
  readonly partition: string;
  readonly reason: string;
  /** Whether its run was never asked for, because inputs are missing. */
  readonly isBlocked: boolean;
}

/** Partitions, as `table@date`, that failed in a backfill or that it found blocked. */
export async function failuresOf({ store }: Stores, id: string): Promise<Set<string>> {
  return new Set((await store.list(paths.backfillFailures(id))).map((failure) => failure.id));
}

/** The failed and blocked partitions of a backfill with their reasons, at most `limit` of them. */
export async function listFailures(
  { store }: Stores,
  id: string,
  limit?: number,
): Promise<BackfillFailure[]> {
  return (await store.list(paths.backfillFailures(id), {}, limit)).map(({ data }) => ({
    partition: String(data['partition']),
    reason: String(data['reason']),
    isBlocked: data['isBlocked'] === true,
  }));
}

/** Notes that a partition failed in a backfill, or lacks inputs. The backfill does not try it again. */
export function noteFailure(
  tx: Transaction,
  backfillId: string,
  ref: PartitionRef,
  { reason, isBlocked }: Omit<BackfillFailure, 'partition'>,
): void {
  const failure: BackfillFailure = { partition: refName(ref), reason, isBlocked };
  tx.set(`${paths.backfillFailures(backfillId)}/${refName(ref)}`, failure);
}
