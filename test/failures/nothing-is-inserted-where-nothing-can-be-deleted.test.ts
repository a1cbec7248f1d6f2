import { describe, expect, it } from 'vitest';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { bigQueryClient } from '../../shared/adapters/gcp/clients.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { startBigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { registry } from '../support/warehouse-suite.ts';

const DATE = gameDate('2024-01-10');
const AT = new Date('2026-01-01T00:00:00Z');
const table = registry.get('scores');

describe('F-30 a warehouse that refuses to delete', () => {
  it('F-30 gets nothing inserted: a temporary failure, and success when the rows can be deleted', async () => {
    let time = AT.getTime();
    const server = await startBigQueryServer({ project: PROJECT, now: () => (time += 10) });
    try {
      const warehouse = bigQueryWarehouse(cloudAt(server.host), registry, {
        clock: () => AT,
        sleep: () => Promise.resolve(),
      });
      await warehouse.prepare();
      const client = await bigQueryClient(cloudAt(server.host));
      // Somebody streams rows into the table; for half an hour nothing can delete them.
      await client
        .dataset('nba_raw')
        .table('scores')
        .insert([{ game_id: 'g', game_date: DATE, player: 'streamed', points: 1 }]);
      const staged = await warehouse.stage({
        table,
        runId: 'run',
        token: 1,
        dates: [DATE],
        readStart: DATE,
        rows: ['a', 'b'].map((player) => ({ game_id: 'g', game_date: DATE, player, points: 2 })),
      });
      if (!staged.ok) throw new Error(staged.failure.detail);
      const publish = (token: number) =>
        warehouse.publish({ staged: staged.value, dates: [DATE], token, mode: 'live', processedAt: AT });
      const players = async (): Promise<unknown> => {
        const rows = await warehouse.query(
          `SELECT player FROM nba_raw.scores WHERE game_date = DATE '${DATE}' ORDER BY player`,
        );
        return rows.ok ? rows.value.map(({ player }) => player) : rows;
      };

      expect(await publish(1)).toMatchObject({
        ok: false,
        failure: { kind: 'transient', code: 'streaming_buffer' },
      });
      expect(await players()).toEqual(['streamed']);
      time += 31 * 60_000;
      expect(await publish(2)).toEqual({ ok: true, value: undefined });
      expect(await players()).toEqual(['a', 'b']);
    } finally {
      await server.stop();
    }
  });
});
