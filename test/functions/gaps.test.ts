/** Holes made behind the documents' back in a league as it was built: each is named, and healed, and nothing else is touched. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import type { Gaps } from '../../functions/control/gaps.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import { atHome, copyOf, partitionsOf } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { builtLeague } from '../support/tiny-league.ts';

const registry = loadRegistry();

interface Healed extends Gaps {
  readonly asked: readonly { readonly table: string; readonly date: string }[];
  readonly left: readonly { readonly table: string; readonly why: string }[];
  readonly backfill: { readonly state: string } | null;
}

async function inTables(home: string, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(join(home, 'warehouse.duckdb'));
  const connection = await instance.connect();
  for (const sql of statements) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

/** Deletes the rows of a date, or about half of them. */
function deletion(table: string, date: string, half = false): string {
  const { definition } = registry.get(table);
  const name = qualifiedName(definition);
  const where = `${definition.partitionColumn} = DATE '${date}'`;
  return half
    ? `DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} WHERE ${where} ORDER BY rowid LIMIT (SELECT (COUNT(*) + 1) // 2 FROM ${name} WHERE ${where}))`
    : `DELETE FROM ${name} WHERE ${where}`;
}

const names = (cells: readonly { readonly table: string; readonly date: string }[]): string[] =>
  cells.map(({ table, date }) => `${table}@${date}`).sort();

describe('gaps', () => {
  it('has no hole in a league as it was built, and names the cells that rightly have no rows', async () => {
    const { folder } = await builtLeague();
    const { code, document } = await cliJson<Gaps>(folder, 'gaps');
    expect([code, document.holes]).toEqual([0, []]);
    expect(document.empty.map(({ reason }) => reason)).toContain('bootstrap_period_day_0_13_of_season_2021');
    expect(document.cells.complete).toBeGreaterThan(500);
  });

  it('names exactly the partitions that were deleted and halved, and heals them to equal content and nothing else', async () => {
    const home = copyOf((await builtLeague()).folder);
    const before = await atHome(home, ({ client }) => partitionsOf(client));
    const made = [...before].filter(([name, state]) => {
      const [table = ''] = name.split('@');
      return registry.has(table) && state.rows > 3;
    });
    // Every table twice, far from each other.
    const chosen = [...Map.groupBy(made, ([name]) => name.split('@')[0] ?? '').values()].flatMap((own, i) => {
      const dates = own.map(([name]) => name).sort();
      return [dates[(i * 3) % dates.length], dates[(i * 5 + 20) % dates.length]].flatMap(
        (name) => name ?? [],
      );
    });
    const cells = [...new Set(chosen)].map((name, i) => {
      const [table = '', date = ''] = name.split('@');
      return { table, date: date as GameDate, half: i % 5 === 0 };
    });
    await inTables(
      home,
      cells.map(({ table, date, half }) => deletion(table, date, half)),
    );

    const found = await cliJson<Gaps>(home, 'gaps');
    expect(found.code).toBe(1);
    expect(names(found.document.holes)).toEqual(names(cells));

    const healed = await cliJson<Healed>(home, 'gaps', '--heal');
    expect([healed.code, healed.document.holes, healed.document.backfill?.state]).toEqual([0, [], 'done']);
    expect(names(healed.document.asked)).toEqual(names(cells));
    const after = await atHome(home, ({ client }) => partitionsOf(client));
    const contentOf = (all: typeof before) =>
      [...all].map(([name, { outputFingerprint }]) => [name, outputFingerprint]);
    expect(contentOf(after)).toEqual(contentOf(before));
    const built = [...after].flatMap(([name, { runId }]) =>
      before.get(name)?.runId === runId ? [] : [name],
    );
    expect(built.sort()).toEqual(names(cells));
  });

  it('only proposes a large hole, with the command that a person gives', async () => {
    const home = copyOf((await builtLeague()).folder);
    const { definition } = registry.get('ml_feature_store_v2');
    await inTables(home, [`DELETE FROM ${qualifiedName(definition)}`]);
    const { code, document } = await cliJson<Healed>(home, 'gaps', '--heal');
    expect([code, document.asked, document.backfill]).toEqual([1, [], null]);
    expect(new Set(document.left.map(({ table, why }) => `${table} ${why}`))).toEqual(
      new Set(['ml_feature_store_v2 large']),
    );
    const { stdout } = await cli(home, 'gaps');
    expect(stdout).toMatch(
      /cure it with:\s+fullcourt\s+gaps\s+--heal\s+--start\s+\S+\s+--end\s+\S+\s+--table\s+ml_feature_store_v2\s+--large/,
    );
  });

  it('refuses --large alone, a range without an end and a table that does not exist', async () => {
    const { folder } = await builtLeague();
    for (const [args, says] of [
      [['--large'], '--large has no effect without --heal'],
      [['--start', '2021-11-01'], '--end'],
      [['--table', 'player_sumary'], 'player_game_summary'],
    ] as const) {
      const { code, stderr } = await cli(folder, 'gaps', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    }
  });
});
