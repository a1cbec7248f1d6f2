/** The contract of the warehouse, held by the model and by DuckDB. */
import { afterAll, describe, expect, it } from 'vitest';
import { openWarehouse, type DuckDbWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { failureOf } from '../../shared/adapters/embedded/duckdb-values.ts';
import type { RunHistoryRow } from '../../shared/ports/warehouse.ts';
import { modelWarehouse } from '../../functions/targets/simulated/model-warehouse.ts';
import { describeOverlay, describeOverlaySql } from '../support/overlay-suite.ts';
import {
  ATTEMPT,
  describeEngine,
  describeWarehouse,
  registry,
  type Open,
} from '../support/warehouse-suite.ts';

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
describeOverlay('model', () => Promise.resolve(modelWarehouse({ playersPerTeam: 2 })));
describeWarehouse('DuckDB', duckDb);
describeEngine('DuckDB', duckDb);
describeOverlay('DuckDB', duckDb);
describeOverlaySql('DuckDB', duckDb);

describe('changes of rows in DuckDB', () => {
  it('are forgotten 90 days after their publication, when the warehouse is opened', async () => {
    let now = new Date('2024-02-01T12:00:00Z');
    const warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1, clock: () => now });
    opened.push(warehouse);
    await warehouse.prepare();
    const date = gameDate('2024-01-10');
    for (const [i, points] of [1, 2].entries()) {
      const row = { game_id: 'g', game_date: date, player: 'a', points };
      const staged = await warehouse.stage({
        ...{ table: registry.get('scores'), runId: `r${i}`, dates: [date], readStart: date },
        rows: [row],
      });
      if (!staged.ok) throw new Error(staged.failure.detail);
      const job = {
        staged: staged.value,
        dates: [date],
        token: i + 1,
        mode: 'live',
        processedAt: now,
      } as const;
      await warehouse.publish({ ...job, restated: i === 0 ? [] : [date] });
    }
    const since = gameDate('2024-01-01');
    const columns = async (): Promise<(string | null)[]> => {
      await warehouse.prepare();
      const found = await warehouse.changes({ since }, 10);
      return found.ok ? found.value.map(({ column }) => column) : [found.failure.detail];
    };
    now = new Date('2024-05-01T12:00:00Z');
    expect(await columns()).toEqual(['points']);
    now = new Date('2024-05-02T12:00:00Z');
    expect(await columns()).toEqual([]);
  });
});

describe('the run history in DuckDB', () => {
  it('has every attempt of runs that end at the same time, also beside one that is refused', async () => {
    const warehouse = await duckDb();
    const attempt: RunHistoryRow = { ...ATTEMPT, run_mode: 'live', error: null, service_revision: null };
    const refused = { ...attempt, run_id: null as unknown as string };
    const results = await Promise.all(
      [attempt, { ...attempt, run_id: 'r2' }, refused, { ...attempt, run_id: 'r3' }].map((row) =>
        warehouse.appendRunHistory([row]),
      ),
    );
    const rows = await warehouse.query(
      'SELECT run_id FROM nba_reference.processor_run_history ORDER BY run_id',
    );

    expect(results.map((result) => (result.ok ? 'written' : result.failure.kind))).toEqual([
      'written',
      'written',
      'permanent',
      'written',
    ]);
    expect(rows).toEqual({ ok: true, value: ['r1', 'r2', 'r3'].map((run_id) => ({ run_id })) });
  });
});

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
