/** The contract of the warehouse, held by the real BigQuery client on a server that others wrote. */
import { beforeAll, describe } from 'vitest';
import { findPythonTool, isMissing } from '../../scripts/tools/find.ts';
import { warehousesAt } from '../support/bigquery-warehouses.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { describeOverlay, describeOverlaySql } from '../support/overlay-suite.ts';
import { describeEngine, describeWarehouse } from '../support/warehouse-suite.ts';

describe.skipIf(isMissing(findPythonTool('bqemulator')))('BigQuery on bqemulator', () => {
  let host: string;
  beforeAll(async () => {
    host = await sharedEmulator('bigquery');
  });

  const open = warehousesAt(() => host, {}, ownProject('contract'));
  describeWarehouse('BigQuery', open);
  describeEngine('BigQuery', open);
  describeOverlay('BigQuery', open);
  describeOverlaySql('BigQuery', open);
});
