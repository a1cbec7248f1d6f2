/**
 * How long a backfill will take: a band from what runs of this target have taken. A run costs a fixed part and a part for each of its
 * dates; runs overlap, and a run waits for the runs that it reads. How far earlier forecasts were off says how wide the band is. Pure.
 */
import type { GameDate } from './game-date.ts';
import type { Batch } from './plan.ts';

/** What runs of one table have taken, as sums over runs, from which a straight line of seconds over dates is fitted. */
export interface Pace {
  /** Runs; less than their number where older ones count less. */
  readonly runs: number;
  readonly dates: number;
  readonly datesSquared: number;
  readonly seconds: number;
  readonly datesTimesSeconds: number;
}

/** One measured run: how many dates, and the seconds from its claim to its end. */
export interface MeasuredRun {
  readonly dates: number;
  readonly seconds: number;
}

/** What a run of a table costs, in seconds: the fixed part, and that for each date. Neither is negative. */
export interface RunCost {
  readonly fixed: number;
  readonly perDate: number;
}

/** An earlier backfill: the work that was forecast for it, and what it took without its pauses, in seconds. */
export interface PastForecast {
  readonly work: number;
  readonly seconds: number;
}

/** What is known of earlier backfills of this target. */
export interface Measured {
  /** By table. */
  readonly paces: Readonly<Record<string, Pace>>;
  /** The newest first. */
  readonly past: readonly PastForecast[];
}

/** Nothing measured yet. */
export const NOTHING_MEASURED: Measured = { paces: {}, past: [] };

/** Seconds that a backfill takes. */
export interface Forecast {
  /** As many backfills take longer as take less. */
  readonly p50: number;
  /** Nine of ten take less. */
  readonly p90: number;
  /** From the first run to the end of the last, by measured costs alone. */
  readonly work: number;
}

/** The sums of some runs. */
export function paceOf(runs: readonly MeasuredRun[]): Pace {
  const sum = (of: (run: MeasuredRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return {
    runs: runs.length,
    dates: sum(({ dates }) => dates),
    datesSquared: sum(({ dates }) => dates ** 2),
    seconds: sum(({ seconds }) => seconds),
    datesTimesSeconds: sum(({ dates, seconds }) => dates * seconds),
  };
}

/** How much the runs of earlier backfills count when those of a further one are added: code and machines change. */
const OLD_COUNT = 0.7;

/** Most earlier forecasts that are kept. */
const KEPT = 20;

/**
 * What is known after a further backfill.
 * @param runs its runs, by table
 * @param past its forecast beside what it took; undefined where it had none, or stood still in between
 */
export function withMeasured(
  { paces, past: before }: Measured,
  runs: ReadonlyMap<string, readonly MeasuredRun[]>,
  past: PastForecast | undefined,
): Measured {
  const added = Object.fromEntries(
    [...runs].map(([table, own]) => [table, together(paces[table], paceOf(own))]),
  );
  return {
    paces: { ...paces, ...added },
    past: (past === undefined ? before : [past, ...before]).slice(0, KEPT),
  };
}

function together(before: Pace | undefined, own: Pace): Pace {
  const old = (name: keyof Pace): number => OLD_COUNT * (before?.[name] ?? 0) + own[name];
  return {
    runs: old('runs'),
    dates: old('dates'),
    datesSquared: old('datesSquared'),
    seconds: old('seconds'),
    datesTimesSeconds: old('datesTimesSeconds'),
  };
}

/** How many runs, whose numbers of dates differ as much as their mean, the guess counts for that half of a run is fixed. */
const HALF_COUNTS = 0.5;

/**
 * What a run of each table costs: the straight line through its runs, with no part below 0. Where all runs of a table had about as many
 * dates, they say little about which part is fixed. Then about half of it is.
 */
export function costsOf(paces: Measured['paces']): ReadonlyMap<string, RunCost> {
  return new Map(
    Object.entries(paces).flatMap(([table, pace]): [string, RunCost][] => {
      const { runs, dates, datesSquared, seconds, datesTimesSeconds } = pace;
      if (runs <= 0 || dates <= 0) return [];
      const [meanDates, meanSeconds] = [dates / runs, seconds / runs];
      const guess = HALF_COUNTS * meanDates ** 2;
      const slope =
        (datesTimesSeconds - dates * meanSeconds + (guess * meanSeconds) / meanDates / 2) /
        (datesSquared - dates * meanDates + guess);
      const perDate = Math.min(Math.max(slope, 0), meanSeconds / meanDates);
      return [[table, { perDate, fixed: Math.max(meanSeconds - perDate * meanDates, 0) }]];
    }),
  );
}

/** What is to be forecast. */
export interface ToForecast {
  /** In the order of release. */
  readonly batches: readonly Batch[];
  /** The tables that a table reads. */
  readonly readsOf: (table: string) => readonly string[];
  /** Most runs under way at once, at least 1. */
  readonly maxInFlight: number;
}

/**
 * The band of a plan; undefined when some table of it has never run on this target. A plan without runs takes no time.
 */
export function forecastOf(plan: ToForecast, { paces, past }: Measured): Forecast | undefined {
  const costs = costsOf(paces);
  if (plan.batches.some(({ table }) => !costs.has(table))) return undefined;
  const work = workOf(plan, costs);
  return { ...bandOf(work, past), work };
}

interface Waiting {
  readonly seconds: number;
  /** Each table that it reads, and how many of the first batches of that table it waits for. */
  readonly needs: readonly (readonly [string, number])[];
}

/**
 * Seconds from the first run to the end of the last when at most `maxInFlight` runs are under way, those of a table begin in the order
 * of their dates, and each waits for the batches of the tables it reads up to its own last date.
 */
function workOf({ batches, readsOf, maxInFlight }: ToForecast, costs: ReadonlyMap<string, RunCost>): number {
  const queues = queuesOf(batches, readsOf, costs);
  /** Table -> which of its batches have ended, and how many of the first ones have. */
  const ended = new Map([...queues.keys()].map((table) => [table, { flags: new Set<number>(), first: 0 }]));
  const next = new Map([...queues.keys()].map((table) => [table, 0]));
  let running: { readonly table: string; readonly index: number; readonly until: number }[] = [];
  let now = 0;
  for (;;) {
    for (const [table, queue] of queues) {
      for (let index = next.get(table) ?? 0; running.length < maxInFlight; index += 1) {
        const batch = queue[index];
        if (batch === undefined || batch.needs.some(([of, count]) => (ended.get(of)?.first ?? 0) < count))
          break;
        running.push({ table, index, until: now + batch.seconds });
        next.set(table, index + 1);
      }
    }
    if (running.length === 0) return now;
    now = Math.min(...running.map(({ until }) => until));
    for (const { table, index, until } of running) {
      const own = ended.get(table);
      if (until > now || own === undefined) continue;
      own.flags.add(index);
      while (own.flags.has(own.first)) own.first += 1;
    }
    running = running.filter(({ until }) => until > now);
  }
}

/** The batches of each table, in their order. */
function queuesOf(
  batches: readonly Batch[],
  readsOf: ToForecast['readsOf'],
  costs: ReadonlyMap<string, RunCost>,
): Map<string, readonly Waiting[]> {
  const ofTable = Map.groupBy(batches, ({ table }) => table);
  return new Map(
    [...ofTable].map(([table, own]) => {
      const { fixed = 0, perDate = 0 } = costs.get(table) ?? {};
      const sources = readsOf(table).flatMap((source) => {
        const read = ofTable.get(source);
        return read === undefined ? [] : [[source, read] as const];
      });
      const reached = new Map(sources.map(([source]) => [source, 0]));
      return [
        table,
        own.map((batch): Waiting => {
          const last = lastOf(batch);
          return {
            seconds: fixed + perDate * batch.dates.length,
            needs: sources.map(([source, read]) => {
              let count = reached.get(source) ?? 0;
              while (count < read.length && (read[count]?.dates[0] ?? last) <= last) count += 1;
              reached.set(source, count);
              return [source, count];
            }),
          };
        }),
      ];
    }),
  );
}

function lastOf({ dates, table }: Batch): GameDate {
  const last = dates.at(-1);
  if (last === undefined) throw new Error(`A batch of ${table} has no dates`);
  return last;
}

/** How far forecasts are off before any has been compared: the standard deviation of the logarithm, and for how many backfills it stands. */
const FIRST_SPREAD = { deviation: 0.5, counts: 2 } as const;
/** Standard deviations from the middle to the ninetieth percentile: those of Student's t, within a hundredth from 2 degrees of freedom on. */
const toP90 = (freedom: number): number => 1.2816 + 0.85 / freedom + 0.7 / freedom ** 2;
/** A backfill of a tenth or of ten times the work counts 1/e of one of the same size. */
const SIZE_SCALE = Math.LN10;

/**
 * The middle and the ninetieth percentile of what a backfill of this work takes. Earlier backfills tell by what factor forecasts were
 * off, those of about the same size the most: a small backfill is mostly overhead.
 */
function bandOf(work: number, past: readonly PastForecast[]): Pick<Forecast, 'p50' | 'p90'> {
  if (work === 0) return { p50: 0, p90: 0 };
  const seen = past.flatMap((each) =>
    each.work > 0 && each.seconds > 0
      ? [
          {
            weight: Math.exp(-Math.abs(Math.log(work / each.work)) / SIZE_SCALE),
            factor: Math.log(each.seconds / each.work),
          },
        ]
      : [],
  );
  const weight = seen.reduce((sum, each) => sum + each.weight, 0);
  const mean = weight === 0 ? 0 : seen.reduce((sum, each) => sum + each.weight * each.factor, 0) / weight;
  const squares = seen.reduce((sum, each) => sum + each.weight * (each.factor - mean) ** 2, 0);
  const { deviation, counts } = FIRST_SPREAD;
  const variance = (counts * deviation ** 2 + squares) / (counts + weight);
  const spread = Math.sqrt(variance * (1 + 1 / (1 + weight)));
  const p50 = work * Math.exp(mean);
  return { p50, p90: p50 * Math.exp(toP90(counts + weight) * spread) };
}
