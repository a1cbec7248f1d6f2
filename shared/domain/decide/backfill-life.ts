/**
 * The life of a backfill: what happens to it next, computed from values alone.
 *
 * A backfill begins with the plan of its request (stage `main`). While its runs go on, dates may become due that were not
 * when it was planned, for example because the request itself has loaded the schedule of 2024-01-05: its plan is extended
 * by their batches. When everything in the plan is built or has failed, the backfill restates: later dates whose inputs
 * have changed are built again, round by round, until nothing is stale or `MAX_ROUNDS` is reached. Then it ends, as `done`
 * or `done_with_failures`. A cancelled one asks for nothing more and ends with its last run; a paused one asks for nothing,
 * but finds out what is blocked, and goes on from there.
 */
import { refName } from '../partition.ts';
import { planBackfill, type Batch, type BatchSize, type Only, type Plan, type PlanRequest } from '../plan.ts';
import type { View } from '../view.ts';
import type { Action } from './action.ts';
import type { BackfillDecision } from './backfill.ts';
import type { RestatePolicy } from './restatement.ts';

/** Plans after the first one, after which a backfill stops following changes that others keep making. */
export const MAX_ROUNDS = 5;

/** A backfill that has not ended, as this decision sees it. */
export interface BackfillLife {
  readonly state: 'running' | 'paused' | 'cancelled';
  readonly planKind: 'main' | 'restate';
  /** How often it has been planned anew. */
  readonly round: number;
  readonly only: Only;
  readonly restate: RestatePolicy;
}

/** What has been found to be left to do beyond the plan. */
export interface Remaining {
  /** Batches of what the request asks for, is missing, and is not in the plan. */
  readonly late: readonly Batch[];
  /** Batches of what the range has left stale; worked out only where there is nothing late. */
  readonly restatement: () => readonly Batch[];
}

export interface Situation {
  /** What can happen now to the partitions of the plan. */
  readonly decision: Pick<BackfillDecision, 'actions' | 'progress' | 'partitions' | 'finished'>;
  /** Whether the actions of the decision have been carried out. */
  readonly isCarriedOut: boolean;
  /** Undefined until somebody has looked. */
  readonly remaining: Remaining | undefined;
  /** How many partitions have failed or are blocked; read after the actions were carried out. */
  readonly failures: number;
}

export type NextStep =
  /** Ask for runs, write down what is blocked, and then how far the backfill is. */
  | { readonly kind: 'carry out'; readonly actions: readonly Action[] }
  /** Find out what is left to do beyond the plan, and ask again. */
  | { readonly kind: 'look further' }
  /** The plan has grown. */
  | { readonly kind: 'extend'; readonly batches: readonly Batch[] }
  /** Build again what the range has left stale. */
  | { readonly kind: 'restate'; readonly batches: readonly Batch[] }
  /** Runs are under way, or a person is to resume it. */
  | { readonly kind: 'wait' }
  | {
      readonly kind: 'finish';
      readonly state: 'done' | 'done_with_failures' | 'cancelled';
      readonly verdict: string;
    };

/** What happens next to a backfill that has come so far. */
export function decideLife(life: BackfillLife, situation: Situation): NextStep {
  const { decision, isCarriedOut, remaining, failures } = situation;
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
  return failures > 0
    ? {
        kind: 'finish',
        state: 'done_with_failures',
        verdict: `${failures} partitions failed or are blocked`,
      }
    : { kind: 'finish', state: 'done', verdict: 'every planned partition is built' };
}

/** Whether nothing of the plan is left to do: all of it is resolved, or nobody asks for the rest any more. */
export function isOver(
  { state }: Pick<BackfillLife, 'state'>,
  { finished, progress }: Pick<BackfillDecision, 'finished' | 'progress'>,
): boolean {
  return finished || (state === 'cancelled' && progress.every(({ running }) => running === 0));
}

/** What is blocked by something that has become due since the plan was made is not blocked: the plan is longer. */
function isBlockedByUnplanned({
  actions,
  partitions,
}: Pick<BackfillDecision, 'actions' | 'partitions'>): boolean {
  return actions.some(
    (action) => action.kind === 'block' && action.for.some((ref) => !partitions.has(refName(ref))),
  );
}

/**
 * What a request asks for, is missing now, and is not in its plan: the schedule or the results have come since, or were
 * loaded by the request itself. Only the first plan of a request for everything or for what is missing can grow.
 * @param failed partitions, as `table@date`, that the backfill has tried in vain or found blocked
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
  const plan = planBackfill(view, { ...request, only: 'missing', force: false }, batchSize);
  const isLate = (name: string): boolean => !failed.has(name) && !partitions.has(name);
  const batches = plan.batches
    .map(({ table, dates }) => ({ table, dates: dates.filter((date) => isLate(refName({ table, date }))) }))
    .filter(({ dates }) => dates.length > 0);
  return { batches, excluded: plan.excluded };
}
