/** Every job of BigQuery is told of: what it was for, on whose behalf, and what is billed. */
import { beforeAll, describe, expect, it } from 'vitest';
import { findPythonTool, isMissing } from '../../scripts/tools/find.ts';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import type { JobReport } from '../../shared/adapters/gcp/bigquery-work.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { jobFinished } from '../../shared/observe/events/warehouse.ts';
import { logger } from '../../shared/observe/logger.ts';
import { cloudAt } from '../support/bigquery-warehouses.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { registry } from '../support/warehouse-suite.ts';
import type { Line } from '../support/observed-league.ts';

const DATE = gameDate('2024-01-10');
const ROW = {
  game_id: 'g1',
  game_date: DATE,
  player: 'a',
  points: 3,
  minutes: 1.5,
  starter: true,
  status: 'in',
  seen_at: null,
};

describe.skipIf(isMissing(findPythonTool('bqemulator')))('jobs on a BigQuery server', () => {
  let host: string;
  beforeAll(async () => {
    host = await sharedEmulator('bigquery');
  });

  it('are told of when they have done their work, with the run they were part of', async () => {
    const reports: JobReport[] = [];
    const lines: string[] = [];
    const log = logger('info', (line) => void lines.push(line));
    const warehouse = bigQueryWarehouse(cloudAt(host, '', ownProject('jobs')), registry, {
      onJob: (report) => {
        reports.push(report);
        jobFinished({ log }, report);
      },
    });
    await warehouse.prepare();
    reports.length = 0;
    lines.length = 0;
    const job = {
      table: registry.get('scores'),
      runId: 'run-1',
      dates: [DATE],
      readStart: DATE,
      token: 1,
      mode: 'backfill',
    } as const;
    const staged = await warehouse.stage({ ...job, rows: [ROW] });
    if (!staged.ok) throw new Error(staged.failure.detail);
    const published = await warehouse.publish({
      staged: staged.value,
      dates: [DATE],
      token: 1,
      mode: 'backfill',
      processedAt: new Date('2024-02-01T12:00:00Z'),
    });
    expect(published).toMatchObject({ ok: true });

    expect(reports.map(({ purpose }) => purpose)).toEqual(['load', 'stage', 'measure', 'publish']);
    for (const { jobId, table, runId, bytesBilled, seconds } of reports) {
      expect(jobId).toMatch(/^[\w-]+$/);
      expect([table, runId]).toEqual(['scores', 'run-1']);
      expect(bytesBilled).toBeGreaterThanOrEqual(0);
      expect(seconds).toBeGreaterThanOrEqual(0);
    }
    expect(new Set(reports.map(({ jobId }) => jobId)).size).toBe(reports.length);
    expect(lines.map((line) => JSON.parse(line) as Line)).toMatchObject(
      reports.map(({ jobId, purpose }) => ({
        severity: 'INFO',
        event: 'job_finished',
        jobId,
        purpose,
        'logging.googleapis.com/labels': { run_id: 'run-1', table: 'scores' },
      })),
    );
  });
});
