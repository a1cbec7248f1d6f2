/** One page about a backfill, also while it runs: what was decided, what is there, what is lacking, and what to do next. */
import {
  besideForecast,
  datesAnHour,
  gapsByCause,
  gapsOf,
  nextCommands,
  type Beside,
  type Gap,
  type NextCommand,
} from '../../shared/domain/backfill-report.ts';
import { coverageOf } from '../../shared/domain/coverage.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { refName, type PartitionRef } from '../../shared/domain/partition.ts';
import { tablesInScope } from '../../shared/domain/plan.ts';
import type { Decided } from '../../shared/domain/preflight.ts';
import type { Phase } from '../../shared/domain/table.ts';
import { whyOf } from '../../shared/domain/why.ts';
import { failuresOf } from '../../shared/state/backfill-failures.ts';
import { isFinished, readPlan, type Backfill } from '../../shared/state/backfills.ts';
import { loadView, seasonsOf } from '../../shared/state/views.ts';
import { showBackfill, type BackfillOutcome, type Holding } from './backfills.ts';
import { failedCells, type FailedCell } from './failed-cells.ts';
import { asPlanned } from './plan.ts';
import type { ReadingPorts } from './ports.ts';

/** How much of a table should be there and is: dates. */
export interface Present {
  readonly expected: number;
  readonly present: number;
}

/** What became of one table, on the dates that were asked for. */
export interface ReportedTable {
  readonly table: string;
  readonly phase: Phase;
  /** When the backfill was asked for; null for backfills of earlier versions. */
  readonly before: Present | null;
  /** Now. */
  readonly after: Present;
  /** Partitions of its plan; those of later dates are among them. */
  readonly planned: number;
  readonly built: number;
  readonly unchanged: number;
  readonly failed: number;
  /** Partitions of its plan that are still to be built. */
  readonly open: number;
  /** Dates that rightly have no rows, by reason. */
  readonly leftOut: readonly { readonly reason: string; readonly dates: number }[];
}

export interface BackfillReport extends Pick<
  BackfillOutcome,
  | 'backfillId'
  | 'state'
  | 'dates'
  | 'runs'
  | 'seconds'
  | 'pausedSeconds'
  | 'forecast'
  | 'verdict'
  | 'validation'
> {
  readonly requestedBy: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  /** When this was told. */
  readonly toldAt: string;
  readonly request: Backfill['request'];
  /** How it was decided; null for backfills of earlier versions. */
  readonly decision: Pick<Decided, 'verdict' | 'criteria'> | null;
  /** A person's decision to run in spite of missing inputs. */
  readonly bypass: { readonly by: string | null; readonly reason: string } | null;
  readonly tables: readonly ReportedTable[];
  /** What has failed, with reasons. */
  readonly failed: readonly FailedCell[];
  readonly pace: {
    /** Without the pauses. */
    readonly workingSeconds: number;
    readonly datesAnHour: number | null;
    /** By the middle of the forecast. */
    readonly forecastDatesAnHour: number | null;
    /** Where the time lies beside the forecast; null while it runs and where nothing was forecast. */
    readonly beside: Beside | null;
  };
  readonly gaps: readonly Gap[];
  readonly next: readonly NextCommand[];
}

/** @returns undefined when there is no such backfill */
export async function backfillReport(
  ports: ReadingPorts & Holding,
  id: string,
): Promise<BackfillReport | undefined> {
  const shown = await showBackfill(ports, id);
  if (shown === undefined) return undefined;
  const { backfill, outcome } = shown;
  const { request, decided, skipPreflight } = backfill;
  const { registry } = ports;
  const view = await loadView(ports, registry, seasonsOf(request.dates));
  const dates = request.dates.filter((date) => view.seasons.has(seasonOf(date)));
  const scope = tablesInScope(view, {
    ...asPlanned(request),
    ...(request.tables === null ? {} : { tables: request.tables.filter((name) => registry.has(name)) }),
  });
  const open = await openCells(ports, backfill);
  const covered = scope.map((table) => coverageOf(view, table, dates));
  const explain = whyOf(view);
  const lacking = covered.flatMap(({ table, missing }) => missing.map((date) => explain({ table, date })));
  const gaps = gapsOf(lacking, open);
  const before = new Map(decided?.coverage.map((each) => [each.table, each]));
  const tables = covered.map(({ table, phase, expected, present, excluded }): ReportedTable => {
    const then = before.get(table);
    const progress = backfill.progress.find((each) => each.table === table);
    const { planned = 0, done = 0, unchanged = 0, failed = 0 } = progress ?? {};
    return {
      ...{ table, phase },
      before: then === undefined ? null : { expected: then.expected, present: then.present },
      after: { expected, present },
      ...{ planned, built: done, unchanged, failed },
      open: isFinished(backfill) ? 0 : planned - done - unchanged - failed,
      leftOut: [...Map.groupBy(excluded, ({ reason }) => reason)].map(([reason, of]) => ({
        reason,
        dates: of.length,
      })),
    };
  });
  const { seconds, pausedSeconds, forecast, dates: counts } = outcome;
  const workingSeconds = Math.round((seconds - pausedSeconds) * 1000) / 1000;
  const [start, end] = [request.dates[0], request.dates.at(-1)];
  const noGo = (decided?.criteria ?? []).filter(
    ({ weight, verdict }) => weight === 'critical' && verdict === 'NO-GO',
  );
  return {
    ...{ backfillId: id, state: outcome.state, dates: counts, runs: outcome.runs },
    ...{ seconds, pausedSeconds, forecast, verdict: outcome.verdict, validation: outcome.validation },
    requestedBy: request.requestedBy,
    createdAt: backfill.createdAt,
    finishedAt: backfill.finishedAt,
    toldAt: ports.clock().toISOString(),
    request,
    decision: decided === undefined ? null : { verdict: decided.verdict, criteria: decided.criteria },
    bypass: skipPreflight === null ? null : { by: request.requestedBy, reason: skipPreflight.reason },
    tables,
    failed: await failedCells(ports, id),
    pace: {
      workingSeconds,
      datesAnHour: datesAnHour(counts.built + counts.builtFirst, workingSeconds),
      forecastDatesAnHour:
        forecast === null
          ? null
          : datesAnHour(backfill.dates.processable - backfill.dates.unchanged, forecast.p50),
      beside: isFinished(backfill) ? besideForecast(workingSeconds, forecast) : null,
    },
    gaps,
    next: nextCommands({
      ...{ id, state: outcome.state, noGo, gaps: gapsByCause(gaps) },
      range: start === undefined || end === undefined ? undefined : { start, end },
      stale: covered.reduce((sum, { stale }) => sum + stale, 0),
    }),
  };
}

/** Says of a partition whether the backfill is still to build it. */
async function openCells(ports: ReadingPorts, backfill: Backfill): Promise<(cell: PartitionRef) => boolean> {
  if (isFinished(backfill)) return () => false;
  const { store } = ports;
  const [plan, failed] = await Promise.all([
    readPlan({ store }, { ...backfill, stage: 'main' }),
    failuresOf({ store }, backfill.id),
  ]);
  const planned = new Set(
    plan?.batches.flatMap(({ table, dates }) => dates.map((date) => refName({ table, date }))),
  );
  // Before its plan is made, nothing is known to be lacking for good.
  return (cell) => plan === undefined || (planned.has(refName(cell)) && !failed.has(refName(cell)));
}
