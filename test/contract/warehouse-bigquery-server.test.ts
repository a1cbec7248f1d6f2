/** The contract of the warehouse, held by the real BigQuery client on the server that enforces BigQuery's limits. */
import { afterAll, beforeAll, describe } from 'vitest';
import { startBigQueryServer, type BigQueryServer } from '../support/bigquery-server/index.ts';
import { PROJECT, warehousesAt } from '../support/bigquery-warehouses.ts';
import { describeOverlay, describeOverlaySql } from '../support/overlay-suite.ts';
import { describeEngine, describeWarehouse } from '../support/warehouse-suite.ts';

describe('BigQuery with its limits', () => {
  let server: BigQueryServer;
  beforeAll(async () => {
    // The tests empty their tables more often than BigQuery allows in ten seconds.
    let time = Date.UTC(2026, 0, 1);
    server = await startBigQueryServer({ project: PROJECT, now: () => (time += 500) });
  });
  afterAll(() => server.stop());

  const open = warehousesAt(() => server.host);
  describeWarehouse('BigQuery', open);
  describeEngine('BigQuery', open);
  describeOverlay('BigQuery', open);
  describeOverlaySql('BigQuery', open);
});
