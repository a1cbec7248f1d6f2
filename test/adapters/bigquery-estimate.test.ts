/** What a run would read, from BigQuery's own dry run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bigQueryEstimate } from '../../shared/adapters/gcp/bigquery-estimate.ts';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { bigQueryClient } from '../../shared/adapters/gcp/clients.ts';
import { dollarsOf, MINIMUM_BYTES } from '../../shared/derive/bigquery-cost.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { startBigQueryServer, type BigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { registry } from '../support/warehouse-suite.ts';

const DATE = gameDate('2024-01-10');

describe('an estimate of a run', () => {
  let server: BigQueryServer;
  beforeAll(async () => {
    server = await startBigQueryServer({ project: PROJECT });
    await bigQueryWarehouse(cloudAt(server.host), registry).prepare();
    const client = await bigQueryClient(cloudAt(server.host));
    const [job] = await client.createQueryJob({
      query: `INSERT INTO nba_raw.scores (game_id, game_date, player, points) VALUES ('g', DATE '${DATE}', 'a', 1)`,
    });
    await job.getQueryResults();
  });
  afterAll(() => server.stop());
  const run = { dates: [DATE], readStart: DATE };

  it('is what the query reads, and what all jobs of the run are charged for', async () => {
    const before = server.jobs().length;
    const found = await bigQueryEstimate(
      cloudAt(server.host),
      registry,
    )({ table: registry.get('form'), ...run });
    // stage 1, measure 2, publish 2, published 1 tables at the minimum.
    const charged = 6 * MINIMUM_BYTES;

    expect(found).toMatchObject({ ok: true, value: { bytesCharged: charged, dollars: dollarsOf(charged) } });
    expect(found.ok && found.value.bytesRead).toBeGreaterThan(0);
    expect(found.ok && found.value.bytesRead).toBeLessThan(1000);
    // Nothing ran.
    expect(server.jobs()).toHaveLength(before);
  });

  it('of a loaded table asks nobody: loading is free, the rest is the minimum', async () => {
    const asked = server.requests.length;
    const found = await bigQueryEstimate(
      cloudAt(server.host),
      registry,
    )({ table: registry.get('scores'), ...run });

    expect(found).toMatchObject({ ok: true, value: { bytesRead: 0, bytesCharged: 5 * MINIMUM_BYTES } });
    expect(server.requests).toHaveLength(asked);
  });

  it('of a query that cannot run is its failure', async () => {
    const found = await bigQueryEstimate(
      cloudAt(server.host),
      registry,
    )({ table: registry.get('failing'), ...run });

    expect(found).toMatchObject({ ok: false, failure: { kind: 'permanent' } });
  });
});
