import { describe, expect, it } from 'vitest';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { transient } from '../../shared/domain/failure.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import type { RunHistoryRow } from '../../shared/ports/warehouse.ts';
import { startBigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { runsIn } from '../support/look.ts';
import { drain, worldFrom } from '../support/stepping.ts';
import { PHASE3_DATES } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { registry } from '../support/warehouse-suite.ts';

const AT = new Date('2026-01-01T00:00:00Z');
const DATES = Array.from({ length: 300 }, (_, i) => addDays(gameDate('2023-11-05'), i));

const attempt = (runId: string, date: RunHistoryRow['data_date']): RunHistoryRow => ({
  processor_name: 'scores',
  run_id: runId,
  phase: 'phase2',
  data_date: date,
  season: '2023-24',
  status: 'success',
  started_at: AT.toISOString(),
  processed_at: AT.toISOString(),
  duration_seconds: 1,
  records_processed: 1,
  expected_records: 1,
  output_table: 'nba_raw.scores',
  run_mode: 'backfill',
  backfill_id: null,
  attempt: 1,
  skip_reason: null,
  failure_category: null,
  error: null,
  service_revision: null,
});

describe('F-22 bookkeeping and the quota of the warehouse', () => {
  it('F-22 writes the history of 300 dates without one job, and no row twice', async () => {
    const server = await startBigQueryServer({ project: PROJECT, now: () => AT.getTime() });
    try {
      const warehouse = bigQueryWarehouse(cloudAt(server.host), registry);
      await warehouse.prepare();
      const prepared = server.jobs().length;
      const rows = DATES.map((date) => attempt('run', date));
      // The second time is a handler that did not hear that the first one had arrived.
      for (let i = 0; i < 2; i += 1)
        expect(await warehouse.appendRunHistory(rows)).toMatchObject({ ok: true });

      expect(server.jobs()).toHaveLength(prepared);
      expect(server.limits.usage().get('nba_reference.processor_run_history')).toMatchObject({
        dml: 0,
        loads: 0,
      });
      const count = await warehouse.query(
        `SELECT COUNT(*) AS n FROM nba_reference.processor_run_history WHERE data_date >= DATE '2023-01-01'`,
      );
      expect(count).toEqual({ ok: true, value: [{ n: 300 }] });
    } finally {
      await server.stop();
    }
  });

  it('F-22 tells of a used up quota as something that passes, for bookkeeping and for data', async () => {
    const server = await startBigQueryServer({ project: PROJECT, now: () => AT.getTime() });
    try {
      const warehouse = bigQueryWarehouse(cloudAt(server.host), registry, { sleep: () => Promise.resolve() });
      await warehouse.prepare();
      const [date] = DATES;
      if (date === undefined) throw new Error('no date');
      server.faults.add({
        at: 'request',
        fits: (_, path) => path.endsWith('/insertAll'),
        status: 403,
        reason: 'quotaExceeded',
      });
      expect(await warehouse.appendRunHistory([attempt('run', date)])).toMatchObject({
        ok: false,
        failure: { kind: 'transient', code: 'quota_exceeded' },
      });
      server.faults.add({
        at: 'job',
        fits: (id) => id.includes('-load-'),
        before: 0,
        reason: 'quotaExceeded',
        message: 'Your table exceeded quota for imports',
      });
      const table = registry.get('scores');
      const rows = [{ game_id: 'g', game_date: date, player: 'a', points: 1 }];
      const job = { table, runId: 'run', dates: [date], readStart: date, rows };
      expect(await warehouse.stage({ ...job, token: 1 })).toMatchObject({
        ok: false,
        failure: { kind: 'transient', code: 'quota_exceeded' },
      });
      expect((await warehouse.stage({ ...job, token: 2 })).ok).toBe(true);
    } finally {
      await server.stop();
    }
  });

  it('F-22 finishes a run whose history could not be written, and says so', async () => {
    const world = await worldFrom(importedWorld());
    const events: string[] = [];
    const warehouse = {
      ...world.warehouse,
      appendRunHistory: () => Promise.resolve(transient('quota_exceeded', 'the quota is used up')),
    };
    const log = (event: { readonly event: string }): void => void events.push(event.event);
    await world.request({ dates: PHASE3_DATES.slice(0, 1), through: 'phase3', tables: ['team_offense'] });
    await drain(world, { warehouse, log });

    expect(runsIn(world, 'team_offense').map(({ state }) => state)).toEqual(['settled']);
    expect(runsIn(world, 'team_offense')[0]?.outcome?.map(({ status }) => status)).toEqual(['success']);
    expect(events).toContain('run_history_not_written');
  });
});
