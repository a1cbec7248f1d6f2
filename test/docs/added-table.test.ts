/** The table of code that docs/add-a-table.md adds computes what the page says, from nothing but its windows. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { hashOfCode } from '../../functions/processors/code-hash.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { computedRows } from '../../functions/steps/computed-rows.ts';
import { codeHashOf } from '../../scripts/generate/table-code.ts';
import { openWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import type { Compute } from '../../shared/domain/code-table.ts';
import { codeFingerprintOf } from '../../shared/domain/code-fingerprint.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { buildRegistry, type RegisteredTable } from '../../shared/domain/registry.ts';
import type { CodeTable } from '../../shared/domain/table.ts';
import { numbersOf, textsOf, flagsOf } from '../../shared/domain/table-rows.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { computing } from '../support/computing.ts';
import { newFolder, removeFolders } from '../support/homes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/add-a-table.md'), 'utf8');
const section = page.slice(page.indexOf('## A table whose rows come from code'));
const [definitionText = '', computeText = ''] = [...section.matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code]) => code ?? '',
);
const DATE = gameDate('2024-01-15');
const OPENING = gameDate('2023-10-24');

afterAll(removeFolders);

/** Writes a file of the page so that it finds the house, and imports it. */
async function imported<T>(name: string, code: string): Promise<T> {
  const file = join(newFolder(), name);
  writeFileSync(file, code.replaceAll("'../../../shared/", `'${pathToFileURL(join(root, 'shared/')).href}`));
  return ((await import(pathToFileURL(file).href)) as { default: T }).default;
}

it('has the rows that the page computes, from its windows alone', async () => {
  const definition = await imported<CodeTable>('definition.ts', definitionText);
  const compute = await imported<Compute>('compute.ts', computeText);
  const added: RegisteredTable = {
    ...{ definition, compute: () => Promise.resolve(compute) },
    codeFingerprint: codeFingerprintOf(definition, 'code'),
  };
  const registry = buildRegistry([...loadRegistry().all, added]);
  const warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  try {
    await warehouse.prepare();
    let token = 0;
    const publish = async (table: RegisteredTable, date: GameDate, rows: readonly Row[]): Promise<void> => {
      token += 1;
      const job = { table, runId: `r${token}`, token, dates: [date], readStart: OPENING, rows };
      const staged = await warehouse.stage(job);
      if (!staged.ok) throw new Error(staged.failure.detail);
      const published = await warehouse.publish({
        ...{ staged: staged.value, dates: [date], token, mode: 'live' },
        processedAt: new Date('2024-01-15T12:00:00Z'),
      });
      if (!published.ok) throw new Error(published.failure.detail);
      await warehouse.discard(staged.value);
    };
    const rowsNow = async (): Promise<readonly Row[] | undefined> => {
      const calendar = { season: '2023-24', openingNight: OPENING, dates: [], games: {} } as const;
      const found = await computedRows(computing(registry), warehouse, added, [DATE], calendar);
      return found.ok ? found.value?.rows : expect.fail(found.failure.detail);
    };
    const offense = registry.get('team_offense_game_summary');
    const game = { game_id: '20240115_BOS_ATL', home_team_abbr: 'ATL', away_team_abbr: 'BOS' };
    await publish(registry.get('nbac_schedule'), DATE, [{ ...game, game_date: DATE }]);
    for (let back = 6; back >= 0; back -= 1)
      await publish(offense, addDays(DATE, -back), [
        { game_id: `g${back}`, game_date: addDays(DATE, -back), team_abbr: 'ATL', points_scored: 100 + back },
      ]);
    const expected = [
      { ...{ team_abbr: 'ATL', mean_points: 103, is_production_ready: true } },
      { ...{ team_abbr: 'BOS', mean_points: null, is_production_ready: false } },
    ].map((row) => ({ ...row, game_id: game.game_id, game_date: DATE }));
    expect(await rowsNow()).toEqual(expected);

    // What lies outside of the windows changes nothing: the date itself, the sixth game before it, and what comes later.
    for (const away of [-6, 0, 1])
      await publish(offense, addDays(DATE, away), [
        { game_id: 'x', game_date: addDays(DATE, away), team_abbr: 'ATL', points_scored: 900 },
      ]);
    expect(await rowsNow()).toEqual(expected);
    await publish(offense, addDays(DATE, -5), [
      { game_id: 'x', game_date: addDays(DATE, -5), team_abbr: 'ATL', points_scored: 155 },
    ]);
    expect((await rowsNow())?.[0]).toMatchObject({ mean_points: 113 });

    await publish(added, DATE, expected);
    const columns = ['team_abbr', 'mean_points', 'is_production_ready'];
    const read = await warehouse.read({ table: added, columns, first: DATE, last: DATE });
    if (!read.ok) throw new Error(read.failure.detail);
    expect(textsOf(read.value, 'team_abbr')).toEqual(['ATL', 'BOS']);
    expect([...numbersOf(read.value, 'mean_points')]).toEqual([103, Number.NaN]);
    expect(flagsOf(read.value, 'is_production_ready')).toEqual([true, false]);
  } finally {
    warehouse.close();
  }
});

it('has another hash when its code or anything that it uses changes, and the same with other comments and layout', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'shared'));
  const hash = async (compute: string, used = 'export const k = 2;\nexport const unused = 1;') => {
    writeFileSync(join(folder, 'shared/used.ts'), used);
    writeFileSync(join(folder, 'compute.ts'), compute);
    return codeHashOf(folder, 'compute.ts');
  };
  const code = "import { k } from './shared/used.ts';\nexport default (n: number): number => n * k;\n";
  const first = await hash(code);
  const same = await hash(`/** Doubles. */\n${code.replace('n * k', '\n  n * k // twice\n')}`);
  expect(same.hash).toBe(first.hash);
  expect((await hash(code, 'export const k = 2;')).hash).toBe(first.hash);
  expect((await hash(code, 'export const k = 3;')).hash).not.toBe(first.hash);
  expect((await hash(code.replace('n * k', 'n + k'))).hash).not.toBe(first.hash);
  expect(Object.keys(first.files)).toEqual(['compute.ts', 'shared/used.ts']);
  await expect(hash("import { readFileSync } from 'node:fs';\nexport default readFileSync;")).rejects.toThrow(
    'is to be pure and uses node:fs',
  );
});

it('is not taken for the code of its hash where a file has been edited since', async () => {
  const { hash, files } = await codeHashOf(root, 'shared/domain/hash.ts');
  expect(hashOfCode({ hash, files })).toBe(hash);
  expect(hashOfCode({ hash, files: { 'shared/domain/hash.ts': 'another' } })).not.toBe(hash);
  expect(hashOfCode({ hash, files: { 'shared/domain/not-there.ts': 'in a bundle' } })).toBe(hash);
});
