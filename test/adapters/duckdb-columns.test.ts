/** The tables of a home follow the declared columns: gained ones are added, lost or retyped ones only by the migration. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { openWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { buildRegistry, type Registry } from '../../shared/domain/registry.ts';
import type { Column } from '../../shared/domain/table.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder();
let homes = 0;
const NAME = 'team_offense_game_summary';
const text: Column = { type: 'STRING', nullable: true, description: 'For a test.' };
const number: Column = { type: 'INT64', nullable: true, description: 'For a test.' };

/** All tables, one of them with these columns more. */
function registryWith(more: Readonly<Record<string, Column>>): Registry {
  return buildRegistry(
    loadRegistry().all.map((table) => {
      const { definition } = table;
      if (definition.name !== NAME) return table;
      return { ...table, definition: { ...definition, columns: { ...definition.columns, ...more } } };
    }),
  );
}

/** Opens a home with the tables of `before`, then with those of `after`, and says what its owner is told. */
async function reopened(before: Registry, after: Registry) {
  const path = join(folder, `${(homes += 1)}.duckdb`);
  const first = await openWarehouse(before, { path });
  await first.prepare();
  first.close();
  const second = await openWarehouse(after, { path });
  return { path, warehouse: second, whats: (await second.columnChanges()).map(({ what }) => what) };
}

describe('a home whose tables were declared otherwise', () => {
  it('gets the columns that a table has gained when it is opened', async () => {
    const { warehouse, whats } = await reopened(registryWith({}), registryWith({ note: text }));
    expect(whats).toEqual([`nba_analytics.${NAME}: the column note is new`]);
    await warehouse.prepare();
    expect(await warehouse.columnChanges()).toEqual([]);
    warehouse.close();
  });

  it('gets a column and a view back that were taken away by hand', async () => {
    const { path, warehouse } = await reopened(registryWith({ note: text }), registryWith({ note: text }));
    await warehouse.prepare();
    warehouse.close();
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run(`ALTER TABLE nba_analytics.${NAME} DROP COLUMN note`);
    await connection.run('DROP VIEW nba_reference.nba_schedule');
    connection.closeSync();
    instance.closeSync();
    const again = await openWarehouse(registryWith({ note: text }), { path });
    await again.prepare();
    expect(await again.columnChanges()).toEqual([]);
    expect(await again.query('SELECT game_id FROM nba_reference.nba_schedule')).toEqual({
      ok: true,
      value: [],
    });
    again.close();
  });

  it.each([
    ['a column that is gone', { note: text }, {}, 'the column note is no longer declared'],
    [
      'a column of another type',
      { note: text },
      { note: number },
      'the column note is INT64 (BIGINT) and was VARCHAR',
    ],
  ])('is refused with %s, and the migration changes it', async (_what, before, after, told) => {
    const { warehouse, whats } = await reopened(registryWith(before), registryWith(after));
    expect(whats).toEqual([`nba_analytics.${NAME}: ${told}`]);
    await expect(warehouse.prepare()).rejects.toThrow(
      /other columns than this version declares \(.+\): run `fullcourt migrate`/,
    );
    await warehouse.changeColumns(await warehouse.columnChanges());
    await warehouse.prepare();
    expect(await warehouse.columnChanges()).toEqual([]);
    warehouse.close();
  });

  it('names a renamed column as one that is new and one that is gone', async () => {
    const { warehouse, whats } = await reopened(registryWith({ note: text }), registryWith({ remark: text }));
    expect(whats).toEqual([
      `nba_analytics.${NAME}: the column remark is new`,
      `nba_analytics.${NAME}: the column note is no longer declared`,
    ]);
    warehouse.close();
  });

  it('is left alone when nothing was changed', async () => {
    const { warehouse, whats } = await reopened(registryWith({ note: text }), registryWith({ note: text }));
    expect(whats).toEqual([]);
    await warehouse.prepare();
    warehouse.close();
  });
});
