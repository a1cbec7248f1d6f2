/** Which batches of a backfill can be asked for at this moment, and which of its partitions are blocked. */
import { evaluate, type Evaluation } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import { isGateClosed, isInFlight, type PartitionRef, type PartitionState } from '../partition.ts';
import { inReleaseOrder, type Batch } from '../plan.ts';
import type { RegisteredTable } from '../registry.ts';
import { whyNoPartition, stateOf, statesOf, type View } from '../view.ts';
import { dateRequest, type Action, type DateRequest } from './action.ts';
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

/** What can happen at this moment to a backfill, and how far it is. */
export interface BackfillDecision {
  /** Blocked partitions first, then the runs to ask for. */
  readonly actions: readonly Action[];
  /** Counts of partitions for each table. */
  readonly progress: readonly TableProgress[];
  /** The progress of each single partition, by `table@date`. */
  readonly partitions: ProgressLookup;
  /**
   * True when there is no run to ask for and no run under way. It is false for a plan with a table that this code does not have:
   * the code that has it goes on with the plan.
   */
  readonly finished: boolean;
}

/**
 * Which batches of a backfill can be asked for, which partitions are blocked and by what, and how far the
 * backfill is.
 *
 * For each table and season only the first unfinished batch is examined closely, in the order of release,
 * and only until `maxInFlight` is reached. So the cost of a decision depends on what can happen at this
 * moment, not on the length of the plan.
 */
export function decideBackfill(view: View, work: BackfillWork): BackfillDecision {
  const plan = tablesOfPlan(work.batches);
  const open = new Map<string, Set<GameDate>>();
  const surveys: Survey[] = [];
  const resolved = new Map<string, PartitionProgress>();
  const inFlight = new Set<string>();
  const queues: Queue[] = [];
  let isWhole = true;
  for (const planned of plan) {
    const { table, season, batches } = planned;
    if (!view.registry.has(table)) {
      isWhole = false;
      continue;
    }
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
  // While a backfill is paused no run is asked for, but blocked and unchanged partitions are still found.
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
      // A batch that waits stays in the queue: in the next pass, one of its inputs may turn out to need no
      // run.
      if (found.waits || found.ready.length === 0) waiting.push(queue);
    }
    // A queue that was not examined for want of room is dropped: the next pass would have no room for it
    // either.
  }
  return {
    actions: [...blocks, ...(work.maxInFlight === 0 ? [] : requests)],
    progress: progressByTable(view, surveys, resolved),
    partitions: progressLookup(surveys, resolved),
    finished: isWhole && open.values().every((dates) => dates.size === 0),
  };
}

/**
 * The same decision, with the inputs of its runs as `view` has them. The decision itself was made from a
 * view without game hashes; they change the fingerprints of runs that read last games, but not which runs
 * are asked for.
 */
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

/** The batches of one table and season in their order, and the first one that may be unfinished. */
interface Queue {
  readonly table: RegisteredTable;
  /** Dates of the plan that still wait or run. */
  readonly unresolved: Set<GameDate>;
  readonly batches: readonly PlannedBatch[];
  /** Index of the first batch that may be unfinished. */
  next: number;
}

/** The first unfinished batch of each queue, in the order of release. */
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

/**
 * Examines the dates of a batch in order.
 * @returns `ready`: dates that can be asked for. `blocks`: partitions that are blocked. `waits`: some date
 * must wait, and then no date of the batch is asked for. `resolved`: some date turned out to need no run.
 */
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
        ready.push(verdict.request);
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

/** What one partition of a plan can do at this moment. */
type Resolution =
  | { readonly kind: 'waiting' | 'done' | 'unchanged' }
  | { readonly kind: 'ready'; readonly request: DateRequest }
  | { readonly kind: 'blocked'; readonly for: readonly PartitionRef[] };

/**
 * Examines one partition of a plan.
 * @param name the partition as `table@date`
 */
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
  if (!isForced(state, name, work) && isBuiltNow(state, evaluation, work, table, ref.date))
    return { kind: state?.backfillId === work.id ? 'done' : 'unchanged' };
  // A partition that is wanted live is built by the live lane: the orchestrator or the sweep asks for it.
  // And a closed gate is not asked before its `retryAt`.
  if (state?.want != null || isGateClosed(state, work.now)) return { kind: 'waiting' };
  return { kind: 'ready', request: dateRequest(evaluation, table, ref.date) };
}

/**
 * Whether a partition needs no run. A restatement follows changes of data. So it is done with a partition that other code has built for
 * it from the inputs of now.
 */
function isBuiltNow(
  state: PartitionState | undefined,
  evaluation: Evaluation,
  work: BackfillWork,
  table: RegisteredTable,
  date: GameDate,
): boolean {
  if (evaluation.isCurrent(table, date)) return true;
  return (
    work.planKind === 'restate' && state?.backfillId === work.id && evaluation.isByOtherCode(table, date)
  );
}
