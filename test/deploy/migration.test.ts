/** From the table that is there to the table that is declared: nothing is ever lost, and what is refused is explained. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrated, migrationOf, type ActualTable } from '../../shared/derive/migration.ts';
import { setOptionsSql, tableShapes, type ColumnShape, type TableShape } from '../../shared/derive/ddl.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { NOTHING, type Observed } from '../../infra/steps/observed.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import { deployment, registry } from '../support/deployment.ts';

const TYPES = ['STRING', 'INT64', 'FLOAT64', 'BOOL', 'DATE', 'TIMESTAMP'] as const;

const column = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/),
  type: fc.constantFrom(...TYPES),
  required: fc.boolean(),
  description: fc.string({ maxLength: 10 }),
});

const shape: fc.Arbitrary<TableShape> = fc
  .uniqueArray(column, { minLength: 1, maxLength: 8, selector: ({ name }) => name })
  .filter((columns) => columns.every(({ name }) => name !== 'day'))
  .map((columns) => ({
    dataset: 'nba_raw',
    name: 'table',
    description: 'A table.',
    columns: [{ name: 'day', type: 'DATE', required: true, description: 'The day.' }, ...columns],
    partitionColumn: 'day',
    clusterBy: columns.slice(0, 2).map(({ name }) => name),
  }));

const made = (of: TableShape): ActualTable => migrated(of, undefined, { kind: 'create' });
const names = (columns: readonly { readonly name: string }[]): Set<string> =>
  new Set(columns.map(({ name }) => name.toLowerCase()));
const swapped = (type: ColumnShape['type']): ColumnShape['type'] => (type === 'STRING' ? 'INT64' : 'STRING');

describe('any table', () => {
  it('that is as declared needs nothing', () => {
    fc.assert(
      fc.property(shape, (of) => {
        expect(migrationOf(of, made(of))).toEqual({ kind: 'none' });
      }),
    );
  });

  it('that was migrated needs nothing more, whatever it was before', () => {
    fc.assert(
      fc.property(shape, shape, (before, after) => {
        const actual = made(before);
        const migration = migrationOf(after, actual);
        if (migration.kind === 'refuse') return;
        expect(migrationOf(after, migrated(after, actual, migration))).toEqual({ kind: 'none' });
      }),
    );
  });

  it('keeps every column with its type, or is refused', () => {
    fc.assert(
      fc.property(shape, shape, (before, after) => {
        const actual = made(before);
        const migration = migrationOf(after, actual);
        if (migration.kind === 'refuse') {
          expect(migration.reasons.length).toBeGreaterThan(0);
          return;
        }
        const result = migrated(after, actual, migration);
        for (const { name, type } of actual.columns)
          expect(result.columns.find((each) => each.name === name)?.type).toBe(type);
        expect(result.partitioning).toEqual(actual.partitioning);
      }),
    );
  });

  it('takes new columns that may be NULL, and no others', () => {
    fc.assert(
      fc.property(shape, column, (of, added) => {
        fc.pre(!names(of.columns).has(added.name));
        const migration = migrationOf({ ...of, columns: [...of.columns, added] }, made(of));
        if (added.required) expect(migration.kind).toBe('refuse');
        else expect(migration).toMatchObject({ kind: 'alter', add: [added], relax: [] });
      }),
    );
  });

  it('loses no column: dropping one is refused and named', () => {
    fc.assert(
      fc.property(shape, fc.nat(), (of, at) => {
        const { columns } = of;
        const dropped = columns[1 + (at % (columns.length - 1))];
        const migration = migrationOf(
          { ...of, columns: columns.filter((each) => each !== dropped), clusterBy: [] },
          { ...made(of), clusterBy: [] },
        );
        expect(migration.kind).toBe('refuse');
        expect(JSON.stringify(migration)).toContain(`DROP COLUMN ${dropped?.name}`);
      }),
    );
  });

  it('changes no type', () => {
    fc.assert(
      fc.property(shape, fc.nat(), (of, at) => {
        const i = 1 + (at % (of.columns.length - 1));
        const columns = of.columns.map((each, n) => (n === i ? { ...each, type: swapped(each.type) } : each));
        expect(migrationOf({ ...of, columns }, made(of)).kind).toBe('refuse');
      }),
    );
  });
});

describe('a table', () => {
  const of: TableShape = {
    dataset: 'nba_raw',
    name: 'shots',
    description: 'Shots.',
    columns: [
      { name: 'game_date', type: 'DATE', required: true, description: 'Date.' },
      { name: 'points', type: 'INT64', required: false, description: 'Points.' },
    ],
    partitionColumn: 'game_date',
    clusterBy: ['points'],
  };
  const there = made(of);

  it.each<[string, ActualTable, RegExp]>([
    [
      'partitioned by month',
      { ...there, partitioning: { column: 'game_date', unit: 'MONTH' } },
      /cannot change/,
    ],
    [
      'partitioned by another column',
      { ...there, partitioning: { column: 'points', unit: 'DAY' } },
      /cannot change/,
    ],
    ['not partitioned', { ...there, partitioning: null }, /by nothing and declared by game_date/],
    ['clustered in another way', { ...there, clusterBy: [] }, /clustered by nothing and declared by points/],
    [
      'with an array',
      { ...there, columns: [there.columns[0]!, { name: 'points', type: 'INT64', mode: 'REPEATED' }] },
      /is an array/,
    ],
    [
      'whose date may be NULL',
      { ...there, columns: [{ name: 'game_date', type: 'DATE', mode: 'NULLABLE' }, there.columns[1]!] },
      /cannot forbid NULL afterwards/,
    ],
  ])('%s is refused, with what to do', (_, actual, why) => {
    const migration = migrationOf(of, actual);
    expect(migration).toMatchObject({ kind: 'refuse' });
    expect(JSON.stringify(migration)).toMatch(why);
    expect(JSON.stringify(migration)).toMatch(/deploy, and fill|declare a column|deploy again/);
  });

  it('that expires, or can be read without a filter, is mended in place', () => {
    const migration = migrationOf(of, {
      ...there,
      requiresPartitionFilter: false,
      tableExpires: true,
      partitionDays: 30,
    });
    expect(migration).toEqual({
      kind: 'alter',
      add: [],
      relax: [],
      requirePartitionFilter: true,
      keepTable: true,
      partitionExpiry: true,
    });
  });

  it('whose partitions are kept for another time than declared is mended in place', () => {
    const brief = { ...of, partitionDays: 90 };
    expect(migrationOf(brief, made(brief))).toEqual({ kind: 'none' });
    for (const partitionDays of [null, 30]) {
      const migration = migrationOf(brief, { ...made(brief), partitionDays });
      expect(migration).toMatchObject({ kind: 'alter', partitionExpiry: true, keepTable: false });
    }
    expect(
      setOptionsSql(brief, namesOf(''), {
        ...{ requirePartitionFilter: false, keepTable: false, partitionExpiry: true },
      }),
    ).toContain('SET OPTIONS (partition_expiration_days = 90)');
  });

  it('may have its columns in another order and in other letters', () => {
    const actual = {
      ...there,
      columns: there.columns.toReversed().map((each) => ({ ...each, name: each.name.toUpperCase() })),
    };
    expect(migrationOf(of, actual)).toEqual({ kind: 'none' });
  });
});

/** A warehouse with the declared tables, one of them changed. */
function warehouse(name: string, change: (table: ActualTable) => ActualTable): Observed {
  return {
    ...NOTHING,
    tables: new Map(
      tableShapes(registry).map((of) => {
        const actual = made(of);
        return [`${of.dataset}.${of.name}`, of.name === name ? change(actual) : actual];
      }),
    ),
  };
}

describe('a deployment', () => {
  const steps = (observed: Observed) =>
    deployPlan(deployment(), 'x', observed)
      .stages.flatMap(({ steps }) => steps)
      .filter(({ what }) => what.startsWith('table '));

  it('adds a column and makes a table with one statement each, and touches nothing else', () => {
    const before = warehouse('player_daily_cache', (table) => ({
      ...table,
      columns: table.columns.filter(({ name }) => name !== 'processed_at'),
    }));
    const tables = new Map(before.tables);
    tables.delete('nba_raw.nbac_shot_chart');
    const observed = { ...before, tables };
    expect(steps(observed).map(({ what, change }) => [what, change])).toEqual([
      ['table nba_raw.nbac_shot_chart', 'create'],
      ['table nba_precompute.player_daily_cache', 'update'],
    ]);
    expect(
      deployPlan(deployment(), 'x', observed).files.get('ddl/nba_precompute.player_daily_cache.alter.sql'),
    ).toBe(
      [
        'ALTER TABLE `nba_precompute`.`player_daily_cache`',
        "  ADD COLUMN IF NOT EXISTS `processed_at` TIMESTAMP OPTIONS (description = 'When the row was written (UTC).');",
        '',
      ].join('\n'),
    );
    expect(deployPlan(deployment(), 'x', observed).refusals).toEqual([]);
  });

  it('is refused as a whole when a table could only be changed by losing something', () => {
    const observed = warehouse('player_daily_cache', (table) => ({
      ...table,
      columns: [...table.columns, { name: 'old_column', type: 'STRING', mode: 'NULLABLE' }],
    }));
    expect(steps(observed)).toEqual([]);
    expect(deployPlan(deployment(), 'x', observed).refusals).toEqual([
      expect.stringMatching(
        /^nba_precompute.player_daily_cache has the column old_column, which no definition declares/,
      ),
    ]);
  });
});
