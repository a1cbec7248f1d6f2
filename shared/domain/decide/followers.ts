/** What follows from changed partitions. The orchestrator asks this when a run has completed. */
import { isRecordedReason, isWithoutSource } from '../calendar.ts';
import { boxedDates } from '../boxed-games.ts';
import { evaluate, staleCause } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import { isBuilt, isInFlight, refName, type LiveWant, type PartitionRef } from '../partition.ts';
import type { RegisteredTable } from '../registry.ts';
import { seasonOf } from '../season.ts';
import type { BatchSize } from '../plan.ts';
import { isComputed, isRaw, type Phase, PHASES, readBeside } from '../table.ts';
import { whyNoPartition, seasonsAffectedIn, stateOf, type View } from '../view.ts';
import { reads, type Window } from '../window.ts';
import { dateRequest, type Action } from './action.ts';
import { askTogether, type ReadyPartition, type WaitingPartition } from './together.ts';
import { wantedIn } from './wanted.ts';

/**
 * A partition whose published content, or whose known state, has changed. Other partitions may have waited
 * for it.
 */
export interface Change extends PartitionRef {
  /** The live cascade that made the change; null when a backfill made it. */
  readonly want: LiveWant | null;
}

/**
 * What happens to the readers of changed partitions, and to the changed partitions themselves:
 *
 * - A partition that is wanted live is asked for when its inputs are settled; otherwise it goes on waiting. Dates of one table that one
 *   cascade wants are asked for together, see {@link askTogether}. So every partition that is wanted is looked at, also one that reads
 *   no change: it may have waited for another date.
 * - A partition that was built before is marked stale. When the change is live, it is rebuilt instead.
 * - A changed partition whose own inputs changed while it was being built is treated like a reader. One that other code has
 *   built is marked stale. So is one that reads an earlier season while that is being built: who builds that season restates it.
 *
 * @param changes none after a run that has failed: then only the partitions are looked at that are wanted already
 * @param isLeftToBackfill whether a running backfill will still build this partition. Such a partition is
 * not marked stale, unless it is wanted live: live work goes first
 * @param batchSize dates of a table that one run builds at most
 */
export function decideFollowers(
  view: View,
  changes: readonly Change[],
  isLeftToBackfill: (ref: PartitionRef) => boolean,
  batchSize: BatchSize,
): Action[] {
  const asked = new Set<string>();
  // In the order of the registry, so that a table that reads two changed tables waits for both and is built
  // once.
  const evaluation = evaluate(view, (table, date) => asked.has(`${table}@${date}`));
  const actions: Action[] = [];
  const ready: ReadyPartition[] = [];
  const waiting: WaitingPartition[] = [];
  const all = [...changes, ...changesWithoutSource(view, changes)];
  for (const { table, date, change, wasWanted } of inOrder(
    view,
    new Map([...wantedBefore(view), ...ownOf(view, all), ...followersOf(view, all)]),
  )) {
    const ref = { table: table.definition.name, date };
    const state = stateOf(view, ref.table, date);
    const reason = whyNoPartition(view, table, date);
    if (reason !== undefined) {
      if (isInFlight(state) || isBuilt(state)) continue;
      const called = date === change.date && wantOf(view, table, date, change) !== null;
      if (called && isRecordedReason(reason) && state?.reason !== reason)
        actions.push({ kind: 'settle date', ref, reason });
      else if (state?.want != null) actions.push({ kind: 'drop want', ref });
      continue;
    }
    const want = state?.want ?? wantOf(view, table, date, change);
    if (isInFlight(state)) {
      const called = wantOf(view, table, date, change);
      if (called !== null && !isOwn(change, ref)) actions.push({ kind: 'wait', ref, for: [], want: called });
      continue;
    }
    if (want === null) {
      if (!isBuilt(state) || (state?.stale == null && isLeftToBackfill(ref))) continue;
      const { pending, lost } = evaluation.unmet(table, date);
      if (pending.length + lost.length > 0) continue;
      const cause = staleCause(state?.inputFingerprint ?? null, evaluation.inputFingerprint(table, date));
      if (state?.stale == null && cause !== undefined)
        actions.push({ kind: 'mark stale', ref, cause, because: `${change.table}@${change.date} changed` });
      if (state?.stale != null && evaluation.isCurrent(table, date))
        actions.push({ kind: 'mark current', ref });
      continue;
    }
    const { pending, lost } = evaluation.unmet(table, date, 'live');
    if (pending.length + lost.length > 0) {
      if (wasWanted !== true) actions.push({ kind: 'wait', ref, for: [...pending, ...lost], want });
      if (lost.length > 0) continue;
      asked.add(refName(ref));
      waiting.push({ ref, want });
    } else if (wasWanted !== true && isOwn(change, ref) && evaluation.isByOtherCode(table, date)) {
      actions.push(
        state?.want == null
          ? { kind: 'mark stale', ref, cause: 'code', because: 'other code has built it' }
          : { kind: 'drop want', ref },
      );
    } else if (state?.want == null && isOwn(change, ref) && evaluation.isEarlierUnderWay(table, date)) {
      // Asked for again now, it would be built after each run for that season.
      if (state?.stale == null && !evaluation.isCurrent(table, date))
        actions.push({
          kind: 'mark stale',
          ref,
          cause: 'data',
          because: 'a season that it reads is being built',
        });
    } else if (!evaluation.isCurrent(table, date)) {
      ready.push({ table: ref.table, request: dateRequest(evaluation, table, date), want });
      asked.add(refName(ref));
    } else if (state?.want != null) actions.push({ kind: 'drop want', ref });
  }
  return [...actions, ...askTogether(view, evaluation, ready, waiting, batchSize)];
}

/** Partitions of computed tables that live cascades have wanted before, by `table@date`. The sweep sees to those that are blocked. */
function wantedBefore(view: View): Map<string, Follower> {
  return new Map(
    wantedIn(view).flatMap(({ table, date, state: { status, want } }): [string, Follower][] => {
      if (isRaw(table.definition) || status === 'blocked') return [];
      const ref = { table: table.definition.name, date };
      return [[refName(ref), { table, date, change: { ...ref, want }, wasWanted: true }]];
    }),
  );
}

/**
 * When a source of results has no rows for a date, such as 2024-05-04, no table of played games has any
 * either. These are the changes that follow for these tables.
 */
function changesWithoutSource(view: View, changes: readonly Change[]): Change[] {
  const dates = changes.filter(
    ({ table, date }) =>
      view.registry.resultSources.includes(table) && isWithoutSource(stateOf(view, table, date)),
  );
  const played = view.registry.all.filter(
    ({ definition }) => isComputed(definition) && definition.timing === 'post_game',
  );
  return dates.flatMap(({ date, want }) =>
    played.map(({ definition }) => ({ table: definition.name, date, want })),
  );
}

/** Whether a change is of this very partition. */
function isOwn(change: Change, { table, date }: PartitionRef): boolean {
  return change.table === table && change.date === date;
}

/** A partition to be examined, and the change that led to it. */
interface Follower {
  readonly table: RegisteredTable;
  readonly date: GameDate;
  readonly change: Change;
  /** Set when the partition reads no change and is looked at only because it is wanted. */
  readonly wasWanted?: true;
}

/** The changed partitions themselves, by `table@date`. */
function ownOf(view: View, changes: readonly Change[]): Map<string, Follower> {
  return new Map(
    changes.map((change) => [
      refName(change),
      { table: view.registry.get(change.table), date: change.date, change },
    ]),
  );
}

/** In the order of the registry; of one table, by date. */
function inOrder(view: View, followers: ReadonlyMap<string, Follower>): Follower[] {
  const rank = new Map(view.registry.all.map((table, i) => [table, i]));
  return [...followers.values()].sort(
    (a, b) => (rank.get(a.table) ?? 0) - (rank.get(b.table) ?? 0) || (a.date < b.date ? -1 : 1),
  );
}

/**
 * The partitions that read a change, by `table@date`, as far as they are built, wanted live, or called for
 * by a live change. Raw tables are loaded from files, so no raw table follows what it reads, unless it is wanted live and has
 * waited for it; but a built one looks again at a date of which its witness says something new, and one that tells which games there are looks at a date with games that only box
 * scores know.
 */
function followersOf(view: View, changes: readonly Change[]): Map<string, Follower> {
  const followers = new Map<string, Follower>();
  const groups = Map.groupBy(changes, (change) => `${change.table}|${seasonOf(change.date)}`);
  for (const group of groups.values()) {
    const sample = group[0];
    const season = sample === undefined ? undefined : view.seasons.get(seasonOf(sample.date));
    if (sample === undefined || season === undefined) continue;
    const byDate = new Map(group.map((change) => [change.date, change]));
    const isLive = group.some((change) => change.want !== null);
    for (const table of view.registry.all.filter(({ definition }) =>
      readBeside(definition).includes(sample.table),
    )) {
      const boxed = boxedDates(table.definition, season.archives);
      for (const [date, change] of byDate) {
        const key = `${table.definition.name}@${date}`;
        const looksAgain = isBuilt(stateOf(view, table.definition.name, date)) || boxed.includes(date);
        if (!followers.has(key) && looksAgain) followers.set(key, { table, date, change });
      }
    }
    for (const { table, input } of view.registry.readersOf(sample.table)) {
      const { name } = table.definition;
      const states = season.states.get(name) ?? {};
      for (const date of season.calendar.dates) {
        const state = states[date];
        if (isRaw(table.definition) && state?.want == null) continue;
        const key = `${name}@${date}`;
        if (followers.has(key) || !(isLive || isBuilt(state) || state?.want != null)) continue;
        const change = changeReadBy(input.window, date, byDate, season.calendar.dates);
        if (change === undefined) continue;
        if (whyNoPartition(view, table, date) === undefined || (change.want !== null && change.date === date))
          followers.set(key, { table, date, change });
      }
      for (const later of seasonsAffectedIn(view, input.window, season.calendar.season)) {
        for (const date of later.calendar.dates) {
          const state = later.states.get(name)?.[date];
          const key = `${name}@${date}`;
          if ((isBuilt(state) || state?.want != null) && !followers.has(key))
            followers.set(key, { table, date, change: sample });
        }
      }
    }
  }
  return followers;
}

/** One of the changes that a run for `date` reads through `window`; undefined when it reads none. */
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
    case 'previous_seasons':
      return undefined;
    default:
      return window satisfies never;
  }
}

/**
 * The live cascade by which `change` calls for `table` at `date`; null when it does not. A live change of
 * 2024-01-26 calls for the same date, for the next date on which the table is expected, and for partitions
 * that were built before.
 */
function wantOf(view: View, table: RegisteredTable, date: GameDate, change: Change): LiveWant | null {
  if (change.want === null) return null;
  if (PHASES.indexOf(table.definition.phase) > PHASES.indexOf(change.want.through as Phase)) return null;
  if (date === change.date || isBuilt(stateOf(view, table.definition.name, date))) return change.want;
  const dates = view.seasons.get(seasonOf(date))?.calendar.dates;
  const next = dates?.find((each) => each > change.date && whyNoPartition(view, table, each) === undefined);
  return next === date ? change.want : null;
}
