/** Empty BigQuery warehouses for the tests of one server: datasets are made once for each registry, then emptied. */
import { portableGate } from '../../shared/adapters/embedded/portable-gate.ts';
import { bigQueryWarehouse, type BigQueryOptions } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { bigQueryClient } from '../../shared/adapters/gcp/clients.ts';
import { tableShapes } from '../../shared/derive/ddl.ts';
import { namesOf } from '../../shared/derive/names.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { registry, type Open } from './warehouse-suite.ts';

export const PROJECT = 'demo-fullcourt';

/** Where a server at `host` is, as the adapter takes it. */
export const cloudAt = (host: string, prefix = '', project = PROJECT) => ({
  project,
  location: 'US',
  prefix,
  hosts: { pubsub: undefined, firestore: undefined, bigquery: host },
});

export function warehousesAt(host: () => string, options: BigQueryOptions = {}, project = PROJECT): Open {
  const gate = portableGate();
  const prefixes = new Map<Registry, string>();
  return async (tables = registry) => {
    const known = prefixes.get(tables);
    const prefix = known ?? `t${prefixes.size + 1}_`;
    prefixes.set(tables, prefix);
    const cloud = cloudAt(host(), prefix, project);
    const warehouse = bigQueryWarehouse(cloud, tables, { gate, ...options });
    if (known === undefined) await warehouse.prepare();
    else {
      const client = await bigQueryClient(cloud);
      const { dataset } = namesOf(prefix);
      // Streamed rows cannot be deleted at once; whoever looks for history looks for its own.
      const emptied = tableShapes(tables).filter((shape) => shape.name !== 'processor_run_history');
      const emptying = emptied.map(
        (shape) =>
          `DELETE FROM \`${dataset(shape.dataset)}\`.\`${shape.name}\` WHERE \`${shape.partitionColumn}\` >= DATE '1946-01-01';`,
      );
      const [job] = await client.createQueryJob({ query: emptying.join('\n') });
      await job.getQueryResults();
    }
    return warehouse;
  };
}
