/**
 * Every query filters every table it names by constants on the partition column: BigQuery refuses what does not, because
 * the tables require it.
 */
import { TEXT_PARAMETERS } from '../../shared/adapters/gcp/bigquery-changes.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { toDuckDb } from '../../shared/adapters/embedded/dialect.ts';
import { exampleStatements } from '../../shared/adapters/gcp/bigquery-statements.ts';
import { createViewSql, viewShapes } from '../../shared/derive/ddl.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import { tableReferences, type TableReference } from '../support/bigquery-server/partition-filter.ts';
import { statementsOf } from '../support/bigquery-server/translate.ts';

const registry = loadRegistry();
const partitionColumns = new Map(
  registry.all.map(({ definition }) => [qualifiedName(definition), definition.partitionColumn]),
);

describe('the filter on partitions', () => {
  let connection: DuckDBConnection;
  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect();
  });
  const referencesOf = async (sql: string): Promise<TableReference[]> => {
    const reader = await connection.runAndReadAll('SELECT json_serialize_sql($sql::VARCHAR) AS tree', {
      sql,
    });
    const tree = JSON.parse(String(reader.getRows()[0]?.[0])) as { error?: boolean };
    expect(tree.error).not.toBe(true);
    return tableReferences(tree, (table) => partitionColumns.get(table));
  };
  const unfiltered = async (sql: string): Promise<string[]> =>
    (await referencesOf(sql)).filter(({ isFiltered }) => !isFiltered).map(({ table }) => table);

  const queries = registry.all.flatMap(({ definition, query, expectedQuery }) =>
    Object.entries({ query, expected: expectedQuery }).flatMap(([name, sql]) =>
      sql === undefined ? [] : [[`${definition.name}/${name}.sql`, sql] as const],
    ),
  );

  it('is looked for in all twenty-eight queries', () => {
    expect(queries).toHaveLength(28);
  });

  it.each(queries)('is on every table of %s', async (_name, sql) => {
    expect((await referencesOf(toDuckDb(sql))).length).toBeGreaterThan(0);
    expect(await unfiltered(toDuckDb(sql))).toEqual([]);
  });

  it('is in everything the adapter sends, and in the views', async () => {
    const dates = ['start_date', 'end_date', 'read_start', 'since', 'first_date', 'last_date'];
    const parameters = new Map([
      ...dates.map((name) => [name, { type: 'DATE', value: '2024-01-10' }] as const),
      ...TEXT_PARAMETERS.map((name) => [name, { type: 'STRING', value: 'x' }] as const),
    ] as (readonly [string, { readonly type: string; readonly value: string }])[]);
    const sent = [
      ...exampleStatements(registry, namesOf('')),
      ...viewShapes(registry).map((view) => ({
        sql: createViewSql(view, namesOf('')),
        purpose: 'view',
        table: view.name,
      })),
    ];
    for (const { sql, purpose, table } of sent) {
      for (const statement of statementsOf(sql, parameters)) {
        const read =
          statement.kind === 'select'
            ? statement.sql
            : statement.kind === 'create_table' || statement.kind === 'create_view'
              ? statement.query?.sql
              : 'reads' in statement
                ? statement.reads
                : undefined;
        if (read !== undefined)
          expect([purpose, table, await unfiltered(read)]).toEqual([purpose, table, []]);
      }
    }
  });

  it.each([
    ['no filter', 'SELECT * FROM nba_raw.nbac_schedule', false],
    ['a filter', 'SELECT * FROM nba_raw.nbac_schedule WHERE game_date = $start_date', true],
    [
      'a filter among others',
      "SELECT * FROM nba_raw.nbac_schedule AS s WHERE s.game_date IN (DATE '2024-01-10') AND season = 'x'",
      true,
    ],
    [
      'a filter that is one of two',
      "SELECT * FROM nba_raw.nbac_schedule WHERE game_date = $start_date OR season = 'x'",
      false,
    ],
    [
      'a filter by another column',
      'SELECT * FROM nba_raw.nbac_schedule AS s WHERE game_date = season',
      false,
    ],
    [
      'a filter on a changed column',
      'SELECT * FROM nba_raw.nbac_schedule WHERE game_date + 1 = $start_date',
      false,
    ],
    [
      'a filter by a query',
      'SELECT * FROM nba_raw.nbac_schedule WHERE game_date > (SELECT MIN(d) FROM x)',
      false,
    ],
    [
      'a filter on the other table',
      'SELECT * FROM nba_raw.nbac_schedule AS s JOIN nba_raw.nbac_game_results AS r ON r.game_date = s.game_date WHERE s.game_date = $start_date',
      false,
    ],
    [
      'a filter in the ON of a join',
      'SELECT * FROM x JOIN nba_raw.nbac_schedule AS s ON s.game_id = x.g AND s.game_date = $start_date',
      true,
    ],
    [
      'a filter in the ON of a left join',
      'SELECT * FROM x LEFT JOIN nba_raw.nbac_schedule AS s ON s.game_id = x.g AND s.game_date = $start_date',
      true,
    ],
    [
      'a filter in the ON that keeps every row',
      'SELECT * FROM nba_raw.nbac_schedule AS s LEFT JOIN x ON s.game_id = x.g AND s.game_date = $start_date',
      false,
    ],
    [
      'a filter outside of the query',
      'SELECT * FROM (SELECT * FROM nba_raw.nbac_schedule) AS s WHERE s.game_date = $start_date',
      false,
    ],
  ])('is told from what is none: %s', async (_what, sql, isFiltered) => {
    expect((await unfiltered(sql)).length === 0).toBe(isFiltered);
  });
});
