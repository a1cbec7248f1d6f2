/** Which batches of a backfill can be asked for now, and which of its partitions are blocked. */
import { evaluate, type Evaluation, type InputsSeen } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import { isGateClosed, isInFlight, type PartitionRef } from '../partition.ts';
import { inReleaseOrder, type Batch } from '../plan.ts';
import type { RegisteredTable } from '../registry.ts';
import { whyNoPartition, stateOf, statesOf, type View } from '../view.ts';
import type { Action, DateRequest } from './action.ts';
import {
  isForced,
  tablesOfPlan,
  progressLookup,
  progressByTable,
  surveyOf,
  type BackfillWork,
  type PartitionProgress,
  type ProgressLookup,
  type PlannedBatch,
  type Survey,
  type TableProgress,
} from './backfill-survey.ts';

export interface BackfillDecision {
  readonly actions: readonly Action[];
  readonly progress: readonly TableProgress[];
  /** The same by partition, `table@date`. */
  readonly partitions: ProgressLookup;
  /** Nothing is left to ask for and nothing is under way. */
  readonly finished: boolean;
}

/**
 * Which batches of a backfill can be asked for now, which partitions are blocked and by what, and how far it is. Looks
 * closely only at the first batch of each table and season that is not done, in the order of release, and only until as
 * many are found as may be asked for: the cost of a decision follows what can happen now, not the length of the plan.
 */
export function decideBackfill(view: View, work: BackfillWork): BackfillDecision {
  const plan = tablesOfPlan(work.batches);
  const open = new Map<string, Set<GameDate>>();
  const surveys: Survey[] = [];
  const resolved = new Map<string, PartitionProgress>();
  const inFlight = new Set<string>();
  const queues: Queue[] = [];
  for (const planned of plan) {
    const { table, season, batches } = planned;
    const survey = surveyOf(planned, statesOf(view.seasons.get(season), table), work);
    surveys.push(survey);
    for (const runId of survey.inFlight) inFlight.add(runId);
    const unresolved = open.get(table) ?? new Set<GameDate>();
    open.set(table, unresolved);
    for (const date of survey.open) unresolved.add(date);
    queues.push({ table: view.registry.get(table), unresolved, batches, next: 0 });
  }

  const blocks: Action[] = [];
  const requests: Action[] = [];
  // While a backfill is paused nothing is asked for, but what is blocked or unchanged is still found out.
  const room = work.maxInFlight === 0 ? Infinity : work.maxInFlight - inFlight.size;
  let waiting = queues;
  for (let moved = true; moved && requests.length < room;) {
    moved = false;
    const evaluation = evaluate(view, (table, date) => open.get(table)?.has(date) ?? false);
    const heads = headsOf(waiting, view);
    waiting = [];
    for (const { queue, batch } of heads) {
      if (requests.length >= room) break;
      const found = evaluateBatch(view, evaluation, work, queue, batch, resolved);
      blocks.push(...found.blocks);
      if (found.ready.length > 0 && !found.waits)
        requests.push({ kind: 'request run', table: batch.table, dates: found.ready });
      else if (!found.waits) queue.next += 1;
      if (found.resolved) moved = true;
      // A batch that waits may go on in the next round, if something it waits for turns out to need no run.
      if (found.waits || found.ready.length === 0) waiting.push(queue);
    }
    // What was not looked at in this round for want of room is not needed in the next one either.
  }
  return {
    actions: [...blocks, ...(work.maxInFlight === 0 ? [] : requests)],
    progress: progressByTable(view, surveys, resolved),
    partitions: progressLookup(surveys, resolved),
    finished: open.values().every((dates) => dates.size === 0),
  };
}

/** A decision with what its runs are built from as `view` has it, which differs from the one it was made of by game hashes. */
export function withInputsSeen(view: View, decision: BackfillDecision): BackfillDecision {
  const evaluation = evaluate(view);
  const actions = decision.actions.map((action): Action =>
    action.kind === 'request run'
      ? {
          ...action,
          dates: action.dates.map((request) => ({
            ...request,
            ...evaluation.inputsSeen(view.registry.get(action.table), request.date),
          })),
        }
      : action,
  );
  return { ...decision, actions };
}

interface Queue {
  readonly table: RegisteredTable;
  /** Dates of the plan that are not resolved. */
  readonly unresolved: Set<GameDate>;
  readonly batches: readonly PlannedBatch[];
  next: number;
}

/** The first batch of each queue that is not resolved, in the order of release. */
function headsOf(
  queues: readonly Queue[],
  view: View,
): { readonly queue: Queue; readonly batch: PlannedBatch }[] {
  const heads = new Map<Batch, { queue: Queue; batch: PlannedBatch }>();
  for (const queue of queues) {
    let batch = queue.batches[queue.next];
    while (batch !== undefined && batch.dates.every((date) => !queue.unresolved.has(date)))
      batch = queue.batches[(queue.next += 1)];
    if (batch !== undefined) heads.set(batch, { queue, batch });
  }
  return inReleaseOrder([...heads.keys()], view).flatMap((batch) => heads.get(batch) ?? []);
}

/** Resolves what can be resolved of a batch. `waits`: some date cannot be asked for yet, so none is. */
function evaluateBatch(
  view: View,
  evaluation: Evaluation,
  work: BackfillWork,
  { table, unresolved }: Queue,
  batch: PlannedBatch,
  partitions: Map<string, PartitionProgress>,
): {
  readonly ready: DateRequest[];
  readonly blocks: Action[];
  readonly waits: boolean;
  readonly resolved: boolean;
} {
  const ready: DateRequest[] = [];
  const blocks: Action[] = [];
  let waits = false;
  let resolved = false;
  for (const [i, date] of batch.dates.entries()) {
    if (!unresolved.has(date)) continue;
    const name = batch.partitions[i] ?? '';
    const verdict = resolve(view, evaluation, work, table, { table: batch.table, date }, name);
    switch (verdict.kind) {
      case 'waiting':
        waits = true;
        break;
      case 'ready':
        ready.push({
          date,
          ...verdict.inputs,
          ...(verdict.accepted.length > 0 ? { accepted: [...verdict.accepted] } : {}),
        });
        break;
      case 'blocked':
        blocks.push({ kind: 'block', ref: { table: batch.table, date }, for: verdict.for });
        partitions.set(name, 'failed');
        unresolved.delete(date);
        resolved = true;
        break;
      case 'done':
      case 'unchanged':
        partitions.set(name, verdict.kind);
        unresolved.delete(date);
        resolved = true;
        break;
      default:
        verdict satisfies never;
    }
    if (waits) break;
  }
  return { ready, blocks, waits, resolved };
}

type Resolution =
  | { readonly kind: 'waiting' | 'done' | 'unchanged' }
  | { readonly kind: 'ready'; readonly inputs: InputsSeen; readonly accepted: readonly string[] }
  | { readonly kind: 'blocked'; readonly for: readonly PartitionRef[] };

function resolve(
  view: View,
  evaluation: Evaluation,
  work: BackfillWork,
  table: RegisteredTable,
  ref: PartitionRef,
  name: string,
): Resolution {
  const state = stateOf(view, ref.table, ref.date);
  if (isInFlight(state)) return { kind: 'waiting' };
  if (whyNoPartition(view, table, ref.date) !== undefined) return { kind: 'unchanged' };
  const { pending, lost } = evaluation.unmet(table, ref.date);
  if (pending.length > 0) return { kind: 'waiting' };
  if (lost.length > 0) return { kind: 'blocked', for: lost };
  if (!isForced(state, name, work) && evaluation.isCurrent(table, ref.date))
    return { kind: state?.backfillId === work.id ? 'done' : 'unchanged' };
  // The live lane has it, and asks for it as soon as it is told or swept; and a closed gate is not asked before its time.
  if (state?.want != null || isGateClosed(state, work.now)) return { kind: 'waiting' };
  return {
    kind: 'ready',
    inputs: evaluation.inputsSeen(table, ref.date),
    accepted: evaluation.accepted(table, ref.date),
  };
}
