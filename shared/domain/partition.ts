/**
 * The state of a partition. A partition is one game date of one table: it is computed, replaced, waited for
 * and counted as a whole.
 */
import type { GameDate } from './game-date.ts';
import { SHRUNK_SOURCE } from './leaving.ts';

/** Names a partition by its table and its game date. */
export interface PartitionRef {
  readonly table: string;
  readonly date: GameDate;
}

/** Every status of a partition. `success`, `partial`, `empty` and `skipped` are settled. */
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
/** The lane of a run: tonight's games, or a backfill. */
export type Mode = 'live' | 'backfill';

/**
 * A gate's answer. `unknown`: the gate could not find out, for example because the warehouse did not
 * answer. It is asked again; `unknown` never counts as `pass`.
 */
export interface GateVerdict {
  readonly gate: string;
  readonly verdict: 'pass' | 'blocked' | 'unknown';
  /** For a person: what the gate found. */
  readonly detail: string;
  /** When the gate was asked (ISO, UTC). */
  readonly checkedAt: string;
  /** For a gate that did not pass, when the sweep asks again (ISO, UTC). */
  readonly retryAt?: string;
}

/**
 * Why a partition is to be built as soon as its inputs are there: a live run before it in the pipeline has
 * completed.
 */
export interface LiveWant {
  /** The last phase that the live cascade builds. */
  readonly through: string;
  /** Id of the live cascade. */
  readonly correlationId: string;
}

/** The word of a person that what reads a partition may go on without it. It is over when the partition is built. */
export interface AcceptedCell {
  readonly reason: string;
  /** The person; null when the request does not say. */
  readonly by: string | null;
  /** When it was said (ISO, UTC). */
  readonly at: string;
  /** The input fingerprint that a run had then; a run with other inputs that fails ends the acceptance. */
  readonly input: string;
}

/**
 * The fields that every partition has whatever its status is. Counts are those of the rows that are
 * published.
 */
interface PartitionFacts {
  /** How often the published content has changed. */
  readonly revision: number;
  /** Fencing token of the newest run that was asked for; later runs have larger ones. 0 before the first. */
  readonly token: number;
  /** The newest run that was asked for; null before the first. */
  readonly runId: string | null;
  readonly mode: Mode;
  /** The backfill that asked for that run; null for live work. */
  readonly backfillId: string | null;
  readonly rows: number;
  readonly expectedRows: number;
  readonly games: number;
  readonly expectedGames: number;
  /** Rows that may be used in production. */
  readonly readyRows: number;
  /** Rows that were computed without their context row. */
  readonly syntheticRows: number;
  /** Hash of the code and the inputs that the content was built from; null before the first build. */
  readonly inputFingerprint: string | null;
  /** Hash of the published rows; null before the first build. */
  readonly outputFingerprint: string | null;
  /** The inputs it waits for or is blocked by, as `table@date`. */
  readonly waitingFor: readonly string[];
  /** The answers of the gates when a run was last to be asked for. */
  readonly gates: readonly GateVerdict[];
  /**
   * Set when what the partition was built from has changed since: its inputs (`data`) or its code (`code`).
   * `forced`: what the partition holds is unknown, because the warehouse has lost rows of it or the
   * announcement of its run never arrived. `because` tells a person what happened.
   */
  readonly stale: { readonly cause: 'data' | 'code' | 'forced'; readonly because: string } | null;
  /** For a person: why the status is what it is. */
  readonly reason: string | null;
  /** The live cascade that wants the partition; null when none does. */
  readonly want: LiveWant | null;
  /** Who has given up what the rows lack, and why, such as `accepted by ann: lost`; absent when nobody has. */
  readonly givenUp?: string;
  /** Set when every row of a sealing table was made before its game began, and no game is without rows; see `seal.ts`. */
  readonly allLive?: true;
  /** Set while a person has accepted that the partition is not there. */
  readonly accepted?: AcceptedCell;
  /**
   * How often the warehouse was found not to hold the rows that this document recorded. A run that read the
   * partition may have read the damaged rows, so the count is part of the fingerprint of every reader.
   */
  readonly reopened: number;
  /** When the document was written last (ISO, UTC); empty before the first time. */
  readonly updatedAt: string;
}

/** No run is under way, and one can be asked for. */
export interface WaitingPartition extends PartitionFacts {
  readonly status: 'waiting';
}

/**
 * It cannot be built as things stand; the reason says why. A built partition whose reason begins with `shrunk_source` keeps rows
 * of games that its source does not have any more; see {@link isShrunk}.
 */
export interface BlockedPartition extends PartitionFacts {
  readonly status: 'blocked';
  readonly reason: string;
}

/** A run was asked for and has not completed. */
export interface PartitionInFlight extends PartitionFacts {
  readonly status: 'requested' | 'running';
  readonly runId: string;
}

/** Its rows, or the reason why it rightly has none, are known. */
export interface SettledPartition extends PartitionFacts {
  readonly status: 'success' | 'partial' | 'empty' | 'skipped';
}

/** Its newest run could not build it; the reason says why. */
export interface FailedPartition extends PartitionFacts {
  readonly status: 'failed';
  readonly reason: string;
}

/** The state of a partition: a union on `status`. */
export type PartitionState =
  WaitingPartition | BlockedPartition | PartitionInFlight | SettledPartition | FailedPartition;

/** A partition with published content. A new run may be under way for it. */
export type BuiltPartition = PartitionState & {
  readonly inputFingerprint: string;
  readonly outputFingerprint: string;
};

/** The state of a partition for which no run was ever asked. */
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

function isShrunkReason(reason: string | null): boolean {
  return reason?.startsWith(SHRUNK_SOURCE) === true;
}

/**
 * Whether a partition is blocked because its source does not have a game any more that was played. A run has answered for it:
 * its old rows stay, and what reads them goes on.
 */
export function isShrunk(state: PartitionState | undefined): state is BlockedPartition & BuiltPartition {
  return state?.status === 'blocked' && isBuilt(state) && isShrunkReason(state.reason);
}

/**
 * Whether the rows of a partition, or the reason why it rightly has none, are known. Then a run that reads
 * it can start.
 */
export function isSettled(state: PartitionState | undefined): state is SettledPartition | BlockedPartition {
  switch (state?.status) {
    case 'success':
    case 'partial':
    case 'empty':
    case 'skipped':
      return true;
    case 'blocked':
      return isShrunk(state);
    default:
      return false;
  }
}

/** A partition whose rows are not what its document says: it is to be built again. */
export function opening(state: PartitionState, reason: string): BlockedPartition {
  return { ...state, status: 'blocked', stale: { cause: 'forced', because: reason }, reason };
}

/** Whether a run was asked for and has not completed. */
export function isInFlight(state: PartitionState | undefined): state is PartitionInFlight {
  return state?.status === 'requested' || state?.status === 'running';
}

/**
 * Whether a gate has refused the partition and is not to be asked again before a later time.
 * @param now the time (ISO, UTC)
 */
export function isGateClosed(state: PartitionState | undefined, now: string): boolean {
  return (
    state?.status === 'blocked' && state.gates.some(({ retryAt }) => retryAt !== undefined && retryAt > now)
  );
}

/** Whether a person has accepted that a partition is not there, and no run is going to build it at this moment. */
export function isAccepted(
  state: PartitionState | undefined,
): state is PartitionState & { readonly accepted: AcceptedCell } {
  return state?.accepted !== undefined && !isSettled(state) && !isInFlight(state);
}

/** What a person has said of a partition, such as `accepted by ann: the source is gone`. */
export function acceptedText({ by, reason }: Pick<AcceptedCell, 'by' | 'reason'>): string {
  return `accepted by ${by ?? 'a person who is not named'}: ${reason}`;
}

/**
 * Whether a partition has published content, whatever its status is. An `empty` partition that a run has
 * answered for is built.
 */
export function isBuilt(state: PartitionState | undefined): state is BuiltPartition {
  return state?.outputFingerprint != null;
}

/**
 * Whether a run has built the partition and it is settled. A partition that was settled without a run,
 * because no rows were due, is not answered.
 */
export function isAnswered(
  state: PartitionState | undefined,
): state is (SettledPartition | BlockedPartition) & BuiltPartition {
  return isSettled(state) && isBuilt(state);
}

/** Share of the expected rows that a partition needs to count as present. With fewer it is `partial`. */
export const PRESENT_SHARE = 0.95;

/**
 * Whether a built partition may hold other rows than were recorded (`stale` is `forced`). It stays so until
 * it is built again.
 */
export function isInDoubt(state: PartitionState | undefined): boolean {
  return isBuilt(state) && !isSettled(state) && state?.stale?.cause === 'forced';
}

/**
 * Whether a built partition has at least 95 % of its expected rows and every game it should have. A
 * partition that rightly has no rows, because none are expected, is present too.
 */
export function isPresent(state: PartitionState | undefined): boolean {
  if (state === undefined || !isBuilt(state) || isInDoubt(state)) return false;
  if (state.status === 'empty') return state.expectedRows === 0;
  return (
    state.rows >= PRESENT_SHARE * state.expectedRows && state.games >= state.expectedGames && state.rows > 0
  );
}

/**
 * `table@date`, such as `player_game_summary@2024-01-26`: how a partition is named to a person and in
 * stored documents.
 */
export function refName(ref: PartitionRef): string {
  return `${ref.table}@${ref.date}`;
}

/** The partition that {@link refName} has named. */
export function refNamed(name: string): PartitionRef {
  const [table = '', date = ''] = name.split('@');
  return { table, date: date as GameDate };
}
