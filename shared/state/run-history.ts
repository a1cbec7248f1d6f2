/**
 * The one maker of the rows of `nba_reference.processor_run_history`. The table is bookkeeping for people: it has a row for
 * each date of each attempt at a run, and one for each date that was settled without a run, such as 2023-10-24 in a table
 * whose first 14 days of a season are left out. No decision reads it.
 */
import type { GameDate } from '../domain/game-date.ts';
import type { Mode } from '../domain/partition.ts';
import type { RegisteredTable } from '../domain/registry.ts';
import { seasonOf } from '../domain/season.ts';
import { qualifiedName, type Phase } from '../domain/table.ts';
import { historyNotWritten } from '../observe/events/warehouse.ts';
import type { Ports } from '../ports/index.ts';
import type { RunHistoryRow } from '../ports/warehouse.ts';

/** What the rows of an attempt have in common. */
interface HistoryAttempt {
  /** Id of the run; for dates that were settled without one, who settled them and why: `live-source_unavailable`. */
  readonly runId: string;
  readonly phase: Phase;
  readonly mode: Mode;
  readonly backfillId: string | null;
  /** 1 for the first attempt; 0 without a run. */
  readonly attempt: number;
  /** The revision of the service that made the attempt, where a service did. */
  readonly answeredBy?: string | undefined;
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** What became of one date. */
interface HistoryDate {
  readonly date: GameDate;
  readonly status: RunHistoryRow['status'];
  readonly rows: number;
  readonly expectedRows: number;
  readonly reason?: string | undefined;
}

/** Appends a row for each date of an attempt. A failure to append is told as an event and fails nothing else. */
export async function recordHistory(
  ports: Pick<Ports, 'warehouse' | 'log' | 'context'>,
  table: RegisteredTable,
  attempt: HistoryAttempt,
  dates: readonly HistoryDate[],
): Promise<void> {
  const written = await ports.warehouse.appendRunHistory(historyRows(table, attempt, dates));
  if (written.ok) return;
  const { backfillId } = attempt;
  historyNotWritten(ports, { table: table.definition.name, backfillId, detail: written.failure.detail });
}

/** The time that the attempt took is spread evenly over its dates. */
function historyRows(
  { definition }: RegisteredTable,
  { runId, phase, mode, backfillId, attempt, startedAt, finishedAt, answeredBy }: HistoryAttempt,
  dates: readonly HistoryDate[],
): RunHistoryRow[] {
  const started = new Date(startedAt);
  const finished = new Date(finishedAt);
  return dates.map(({ date, status, rows, expectedRows, reason }) => ({
    processor_name: definition.name,
    run_id: runId,
    phase,
    data_date: date,
    season: seasonOf(date),
    status,
    started_at: started.toISOString(),
    processed_at: finished.toISOString(),
    duration_seconds: (finished.getTime() - started.getTime()) / 1000 / dates.length,
    records_processed: rows,
    expected_records: expectedRows,
    output_table: qualifiedName(definition),
    run_mode: mode,
    backfill_id: backfillId,
    attempt,
    skip_reason: skipReasonOf(status),
    failure_category: status === 'failed' ? 'processing_error' : null,
    error: status === 'failed' ? (reason ?? null) : null,
    service_revision: answeredBy ?? null,
  }));
}

/** Why a date has no rows, where that is no failure. */
function skipReasonOf(status: RunHistoryRow['status']): string | null {
  if (status === 'skipped') return 'bootstrap';
  return status === 'empty' ? 'no_data' : null;
}
