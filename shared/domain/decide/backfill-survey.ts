/** How far a backfill is with each partition of its plan, as far as the stored states alone can say. */
import type { States } from '../contents.ts';
import type { GameDate } from '../game-date.ts';
import { isAnswered, isInFlight, refName, type PartitionRef, type PartitionState } from '../partition.ts';
import type { Batch } from '../plan.ts';
import { seasonOf, type Season } from '../season.ts';
import type { View } from '../view.ts';

/** What the decisions have to know of a backfill and its plan. */
export interface BackfillWork {
  readonly id: string;
  readonly batches: readonly Batch[];
  /**
   * With `main`, a partition that this backfill has built is done. With `restate`, a partition is done only
   * when it was built from exactly the inputs of now.
   */
  readonly planKind: 'main' | 'restate';
  /**
   * For a forced backfill, the newest fencing token of each partition (`table@date`) when the plan was
   * made. A partition with a larger token has been built since then, by this backfill or by other work, and
   * is not built again.
   */
  readonly forcedSince?: ReadonlyMap<string, number> | undefined;
  /** Most runs that may be under way at once; 0 while the backfill is paused or cancelled. */
  readonly maxInFlight: number;
  /** Partitions (as `table@date`) this backfill has tried and will not try again. */
  readonly failed: ReadonlySet<string>;
  /** The time (ISO, UTC). A gate with a later `retryAt` is not asked yet. */
  readonly now: string;
}

/** How far a backfill is with one partition. `unchanged`: it needed no run. */
export type PartitionProgress = 'waiting' | 'running' | 'done' | 'unchanged' | 'failed';

/**
 * Partitions of one table in a plan, counted by progress. `planned` counts all of them, also those that
 * still wait.
 */
export interface TableProgress {
  readonly table: string;
  readonly planned: number;
  readonly done: number;
  readonly failed: number;
  readonly unchanged: number;
  readonly running: number;
}

/** A batch with the names of its partitions. */
export interface PlannedBatch extends Batch {
  /** `table@date` for each date, in the order of `dates`. */
  readonly partitions: readonly string[];
}

/** The part of a plan that belongs to one table and one season. */
interface PlannedTable {
  readonly table: string;
  readonly season: Season;
  readonly batches: readonly PlannedBatch[];
  readonly dates: ReadonlySet<GameDate>;
}

/** Remembers the parts of each plan for as long as the plan itself is in use. */
const knownTables = new WeakMap<readonly Batch[], readonly PlannedTable[]>();

/**
 * The parts of a plan, one for each table and season. Computed once for each plan: a plan that was made
 * never changes.
 */
export function tablesOfPlan(batches: readonly Batch[]): readonly PlannedTable[] {
  const known = knownTables.get(batches);
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
        partitions: batch.dates.map((date) => refName({ table, date })),
      })),
      dates: new Set(group.flatMap(({ dates }) => dates)),
    };
  });
  knownTables.set(batches, plan);
  return plan;
}

/** Whether a plan holds a partition. */
export function isPlanned(batches: readonly Batch[], { table, date }: PartitionRef): boolean {
  return tablesOfPlan(batches).some((planned) => planned.table === table && planned.dates.has(date));
}

/** What the stored states of one table and season say of its part of a plan. */
export interface Survey {
  readonly table: string;
  /** `table@date` -> progress. */
  readonly progress: ReadonlyMap<string, PartitionProgress>;
  readonly counts: Readonly<Record<PartitionProgress, number>>;
  /** Dates that still wait or run. */
  readonly open: readonly GameDate[];
  /** Ids of this backfill's runs that are under way. */
  readonly inFlight: readonly string[];
}

interface KnownSurvey {
  readonly states: States;
  readonly work: string;
  readonly survey: Survey;
}

const surveyed = new WeakMap<PlannedTable, KnownSurvey>();

/**
 * Surveys one part of a plan. The survey is remembered, and is used again while the states are the same
 * object and the backfill has no further failure: between two decisions most of a long plan does not
 * change.
 */
export function surveyOf(planned: PlannedTable, states: States, work: BackfillWork): Survey {
  const key = `${work.id} ${work.planKind} ${work.failed.size} ${work.forcedSince === undefined}`;
  const known = surveyed.get(planned);
  if (known !== undefined && known.states === states && known.work === key) return known.survey;
  const progress = new Map<string, PartitionProgress>();
  const counts = { waiting: 0, running: 0, done: 0, unchanged: 0, failed: 0 };
  const open: GameDate[] = [];
  const inFlight = new Set<string>();
  for (const { dates, partitions } of planned.batches) {
    dates.forEach((date, i) => {
      const name = partitions[i] ?? '';
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

/** Progress of the partitions of a plan by name, `table@date`. */
export interface ProgressLookup {
  readonly get: (name: string) => PartitionProgress | undefined;
  readonly has: (name: string) => boolean;
}

/**
 * Looks up progress in all surveys.
 * @param resolved progress that was found out beyond the surveys; it takes precedence
 */
export function progressLookup(
  surveys: readonly Survey[],
  resolved: ReadonlyMap<string, PartitionProgress>,
): ProgressLookup {
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

/**
 * Counts the progress of a plan for each table, in the order of the registry.
 * @param resolved progress that was found out beyond the surveys; it takes precedence
 */
export function progressByTable(
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

/**
 * What the state alone says of a planned partition: `done` when this backfill has built it, `failed` when
 * this backfill could not build it; undefined when that is still open.
 */
function settledProgress(
  state: PartitionState | undefined,
  name: string,
  work: BackfillWork,
): 'done' | 'failed' | undefined {
  if (isInFlight(state)) return undefined;
  if (work.failed.has(name)) return 'failed';
  if (work.planKind !== 'main' || isForced(state, name, work) || !isAnswered(state)) return undefined;
  return state?.backfillId === work.id || work.forcedSince !== undefined ? 'done' : undefined;
}

/**
 * Whether a forced backfill still has to build this partition. It does while the partition has no newer
 * token than when the plan was made.
 */
export function isForced(
  state: PartitionState | undefined,
  name: string,
  { forcedSince, planKind }: BackfillWork,
): boolean {
  return (
    forcedSince !== undefined && planKind === 'main' && (state?.token ?? 0) <= (forcedSince.get(name) ?? 0)
  );
}
