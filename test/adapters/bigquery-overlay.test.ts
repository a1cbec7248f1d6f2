/** Datasets of overlays in BigQuery: what a process that has died leaves behind is deleted, and nothing else. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { bigQueryClient } from '../../shared/adapters/gcp/clients.ts';
import { startBigQueryServer, type BigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { registry } from '../support/warehouse-suite.ts';

let server: BigQueryServer;
beforeAll(async () => {
  server = await startBigQueryServer({ project: PROJECT });
});
afterAll(() => server.stop());

it('are deleted six hours later by whoever opens the next one of the same deployment', async () => {
  let now = new Date('2026-01-10T12:00:00Z');
  const open = async (prefix: string) => {
    const cloud = cloudAt(server.host, prefix);
    const warehouse = bigQueryWarehouse(cloud, registry, { clock: () => now });
    await warehouse.prepare();
    return async () => {
      const opened = await warehouse.openOverlay();
      if (!opened.ok) throw new Error(opened.failure.detail);
      return opened.value;
    };
  };
  const client = await bigQueryClient(cloudAt(server.host));
  const overlays = async (): Promise<string[]> => {
    const [datasets] = await client.getDatasets();
    return datasets.map(({ id = '' }) => id).filter((id) => id.includes('overlay'));
  };
  const [production, staging] = [await open(''), await open('staging_')];
  const left = await production();
  const ofStaging = await staging();
  now = new Date('2026-01-10T17:59:00Z');
  const second = await production();
  expect((await overlays()).toSorted()).toEqual([left.name, second.name, ofStaging.name].toSorted());

  now = new Date('2026-01-10T18:01:00Z');
  const third = await production();
  expect((await overlays()).toSorted()).toEqual([second.name, third.name, ofStaging.name].toSorted());
  for (const overlay of [second, third, ofStaging]) await overlay.close();
  expect(await overlays()).toEqual([]);
});
