/** Settles dates for which a table rightly has no rows, in its completion documents and in the run history. */
import { isRecordedReason, SOURCE_UNAVAILABLE, type ExcludedDate } from '../../shared/domain/calendar.ts';
import { settleWithoutRows } from '../../shared/state/marks.ts';
import { recordHistory } from '../../shared/state/run-history.ts';
import type { HandlerContext } from './context.ts';

/**
 * Writes into the completion documents why some dates have no rows. Each date that did not say so before gets a row of the run
 * history. Example: phase 4 has no rows for the first 14 days of a season, from 2023-10-24 on.
 * @param backfillId the backfill that left the dates out; null for live work
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
    const table = registry.get(first.table);
    await recordHistory(
      ports,
      table,
      {
        runId: `${backfillId ?? 'live'}-${first.reason}`,
        phase: table.definition.phase,
        mode: backfillId === null ? 'live' : 'backfill',
        backfillId,
        attempt: 0,
        startedAt: now,
        finishedAt: now,
      },
      written.map((date) => ({ date, status, rows: 0, expectedRows: 0 })),
    );
  }
}
