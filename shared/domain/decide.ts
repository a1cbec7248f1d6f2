/**
 * The decision: what is to be done now, computed from state alone. The orchestrator, the sweep, `plan` and `status` ask
 * the same functions; asking twice, late or from a timer gives the same answer.
 */
import { expectationsOf, Evaluation, exclusion, staleCause, stateOf, type View } from './view.ts';
import type { GameDate } from './game-date.ts';
import { isBuilt, isInFlight, isSettled, refName, type LiveWant, type PartitionRef, type PartitionState } from './partition.ts';
import { inReleaseOrder, planRestatement, type Batch, type BatchSize } from './plan.ts';
import type { RegisteredTable } from './registry.ts';
import { seasonOf } from './season.ts';
import { PHASES, type Phase } from './table.ts';
import { reads, type Window } from './window.ts';

export type RestatePolicy = 'auto' | 'mark' | 'none';

export interface DateRequest {
  readonly date: GameDate;
  readonly inputFingerprint: string;
  /** Missing inputs that a person has accepted; the partition is `partial` then. */
  readonly accepted?: string[] | undefined;
}

export type Action =
  | { readonly kind: 'request run'; readonly table: string; readonly dates: readonly DateRequest[] }
  | { readonly kind: 'wait'; readonly ref: PartitionRef; readonly for: readonly PartitionRef[]; readonly want: LiveWant }
  | { readonly kind: 'block'; readonly ref: PartitionRef; readonly for: readonly PartitionRef[] }
  | { readonly kind: 'mark stale'; readonly ref: PartitionRef; readonly cause: 'data' | 'code'; readonly because: string }
  /** What it was built from has become again what it was. */
  | { readonly kind: 'mark current'; readonly ref: PartitionRef }
  /** The live want has been met without a run. */
  | { readonly kind: 'drop want'; readonly ref: PartitionRef };

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
  readonly partitions: ReadonlyMap<string, PartitionProgress>;
  /** Nothing is left to ask for and nothing is under way. */
  readonly finished: boolean;
}

/** Which batches of a backfill can be asked for now, which partitions are blocked and by what, and how far it is. */
export function decideBackfill(view: View, work: BackfillWork): BackfillDecision {
  const open = new Set<string>();
  for (const { table, dates } of work.batches) for (const date of dates) open.add(refName({ table, date }));
  const evaluation = new Evaluation(view, (table, date) => open.has(`${table}@${date}`));
  const inFlight = new Set<string>();
  const blocks: Action[] = [];
  const releasable: { batch: Batch; dates: DateRequest[] }[] = [];
  const partitions = new Map<string, PartitionProgress>();

  for (const table of view.registry.all) {
    const { name } = table.definition;
    let stuckSeason: string | undefined;
    for (const batch of work.batches) {
      if (batch.table !== name) continue;
      const stuck = stuckSeason !== undefined && stuckSeason === seasonOf(batch.dates[0] ?? ('' as GameDate));
      const ready: DateRequest[] = [];
      let waits = false;
      for (const date of batch.dates) {
        const ref = { table: name, date };
        const verdict = resolve(view, evaluation, work, table, ref, stuck);
        switch (verdict.kind) {
          case 'in flight':
            if (verdict.ours) inFlight.add(verdict.runId);
            partitions.set(refName(ref), 'running');
            waits = true;
            break;
          case 'waiting':
            partitions.set(refName(ref), 'waiting');
            waits = true;
            break;
          case 'ready':
            partitions.set(refName(ref), 'waiting');
            ready.push({
              date,
              inputFingerprint: verdict.inputFingerprint,
              ...(verdict.accepted.length > 0 ? { accepted: [...verdict.accepted] } : {}),
            });
            break;
          case 'blocked':
            blocks.push({ kind: 'block', ref, for: verdict.for });
            partitions.set(refName(ref), 'failed');
            open.delete(refName(ref));
            break;
          case 'failed':
          case 'done':
          case 'unchanged':
            partitions.set(refName(ref), verdict.kind);
            open.delete(refName(ref));
            break;
          default:
            verdict satisfies never;
        }
      }
      if (waits) stuckSeason = seasonOf(batch.dates[0] ?? ('' as GameDate));
      else if (ready.length > 0) releasable.push({ batch, dates: ready });
    }
  }

  const order = inReleaseOrder(releasable.map(({ batch }) => batch), view);
  const requests = order.slice(0, Math.max(0, work.maxInFlight - inFlight.size)).flatMap((batch): Action[] => {
    const found = releasable.find((candidate) => candidate.batch === batch);
    return found === undefined ? [] : [{ kind: 'request run', table: batch.table, dates: found.dates }];
  });
  return { actions: [...blocks, ...requests], progress: progressOf(view, work.batches, partitions), partitions, finished: open.size === 0 };
}

function progressOf(view: View, batches: readonly Batch[], partitions: ReadonlyMap<string, PartitionProgress>): TableProgress[] {
  const byTable = Map.groupBy(batches, ({ table }) => table);
  return view.registry.all.flatMap(({ definition: { name } }) => {
    const all = (byTable.get(name) ?? []).flatMap(({ dates }) => dates.map((date) => partitions.get(refName({ table: name, date }))));
    const count = (progress: PartitionProgress): number => all.filter((each) => each === progress).length;
    const counts = { done: count('done'), failed: count('failed'), unchanged: count('unchanged'), running: count('running') };
    return all.length === 0 ? [] : [{ table: name, planned: all.length, ...counts }];
  });
}

type Resolution =
  | { readonly kind: 'in flight'; readonly runId: string; readonly ours: boolean }
  | { readonly kind: 'waiting' | 'failed' | 'done' | 'unchanged' }
  | { readonly kind: 'ready'; readonly inputFingerprint: string; readonly accepted: readonly string[] }
  | { readonly kind: 'blocked'; readonly for: readonly PartitionRef[] };

function resolve(
  view: View,
  evaluation: Evaluation,
  work: BackfillWork,
  table: RegisteredTable,
  ref: PartitionRef,
  stuck: boolean,
): Resolution {
  const state = stateOf(view, ref.table, ref.date);
  const ours = state?.backfillId === work.id;
  if (isInFlight(state)) return { kind: 'in flight', runId: state?.runId ?? '', ours };
  if (work.failed.has(refName(ref))) return { kind: 'failed' };
  const isForced = work.forcedSince !== undefined && work.stage === 'main' && (state?.token ?? 0) <= (work.forcedSince.get(refName(ref)) ?? 0);
  if (!isForced && isSettled(state) && work.stage === 'main' && (ours || work.forcedSince !== undefined)) return { kind: 'done' };
  if (exclusion(view, table, ref.date) !== undefined) return { kind: 'unchanged' };
  if (stuck) return { kind: 'waiting' };
  const { pending, lost } = evaluation.unmet(table, ref.date);
  if (pending.length > 0) return { kind: 'waiting' };
  if (lost.length > 0) return { kind: 'blocked', for: lost };
  if (!isForced && evaluation.isCurrent(table, ref.date)) return { kind: ours ? 'done' : 'unchanged' };
  // The live lane has it, and asks for it as soon as it is told or swept; and a closed gate is not asked before its time.
  if (state?.want != null || isGateClosed(state, work.now)) return { kind: 'waiting' };
  return { kind: 'ready', inputFingerprint: evaluation.inputFingerprint(table, ref.date), accepted: evaluation.accepted(table, ref.date) };
}

/** Whether a gate has refused the partition and is not to be asked again yet. */
function isGateClosed(state: PartitionState | undefined, now: string): boolean {
  return state?.status === 'blocked' && state.gates.some(({ retryAt }) => retryAt !== undefined && retryAt > now);
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
    if (kind === 'loaded' || PHASES.indexOf(phase) < PHASES.indexOf(from) || PHASES.indexOf(phase) > PHASES.indexOf(through)) continue;
    for (const season of view.seasons.values()) {
      for (const date of season.calendar.dates) {
        const state = season.states.get(name)?.[date];
        if (!isSettled(state) || !isBuilt(state) || failed.has(`${name}@${date}`)) continue;
        if (evaluation.unmet(table, date).lost.length > 0) continue;
        const cause = staleCause(state?.inputFingerprint ?? null, evaluation.inputFingerprint(table, date));
        if (cause === 'data') stale.push({ table: name, date });
      }
    }
  }
  if (stale.length === 0) return [];
  const own = new Map<string, GameDate[]>();
  for (const { table, date } of stale) own.set(table, [...(own.get(table) ?? []), date]);
  return mergeBatches([...own].map(([table, dates]) => ({ table, dates })), planRestatement(view, stale, through, batchSize), view, batchSize).filter(
    ({ table }) => PHASES.indexOf(view.registry.get(table).definition.phase) >= PHASES.indexOf(from),
  );
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
export function decideFollowers(view: View, changes: readonly Change[], covered: (ref: PartitionRef) => boolean): Action[] {
  const asked = new Set<string>();
  // In the order of the registry, so that a reader of two followers waits for both instead of being built twice.
  const evaluation = new Evaluation(view, (table, date) => asked.has(`${table}@${date}`));
  const actions: Action[] = [];
  for (const { table, date, change } of inOrder(view, new Map([...ownOf(view, changes), ...followersOf(view, changes)]))) {
    const ref = { table: table.definition.name, date };
    const state = stateOf(view, ref.table, date);
    const want = state?.want ?? wantOf(view, table, date, change);
    if (isInFlight(state)) {
      const called = wantOf(view, table, date, change);
      if (called !== null && !(change.table === ref.table && change.date === date)) actions.push({ kind: 'wait', ref, for: [], want: called });
      continue;
    }
    if (want === null) {
      if (!isBuilt(state) || (state?.stale == null && covered(ref))) continue;
      const { pending, lost } = evaluation.unmet(table, date);
      if (pending.length + lost.length > 0) continue;
      const cause = staleCause(state?.inputFingerprint ?? null, evaluation.inputFingerprint(table, date));
      if (state?.stale == null && cause !== undefined) actions.push({ kind: 'mark stale', ref, cause, because: `${change.table}@${change.date} changed` });
      if (state?.stale != null && evaluation.isCurrent(table, date)) actions.push({ kind: 'mark current', ref });
      continue;
    }
    const { pending, lost } = evaluation.unmet(table, date);
    if (pending.length + lost.length > 0) {
      actions.push({ kind: 'wait', ref, for: [...pending, ...lost], want });
      if (lost.length === 0) asked.add(refName(ref));
    } else if (!evaluation.isCurrent(table, date)) {
      actions.push({ kind: 'request run', table: ref.table, dates: [{ date, inputFingerprint: evaluation.inputFingerprint(table, date) }] });
      asked.add(refName(ref));
    } else if (state?.want != null) actions.push({ kind: 'drop want', ref });
  }
  return actions;
}

interface Follower {
  readonly table: RegisteredTable;
  readonly date: GameDate;
  readonly change: Change;
}

/** The changed partitions themselves. */
function ownOf(view: View, changes: readonly Change[]): Map<string, Follower> {
  return new Map(changes.map((change) => [refName(change), { table: view.registry.get(change.table), date: change.date, change }]));
}

function inOrder(view: View, followers: ReadonlyMap<string, Follower>): Follower[] {
  const rank = new Map(view.registry.all.map((table, i) => [table, i]));
  return [...followers.values()].sort((a, b) => (rank.get(a.table) ?? 0) - (rank.get(b.table) ?? 0) || (a.date < b.date ? -1 : 1));
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
        if (change !== undefined && exclusion(view, table, date) === undefined) followers.set(key, { table, date, change });
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
  const season = view.seasons.get(seasonOf(date));
  const later = season?.calendar.dates.filter((each) => each > change.date) ?? [];
  return expectationsOf(view, table, later).expected[0] === date ? change.want : null;
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
          actions.push({ kind: 'request run', table: name, dates: [{ date, inputFingerprint: evaluation.inputFingerprint(table, date) }] });
          asked.add(refName(ref));
        }
      }
    }
  }
  return actions;
}
