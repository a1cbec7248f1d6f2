/**
 * The life of a backfill: what happens to it next, computed from values alone.
 *
 * A backfill begins with the plan of its request, of kind `main`. While its runs go on, dates may become
 * due that were not due when the plan was made: for example because the request itself has loaded the
 * schedule of 2024-01-05. The plan is then extended by their batches.
 *
 * When every partition of the plan is built or has failed, the backfill restates: it builds later dates
 * again whose inputs have changed. It does so in rounds, until nothing is stale or `MAX_ROUNDS` is reached.
 * Then the backfill ends, as `done` or `done_with_failures`.
 *
 * A cancelled backfill asks for no further run and ends when its last run has ended. A paused one asks for
 * no run either, but still records which partitions are blocked; when it is resumed, it goes on from there.
 */
import type { GameDate } from '../game-date.ts';
import { refName } from '../partition.ts';
import { planBackfill, type Batch, type BatchSize, type Only, type Plan, type PlanRequest } from '../plan.ts';
import { seasonsText, type Season } from '../season.ts';
import type { View } from '../view.ts';
import { counted } from '../counted.ts';
import type { Action } from './action.ts';
import type { BackfillDecision } from './backfill.ts';
import { COMPLETE, incompleteText, type Incomplete } from './incomplete.ts';
import type { RestatePolicy } from './restatement.ts';

/**
 * How many further plans a backfill gets after its first. Without a limit, a backfill would never end while
 * other work keeps changing its inputs.
 */
export const MAX_ROUNDS = 5;

/** What this decision has to know of a backfill that has not ended. */
export interface BackfillLife {
  readonly state: 'running' | 'paused' | 'cancelled';
  /** The plan in work: `main` is that of the request, `restate` rebuilds later dates. Stored as `stage`. */
  readonly planKind: 'main' | 'restate';
  /** How many plans it has had after the first, 0 to {@link MAX_ROUNDS}. */
  readonly round: number;
  readonly only: Only;
  readonly restate: RestatePolicy;
  /** Seasons that were asked for and of which no game is known. */
  readonly unknownSeasons?: readonly Season[];
  /** What live sources were asked for and have not told, by date; and one line for each thing that was not told or not asked for. */
  readonly fetches?: { readonly failed: readonly GameDate[]; readonly lacks: readonly string[] };
}

/** Work that was found beyond the plan. */
export interface Remaining {
  /** Batches that belong to the request, are missing, and are not in the plan. */
  readonly late: readonly Batch[];
  /** Batches that the range of the request has left stale. Computed only when there is nothing late. */
  readonly restatement: () => readonly Batch[];
}

/** Where a backfill stands when the next step is decided. */
export interface Situation {
  /** What can happen at this moment to the partitions of the plan. */
  readonly decision: Pick<BackfillDecision, 'actions' | 'progress' | 'partitions' | 'finished'>;
  /** Whether the actions of the decision have been carried out. */
  readonly isCarriedOut: boolean;
  /** Work beyond the plan; undefined until it was searched for (step `look further`). */
  readonly remaining: Remaining | undefined;
  /** How many partitions have failed or are blocked, read again after the actions were carried out. */
  readonly failures: number;
  /** What the partitions of the request lack, read again after the actions were carried out; undefined before. */
  readonly incomplete?: Incomplete | undefined;
}

/** What the caller does next. After `carry out` and `look further` it calls {@link decideLife} again. */
export type NextStep =
  /** Ask for runs and record what is blocked; then record the progress of the backfill. */
  | { readonly kind: 'carry out'; readonly actions: readonly Action[] }
  /** Search for work beyond the plan. */
  | { readonly kind: 'look further' }
  /** Add these batches to the plan. */
  | { readonly kind: 'extend'; readonly batches: readonly Batch[] }
  /** Begin a new plan, which rebuilds what the range has left stale. */
  | { readonly kind: 'restate'; readonly batches: readonly Batch[] }
  /** Do nothing: runs are under way, or the backfill is paused until a person resumes it. */
  | { readonly kind: 'wait' }
  /** Record that the backfill has ended, how, and why. */
  | {
      readonly kind: 'finish';
      readonly state: 'done' | 'done_with_failures' | 'cancelled';
      readonly verdict: string;
    };

/** What happens next to a backfill. */
export function decideLife(life: BackfillLife, situation: Situation): NextStep {
  const { decision, isCarriedOut, remaining, failures, incomplete = COMPLETE } = situation;
  const isCancelled = life.state === 'cancelled';
  const isAtEnd = isCarriedOut && decision.finished;
  const hasGrown = !isCarriedOut && life.planKind === 'main' && isBlockedByUnplanned(decision);
  if ((isAtEnd || hasGrown) && !isCancelled && life.round < MAX_ROUNDS) {
    if (remaining === undefined) return { kind: 'look further' };
    if (remaining.late.length > 0) return { kind: 'extend', batches: remaining.late };
    const stale = isAtEnd && life.restate === 'auto' ? remaining.restatement() : [];
    if (stale.length > 0) return { kind: 'restate', batches: stale };
  }
  if (!isCarriedOut) return { kind: 'carry out', actions: isCancelled ? [] : decision.actions };
  if (!isOver(life, decision)) return { kind: 'wait' };
  if (isCancelled)
    return {
      kind: 'finish',
      state: 'cancelled',
      verdict: 'cancelled; what was under way has been finished',
    };
  return { kind: 'finish', ...verdictOf(failures, life, incomplete) };
}

/**
 * How a backfill ends whose runs have all ended. What live sources were asked for and have not told keeps it from being `done`; what
 * was not asked for because of its price is named. A partition that lacks a game or more than 5 % of its rows keeps it from
 * being `done`; one that is `partial` with fewer lacking rows is named.
 */
function verdictOf(
  failures: number,
  { unknownSeasons = [], fetches = { failed: [], lacks: [] } }: BackfillLife,
  incomplete: Incomplete,
): { readonly state: 'done' | 'done_with_failures'; readonly verdict: string } {
  const isDone =
    failures === 0 &&
    unknownSeasons.length === 0 &&
    fetches.failed.length === 0 &&
    incomplete.absent.length === 0;
  const built =
    failures === 0
      ? 'every planned partition is built'
      : counted(failures, 'partition failed or is blocked', 'partitions failed or are blocked');
  const but = [
    ...(unknownSeasons.length === 0 ? [] : [`nothing is known of ${seasonsText(unknownSeasons)}`]),
    ...[incompleteText(incomplete)].filter((text) => text !== null),
    ...fetches.lacks,
  ];
  return {
    state: isDone ? 'done' : 'done_with_failures',
    verdict: but.length === 0 ? built : `${built}, but ${but.join('; ')}`,
  };
}

/**
 * Whether a backfill has nothing left to do: every partition of its plan is resolved, or it was cancelled
 * and no run of it is under way.
 */
export function isOver(
  { state }: Pick<BackfillLife, 'state'>,
  { finished, progress }: Pick<BackfillDecision, 'finished' | 'progress'>,
): boolean {
  return finished || (state === 'cancelled' && progress.every(({ running }) => running === 0));
}

/**
 * Whether a partition is blocked by one that the plan does not hold. That one may have become due after the
 * plan was made: the plan is then extended first, before the blocked partition is written down as failed.
 */
function isBlockedByUnplanned({
  actions,
  partitions,
}: Pick<BackfillDecision, 'actions' | 'partitions'>): boolean {
  return actions.some(
    (action) => action.kind === 'block' && action.for.some((ref) => !partitions.has(refName(ref))),
  );
}

/**
 * Batches that belong to the request and are not in its plan, because the schedule or the results of their dates arrived after
 * the plan was made: partitions that are missing, and for a request for `all` also those that were built before and wait for
 * inputs, because their readers cannot do without them. Only a plan of kind `main` can grow, and only that of a request for
 * `all` or `missing`.
 * @param failed partitions, as `table@date`, that the backfill has tried without success or found blocked
 */
export function lateBatches(
  view: View,
  { planKind, only }: Pick<BackfillLife, 'planKind' | 'only'>,
  request: Omit<PlanRequest, 'only' | 'force'>,
  { partitions }: Pick<BackfillDecision, 'partitions'>,
  failed: ReadonlySet<string>,
  batchSize: BatchSize,
): Pick<Plan, 'batches' | 'excluded'> {
  if (planKind !== 'main' || (only !== 'all' && only !== 'missing')) return { batches: [], excluded: [] };
  const wanted = only === 'all' ? 'late' : 'missing';
  const plan = planBackfill(view, { ...request, only: wanted, force: false }, batchSize);
  const isLate = (name: string): boolean => !failed.has(name) && !partitions.has(name);
  const batches = plan.batches
    .map(({ table, dates }) => ({ table, dates: dates.filter((date) => isLate(refName({ table, date }))) }))
    .filter(({ dates }) => dates.length > 0);
  return { batches, excluded: plan.excluded };
}
