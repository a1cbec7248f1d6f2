/** Dates that a table lawfully has no rows for: said in its completion documents and in the run history. */
import { isRecordedReason, SOURCE_UNAVAILABLE, type ExcludedDate } from '../../shared/domain/calendar.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import { historyNotWritten } from '../../shared/observe/events.ts';
import type { RunHistoryRow } from '../../shared/ports/warehouse.ts';
import { settleWithoutRows } from '../../shared/state/marks.ts';
import type { HandlerContext } from './context.ts';

/**
 * Writes into the completion documents why some dates have no rows, with one history row for each that is new.
 * @param backfillId the backfill that left them out; null for the live lane
 */
export async function settleExcluded(
  context: HandlerContext,
  excluded: readonly (ExcludedDate & { readonly table: string })[],
  backfillId: string | null,
): Promise<void> {
  const { ports, registry } = context;
  const groups = Map.groupBy(
    excluded.filter(({ reason }) => isRecordedReason(reason)),
    ({ table, reason }) => `${table}|${reason}`,
  );
  const now = ports.clock().toISOString();
  for (const group of groups.values()) {
    const first = group[0];
    if (first === undefined) continue;
    const status = first.reason === SOURCE_UNAVAILABLE ? 'empty' : 'skipped';
    const dates = group.map(({ date }) => date);
    const written = await settleWithoutRows(
      ports,
      registry,
      first.table,
      dates,
      status,
      first.reason,
      backfillId,
    );
    if (written.length === 0) continue;
    const { definition } = registry.get(first.table);
    const recorded = await ports.warehouse.appendRunHistory(
      written.map((date): RunHistoryRow => ({
        processor_name: first.table,
        run_id: `${backfillId ?? 'live'}-${first.reason}`,
        phase: definition.phase,
        data_date: date,
        season: seasonOf(date),
        status,
        started_at: now,
        processed_at: now,
        duration_seconds: 0,
        records_processed: 0,
        expected_records: 0,
        output_table: qualifiedName(definition),
        run_mode: backfillId === null ? 'live' : 'backfill',
        backfill_id: backfillId,
        attempt: 0,
        skip_reason: status === 'skipped' ? 'bootstrap' : 'no_data',
        failure_category: null,
        error: null,
      })),
    );
    if (!recorded.ok)
      historyNotWritten(ports, { table: first.table, backfillId, detail: recorded.failure.detail });
  }
}
