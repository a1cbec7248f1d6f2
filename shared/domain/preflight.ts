/**
 * Whether a request can run: what the tables outside of it hold on the dates that it reads, and the matrix of criteria with a verdict
 * for each. It answers from the state from which the run is decided, so that both say the same.
 */
import { whyNotExpected } from './calendar.ts';
import { percent } from './coverage.ts';
import type { GameDate } from './game-date.ts';
import {
  isAccepted,
  isAnswered,
  isBuilt,
  isInFlight,
  type PartitionRef,
  type PartitionState,
} from './partition.ts';
import { inPhases, datesReadBy, tablesInScope, type Plan, type PlanRequest } from './plan.ts';
import type { RegisteredTable } from './registry.ts';
import type { Season } from './season.ts';
import { isComputed, type Phase } from './table.ts';
import {
  bySeason,
  factsOf,
  partitionDates,
  statesOf,
  whyNoPartition,
  type SeasonView,
  type View,
} from './view.ts';

/** What a table outside of a request holds on the dates that the request reads. */
export interface InputCoverage {
  readonly table: string;
  readonly phase: Phase;
  /** Whether a table of the request cannot be built without it. */
  readonly required: boolean;
  /** Whether a partition that is to be built at this moment requires it. Then only what such partitions require is counted. */
  readonly isNeeded: boolean;
  /** Dates that are there: settled, accepted by a person, or being built at this moment. */
  readonly have: number;
  /** Dates that are read and should be there. */
  readonly expected: number;
  /** have / expected, in percent with two decimals, rounded down; null when nothing is expected. */
  readonly pct: number | null;
  /** Rows of these dates over those that they should have, likewise; null where no date is built. */
  readonly rowsPct: number | null;
  /** Expected dates that are not there, ascending. */
  readonly missing: readonly GameDate[];
  /** The date with the smallest share of its rows, and that share in percent; null where no date is built. */
  readonly fewestRows: { readonly date: GameDate; readonly pct: number } | null;
}

/** `critical`: without it nothing is started. `high`: it runs all the same, and what it builds lacks something. */
export type Weight = 'critical' | 'high';

/** One line of the matrix. */
export interface Criterion {
  readonly name: string;
  readonly weight: Weight;
  /** The least value with which the verdict is GO. For a criterion that counts what stands in the way, 0 is the most. */
  readonly threshold: number;
  /** Null where nothing is there to be measured; then it is GO, unless the warehouse did not answer. */
  readonly value: number | null;
  readonly verdict: 'GO' | 'NO-GO';
  /** The command that turns a NO-GO; null for GO. */
  readonly cure: string | null;
}

/** Percent of the dates of a required input that have to be there: a run waits for its whole window. */
const REQUIRED_DATES = 100;
/** Percent of the dates of an optional input, without which columns are NULL or synthetic. */
const OPTIONAL_DATES = 95;
/** Percent of the rows of each date. */
const ROWS = 90;

/** What is read of one table, in one season. */
interface Reads {
  readonly dates: Set<GameDate>;
  /** Those that a partition to be built requires. */
  readonly needed: Set<GameDate>;
  isRequired: boolean;
}

/** The tables that a request reads and does not build itself, in the order of the registry. */
export function inputsOf(
  view: View,
  request: PlanRequest,
  { batches }: Pick<Plan, 'batches'>,
): InputCoverage[] {
  const scope = new Set(tablesInScope(view, request));
  const planned = plannedDates(batches);
  const found = new Map<string, (readonly [SeasonView, Reads])[]>();
  for (const [label, requested] of bySeason(request.dates)) {
    const season = view.seasons.get(label);
    if (season === undefined) continue;
    const ofSeason = readsIn(view, request, scope, season, new Set(requested), planned.get(label));
    for (const [table, reads] of ofSeason) found.set(table, [...(found.get(table) ?? []), [season, reads]]);
  }
  return view.registry.all.flatMap((table) => {
    const seasons = found.get(table.definition.name);
    return seasons === undefined ? [] : [coverageOfInput(table, seasons)];
  });
}

/** Season -> table -> the dates that the plan builds. */
function plannedDates(batches: Plan['batches']): Map<Season, Map<string, GameDate[]>> {
  const planned = new Map<Season, Map<string, GameDate[]>>();
  for (const { table, dates } of batches)
    for (const [label, ofSeason] of bySeason(dates)) {
      const tables = planned.get(label) ?? new Map<string, GameDate[]>();
      const known = tables.get(table) ?? [];
      known.push(...ofSeason);
      tables.set(table, known);
      planned.set(label, tables);
    }
  return planned;
}

function readsIn(
  view: View,
  request: PlanRequest,
  scope: ReadonlySet<RegisteredTable>,
  season: SeasonView,
  requested: ReadonlySet<GameDate>,
  planned: ReadonlyMap<string, readonly GameDate[]> | undefined,
): Map<string, Reads> {
  const found = new Map<string, Reads>();
  const facts = factsOf(view, season);
  for (const reader of view.registry.all) {
    const toBuild = new Set(planned?.get(reader.definition.name));
    const asked = !scope.has(reader)
      ? []
      : partitionDates(reader, season).filter(
          (date) => requested.has(date) && whyNoPartition(view, reader, date) === undefined,
        );
    for (const input of reader.definition.inputs) {
      const source = view.registry.get(input.table);
      if (isComputed(source.definition) && inPhases(source.definition.phase, request.from, request.through))
        continue;
      const reads = found.get(input.table) ?? { dates: new Set(), needed: new Set(), isRequired: false };
      const isExpected = (date: GameDate): boolean =>
        input.required && !isComputed(source.definition)
          ? whyNotExpected(source.definition, date, facts) === undefined
          : whyNoPartition(view, source, date) === undefined;
      for (const date of datesReadBy(input, [...new Set([...asked, ...toBuild])].sort(), season))
        if (isExpected(date)) reads.dates.add(date);
      if (reads.dates.size === 0) continue;
      found.set(input.table, reads);
      if (!input.required) continue;
      reads.isRequired = true;
      for (const date of datesReadBy(input, [...toBuild].sort(), season))
        if (isExpected(date)) reads.needed.add(date);
    }
  }
  return found;
}

function coverageOfInput(
  { definition }: RegisteredTable,
  seasons: readonly (readonly [SeasonView, Reads])[],
): InputCoverage {
  const isNeeded = seasons.some(([, { needed }]) => needed.size > 0);
  const missing: GameDate[] = [];
  const total = { expected: 0, rows: 0, rowsExpected: 0 };
  let fewest: InputCoverage['fewestRows'] = null;
  for (const [season, { dates, needed }] of seasons) {
    const states = statesOf(season, definition.name);
    for (const date of isNeeded ? needed : dates) {
      const state = states[date];
      total.expected += 1;
      if (!isThere(state)) missing.push(date);
      if (state === undefined || !isBuilt(state) || state.expectedRows === 0) continue;
      total.rows += state.rows;
      total.rowsExpected += state.expectedRows;
      const share = percent(state.rows, state.expectedRows) ?? 0;
      if (fewest === null || share < fewest.pct) fewest = { date, pct: share };
    }
  }
  const have = total.expected - missing.length;
  return {
    ...{ table: definition.name, phase: definition.phase, isNeeded },
    required: seasons.some(([, { isRequired }]) => isRequired),
    ...{ have, expected: total.expected, pct: percent(have, total.expected) },
    rowsPct: percent(total.rows, total.rowsExpected),
    missing: missing.sort(),
    fewestRows: fewest,
  };
}

function isThere(state: PartitionState | undefined): boolean {
  return isAnswered(state) || isAccepted(state) || isInFlight(state);
}

/** What must be known beside the inputs. */
export interface Circumstances {
  /** Game dates that were asked for. */
  readonly dates: number;
  /** Seasons that were asked for and of which no game is known. */
  readonly unknownSeasons: readonly Season[];
  /** Backfills that build some of the same tables on some of the same dates. */
  readonly others: readonly string[];
  /** Partitions of which the warehouse has fewer rows than were recorded; null where it does not answer. Absent: it was not asked. */
  readonly short?: readonly PartitionRef[] | null;
  /** Whether live sources are asked first, which may tell what raw tables lack. */
  readonly isFetched: boolean;
  /** The command that fills some dates of a table. */
  readonly fill: (input: Pick<InputCoverage, 'phase'>, missing: readonly GameDate[]) => string;
}

/** How it was decided whether a request can run, as things were when it came. */
export interface Decided {
  readonly verdict: 'GO' | 'NO-GO';
  readonly criteria: readonly Criterion[];
  /** What was there of each table that the request builds, on the dates that were asked for. */
  readonly coverage: readonly TableBefore[];
}

/** How much of a table was there before a backfill. */
export interface TableBefore {
  readonly table: string;
  readonly phase: Phase;
  /** Dates that should have rows. */
  readonly expected: number;
  /** Those of them that had at least 95 % of their rows and every game. */
  readonly present: number;
}

/** The matrix: each criterion with its verdict, the critical ones first. */
export function criteriaOf(inputs: readonly InputCoverage[], circumstances: Circumstances): Criterion[] {
  const { dates, unknownSeasons, others, short, isFetched, fill } = circumstances;
  const ofDates = inputs.map((input): Criterion => {
    const { table, required, isNeeded, pct, missing } = input;
    const stops = required && (isNeeded || missing.length === 0) && !isFetched;
    const least = required ? REQUIRED_DATES : OPTIONAL_DATES;
    return atLeast(`dates of ${table}`, stops ? 'critical' : 'high', least, pct, () => fill(input, missing));
  });
  const ofRows = inputs.flatMap(({ table, fewestRows }): Criterion[] =>
    fewestRows === null
      ? []
      : [
          atLeast(
            `rows of ${table} on each date`,
            'high',
            ROWS,
            fewestRows.pct,
            () => `fullcourt why ${fewestRows.date} ${table}`,
          ),
        ],
  );
  const atMostNone = (
    name: string,
    weight: Weight,
    found: readonly string[],
    cure: (first: string) => string,
  ): Criterion => {
    const [first] = found;
    return {
      name,
      weight,
      threshold: 0,
      value: found.length,
      verdict: first === undefined ? 'GO' : 'NO-GO',
      cure: first === undefined ? null : cure(first),
    };
  };
  const all = [
    atLeast(
      'game dates to build',
      isFetched ? 'high' : 'critical',
      1,
      dates,
      () => 'fullcourt import --from DIR',
    ),
    ...ofDates,
    ...(short === undefined ? [] : [rowsLost(short, inputs)]),
    atMostNone('seasons without a schedule', 'high', unknownSeasons, () => 'fullcourt import --from DIR'),
    atMostNone(
      'other backfills of the same tables and dates',
      'high',
      others,
      (id) => `fullcourt backfills watch ${id}`,
    ),
    ...ofRows,
  ];
  return all.toSorted((a, b) => Number(b.weight === 'critical') - Number(a.weight === 'critical'));
}

function atLeast(
  name: string,
  weight: Weight,
  threshold: number,
  value: number | null,
  cure: () => string,
): Criterion {
  const isMet = value === null || value >= threshold;
  return { name, weight, threshold, value, verdict: isMet ? 'GO' : 'NO-GO', cure: isMet ? null : cure() };
}

/** Rows that the warehouse has lost since they were recorded: the row-count gate stops what reads them. */
function rowsLost(short: readonly PartitionRef[] | null, inputs: readonly InputCoverage[]): Criterion {
  const name = 'dates of inputs with fewer rows in the warehouse than were recorded';
  const fixed = { name, weight: 'critical', threshold: 0 } as const;
  if (short === null) return { ...fixed, value: null, verdict: 'NO-GO', cure: 'fullcourt status' };
  // What the request builds itself, it builds again.
  const outside = short.filter((ref) => inputs.some(({ table }) => table === ref.table));
  const [first] = outside;
  const phase = inputs.find(({ table }) => table === first?.table)?.phase;
  if (first === undefined || phase === undefined) return { ...fixed, value: 0, verdict: 'GO', cure: null };
  const dates = outside.filter(({ table }) => table === first.table).map(({ date }) => date);
  const cure = `fullcourt backfill --dates ${dates.join(',')} --tables ${first.table} --from ${phase} --through ${phase} --force`;
  return { ...fixed, value: outside.length, verdict: 'NO-GO', cure };
}

/** GO when every critical criterion is. */
export function verdictOf(criteria: readonly Criterion[]): 'GO' | 'NO-GO' {
  return criteria.every(({ weight, verdict }) => weight !== 'critical' || verdict === 'GO') ? 'GO' : 'NO-GO';
}
