/** The state of a partition: one game date of one table, the unit that is computed, replaced, awaited and counted. */
import type { GameDate } from './game-date.ts';

export interface PartitionRef {
  readonly table: string;
  readonly date: GameDate;
}

export const PARTITION_STATUSES = [
  'waiting',
  'blocked',
  'requested',
  'running',
  'success',
  'partial',
  'empty',
  'skipped',
  'failed',
] as const;
export type PartitionStatus = (typeof PARTITION_STATUSES)[number];

export type Mode = 'live' | 'backfill';

/** A gate's answer. `unknown` means the question could not be asked; it is asked again, never taken for a pass. */
export interface GateVerdict {
  readonly gate: string;
  readonly verdict: 'pass' | 'blocked' | 'unknown';
  readonly detail: string;
  readonly checkedAt: string;
  /** When the sweep asks again (UTC), for a gate that did not pass. */
  readonly retryAt?: string;
}

/** Why a live partition is to be built as soon as it can be, and how far its cascade goes. */
export interface LiveWant {
  readonly through: string;
  readonly correlationId: string;
}

/** What is known of one partition whatever its status is. Counts are those of the rows now published. */
interface PartitionFacts {
  /** Counts the changes of published content. */
  readonly revision: number;
  /** Fencing token of the newest run asked for; later requests carry larger ones. */
  readonly token: number;
  /** The newest run asked for; null before the first. */
  readonly runId: string | null;
  readonly mode: Mode;
  readonly backfillId: string | null;
  readonly rows: number;
  readonly expectedRows: number;
  readonly games: number;
  readonly expectedGames: number;
  readonly readyRows: number;
  readonly syntheticRows: number;
  /** Hash of code and inputs the content was built from; null before the first build. */
  readonly inputFingerprint: string | null;
  /** Hash of the published rows; null before the first build. */
  readonly outputFingerprint: string | null;
  readonly waitingFor: readonly string[];
  readonly gates: readonly GateVerdict[];
  readonly stale: { readonly cause: 'data' | 'code' | 'forced'; readonly because: string } | null;
  readonly reason: string | null;
  readonly want: LiveWant | null;
  /**
   * How often the warehouse was found not to hold what this document said. Whoever read the partition may have read the
   * damage, so it is part of what readers depend on.
   */
  readonly reopened: number;
  readonly updatedAt: string;
}

/** Nobody is at work on it, and it is free to be asked for. */
export interface WaitingPartition extends PartitionFacts {
  readonly status: 'waiting';
}

/** It cannot be built as things stand; the reason says why. */
export interface BlockedPartition extends PartitionFacts {
  readonly status: 'blocked';
  readonly reason: string;
}

/** A run has been asked for and has not answered. */
export interface PartitionInFlight extends PartitionFacts {
  readonly status: 'requested' | 'running';
  readonly runId: string;
}

/** Its content, or its lawful absence, is known. */
export interface SettledPartition extends PartitionFacts {
  readonly status: 'success' | 'partial' | 'empty' | 'skipped';
}

/** Its newest run could not build it; the reason says why. */
export interface FailedPartition extends PartitionFacts {
  readonly status: 'failed';
  readonly reason: string;
}

export type PartitionState =
  WaitingPartition | BlockedPartition | PartitionInFlight | SettledPartition | FailedPartition;

/** A partition with published content, whatever happens to it now. */
export type BuiltPartition = PartitionState & {
  readonly inputFingerprint: string;
  readonly outputFingerprint: string;
};

/** The state of a partition nobody has touched yet. */
export const UNTOUCHED: PartitionState = {
  status: 'waiting',
  revision: 0,
  token: 0,
  runId: null,
  mode: 'backfill',
  backfillId: null,
  rows: 0,
  expectedRows: 0,
  games: 0,
  expectedGames: 0,
  readyRows: 0,
  syntheticRows: 0,
  inputFingerprint: null,
  outputFingerprint: null,
  waitingFor: [],
  gates: [],
  stale: null,
  reason: null,
  want: null,
  reopened: 0,
  updatedAt: '',
};

/** Whether the partition's content, or its lawful absence, is known: whoever reads it may run. */
export function isSettled(state: PartitionState | undefined): state is SettledPartition {
  switch (state?.status) {
    case 'success':
    case 'partial':
    case 'empty':
    case 'skipped':
      return true;
    default:
      return false;
  }
}

/** Whether somebody has been asked to build it and has not answered. */
export function isInFlight(state: PartitionState | undefined): state is PartitionInFlight {
  return state?.status === 'requested' || state?.status === 'running';
}

/** Whether a gate has refused the partition and is not to be asked again yet. */
export function isGateClosed(state: PartitionState | undefined, now: string): boolean {
  return (
    state?.status === 'blocked' && state.gates.some(({ retryAt }) => retryAt !== undefined && retryAt > now)
  );
}

/** Whether there is published content, whatever happens to the partition now. */
export function isBuilt(state: PartitionState | undefined): state is BuiltPartition {
  return state?.outputFingerprint != null;
}

/** Whether a run has answered for the partition; one that was settled because nothing was due then has no such answer. */
export function isAnswered(state: PartitionState | undefined): state is SettledPartition & BuiltPartition {
  return isSettled(state) && isBuilt(state);
}

/** Share of the expected rows below which a partition is `partial` and counts as not present. */
export const PRESENT_SHARE = 0.95;

/** Whether a partition that was built is known to hold something else than what was recorded, until it is built again. */
export function isInDoubt(state: PartitionState | undefined): boolean {
  return isBuilt(state) && !isSettled(state) && state?.stale?.cause === 'forced';
}

/**
 * Whether a built partition has at least 95 % of its expected rows and every game it should have. One that was computed
 * and rightly has no rows, because none are expected, is present too.
 */
export function isPresent(state: PartitionState | undefined): boolean {
  if (state === undefined || !isBuilt(state) || isInDoubt(state)) return false;
  if (state.status === 'empty') return state.expectedRows === 0;
  return (
    state.rows >= PRESENT_SHARE * state.expectedRows && state.games >= state.expectedGames && state.rows > 0
  );
}

/** `table@date`, the form in which a partition is named to a person. */
export function refName(ref: PartitionRef): string {
  return `${ref.table}@${ref.date}`;
}
