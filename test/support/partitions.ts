/** Partitions as tests want them. */
import { UNTOUCHED, type PartitionState } from '../../shared/domain/partition.ts';

/** Fields of a partition, of any status. */
export type PartitionFields = { readonly [K in keyof PartitionState]?: PartitionState[K] };

/** A partition with these fields; what its status needs beside them is filled in. */
export function partition(fields: PartitionFields): PartitionState {
  const { status, runId, reason, ...facts } = { ...UNTOUCHED, ...fields };
  switch (status) {
    case 'requested':
    case 'running':
      return { ...facts, status, runId: runId ?? 'run-of-a-test', reason };
    case 'blocked':
    case 'failed':
      return { ...facts, status, runId, reason: reason ?? 'a test says so' };
    case 'waiting':
    case 'success':
    case 'partial':
    case 'empty':
    case 'skipped':
      return { ...facts, status, runId, reason };
    default:
      return status satisfies never;
  }
}
