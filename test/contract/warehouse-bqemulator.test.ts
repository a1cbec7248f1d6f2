/** The contract of the warehouse, held by the real BigQuery client on a server that others wrote. */
import { afterAll, beforeAll, describe } from 'vitest';
import { duckDbJudge } from '../../shared/adapters/embedded/duckdb-judge.ts';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { startBqEmulator } from '../../scripts/tools/bqemulator.ts';
import type { Emulator } from '../../scripts/tools/emulators.ts';
import { findPythonTool, isMissing } from '../../scripts/tools/find.ts';
import { describeEngine, describeWarehouse, registry, type Open } from './warehouse-suite.ts';

const PROJECT = 'demo-fullcourt';

describe.skipIf(isMissing(findPythonTool('bqemulator')))('BigQuery on bqemulator', () => {
  let server: Emulator;
  let opened = 0;
  const judge = duckDbJudge();
  beforeAll(async () => {
    server = await startBqEmulator(PROJECT);
  });
  afterAll(() => server.stop());

  const open: Open = async (tables = registry) => {
    const cloud = {
      project: PROJECT,
      location: 'US',
      // Datasets of its own for each test.
      prefix: `t${(opened += 1)}_`,
      hosts: { pubsub: undefined, firestore: undefined, bigquery: server.host },
    };
    const warehouse = bigQueryWarehouse(cloud, tables, { judge });
    await warehouse.prepare();
    return warehouse;
  };
  describeWarehouse('BigQuery', open);
  describeEngine('BigQuery', open);
});
