/** Dates that a table lawfully has no rows for: said in its completion documents and in the run history. */
import { SOURCE_UNAVAILABLE } from '../../shared/domain/calendar.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import type { View } from '../../shared/domain/view.ts';
import { settleWithoutRows } from '../../shared/state/completions.ts';
import type { App } from './app.ts';

/** Writes into the completion documents why some dates have no rows, with one history row for each. */
export async function recordExclusions(app: App, id: string, plan: Plan, view: View): Promise<void> {
  const { ports, registry } = app;
  const groups = Map.groupBy(
    plan.excluded.filter(({ reason }) => reason === SOURCE_UNAVAILABLE || reason.startsWith('bootstrap')),
    ({ table, reason }) => `${table}|${reason}`,
  );
  const now = ports.clock().toISOString();
  for (const group of groups.values()) {
    const first = group[0];
    if (first === undefined) continue;
    const status = first.reason === SOURCE_UNAVAILABLE ? 'empty' : 'skipped';
    const written = await settleWithoutRows(ports, registry, first.table, group.map(({ date }) => date), status, first.reason, id);
    if (written.length === 0) continue;
    const { definition } = view.registry.get(first.table);
    const recorded = await ports.warehouse.appendRunHistory(
      written.map((date) => ({
        processor_name: first.table,
        run_id: `${id}-${first.reason}`,
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
        run_mode: 'backfill',
        backfill_id: id,
        attempt: 0,
        skip_reason: status === 'skipped' ? 'bootstrap' : 'no_data',
        failure_category: null,
        error: null,
      })),
    );
    if (!recorded.ok) ports.log({ severity: 'ERROR', event: 'run_history_not_written', backfillId: id, detail: recorded.failure.detail });
  }
}
