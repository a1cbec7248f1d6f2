/** Nothing sealed is lost: predictions, what they were made from and their models come back byte for byte, and are graded again. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import { copyOf, removeFolders } from '../support/homes.ts';
import { cli, cliJson } from '../support/run-cli.ts';
import { sealedLeague } from '../support/sealed-league.ts';
import { SEASON } from '../support/tiny-league.ts';
import { removeFolder } from '../support/remove-folder.ts';

const TABLES = [
  ...['prediction_inputs', 'player_prop_predictions'],
  ...['prediction_accuracy', 'system_daily_performance'],
];
const registry = loadRegistry();

let home: string;
let before: Readonly<Record<string, readonly unknown[]>>;

/** The declared columns of every row of the tables of phase 5. */
async function rowsIn(folder: string): Promise<typeof before> {
  const found: Record<string, readonly unknown[]> = {};
  for (const name of TABLES) {
    const { definition } = registry.get(name);
    const columns = Object.keys(definition.columns).join(', ');
    const sql = `SELECT ${columns} FROM ${qualifiedName(definition)} ORDER BY ${definition.key.join(', ')}, game_date`;
    const { document } = await cliJson<{ rows: readonly unknown[] }>(folder, 'query', sql, '--limit', '0');
    found[name] = document.rows;
  }
  return found;
}

function without(...parts: readonly string[]): string {
  const folder = copyOf(home);
  for (const name of readdirSync(folder))
    if (parts.some((part) => name.startsWith(part))) removeFolder(join(folder, name));
  return folder;
}

/** The files of sealed rows by name. */
function sealedFiles(folder: string): ReadonlyMap<string, string> {
  const at = join(folder, 'archive', 'sealed');
  return new Map(readdirSync(at).map((name) => [name, readFileSync(join(at, name), 'utf8')]));
}

beforeAll(async () => {
  home = await sealedLeague();
  before = await rowsIn(home);
  expect(before['player_prop_predictions']?.length).toBeGreaterThan(7000);
  expect(sealedFiles(home).size).toBe(2 * 46);
});
afterAll(removeFolders);

describe('a home with sealed predictions', () => {
  it('that has lost its tables has them back as they were', async () => {
    const folder = without('warehouse.duckdb');
    const { code, stderr } = await cli(folder, 'recover');
    expect(code, stderr).toBe(0);
    expect(await rowsIn(folder)).toEqual(before);
    const plan = await cliJson<{ runs: number }>(folder, 'plan', '--season', SEASON);
    expect(plan.document.runs).toBe(0);
  });

  it('of which the archive alone is left has them back with their model, by one backfill', async () => {
    const folder = without('warehouse.duckdb', 'state.sqlite');
    expect((await cli(folder, 'recover')).code).toBe(0);
    expect((await cli(folder, 'backfill', '--season', SEASON)).code).toBe(0);
    expect(await rowsIn(folder)).toEqual(before);
    const registryOf = async (of: string): Promise<unknown> => (await cliJson(of, 'models')).document;
    expect(await registryOf(folder)).toEqual(await registryOf(home));
  });

  it('whose archive has lost the sealed rows has them written there again', async () => {
    const folder = copyOf(home);
    const files = sealedFiles(folder);
    removeFolder(join(folder, 'archive', 'sealed'));
    expect((await cli(folder, 'recover', '--dry-run')).stdout).toContain(
      'sealed rows: 92 files would be written to the archive again',
    );
    expect((await cli(folder, 'recover')).code).toBe(0);
    expect(sealedFiles(folder)).toEqual(files);
    expect((await cli(folder, 'recover')).stdout).toContain('nothing to do');
  });
});
