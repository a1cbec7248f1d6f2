/** What a plan will take, and what is measured of a backfill that has ended. */
import { forecastOf, paceOf, type Forecast, type MeasuredRun } from '../../shared/domain/forecast.ts';
import type { Batch } from '../../shared/domain/plan.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { SettledRun } from '../../shared/state/documents.ts';
import { readMeasured } from '../../shared/state/forecasts.ts';
import type { ActiveBackfill, MeasuredBackfill } from '../../shared/state/backfills.ts';
import { settledRuns, settledRunsOf } from '../../shared/state/runs.ts';

/** Runs of a table that are read where no backfill has built it: live ones. */
const LIVE_RUNS = 20;

interface ForecastPorts {
  readonly store: StateStore;
  readonly registry: Registry;
}

/** The band of a plan; undefined when some table of it has never run on this target. */
export async function forecastPlan(
  { store, registry }: ForecastPorts,
  batches: readonly Batch[],
  maxInFlight: number,
): Promise<Forecast | undefined> {
  const { paces, past } = await readMeasured({ store });
  const tables = [...new Set(batches.map(({ table }) => table))];
  const others = tables.filter((table) => paces[table] === undefined);
  const live = await Promise.all(
    others.map(async (table) => [table, await settledRuns({ store }, table, LIVE_RUNS)] as const),
  );
  const known = {
    ...paces,
    ...Object.fromEntries(
      live.flatMap(([table, runs]) => (runs.length === 0 ? [] : [[table, paceOf(runs.map(measuredRun))]])),
    ),
  };
  const readsOf = (table: string): string[] =>
    registry.get(table).definition.inputs.map((input) => input.table);
  return forecastOf({ batches, readsOf, maxInFlight: Math.max(1, maxInFlight) }, { paces: known, past });
}

function measuredRun({ dates, startedAt, finishedAt }: SettledRun): MeasuredRun {
  return { dates: dates.length, seconds: secondsBetween(startedAt, finishedAt) };
}

/** Seconds without any run under way after which a backfill has stood still: nobody worked on the home. */
const STILL_SECONDS = 60;

/** What later forecasts learn from a backfill that ends; undefined when it has run nothing. */
export async function measuredOf(
  ports: Pick<ForecastPorts, 'store'>,
  { id, createdAt }: Pick<ActiveBackfill, 'id' | 'createdAt'>,
  now: string,
  isDone: boolean,
): Promise<MeasuredBackfill | undefined> {
  const runs = await settledRunsOf(ports, id);
  if (runs.length === 0) return undefined;
  const ofTable = Map.groupBy(runs, ({ table }) => table);
  return {
    runs: new Map([...ofTable].map(([table, own]) => [table, own.map(measuredRun)])),
    isSteady: isDone && longestRest(runs, createdAt, now) < STILL_SECONDS,
  };
}

/** The most seconds from `from` to `until` in which no run was under way. */
function longestRest(runs: readonly SettledRun[], from: string, until: string): number {
  let [longest, reached] = [0, from];
  for (const { startedAt, finishedAt } of runs.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))) {
    longest = Math.max(longest, secondsBetween(reached, startedAt));
    if (finishedAt > reached) reached = finishedAt;
  }
  return Math.max(longest, secondsBetween(reached, until));
}

function secondsBetween(from: string, until: string): number {
  return (new Date(until).getTime() - new Date(from).getTime()) / 1000;
}
