import { describe, expect, it } from 'vitest';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { startBigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { registry } from '../support/warehouse-suite.ts';

const DATE = gameDate('2024-01-10');
const AT = new Date('2026-01-01T00:00:00Z');
const table = registry.get('scores');
const row = (player: string) => ({ game_id: 'g', game_date: DATE, player, points: 1 });

describe('F-29 two writers of one date at once', () => {
  it('F-29 leave the rows of one of them, whole, and no key twice', async () => {
    let time = AT.getTime();
    const server = await startBigQueryServer({
      project: PROJECT,
      now: () => time,
      // Statements of both transactions come in turn.
      pause: async () => {
        time += 500;
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
    });
    try {
      // Two processes that know nothing of each other: no turns between them.
      const writers = [1, 2].map(() =>
        bigQueryWarehouse(cloudAt(server.host), registry, {
          clock: () => AT,
          sleep: () => Promise.resolve(),
        }),
      );
      await writers[0]?.prepare();
      const results = await Promise.all(
        writers.map(async (warehouse, i) => {
          const staged = await warehouse.stage({
            table,
            runId: `run-${i}`,
            token: 5,
            dates: [DATE],
            readStart: DATE,
            rows: [row('a'), row('b'), row(`of-writer-${i}`)],
          });
          if (!staged.ok) throw new Error(staged.failure.detail);
          const job = {
            staged: staged.value,
            dates: [DATE],
            token: 5,
            mode: 'backfill',
            processedAt: AT,
          } as const;
          return warehouse.publish(job);
        }),
      );
      // Whoever was cancelled tried again after the other one, so both are done.
      expect(results.map(({ ok }) => ok)).toEqual([true, true]);
      const cancelled = server.jobs().filter(({ error }) => error?.message.includes('concurrent update'));
      expect(cancelled.length).toBeGreaterThan(0);
      const rows = await writers[0]?.query(
        `SELECT player, COUNT(*) AS n FROM nba_raw.scores WHERE game_date = DATE '${DATE}' GROUP BY player ORDER BY player`,
      );
      expect(rows?.ok === true ? rows.value.map(({ n }) => n) : rows).toEqual([1, 1, 1]);
    } finally {
      await server.stop();
    }
  });

  it('F-29 does not pass the audit with a key twice', async () => {
    const server = await startBigQueryServer({ project: PROJECT, now: () => AT.getTime() });
    try {
      const warehouse = bigQueryWarehouse(cloudAt(server.host), registry, { clock: () => AT });
      await warehouse.prepare();
      const rows = [row('a'), row('a')];
      const staged = await warehouse.stage({
        table,
        runId: 'r',
        token: 1,
        dates: [DATE],
        readStart: DATE,
        rows,
      });

      expect(staged.ok && staged.value.dates[0]?.checks).toEqual([
        { check: 'duplicate_key(game_id, player)', severity: 'fail', failures: 1 },
      ]);
    } finally {
      await server.stop();
    }
  });
});
