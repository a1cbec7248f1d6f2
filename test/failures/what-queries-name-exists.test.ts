import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { parametersIn, toBigQuery } from '../../shared/adapters/gcp/bigquery-dialect.ts';
import { bigQueryFailure } from '../../shared/adapters/gcp/bigquery-failure.ts';
import { exampleStatements } from '../../shared/adapters/gcp/bigquery-statements.ts';
import { bigQueryWarehouse } from '../../shared/adapters/gcp/bigquery-warehouse.ts';
import { bigQueryClient } from '../../shared/adapters/gcp/clients.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { transient } from '../../shared/domain/failure.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { startBigQueryServer } from '../support/bigquery-server/index.ts';
import { cloudAt, PROJECT } from '../support/bigquery-warehouses.ts';
import { documentsIn, runsIn } from '../support/look.ts';
import { drain, worldFrom } from '../support/stepping.ts';
import { PHASE3_DATES } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';

const registry = loadRegistry();
const DATE = '2024-01-10';
type Client = Awaited<ReturnType<typeof bigQueryClient>>;
const READS = new Set(['row_counts', 'schedule_facts', 'published']);

/** Every query that reads published tables: those the gates ask, and those that compute tables. */
function readingQueries(prefix: string): { readonly name: string; readonly sql: string }[] {
  const names = namesOf(prefix);
  return [
    ...exampleStatements(registry, names)
      .filter(({ purpose }) => READS.has(purpose))
      .map(({ purpose, table, sql }) => ({ name: `${purpose} ${table}`, sql })),
    ...registry.all.flatMap(({ definition, query, expectedQuery }) =>
      Object.entries({ query, expected: expectedQuery }).flatMap(([kind, sql]) =>
        sql === undefined ? [] : [{ name: `${definition.name}/${kind}`, sql: toBigQuery(sql, names) }],
      ),
    ),
  ];
}

describe('F-26 what gates and queries ask exists as they name it', () => {
  it('F-26 every query that reads tables runs dry on what the deployment makes, under a prefix too', async () => {
    const server = await startBigQueryServer({ project: PROJECT });
    try {
      for (const prefix of ['', 'staging_']) {
        await bigQueryWarehouse(cloudAt(server.host, prefix), registry).prepare();
        const client = await bigQueryClient(cloudAt(server.host));
        const queries = readingQueries(prefix);
        expect(queries.length).toBeGreaterThan(35);
        for (const { name, sql } of queries) {
          const [job] = await client
            .createQueryJob({ query: sql, dryRun: true, params: paramsOf(client, sql) })
            .catch((error: unknown) => {
              throw new Error(`${name}: ${String(error)}`, { cause: error });
            });
          expect(
            (job.metadata as { statistics: { query: { statementType: string } } }).statistics.query
              .statementType,
          ).toBe('SELECT');
        }
      }
    } finally {
      await server.stop();
    }
  });

  it('F-26 a column under another name is an error of every query that reads it, and never an empty answer', async () => {
    const server = await startBigQueryServer({ project: PROJECT });
    try {
      await bigQueryWarehouse(cloudAt(server.host), registry).prepare();
      const client = await bigQueryClient(cloudAt(server.host));
      const drop = async (query: string): Promise<void> => {
        const [job] = await client.createQueryJob({ query });
        await job.getQueryResults();
      };
      await drop(`DROP TABLE nba_raw.nbac_game_results`);
      await drop(
        `CREATE TABLE nba_raw.nbac_game_results (day DATE, game_id STRING) PARTITION BY day OPTIONS (require_partition_filter = TRUE)`,
      );
      const broken: string[] = [];
      for (const { name, sql } of readingQueries('')) {
        if (!sql.includes('nbac_game_results')) continue;
        const failed = await client
          .createQueryJob({ query: sql, dryRun: true, params: paramsOf(client, sql) })
          .then(() => undefined, bigQueryFailure);
        expect(failed, name).toMatchObject({ kind: 'permanent' });
        broken.push(name);
      }
      expect(broken.length).toBeGreaterThan(5);
      const warehouse = bigQueryWarehouse(cloudAt(server.host), registry);
      expect(await warehouse.scheduleFacts(['2023-24'])).toMatchObject({
        ok: false,
        failure: { kind: 'permanent' },
      });
      const range = { table: registry.get('nbac_game_results'), first: gameDate(DATE), last: gameDate(DATE) };
      expect(await warehouse.rowCounts([range])).toMatchObject({ ok: false, failure: { kind: 'permanent' } });
    } finally {
      await server.stop();
    }
  });

  it('F-26 a gate that cannot count is unknown, and nothing passes it', async () => {
    const world = await worldFrom(importedWorld());
    await world.request({ dates: PHASE3_DATES.slice(0, 1), through: 'phase3', tables: ['team_offense'] });
    const warehouse = {
      ...world.warehouse,
      rowCounts: () => Promise.resolve(transient('query_refused', 'Unrecognized name: game_date')),
    };
    await drain(world, { warehouse });
    const gates = documentsIn<{ tables: Record<string, { gates?: { verdict: string }[] }> }>(
      world,
      'phase3_completion',
    )
      .flatMap(({ tables }) => Object.values(tables))
      .flatMap((table) => table.gates ?? []);

    expect(gates.map(({ verdict }) => verdict)).toContain('unknown');
    expect(gates.map(({ verdict }) => verdict)).not.toContain('pass');
    expect(runsIn(world, 'team_offense').filter(({ state }) => state === 'settled')).toEqual([]);
  });
});

/** Values for the parameters a query names, all of them dates. */
function paramsOf(client: Client, sql: string): Record<string, unknown> {
  return Object.fromEntries([...parametersIn(sql)].map((name) => [name, client.date(DATE)]));
}
