/** Every statement that is sent to BigQuery passes GoogleSQL's analyser, over the tables that the deployment makes. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { parametersIn } from '../../shared/adapters/gcp/bigquery-dialect.ts';
import { TEXT_PARAMETERS } from '../../shared/adapters/gcp/bigquery-changes.ts';
import { createOverlaySql, overlayViewSql } from '../../shared/adapters/gcp/bigquery-overlay-sql.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import { exampleStatements, shownSql } from '../../shared/adapters/gcp/bigquery-statements.ts';
import {
  addColumnsSql,
  grantSql,
  relaxColumnsSql,
  setExpirationSql,
  setOptionsSql,
  shapeOf,
  tableShapes,
  warehouseStatements,
} from '../../shared/derive/ddl.ts';
import { sourceColumns, type TableDefinition } from '../../shared/domain/table.ts';
import { namesOf } from '../../shared/derive/names.ts';
import {
  haveJudge,
  isRefused,
  openJudge,
  type Analyzed,
  type Judge,
  type JudgedTable,
  type SqlType,
  PATIENCE_MS,
} from '../support/judge.ts';
import { drawnOf } from '../support/draw.ts';
import { proof } from '../support/proof.ts';

const GENERATED = new URL('../../infra/generated/ddl/', import.meta.url);
const registry = loadRegistry();
/** A third of the tables, by the draw, for what is said of each table by itself; with the whole proof all of them. */
const some = {
  ...registry,
  all: drawnOf(
    registry.all,
    proof === 'all' ? registry.all.length : Math.ceil(registry.all.length / 3),
    'googlesql',
    'statements',
  ),
};
/** Casts in a query that do not mean the same on both engines, whatever their spelling. */
const LOSSY = /^(?:FLOAT64 -> INT64 of (?!round|floor|ceil)|(?:FLOAT64|TIMESTAMP) -> STRING)/;

describe.skipIf(!haveJudge('statements for BigQuery in the analyser of GoogleSQL'))(
  'a statement that is sent to BigQuery',
  () => {
    let judge: Judge;
    beforeAll(async () => {
      judge = await openJudge();
    }, PATIENCE_MS);
    afterAll(() => judge.close());

    const analyzed = async (sql: string, tables: readonly JudgedTable[] = []): Promise<Analyzed> => {
      const dates = [...parametersIn(sql)].map(
        (name) => [name, TEXT_PARAMETERS.includes(name) ? 'STRING' : 'DATE', null] as const,
      );
      const answer = await judge.analyze(sql, tables, dates);
      if (isRefused(answer)) throw new Error(`${answer.error}\n${sql}`);
      return answer;
    };
    const kindsOf = ({ statements }: Analyzed): string[] => statements.map(({ kind }) => kind);

    // With a prefix, so that a name that is not translated is a table that is not there.
    const names = namesOf('staging_');
    const columnsOf = (columns: Readonly<Record<string, { readonly type: SqlType }>>) =>
      Object.entries(columns).map(([name, { type }]) => [name, type] as const);
    const stagedColumns = (definition: TableDefinition) => [
      ...columnsOf(definition.columns),
      ...columnsOf(Object.fromEntries(sourceColumns(definition))),
    ];
    const staging = (name: string): string => `${names.dataset('nba_staging')}.${name}`;
    let warehouse: readonly JudgedTable[];
    beforeAll(async () => {
      const made = warehouseStatements(registry, names, 'US').map(({ sql }) => sql);
      ({ tables: warehouse } = await analyzed(made.join('\n')));
    }, PATIENCE_MS);

    it('makes every table with the columns that are declared', () => {
      for (const shape of tableShapes(registry)) {
        const name = `${names.dataset(shape.dataset)}.${shape.name}`;
        expect(warehouse.find((table) => table.name === name)?.columns).toEqual(
          shape.columns.map((column) => [column.name, column.type]),
        );
      }
    });

    it(
      'computes, measures, publishes and reads back every table',
      async () => {
        const loaded = some.all
          .filter(({ definition }) => definition.rowsFrom !== 'query')
          .map(({ definition }) => ({
            name: staging(`${definition.name}_example_rows`),
            columns: stagedColumns(definition),
          }));
        const staged = some.all.map(({ definition }): JudgedTable => ({
          name: staging(`${definition.name}_example`),
          columns: [...stagedColumns(definition), ['row_lane0', 'INT64'], ['row_lane1', 'INT64']],
        }));
        const made = new Set<string>();
        for (const { purpose, sql } of exampleStatements(some, names)) {
          if (purpose === 'stage') {
            const answer = await analyzed(sql, [...warehouse, ...loaded]);
            expect(kindsOf(answer)).toEqual(['create_table_as_select_stmt']);
            const table = answer.tables.at(-1);
            expect(staged).toContainEqual(table);
            made.add(table?.name ?? '');
          } else {
            const answer = await analyzed(sql, [...warehouse, ...staged]);
            const change = purpose === 'publish_changes' ? ['insert_stmt'] : [];
            const script = [
              'begin_stmt',
              'query_stmt',
              ...change,
              'delete_stmt',
              'insert_stmt',
              'commit_stmt',
            ];
            expect(kindsOf(answer)).toEqual(
              purpose.startsWith('publish') && purpose !== 'published' ? script : ['query_stmt'],
            );
          }
        }
        expect(made.size).toBe(some.all.length);
      },
      PATIENCE_MS,
    );

    it(
      'shows every table in an overlay, with the rows that it holds and without',
      async () => {
        const name = 'overlay_example';
        const overlay = { name, expiresAt: new Date('2024-02-01T12:00:00Z') };
        const created = createOverlaySql(overlay, 'US', 0.25);
        expect(kindsOf(await analyzed(created))).toEqual(['create_schema_stmt']);
        const [first, second] = [gameDate('2024-01-10'), gameDate('2024-01-11')];
        const cases = [
          { through: { only: undefined, without: [] }, held: new Map() },
          {
            through: { only: [first], without: [first, second] },
            held: new Map([['held', [first, second]]]),
          },
          { through: { only: [], without: [] }, held: new Map() },
        ];
        for (const { definition } of some.all) {
          const columns = stagedColumns(definition);
          const held: JudgedTable = { name: `${name}.held`, columns };
          for (const each of cases) {
            const sql = overlayViewSql({ overlay, definition, ...each }, names);
            expect(kindsOf(await analyzed(sql, [...warehouse, held]))).toEqual(['create_view_stmt']);
          }
          const seen: JudgedTable = { name: `${name}.${definition.name}`, columns };
          const shown = shownSql(definition, [first, second], { ...names, dataset: () => name });
          expect(kindsOf(await analyzed(shown, [seen]))).toEqual(['query_stmt']);
        }
      },
      PATIENCE_MS,
    );

    it('is refused when a table is not there', async () => {
      const published = exampleStatements(registry, names).find(({ purpose }) => purpose === 'published');
      const answer = await judge.analyze(published?.sql ?? '', []);
      expect(isRefused(answer) ? answer.error : answer).toMatch(/Table not found/);
    });

    it(
      'migrates: a column more, a column that may be NULL, options, rights',
      async () => {
        for (const { definition } of registry.all) {
          const shape = shapeOf(definition);
          const [column] = shape.columns.filter(({ required }) => required);
          const table = {
            name: `${names.dataset(shape.dataset)}.${shape.name}`,
            columns: shape.columns.map(({ name, type }) => [name, type] as const),
          };
          const added = {
            name: 'one_more',
            type: 'FLOAT64',
            required: false,
            description: "it's new",
          } as const;
          const texts = [
            addColumnsSql(shape, [added], names),
            relaxColumnsSql(shape, [column?.name ?? ''], names),
            setOptionsSql(shape, names, {
              requirePartitionFilter: true,
              keepTable: true,
              partitionExpiry: true,
            }),
            setExpirationSql(shape.dataset, names),
            setExpirationSql('nba_staging', names),
            grantSql(names.dataset(shape.dataset), 'roles/bigquery.dataViewer', [
              'serviceAccount:a@b.iam.gserviceaccount.com',
            ]),
          ];
          const answer = await analyzed(texts.join('\n'), [table]);
          expect(kindsOf(answer)).toEqual([
            ...['alter_table_stmt', 'alter_table_stmt', 'alter_table_set_options_stmt'],
            ...['alter_schema_stmt', 'alter_schema_stmt', 'grant_stmt'],
          ]);
          expect(answer.tables[0]?.columns.at(-1)).toEqual(['one_more', 'FLOAT64']);
        }
      },
      PATIENCE_MS,
    );

    it(
      'stands in the committed plan as it is sent',
      async () => {
        const files = readdirSync(GENERATED).filter((file) => file.endsWith('.sql'));
        // Tables before what reads them.
        const views = files.filter((file) => /CREATE OR REPLACE VIEW/.test(textOf(file)));
        const answer = await analyzed(
          [...files.filter((file) => !views.includes(file)), ...views].map(textOf).join('\n'),
        );
        expect(answer.statements.length).toBeGreaterThanOrEqual(files.length);
      },
      PATIENCE_MS,
    );

    it(
      'casts nothing that would be rounded or spelled in another way by another engine',
      async () => {
        const { tables } = await analyzed(
          warehouseStatements(registry, namesOf(''), 'US')
            .map(({ sql }) => sql)
            .join('\n'),
        );
        for (const { definition, query, expectedQuery, checksQuery } of some.all) {
          const staged: JudgedTable = {
            name: 'staged',
            columns: Object.entries(definition.columns).map(([name, { type }]) => [name, type]),
          };
          for (const sql of [query, expectedQuery, checksQuery]) {
            if (sql === undefined) continue;
            const { statements } = await analyzed(sql, [...tables, staged]);
            expect(statements.flatMap(({ casts }) => casts).filter((cast) => LOSSY.test(cast))).toEqual([]);
          }
        }
      },
      PATIENCE_MS,
    );
  },
);

function textOf(file: string): string {
  return readFileSync(new URL(file, GENERATED), 'utf8');
}
