/**
 * What `npm pack` makes runs after a global installation, in an empty folder. The small proof unpacks it beside the packages of
 * the project; the whole proof lets npm install it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proof } from '../support/proof.ts';
import { tinyFiles } from '../support/tiny-league.ts';
import { removeFolder } from '../support/remove-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fullcourt-package-'));
const empty = join(folder, 'empty');
let program: string;

function ran(
  command: string,
  args: readonly string[],
  cwd = root,
): { code: number | null; stdout: string; stderr: string } {
  const { FULLCOURT_HOME: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1', NODE_OPTIONS: '' },
  });
  return { code: status, stdout, stderr };
}

const fullcourt = (...args: readonly string[]): ReturnType<typeof ran> =>
  ran(process.execPath, [program, ...args], empty);

beforeAll(() => {
  mkdirSync(empty);
  expect(ran('npm', ['pack', '--silent', '--pack-destination', folder])).toMatchObject({ code: 0 });
  const archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
  if (proof === 'all') {
    const prefix = join(folder, 'global');
    mkdirSync(prefix);
    expect(
      ran(
        'npm',
        ['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-audit', archive],
        folder,
      ),
    ).toMatchObject({ code: 0 });
    program = join(prefix, 'lib/node_modules/fullcourt/scripts/launch.mjs');
  } else {
    expect(ran('tar', ['-xzf', archive, '-C', folder])).toMatchObject({ code: 0 });
    symlinkSync(join(root, 'node_modules'), join(folder, 'package/node_modules'));
    program = join(folder, 'package/scripts/launch.mjs');
  }
}, 600_000);
afterAll(() => removeFolder(folder));

describe('the package', () => {
  it('says its version and its tables, and leaves the folder empty', () => {
    expect(fullcourt('--version')).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' });
    const { code, stdout } = fullcourt('tables', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { tables: unknown[] }).tables.length).toBeGreaterThan(20);
    expect(readdirSync(empty)).toEqual([]);
  });

  it('loads files, builds tables and answers a query', () => {
    const files = tinyFiles({ through: '2021-10-21' });
    const lines = readFileSync(join(files, 'player_box_2021-22.csv'), 'utf8').trimEnd().split('\n');
    expect(fullcourt('import', '--from', files)).toMatchObject({ code: 0 });
    expect(fullcourt('backfill', '--season', '2021-22', '--through', '3')).toMatchObject({ code: 0 });
    const { stdout } = fullcourt(
      'query',
      'SELECT COUNT(*) AS n FROM nba_analytics.player_game_summary',
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual({ rows: [{ n: lines.length - 1 }] });
    expect(readdirSync(empty)).toEqual(['.fullcourt']);
  });

  it.skipIf(proof === 'small')(
    'has what a deployment is made of',
    () => {
      const { code, stderr } = fullcourt('deploy', '--dry-run', '--project', 'my-project');
      expect([code, stderr]).toEqual([0, expect.stringContaining('Bundling')]);
    },
    600_000,
  );
});
