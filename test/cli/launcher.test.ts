/** The launcher runs a bundle of the present sources, whoever else starts a command, and ends in order under any Node. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newFolder, removeFolders } from '../support/homes.ts';
import { hasTerminal } from '../support/pseudo-terminal.ts';
import { removeFolder } from '../support/remove-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** How long a test waits for what another process does. */
const WAIT_MS = 120_000;

/** A checkout of its own: its sources can be changed. */
let checkout: string;
const bundles = (): string => join(checkout, 'dist/command-line');

beforeAll(() => {
  checkout = join(newFolder(), 'checkout');
  for (const part of [
    'functions',
    'infra',
    'scripts',
    'shared',
    'package.json',
    'package-lock.json',
    'tsconfig.json',
  ])
    cpSync(join(root, part), join(checkout, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
});
beforeEach(() => removeFolder(join(checkout, 'dist')));
afterAll(removeFolders);

const fullcourt = (args: readonly string[], env: Record<string, string> = {}) =>
  promisify(execFile)(process.execPath, [join(checkout, 'scripts/launch.mjs'), ...args], {
    env: { ...process.env, FULLCOURT_HOME: join(checkout, 'home'), ...env },
  });

/** Runs `work` while a line of the command line is another one. */
async function whileChanged(from: string, to: string, work: () => Promise<void>): Promise<void> {
  const path = join(checkout, 'scripts/cli.ts');
  const before = readFileSync(path, 'utf8');
  expect(before).toContain(from);
  writeFileSync(path, before.replace(from, to));
  try {
    await work();
  } finally {
    writeFileSync(path, before);
  }
}

describe('a command', () => {
  it('makes the bundle once, says nothing of it, and runs others when the sources are others', async () => {
    expect(await fullcourt(['--version'])).toEqual({ stdout: '0.1.0\n', stderr: '' });
    const [made] = readdirSync(bundles());
    expect(await fullcourt(['--version'])).toEqual({ stdout: '0.1.0\n', stderr: '' });
    expect(readdirSync(bundles())).toEqual([made]);
    const which = JSON.parse((await fullcourt(['--which'])).stdout) as string[];
    expect(which.at(-1)).toBe(join(bundles(), made ?? '', 'cli.js'));
    await whileChanged(".version('0.1.0')", ".version('0.1.0-changed')", async () => {
      expect((await fullcourt(['--version'])).stdout).toBe('0.1.0-changed\n');
      expect(readdirSync(bundles())).toHaveLength(2);
    });
  });

  it('is answered when several are the first at once, and one whole bundle is left', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => fullcourt(['tables', '--json'])));
    for (const { stdout } of answers)
      expect((JSON.parse(stdout) as { tables: unknown[] }).tables.length).toBeGreaterThan(20);
    expect(readdirSync(bundles())).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(existsSync(join(bundles(), readdirSync(bundles())[0] ?? '', 'cli.js'))).toBe(true);
  });

  it('runs from its sources where nothing can be written, and where they make no bundle', async () => {
    writeFileSync(join(checkout, 'dist'), 'a file in place of the folder');
    expect(await fullcourt(['--version'])).toEqual({ stdout: '0.1.0\n', stderr: '' });
    rmSync(join(checkout, 'dist'));
    await whileChanged(
      '/** Every command. */',
      "if (process.argv[2] === 'never') await import('./gone.ts');",
      async () => {
        expect(await fullcourt(['--version'])).toEqual({ stdout: '0.1.0\n', stderr: '' });
        expect(readdirSync(bundles())).toEqual([]);
      },
    );
  });

  it('names our files in an error, for developers', async () => {
    const args = ['status', '--date', '2024-01-15'];
    const env = { FULLCOURT_LOG: 'debug', FULLCOURT_HOME: join(checkout, 'package.json') };
    await whileChanged(
      '/** Every command. */',
      'if (process.argv[2] === "status") failing();\nfunction failing(): never { throw new Error("planted"); }',
      async () => {
        const failed = await fullcourt(args, env).catch((error: { stderr: string }) => error);
        expect(failed.stderr).toMatch(/at failing \(.*scripts\/cli\.ts:\d+/);
      },
    );
  });
});

/** A Node that starts another process for the command, because it cannot become one. */
const olderNode = spawnSync('which', ['-a', 'node'], { encoding: 'utf8' })
  .stdout.split('\n')
  .find(
    (path) =>
      path !== '' && spawnSync(path, ['-p', 'typeof process.execve']).stdout.toString() === 'undefined\n',
  );
const canHangUp = hasTerminal && olderNode !== undefined;
if (!canHangUp)
  console.log('Left out: a terminal that is closed (it takes a Node before 22.15 and `script`)');

it.skipIf(!canHangUp)(
  'an older Node that has started the pinned one ends by the signal when its terminal is closed',
  async () => {
    const folder = newFolder();
    const [said, ended] = [join(folder, 'said'), join(folder, 'ended')];
    // The shell leads the session, so the signal comes to it, and it hands it on as an interactive one does.
    const line = [
      "trap 'kill -HUP $!' HUP",
      `'${olderNode ?? ''}' '${root}scripts/launch.mjs' serve --port 0 2> '${said}' &`,
      `wait $!; wait $!; echo $? > '${ended}'`,
    ].join('\n');
    const terminal = spawn('script', ['--quiet', '--command', line, '/dev/null'], {
      env: { ...process.env, SHELL: '/bin/bash', FULLCOURT_HOME: join(folder, 'home') },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await until(() => existsSync(said) && readFileSync(said, 'utf8').includes('Ctrl-C ends it'));
    terminal.kill('SIGKILL');
    await once(terminal, 'exit');
    await until(() => existsSync(ended) && readFileSync(ended, 'utf8') !== '');
    expect(readFileSync(ended, 'utf8')).toBe('129\n');
  },
);

async function until(isSo: () => boolean): Promise<void> {
  for (const started = Date.now(); !isSo(); await sleep(50))
    if (Date.now() - started > WAIT_MS) throw new Error('It never was so');
}
