/**
 * Planning: which partitions a request has to build, and in which batches. The plan is exact for missing
 * partitions. For stale ones it is an upper bound: when a rebuilt input turns out to have the same content,
 * its readers need no run.
 */
import { whyNotExpected, type ExcludedDate } from './calendar.ts';
import type { GameDate } from './game-date.ts';
import { indexOfDate, isAnyMarked, isMarked, type MarkedDates } from './marked-dates.ts';
import { outsideScopeOf } from './outside.ts';
import {
  isAccepted,
  isAnswered,
  isBuilt,
  isInDoubt,
  isInFlight,
  type PartitionRef,
  type PartitionState,
} from './partition.ts';
import type { RegisteredTable } from './registry.ts';
import { type Input, isComputed, isRaw, type Phase, PHASES } from './table.ts';
import type { Season } from './season.ts';
import { stalenessOf } from './staleness.ts';
import {
  bySeason,
  factsOf,
  partitionDates,
  seasonViewOf,
  whyNoPartition,
  type SeasonView,
  type View,
} from './view.ts';
import { reads, seasonsRead, type Window } from './window.ts';

/** Which partitions of its dates a request builds. */
export const ONLY = ['all', 'missing', 'failed', 'stale'] as const;
export type Only = (typeof ONLY)[number];

/** What is to be planned: a request with its defaults filled in and its dates listed. */
export interface PlanRequest {
  /** Game dates of the request, ascending, each once. */
  readonly dates: readonly GameDate[];
  /** First phase that may be built. */
  readonly from: Phase;
  /** Last phase that may be built. */
  readonly through: Phase;
  /** Only these tables and those that depend on them. Undefined: every table of the phases. */
  readonly tables?: readonly string[];
  /** `late` builds what `missing` and `failed` build; only a plan that grows asks for it. */
  readonly only: Only | 'late';
  /** Builds every partition of the range again, even those that are current. */
  readonly force: boolean;
}

/** Dates of one table and one season that one run computes together, ascending. */
export interface Batch {
  readonly table: string;
  readonly dates: readonly GameDate[];
}

/**
 * Required input partitions that the plan cannot build itself: they belong to a phase outside the request,
 * or to a raw table, whose rows come from files. A person has to ask for them.
 */
export interface MissingInput {
  readonly table: string;
  readonly phase: Phase;
  readonly dates: readonly GameDate[];
  /** Whether archived files speak of all the dates of a raw table, so that a request can load them; absent where they do not. */
  readonly isArchived?: true;
  /** Names of the tables that read them. */
  readonly neededBy: readonly string[];
}

/** The outcome of planning. */
export interface Plan {
  /** In the order of release. */
  readonly batches: readonly Batch[];
  /**
   * Game dates of the request, counted. `processable`: some table of the request should have a partition.
   * `bootstrap`: some table has none because of the bootstrap period. `unchanged`: processable, and no
   * partition needs a run.
   */
  readonly dates: {
    readonly requested: number;
    readonly processable: number;
    readonly bootstrap: number;
    readonly unchanged: number;
  };
  /** Partitions in the range that are not expected, with the reason. */
  readonly excluded: readonly (ExcludedDate & { readonly table: string })[];
  readonly missing: readonly MissingInput[];
  /**
   * Partitions of the batches that the request itself does not name. They are built first, because windows
   * of the others need them.
   */
  readonly builtFirst: readonly PartitionRef[];
  /**
   * Dates of the request of which some table that is asked for has no rows, because its final games are outside of the scope of
   * the files; ascending.
   */
  readonly outsideScope: readonly GameDate[];
}

/**
 * Most dates of the next batch of a table, at least 1.
 * @param earlier dates of the same table and season that are in earlier batches of the plan
 */
export type BatchSize = (table: RegisteredTable, earlier: number) => number;

/**
 * The tables that a request may build on its dates. When it names tables, the computed tables that depend
 * on them are in scope too. Raw tables are in scope only when they are named: their rows come from files,
 * not from other tables.
 */
export function tablesInScope(
  view: Pick<View, 'registry'>,
  request: Pick<PlanRequest, 'from' | 'through' | 'tables'>,
): RegisteredTable[] {
  const reached = request.tables === undefined ? undefined : view.registry.downstreamOf(request.tables);
  return view.registry.all.filter(
    ({ definition }) =>
      inPhases(definition.phase, request.from, request.through) &&
      (reached === undefined ||
        (isRaw(definition)
          ? request.tables?.includes(definition.name) === true
          : reached.has(definition.name))),
  );
}

/** Whether a phase is one of those from `from` to `through`. */
export function inPhases(phase: Phase, from: Phase, through: Phase): boolean {
  const at = PHASES.indexOf(phase);
  return at >= PHASES.indexOf(from) && at <= PHASES.indexOf(through);
}

/** For each season of a plan, the dates of each table. */
type Marks = Map<Season, ReadonlyMap<string, MarkedDates>>;

/**
 * Plans a request. It marks the partitions of the range that need a run, then the history that these read
 * and that was never built, and cuts both into batches. History that the request cannot build itself is
 * listed as missing.
 * @param batchSize most dates of a batch, for each table
 */
export function planBackfill(view: View, request: PlanRequest, batchSize: BatchSize): Plan {
  const staleness = stalenessOf(view);
  const scope = tablesInScope(view, request);
  const excluded: (ExcludedDate & { table: string })[] = [];
  const batches: Batch[] = [];
  const missing = new Map<string, { dates: Set<GameDate>; neededBy: Set<string> }>();
  const processable = new Set<GameDate>();
  const touched = new Set<GameDate>();
  const builtFirst: PartitionRef[] = [];
  const bootstrap = new Set<GameDate>();
  const outsideScope = new Set<GameDate>();

  const marks: Marks = new Map();
  // Ascending, because a season may read those before it.
  for (const [label, dates] of bySeason(request.dates)) {
    const season = view.seasons.get(label);
    if (season === undefined) continue;
    const requested = new Set(dates);
    const markedByTable = new Map<string, MarkedDates>();
    marks.set(label, markedByTable);
    for (const table of view.registry.all) {
      const all = partitionDates(table, season);
      markedByTable.set(table.definition.name, {
        table,
        dates: all,
        marked: new Uint8Array(all.length),
        first: Infinity,
      });
    }
    for (const table of scope) {
      const ofTable = markedByTable.get(table.definition.name);
      if (ofTable === undefined) continue;
      const readsMarked = readerOfMarked(table, marks, season);
      ofTable.dates.forEach((date, i) => {
        if (!requested.has(date)) return;
        if (outsideScopeOf(view, table, date).isWhole) outsideScope.add(date);
        const reason = whyNoPartition(view, table, date);
        if (reason !== undefined) {
          excluded.push({ table: table.definition.name, date, reason });
          if (reason.startsWith('bootstrap')) bootstrap.add(date);
          return;
        }
        processable.add(date);
        const state = season.states.get(table.definition.name)?.[date];
        if (
          !isWanted(
            state,
            request,
            () => readsMarked(date),
            () => staleness(table, date) !== undefined,
          )
        )
          return;
        ofTable.marked[i] = 1;
        ofTable.first = Math.min(ofTable.first, i);
        touched.add(date);
      });
    }
    builtFirst.push(...planHistory(view, request, season, markedByTable, missing));
    for (const table of view.registry.all) {
      const ofTable = markedByTable.get(table.definition.name);
      if (ofTable !== undefined)
        batches.push(
          ...batchesOf(
            table,
            ofTable.dates.filter((_, i) => ofTable.marked[i] === 1),
            batchSize,
          ),
        );
    }
  }
  return {
    batches: inReleaseOrder(batches, view),
    dates: {
      requested: request.dates.length,
      processable: processable.size,
      bootstrap: bootstrap.size,
      unchanged: [...processable].filter((date) => !touched.has(date)).length,
    },
    excluded,
    missing: [...missing].map(([table, { dates, neededBy }]) => ({
      table,
      phase: view.registry.get(table).definition.phase,
      dates: [...dates].sort(),
      ...([...dates].every((date) => isArchivedOn(view, table, date)) ? { isArchived: true } : {}),
      neededBy: [...neededBy],
    })),
    builtFirst,
    outsideScope: [...outsideScope].sort(),
  };
}

function isArchivedOn(view: View, table: string, date: GameDate): boolean {
  return seasonViewOf(view, date)?.archives.get(table)?.slices[date] !== undefined;
}

/**
 * Whether the request builds a partition in this state. The two questions at the end are expensive, so they
 * are asked last. `stale` builds exactly the stale partitions. `all` also builds those that read what the
 * plan builds before them.
 */
function isWanted(
  state: PartitionState | undefined,
  { only, force }: PlanRequest,
  readsMarked: () => boolean,
  isStale: () => boolean,
): boolean {
  if (force) return true;
  switch (only) {
    case 'all':
      return !isAnswered(state) || readsMarked() || isStale();
    case 'stale':
      return isStale();
    case 'failed':
      return hasFailed(state);
    case 'missing':
      return isMissing(state);
    case 'late':
      return isMissing(state) || hasFailed(state);
    default:
      return only satisfies never;
  }
}

function hasFailed(state: PartitionState | undefined): boolean {
  return !isAnswered(state) && (state?.status === 'failed' || state?.status === 'blocked');
}

function isMissing(state: PartitionState | undefined): boolean {
  return !isAnswered(state) && (!isBuilt(state) || isInDoubt(state));
}

/**
 * Tells of dates whether a run of `table` reads a partition that the plan builds before it. The tables that it reads have all been
 * marked.
 */
function readerOfMarked(
  table: RegisteredTable,
  marks: Marks,
  season: SeasonView,
): (date: GameDate) => boolean {
  const { season: label, dates } = season.calendar;
  const { inputs } = table.definition;
  const isEarlierMarked = inputs.some((input) =>
    seasonsRead(input.window, label).some((each) => isAnyMarked(marks.get(each)?.get(input.table))),
  );
  if (isEarlierMarked) return () => true;
  const marked = inputs.flatMap(({ table: name, window }) => {
    const source = marks.get(label)?.get(name);
    return isAnyMarked(source) ? [{ window, source }] : [];
  });
  return (date) => marked.some(({ window, source }) => readsMarkedOf(window, date, source, dates));
}

function readsMarkedOf(
  window: Window,
  date: GameDate,
  source: MarkedDates,
  seasonDates: readonly GameDate[],
): boolean {
  switch (window.kind) {
    case 'season_to_date':
    case 'last_games': {
      const first = source.dates[source.first];
      return first !== undefined && first < date;
    }
    case 'same_date':
      return isMarked(source, date);
    case 'previous_days':
    case 'around_date':
      return reads(window, date, seasonDates).some((read) => isMarked(source, read));
    case 'previous_seasons':
      return false;
    default:
      return window satisfies never;
  }
}

/**
 * Marks the partitions that the marked ones read and that were never built. Required ones that the request
 * cannot build itself are added to `missing` instead; see {@link MissingInput}.
 * @returns the partitions that were marked
 */
function planHistory(
  view: View,
  request: PlanRequest,
  season: SeasonView,
  markedByTable: ReadonlyMap<string, MarkedDates>,
  missing: Map<string, { dates: Set<GameDate>; neededBy: Set<string> }>,
): PartitionRef[] {
  const history: PartitionRef[] = [];
  for (const reader of view.registry.all.toReversed()) {
    const readerMarks = markedByTable.get(reader.definition.name);
    if (readerMarks === undefined || readerMarks.first === Infinity) continue;
    for (const input of reader.definition.inputs) {
      const source = markedByTable.get(input.table);
      if (source === undefined) continue;
      for (const date of datesReadBy(
        input,
        readerMarks.dates.filter((_, i) => readerMarks.marked[i] === 1),
        season,
      )) {
        const i = indexOfDate(source.dates, date);
        const state = season.states.get(input.table)?.[date];
        if (i === undefined || source.marked[i] === 1 || isAnswered(state) || isAccepted(state)) continue;
        if (whyNoPartition(view, source.table, date) !== undefined && isComputed(source.table.definition))
          continue;
        if (
          isComputed(source.table.definition) &&
          inPhases(source.table.definition.phase, request.from, request.through)
        ) {
          source.marked[i] = 1;
          source.first = Math.min(source.first, i);
          history.push({ table: input.table, date });
        } else if (
          input.required &&
          !isInFlight(state) &&
          whyNotExpected(source.table.definition, date, factsOf(view, season)) === undefined
        ) {
          const entry = missing.get(input.table) ?? {
            dates: new Set<GameDate>(),
            neededBy: new Set<string>(),
          };
          entry.dates.add(date);
          entry.neededBy.add(reader.definition.name);
          missing.set(input.table, entry);
        }
      }
    }
  }
  return history;
}

/**
 * Every date of the season that runs for some dates read through `input`. Earlier seasons are built when they are asked for: a request
 * never grows by whole seasons.
 * @param runs the dates of the runs, ascending
 */
export function datesReadBy(
  input: Input,
  runs: readonly GameDate[],
  season: SeasonView,
): readonly GameDate[] {
  switch (input.window.kind) {
    case 'same_date':
      return runs;
    case 'season_to_date':
    case 'last_games': {
      const last = runs.at(-1);
      return last === undefined ? [] : season.calendar.dates.filter((date) => date < last);
    }
    case 'previous_days':
    case 'around_date': {
      const { window } = input;
      return [...new Set(runs.flatMap((date) => reads(window, date, season.calendar.dates)))];
    }
    case 'previous_seasons':
      return [];
    default:
      return input.window satisfies never;
  }
}

/** Cuts `dates` (ascending, one season) into batches. */
export function batchesOf(table: RegisteredTable, dates: readonly GameDate[], batchSize: BatchSize): Batch[] {
  return cutInBatches(table, dates, batchSize).map((part) => ({
    table: table.definition.name,
    dates: part,
  }));
}

/** Cuts what is asked for of the dates of a table (ascending, one season) into the parts that one run each builds. */
export function cutInBatches<T>(table: RegisteredTable, dates: readonly T[], batchSize: BatchSize): T[][] {
  const parts: T[][] = [];
  for (let earlier = 0; earlier < dates.length;) {
    const part = dates.slice(earlier, earlier + Math.max(1, batchSize(table, earlier)));
    parts.push(part);
    earlier += part.length;
  }
  return parts;
}

/**
 * Ascending by first date. Of batches with the same first date, a table comes before the tables that read
 * it.
 */
export function inReleaseOrder(batches: readonly Batch[], view: View): Batch[] {
  const rank = new Map(view.registry.all.map(({ definition }, i) => [definition.name, i]));
  return batches.toSorted(
    (a, b) =>
      compare(a.dates[0] ?? '', b.dates[0] ?? '') || (rank.get(a.table) ?? 0) - (rank.get(b.table) ?? 0),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The partitions of some batches, one by one. */
export function partitionsOf(batches: readonly Batch[]): PartitionRef[] {
  return batches.flatMap(({ table, dates }) => dates.map((date) => ({ table, date })));
}
