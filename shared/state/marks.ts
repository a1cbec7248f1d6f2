/** Everything that is written about a partition without a run: that it waits, is blocked, stale, settled or free again. */
import type { GameDate } from '../domain/game-date.ts';
import {
  isInFlight,
  isSettled,
  refName,
  type GateVerdict,
  type LiveWant,
  type PartitionRef,
  type PartitionState,
} from '../domain/partition.ts';
import type { Registry } from '../domain/registry.ts';
import type { Ports } from '../ports/index.ts';
import { noteFailure } from './backfills.ts';
import { isAsSeen, readCompletions, updateStates, withWant, writeStates } from './completions.ts';
import type { RunDocument } from './documents.ts';

/** At most this many names of what is missing are kept in a document; the rest is counted. */
const MAX_NAMED = 20;

function named(refs: readonly PartitionRef[]): string[] {
  const names = refs.slice(0, MAX_NAMED).map(refName);
  return refs.length > MAX_NAMED ? [...names, `and ${refs.length - MAX_NAMED} more`] : names;
}

/** What a mark is decided from, and on whose behalf. */
export interface MarkOptions {
  /** The state the decision saw; a partition that has changed since is left alone. */
  readonly seen: PartitionState | undefined;
  readonly backfillId?: string | null;
  /** The live want to be kept with the partition, so that the sweep asks again. */
  readonly want?: LiveWant | null;
}

/**
 * Says that a partition cannot be built, and what would have to be there first. A backfill will not try it again when
 * its inputs are missing (`blockers` without `gates`); a gate is asked again.
 */
export async function markBlocked(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  ref: PartitionRef,
  blockers: readonly PartitionRef[],
  gates: readonly GateVerdict[],
  { seen, backfillId = null, want = null }: MarkOptions,
): Promise<void> {
  const table = registry.get(ref.table);
  const reason =
    blockers.length > 0 ? `waits for ${named(blockers).join(', ')}` : (gates[0]?.detail ?? 'blocked');
  const now = ports.clock().toISOString();
  await ports.store.transaction(async (tx) => {
    const completions = await readCompletions(tx, table, [ref.date]);
    const [state] = completions.states;
    if (isInFlight(state) || !isAsSeen(state, seen)) return;
    writeStates(tx, completions, now, (before) => ({
      ...before,
      status: 'blocked',
      waitingFor: named(blockers),
      gates,
      backfillId: backfillId ?? before.backfillId,
      reason,
      want: want ?? before.want,
    }));
    if (backfillId !== null && gates.length === 0) noteFailure(tx, backfillId, ref, reason);
  });
}

/** Says that a live partition is to be built as soon as what it reads is there, or as soon as the run under way has ended. */
export async function markWaiting(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  ref: PartitionRef,
  blockers: readonly PartitionRef[],
  want: LiveWant,
): Promise<void> {
  await updateStates(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state)
      ? withWant(state, want)
      : {
          ...state,
          status: isSettled(state) ? state.status : 'waiting',
          want,
          mode: 'live',
          waitingFor: named(blockers),
        },
  );
}

/** Says that what a built partition was built from has changed. */
export async function markStale(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  ref: PartitionRef,
  cause: 'data' | 'code' | 'forced',
  because: string,
  { seen }: MarkOptions,
): Promise<void> {
  await updateStates(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state) || !isAsSeen(state, seen) ? undefined : { ...state, stale: { cause, because } },
  );
}

/** Takes back that a partition is stale, because what it was built from has become again what it was. */
export async function markCurrent(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  ref: PartitionRef,
  { seen }: MarkOptions,
): Promise<void> {
  await updateStates(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state) || !isAsSeen(state, seen) || state.stale === null || state.stale.cause === 'forced'
      ? undefined
      : { ...state, stale: null },
  );
}

/** Forgets a live want that has been met without a run. */
export async function clearWant(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  ref: PartitionRef,
  { seen }: MarkOptions,
): Promise<void> {
  await updateStates(ports, registry.get(ref.table), [ref.date], (state) =>
    state.want === null || isInFlight(state) || !isAsSeen(state, seen)
      ? undefined
      : { ...state, want: null, waitingFor: [] },
  );
}

/** Records that partitions lawfully have no rows. @returns the dates that were not recorded so before */
export async function settleWithoutRows(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  table: string,
  dates: readonly GameDate[],
  status: 'skipped' | 'empty',
  reason: string,
  backfillId: string | null,
): Promise<GameDate[]> {
  return updateStates(ports, registry.get(table), dates, (state) =>
    isInFlight(state) ||
    (state.status === status && state.reason === reason) ||
    state.outputFingerprint !== null
      ? undefined
      : { ...state, status, reason, backfillId, waitingFor: [], gates: [], want: null },
  );
}

/**
 * Takes back that a partition is settled, because the warehouse does not hold what its document says.
 * @returns whether it was still as it was seen
 */
export async function reopen(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  ref: PartitionRef,
  reason: string,
  { seen }: MarkOptions,
): Promise<boolean> {
  const changed = await updateStates(ports, registry.get(ref.table), [ref.date], (state) =>
    isInFlight(state) || !isSettled(state) || !isAsSeen(state, seen)
      ? undefined
      : {
          ...state,
          status: 'blocked',
          stale: { cause: 'forced', because: reason },
          reason,
          reopened: state.reopened + 1,
        },
  );
  return changed.length > 0;
}

/**
 * Frees the partitions of a settled run whose announcement never arrived: what they hold is unknown until they are built
 * again, which whoever wanted them asks for as if nothing had been asked before.
 * @returns the dates that were freed
 */
export async function freeUnannounced(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  run: RunDocument,
): Promise<GameDate[]> {
  const reason = `the answer of ${run.runId} was lost`;
  return updateStates(
    ports,
    registry.get(run.table),
    run.dates.map(({ date }) => date),
    (state) =>
      isInFlight(state) && state.runId === run.runId
        ? { ...state, status: 'waiting', stale: { cause: 'forced', because: reason }, reason }
        : undefined,
  );
}
