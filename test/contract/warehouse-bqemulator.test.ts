/** The contract of the warehouse, held by the real BigQuery client on a server that others wrote. */
import { afterAll, beforeAll, describe } from 'vitest';
import { startBqEmulator } from '../../scripts/tools/bqemulator.ts';
import type { Emulator } from '../../scripts/tools/emulators.ts';
import { findPythonTool, isMissing } from '../../scripts/tools/find.ts';
import { PROJECT, warehousesAt } from '../support/bigquery-warehouses.ts';
import { describeEngine, describeWarehouse } from '../support/warehouse-suite.ts';

describe.skipIf(isMissing(findPythonTool('bqemulator')))('BigQuery on bqemulator', () => {
  let server: Emulator;
  beforeAll(async () => {
    server = await startBqEmulator(PROJECT);
  });
  afterAll(() => server.stop());

  const open = warehousesAt(() => server.host);
  describeWarehouse('BigQuery', open);
  describeEngine('BigQuery', open);
});
