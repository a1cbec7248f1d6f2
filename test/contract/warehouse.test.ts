/** The contract of the warehouse, held by the model and by DuckDB. */
import { afterAll, describe, expect, it } from 'vitest';
import { openWarehouse, type DuckDbWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { failureOf } from '../../shared/adapters/embedded/duckdb-values.ts';
import { modelWarehouse } from '../../functions/targets/simulated/model-warehouse.ts';
import { describeEngine, describeWarehouse, registry, type Open } from '../support/warehouse-suite.ts';

const opened: DuckDbWarehouse[] = [];
afterAll(() => {
  for (const warehouse of opened) warehouse.close();
});
const duckDb: Open = async (tables = registry) => {
  const warehouse = await openWarehouse(tables, { path: ':memory:', threads: 1 });
  opened.push(warehouse);
  await warehouse.prepare();
  return warehouse;
};

describeWarehouse('model', () => Promise.resolve(modelWarehouse({ playersPerTeam: 2 })));
describeWarehouse('DuckDB', duckDb);
describeEngine('DuckDB', duckDb);

describe('an error of DuckDB', () => {
  it.each([
    ['Binder Error: Referenced column "x" not found', 'permanent'],
    ['Catalog Error: Table with name x does not exist', 'permanent'],
    ['Conversion Error: Could not convert string', 'permanent'],
    ['Out of Range Error: Overflow', 'permanent'],
    ['Constraint Error: Duplicate key', 'permanent'],
    ['TransactionContext Error: Conflict on update', 'transient'],
    ['Out of Memory Error: could not allocate block', 'transient'],
    ['IO Error: No space left on device', 'transient'],
    ['something nobody has seen before', 'transient'],
  ])('%s is %s', (detail, kind) => {
    expect(failureOf(new Error(detail))).toMatchObject({ kind, detail });
    expect(failureOf(detail)).toMatchObject({ kind, detail });
  });
});
