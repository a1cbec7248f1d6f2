/**
 * The decision: what is to be done now, computed from state alone. The orchestrator, the sweep, `plan` and `status` ask
 * the same functions; asking twice, late or from a timer gives the same answer.
 */
import { Evaluation, exclusion, staleCause, stateOf, type InputsSeen, type View } from './view.ts';
import { isRecorded, isWithoutSource } from './calendar.ts';
import type { GameDate } from './game-date.ts';
import {
  isAnswered,
  isBuilt,
  isInFlight,
  refName,
  type LiveWant,
  type PartitionRef,
  type PartitionState,
} from './partition.ts';
import { inReleaseOrder, planRestatement, type Batch, type BatchSize } from './plan.ts';
import type { RegisteredTable } from './registry.ts';
import { seasonOf, type Season } from './season.ts';
import { PHASES, type Phase } from './table.ts';
import { reads, type Window } from './window.ts';

export type RestatePolicy = 'auto' | 'mark' | 'none';

export interface DateRequest extends InputsSeen {
  readonly date: GameDate;
  /** Missing inputs that a person has accepted; the partition is `partial` then. */
  readonly accepted?: string[] | undefined;
}

export type Action =
  | { readonly kind: 'request run'; readonly table: string; readonly dates: readonly DateRequest[] }
  | {
      readonly kind: 'wait';
      readonly ref: PartitionRef;
      readonly for: readonly PartitionRef[];
      readonly want: LiveWant;
    }
  | { readonly kind: 'block'; readonly ref: PartitionRef; readonly for: readonly PartitionRef[] }
  | {
      readonly kind: 'mark stale';
      readonly ref: PartitionRef;
      readonly cause: 'data' | 'code';
      readonly because: string;
    }
  /** What it was built from has become again what it was. */
  | { readonly kind: 'mark current'; readonly ref: PartitionRef }
  /** The live want has been met without a run. */
  | { readonly kind: 'drop want'; readonly ref: PartitionRef }
  /** There is nothing to be built, and the reason is to be told. */
  | { readonly kind: 'settle date'; readonly ref: PartitionRef; readonly reason: string };

/** A backfill as a decision sees it. */
export interface BackfillWork {
  readonly id: string;
  readonly batches: readonly Batch[];
  /** In the first stage what this backfill has built is built; in a restatement only equal inputs count. */
  readonly stage: 'main' | 'restate';
  /**
   * For a forced backfill, the newest token of each partition (`table@date`) when it was planned: whatever has been built
   * since then, by whomever, need not be built again.
   */
  readonly forcedSince?: ReadonlyMap<string, number> | undefined;
  readonly maxInFlight: number;
  /** Partitions (as `table@date`) this backfill has tried and will not try again. */
  readonly failed: ReadonlySet<string>;
  /** The time (ISO, UTC), for gates that are not to be asked before theirs has come. */
  readonly now: string;
}

/** How far a backfill is with one partition. */
export type PartitionProgress = 'waiting' | 'running' | 'done' | 'unchanged' | 'failed';

export interface TableProgress {
  readonly table: string;
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  readonly unchanged: number;
  readonly running: number;
}

export interface BackfillDecision {
  readonly actions: readonly Action[];
  readonly progress: readonly TableProgress[];
  /** The same by partition, `table@date`. */
  readonly partitions: PartitionsProgress;
  /** Nothing is left to ask for and nothing is under way. */
  readonly finished: boolean;
}

/**
 * Which batches of a backfill can be asked for now, which partitions are blocked and by what, and how far it is. Looks
 * closely only at the first batch of each table and season that is not done, in the order of release, and only until as
 * many are found as may be asked for: the cost of a decision follows what can happen now, not the length of the plan.
 */
export function decideBackfill(view: View, work: BackfillWork): BackfillDecision {
  const plan = planOf(work.batches);
  const open = new Map<string, Set<GameDate>>();
  const surveys: Survey[] = [];
  const resolved = new Map<string, PartitionProgress>();
  const inFlight = new Set<string>();
  const queues: Queue[] = [];
  for (const planned of plan) {
    const { table, season, batches } = planned;
    const survey = surveyOf(planned, view.seasons.get(season)?.states.get(table) ?? NO_STATES, work);
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
    const evaluation = new Evaluation(view, (table, date) => open.get(table)?.has(date) ?? false);
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
    progress: progressOf(view, surveys, resolved),
    partitions: progressByName(surveys, resolved),
    finished: open.values().every((dates) => dates.size === 0),
  };
}

/** A decision with what its runs are built from as `view` has it, which differs from the one it was made of by game hashes. */
export function withInputsSeen(view: View, decision: BackfillDecision): BackfillDecision {
  const evaluation = new Evaluation(view);
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

interface PlannedBatch extends Batch {
  /** `table@date` of each date. */
  readonly names: readonly string[];
}

interface Queue {
  readonly table: RegisteredTable;
  /** Dates of the plan that are not resolved. */
  readonly unresolved: Set<GameDate>;
  readonly batches: readonly PlannedBatch[];
  next: number;
}

interface PlannedTable {
  readonly table: string;
  readonly season: Season;
  readonly batches: readonly PlannedBatch[];
  readonly dates: ReadonlySet<GameDate>;
}

/** Whether a plan comes to a partition. */
export function isPlanned(batches: readonly Batch[], { table, date }: PartitionRef): boolean {
  return planOf(batches).some((planned) => planned.table === table && planned.dates.has(date));
}

/** What the states of one table and season say of its part of a plan. */
interface Survey {
  readonly table: string;
  readonly progress: ReadonlyMap<string, PartitionProgress>;
  readonly counts: Readonly<Record<PartitionProgress, number>>;
  /** Dates that are not resolved. */
  readonly open: readonly GameDate[];
  /** Runs of the backfill that are under way. */
  readonly inFlight: readonly string[];
}

interface KnownSurvey {
  readonly states: Readonly<Record<string, PartitionState>>;
  readonly work: string;
  readonly survey: Survey;
}

const NO_STATES: Readonly<Record<string, PartitionState>> = {};
const surveyed = new WeakMap<PlannedTable, KnownSurvey>();

/**
 * A survey is remembered with the part of the plan it is of, and holds while the states are the same object and the
 * backfill has not failed more: most of a long plan does not change from one decision to the next.
 */
function surveyOf(
  planned: PlannedTable,
  states: Readonly<Record<string, PartitionState>>,
  work: BackfillWork,
): Survey {
  const key = `${work.id} ${work.stage} ${work.failed.size} ${work.forcedSince === undefined}`;
  const known = surveyed.get(planned);
  if (known !== undefined && known.states === states && known.work === key) return known.survey;
  const progress = new Map<string, PartitionProgress>();
  const counts = { waiting: 0, running: 0, done: 0, unchanged: 0, failed: 0 };
  const open: GameDate[] = [];
  const inFlight = new Set<string>();
  for (const { dates, names } of planned.batches) {
    dates.forEach((date, i) => {
      const name = names[i] ?? '';
      const state = states[date];
      if (isInFlight(state) && state?.backfillId === work.id) inFlight.add(state.runId ?? '');
      const settled = settledProgress(state, name, work);
      const each = settled ?? (isInFlight(state) ? 'running' : 'waiting');
      progress.set(name, each);
      counts[each] += 1;
      if (settled === undefined) open.push(date);
    });
  }
  const survey = { table: planned.table, progress, counts, open, inFlight: [...inFlight] };
  surveyed.set(planned, { states, work: key, survey });
  return survey;
}

/** How far a backfill is with each partition of its plan. */
export interface PartitionsProgress {
  readonly get: (name: string) => PartitionProgress | undefined;
  readonly has: (name: string) => boolean;
}

/** @param resolved what has become clear beyond the surveys */
function progressByName(
  surveys: readonly Survey[],
  resolved: ReadonlyMap<string, PartitionProgress>,
): PartitionsProgress {
  const get = (name: string): PartitionProgress | undefined => {
    const known = resolved.get(name);
    if (known !== undefined) return known;
    for (const { table, progress } of surveys) {
      const found = name.startsWith(table) ? progress.get(name) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return { get, has: (name) => get(name) !== undefined };
}

const plans = new WeakMap<readonly Batch[], readonly PlannedTable[]>();

/** A plan by table and season, with the names of its partitions; remembered with the plan, which never changes. */
function planOf(batches: readonly Batch[]): readonly PlannedTable[] {
  const known = plans.get(batches);
  if (known !== undefined) return known;
  const groups = Map.groupBy(
    batches,
    ({ table, dates }) => `${table} ${dates[0] === undefined ? '' : seasonOf(dates[0])}`,
  );
  const plan = [...groups].map(([key, group]) => {
    const [table = '', season = ''] = key.split(' ');
    return {
      table,
      season,
      batches: group.map((batch) => ({
        ...batch,
        names: batch.dates.map((date) => refName({ table, date })),
      })),
      dates: new Set(group.flatMap(({ dates }) => dates)),
    };
  });
  plans.set(batches, plan);
  return plan;
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
    const name = batch.names[i] ?? '';
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

function progressOf(
  view: View,
  surveys: readonly Survey[],
  resolved: ReadonlyMap<string, PartitionProgress>,
): TableProgress[] {
  const byTable = Map.groupBy(surveys, ({ table }) => table);
  return view.registry.all.flatMap(({ definition: { name } }) => {
    const counts = { waiting: 0, done: 0, failed: 0, unchanged: 0, running: 0 };
    let planned = 0;
    for (const survey of byTable.get(name) ?? []) {
      planned += survey.progress.size;
      for (const word of Object.keys(counts) as PartitionProgress[]) counts[word] += survey.counts[word];
      for (const [partition, word] of resolved) {
        const before = survey.progress.get(partition);
        if (before === undefined) continue;
        counts[before] -= 1;
        counts[word] += 1;
      }
    }
    const { waiting: _, ...progress } = counts;
    return planned === 0 ? [] : [{ table: name, planned, ...progress }];
  });
}

/** What the state alone says of a planned partition: done by this backfill, or tried in vain; undefined when it is open. */
function settledProgress(
  state: PartitionState | undefined,
  name: string,
  work: BackfillWork,
): 'done' | 'failed' | undefined {
  if (isInFlight(state)) return undefined;
  if (work.failed.has(name)) return 'failed';
  if (work.stage !== 'main' || isForced(state, name, work) || !isAnswered(state)) return undefined;
  return state?.backfillId === work.id || work.forcedSince !== undefined ? 'done' : undefined;
}

function isForced(
  state: PartitionState | undefined,
  name: string,
  { forcedSince, stage }: BackfillWork,
): boolean {
  return forcedSince !== undefined && stage === 'main' && (state?.token ?? 0) <= (forcedSince.get(name) ?? 0);
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
  if (exclusion(view, table, ref.date) !== undefined) return { kind: 'unchanged' };
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

/** Whether a gate has refused the partition and is not to be asked again yet. */
function isGateClosed(state: PartitionState | undefined, now: string): boolean {
  return (
    state?.status === 'blocked' && state.gates.some(({ retryAt }) => retryAt !== undefined && retryAt > now)
  );
}

/** Batches that a finished range leaves stale: every built partition whose inputs changed, and what may follow from it. */
export function decideRestatement(
  view: View,
  from: Phase,
  through: Phase,
  failed: ReadonlySet<string>,
  batchSize: BatchSize,
): Batch[] {
  const evaluation = new Evaluation(view);
  const stale: PartitionRef[] = [];
  for (const table of view.registry.all) {
    const { name, phase, kind } = table.definition;
    if (
      kind === 'loaded' ||
      PHASES.indexOf(phase) < PHASES.indexOf(from) ||
      PHASES.indexOf(phase) > PHASES.indexOf(through)
    )
      continue;
    for (const season of view.seasons.values()) {
      for (const date of season.calendar.dates) {
        const state = season.states.get(name)?.[date];
        if (!isAnswered(state) || failed.has(`${name}@${date}`)) continue;
        if (evaluation.unmet(table, date).lost.length > 0) continue;
        const cause = staleCause(state?.inputFingerprint ?? null, evaluation.inputFingerprint(table, date));
        if (cause === 'data') stale.push({ table: name, date });
      }
    }
  }
  if (stale.length === 0) return [];
  const own = new Map<string, GameDate[]>();
  for (const { table, date } of stale) own.set(table, [...(own.get(table) ?? []), date]);
  return mergeBatches(
    [...own].map(([table, dates]) => ({ table, dates })),
    planRestatement(view, stale, through, batchSize),
    view,
    batchSize,
  ).filter(({ table }) => PHASES.indexOf(view.registry.get(table).definition.phase) >= PHASES.indexOf(from));
}

function mergeBatches(a: readonly Batch[], b: readonly Batch[], view: View, batchSize: BatchSize): Batch[] {
  const dates = new Map<string, Set<GameDate>>();
  for (const batch of [...a, ...b]) {
    const known = dates.get(batch.table) ?? new Set<GameDate>();
    for (const date of batch.dates) known.add(date);
    dates.set(batch.table, known);
  }
  const merged: Batch[] = [];
  for (const [table, all] of dates) {
    const size = batchSize(view.registry.get(table));
    let current: GameDate[] = [];
    for (const date of [...all].sort()) {
      const first = current[0];
      if (first !== undefined && (current.length >= size || seasonOf(first) !== seasonOf(date))) {
        merged.push({ table, dates: current });
        current = [];
      }
      current.push(date);
    }
    if (current.length > 0) merged.push({ table, dates: current });
  }
  return inReleaseOrder(merged, view);
}

/** A change of published content, or of what is known of a partition, that others may have been waiting for. */
export interface Change extends PartitionRef {
  /** The live cascade the change belongs to. */
  readonly want: LiveWant | null;
}

/**
 * What follows from changed partitions: readers that are wanted live are asked for or go on waiting; readers that were
 * built before are marked stale, or rebuilt when the change is live. So are the changed partitions themselves, when what
 * they read has changed while they were built. Partitions that `covered` knows are left to the backfill that comes to
 * them, unless they are wanted live, which goes first.
 */
export function decideFollowers(
  view: View,
  changes: readonly Change[],
  covered: (ref: PartitionRef) => boolean,
): Action[] {
  const asked = new Set<string>();
  // In the order of the registry, so that a reader of two followers waits for both instead of being built twice.
  const evaluation = new Evaluation(view, (table, date) => asked.has(`${table}@${date}`));
  const actions: Action[] = [];
  const all = [...changes, ...withoutSource(view, changes)];
  for (const { table, date, change } of inOrder(
    view,
    new Map([...ownOf(view, all), ...followersOf(view, all)]),
  )) {
    const ref = { table: table.definition.name, date };
    const state = stateOf(view, ref.table, date);
    const reason = exclusion(view, table, date);
    if (reason !== undefined) {
      if (isInFlight(state) || isBuilt(state)) continue;
      const called = date === change.date && wantOf(view, table, date, change) !== null;
      if (called && isRecorded(reason) && state?.reason !== reason)
        actions.push({ kind: 'settle date', ref, reason });
      else if (state?.want != null) actions.push({ kind: 'drop want', ref });
      continue;
    }
    const want = state?.want ?? wantOf(view, table, date, change);
    if (isInFlight(state)) {
      const called = wantOf(view, table, date, change);
      if (called !== null && !(change.table === ref.table && change.date === date))
        actions.push({ kind: 'wait', ref, for: [], want: called });
      continue;
    }
    if (want === null) {
      if (!isBuilt(state) || (state?.stale == null && covered(ref))) continue;
      const { pending, lost } = evaluation.unmet(table, date);
      if (pending.length + lost.length > 0) continue;
      const cause = staleCause(state?.inputFingerprint ?? null, evaluation.inputFingerprint(table, date));
      if (state?.stale == null && cause !== undefined)
        actions.push({ kind: 'mark stale', ref, cause, because: `${change.table}@${change.date} changed` });
      if (state?.stale != null && evaluation.isCurrent(table, date))
        actions.push({ kind: 'mark current', ref });
      continue;
    }
    const { pending, lost } = evaluation.unmet(table, date);
    if (pending.length + lost.length > 0) {
      actions.push({ kind: 'wait', ref, for: [...pending, ...lost], want });
      if (lost.length === 0) asked.add(refName(ref));
    } else if (!evaluation.isCurrent(table, date)) {
      actions.push({
        kind: 'request run',
        table: ref.table,
        dates: [{ date, ...evaluation.inputsSeen(table, date) }],
      });
      asked.add(refName(ref));
    } else if (state?.want != null) actions.push({ kind: 'drop want', ref });
  }
  return actions;
}

/** With a source that turns out to have nothing for a date, every computed table has nothing for it. */
function withoutSource(view: View, changes: readonly Change[]): Change[] {
  const dates = changes.filter(
    ({ table, date }) =>
      view.registry.resultSources.includes(table) && isWithoutSource(stateOf(view, table, date)),
  );
  const computed = view.registry.all.filter(({ definition }) => definition.kind === 'computed');
  return dates.flatMap(({ date, want }) =>
    computed.map(({ definition }) => ({ table: definition.name, date, want })),
  );
}

interface Follower {
  readonly table: RegisteredTable;
  readonly date: GameDate;
  readonly change: Change;
}

/** The changed partitions themselves. */
function ownOf(view: View, changes: readonly Change[]): Map<string, Follower> {
  return new Map(
    changes.map((change) => [
      refName(change),
      { table: view.registry.get(change.table), date: change.date, change },
    ]),
  );
}

function inOrder(view: View, followers: ReadonlyMap<string, Follower>): Follower[] {
  const rank = new Map(view.registry.all.map((table, i) => [table, i]));
  return [...followers.values()].sort(
    (a, b) => (rank.get(a.table) ?? 0) - (rank.get(b.table) ?? 0) || (a.date < b.date ? -1 : 1),
  );
}

/** The partitions that read a change and are built, wanted, or called for by a live change; each once. */
function followersOf(view: View, changes: readonly Change[]): Map<string, Follower> {
  const followers = new Map<string, Follower>();
  const groups = Map.groupBy(changes, (change) => `${change.table}|${seasonOf(change.date)}`);
  for (const group of groups.values()) {
    const sample = group[0];
    const season = sample === undefined ? undefined : view.seasons.get(seasonOf(sample.date));
    if (sample === undefined || season === undefined) continue;
    const byDate = new Map(group.map((change) => [change.date, change]));
    const isLive = group.some((change) => change.want !== null);
    for (const { table, input } of view.registry.readersOf(sample.table)) {
      const { name, kind } = table.definition;
      if (kind === 'loaded') continue;
      const states = season.states.get(name) ?? {};
      for (const date of season.calendar.dates) {
        const state = states[date];
        const key = `${name}@${date}`;
        if (followers.has(key) || !(isLive || isBuilt(state) || state?.want != null)) continue;
        const change = changeReadBy(input.window, date, byDate, season.calendar.dates);
        if (change === undefined) continue;
        if (exclusion(view, table, date) === undefined || (change.want !== null && change.date === date))
          followers.set(key, { table, date, change });
      }
    }
  }
  return followers;
}

/** A change inside what a run for `date` reads through `window`. */
function changeReadBy(
  window: Window,
  date: GameDate,
  changes: ReadonlyMap<GameDate, Change>,
  seasonDates: readonly GameDate[],
): Change | undefined {
  switch (window.kind) {
    case 'same_date':
      return changes.get(date);
    case 'season_to_date':
    case 'last_games':
      return changes.values().find((change) => change.date < date);
    case 'previous_days':
    case 'around_date':
      return reads(window, date, seasonDates)
        .map((read) => changes.get(read))
        .find((change) => change !== undefined);
    default:
      return window satisfies never;
  }
}

/** Whether a live change calls for `table` at `date`: the same date, the next one due, or a partition built before. */
function wantOf(view: View, table: RegisteredTable, date: GameDate, change: Change): LiveWant | null {
  if (change.want === null) return null;
  if (PHASES.indexOf(table.definition.phase) > PHASES.indexOf(change.want.through as Phase)) return null;
  if (date === change.date || isBuilt(stateOf(view, table.definition.name, date))) return change.want;
  const dates = view.seasons.get(seasonOf(date))?.calendar.dates;
  const next = dates?.find((each) => each > change.date && exclusion(view, table, each) === undefined);
  return next === date ? change.want : null;
}

/**
 * Partitions that are wanted live and not under way: what the sweep looks at again.
 * @param now the time (ISO, UTC), for gates that are not to be asked before theirs has come
 */
export function decideWanted(view: View, now: string): Action[] {
  const asked = new Set<string>();
  const evaluation = new Evaluation(view, (table, date) => asked.has(`${table}@${date}`));
  const actions: Action[] = [];
  for (const table of view.registry.all) {
    const { name } = table.definition;
    for (const season of view.seasons.values()) {
      for (const [text, state] of Object.entries(season.states.get(name) ?? {})) {
        const date = text as GameDate;
        if (state.want === null || isInFlight(state)) continue;
        const ref = { table: name, date };
        const { pending, lost } = evaluation.unmet(table, date);
        if (exclusion(view, table, date) !== undefined) actions.push({ kind: 'drop want', ref });
        else if (pending.length + lost.length > 0 || isGateClosed(state, now)) continue;
        else if (evaluation.isCurrent(table, date)) actions.push({ kind: 'drop want', ref });
        else {
          actions.push({
            kind: 'request run',
            table: name,
            dates: [{ date, ...evaluation.inputsSeen(table, date) }],
          });
          asked.add(refName(ref));
        }
      }
    }
  }
  return actions;
}
