/** Changes of a partition that need no run: it waits, is blocked, is stale, is settled without rows, or is opened again. */
import type { GameDate } from '../domain/game-date.ts';
import {
  isInFlight,
  isSettled,
  opening,
  refName,
  type GateVerdict,
  type LiveWant,
  type PartitionRef,
  type PartitionState,
} from '../domain/partition.ts';
import type { Registry } from '../domain/registry.ts';
import type { Ports } from '../ports/index.ts';
import type { Transaction } from '../ports/state-store.ts';
import { noteFailure } from './backfill-failures.ts';
import { isAsSeen, updateStates, withWant } from './completions.ts';
import type { RunDocument } from './documents.ts';

/** Missing partitions that a document names one by one; the others are counted: `and 12 more`. */
const MAX_NAMED = 20;

function named(refs: readonly PartitionRef[]): string[] {
  const names = refs.slice(0, MAX_NAMED).map(refName);
  return refs.length > MAX_NAMED ? [...names, `and ${refs.length - MAX_NAMED} more`] : names;
}

/** For which backfill or live cascade partitions are blocked. */
interface BlockOptions {
  readonly backfillId: string | null;
  /** The live want that stays with the partitions; the sweep asks for the run of a wanted partition again. */
  readonly want?: LiveWant | null;
}

/** A partition that cannot be built now. */
export interface BlockedDate extends SeenDate {
  /** The inputs that are missing. */
  readonly for: readonly PartitionRef[];
}

/**
 * Says that partitions of one table cannot be built now, and why. Without `gates`, inputs are missing: a backfill notes a failure
 * and does not try the partition again. With `gates`, a check before the run did not pass: it is made again later.
 */
export async function markBlocked(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  table: string,
  dates: readonly BlockedDate[],
  gates: readonly GateVerdict[],
  { backfillId, want = null }: BlockOptions,
): Promise<void> {
  await updateSeen(ports, registry, table, dates, (state, { date, for: blockers }, tx) => {
    const reason =
      blockers.length > 0 ? `waits for ${named(blockers).join(', ')}` : (gates[0]?.detail ?? 'blocked');
    if (backfillId !== null && gates.length === 0)
      noteFailure(tx, backfillId, { table, date }, { reason, isBlocked: true });
    return {
      ...state,
      status: 'blocked',
      waitingFor: named(blockers),
      gates,
      backfillId: backfillId ?? state.backfillId,
      reason,
      want: want ?? state.want,
    };
  });
}

/** A live partition that waits. */
export interface WaitingDate {
  readonly date: GameDate;
  readonly for: readonly PartitionRef[];
  readonly want: LiveWant;
}

/**
 * Says that live partitions of one table wait. Each is built as soon as its inputs are there. If a run is under way for it, the
 * want is kept and met after that run has ended.
 */
export async function markWaiting(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  table: string,
  dates: readonly WaitingDate[],
): Promise<void> {
  const asked = new Map(dates.map((each) => [each.date, each]));
  await updateStates(ports, registry.get(table), [...asked.keys()], (state, date) => {
    const found = asked.get(date);
    if (found === undefined) return undefined;
    const { want } = found;
    if (isInFlight(state)) return withWant(state, want);
    const wanted = { want, mode: 'live', waitingFor: named(found.for) } as const;
    return isSettled(state) ? { ...state, ...wanted } : { ...state, status: 'waiting', ...wanted };
  });
}

/** A partition of a table that a decision has looked at, with what it has seen. */
export interface SeenDate {
  readonly date: GameDate;
  /** The state the decision saw; a partition that has changed since is left alone. */
  readonly seen: PartitionState | undefined;
}

/** A built partition that is stale: its inputs or its code have changed since it was built, or a rebuild is forced. */
export interface StaleDate extends SeenDate {
  readonly cause: 'data' | 'code' | 'forced';
  readonly because: string;
}

/**
 * Says that partitions of one table are stale. One late correction makes a hundred dates of a table stale, so many dates are
 * written in one transaction: each transaction writes the season index of the table anew.
 */
export async function markStale(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  table: string,
  dates: readonly StaleDate[],
): Promise<void> {
  await updateSeen(ports, registry, table, dates, (state, { cause, because }) => ({
    ...state,
    stale: { cause, because },
  }));
}

/**
 * Takes back that partitions of one table are stale, when their inputs hold again what they held when these were built.
 * Example: a correction of 2024-01-05 was loaded and then undone. A forced rebuild is not taken back.
 */
export async function markCurrent(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  table: string,
  dates: readonly SeenDate[],
): Promise<void> {
  await updateSeen(ports, registry, table, dates, (state) =>
    state.stale === null || state.stale.cause === 'forced' ? undefined : { ...state, stale: null },
  );
}

/** Changes partitions of one table that are as they were seen and for which no run is under way. */
async function updateSeen<T extends SeenDate>(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  table: string,
  dates: readonly T[],
  change: (state: PartitionState, date: T, tx: Transaction) => PartitionState | undefined,
): Promise<GameDate[]> {
  const asked = new Map(dates.map((each) => [each.date, each]));
  return updateStates(ports, registry.get(table), [...asked.keys()], (state, date, tx) => {
    const found = asked.get(date);
    return found === undefined || isInFlight(state) || !isAsSeen(state, found.seen)
      ? undefined
      : change(state, found, tx);
  });
}

/** Removes live wants that need no run: the partitions are current already, or are not expected to exist. */
export async function clearWants(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  table: string,
  dates: readonly SeenDate[],
): Promise<void> {
  await updateSeen(ports, registry, table, dates, (state) =>
    state.want === null ? undefined : { ...state, want: null, waitingFor: [] },
  );
}

/**
 * Records that a table rightly has no rows for some dates. A partition that has been built keeps its state.
 * @returns the dates for which this was not recorded before
 */
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

/** A partition that has lost rows. */
export interface LostDate extends SeenDate {
  readonly reason: string;
  /** Whether a run may have read it while rows were lacking: then what read it is stale. By default it is so. */
  readonly mayBeRead?: boolean;
}

/**
 * Takes back that partitions of one table are settled, because the warehouse does not hold the rows that their documents speak of.
 * @returns the dates that were opened again; one that has changed since it was seen is left alone
 */
export async function reopen(
  ports: Pick<Ports, 'store' | 'clock'>,
  registry: Registry,
  table: string,
  dates: readonly LostDate[],
): Promise<GameDate[]> {
  return updateSeen(ports, registry, table, dates, (state, { reason, mayBeRead = true }) =>
    isSettled(state)
      ? { ...opening(state, reason), reopened: state.reopened + (mayBeRead ? 1 : 0) }
      : undefined,
  );
}

/**
 * Frees the partitions of a settled run whose announcement never arrived. What they hold is unknown, so they must be built
 * again. Their backfill, or the sweep for a live want, asks for that as if no run had been asked for before.
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
