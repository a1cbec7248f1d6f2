#!/usr/bin/env node
/**
 * Starts a command on the Node version the project pins, whatever Node npm itself runs on, and installs the
 * dependencies first when they are missing or out of date. A command runs as a bundle of the present sources, which
 * Node loads in a third of the time; the first command after a change of the sources makes it. Where the bundle cannot be
 * made, for example in a folder that may not be written, the sources run. Plain JavaScript, because it must run on any Node.
 *
 *   launch.mjs <command> [...]        the command line of Fullcourt
 *   launch.mjs --run <script> [...]   one of the scripts of this folder
 *   launch.mjs --which                the program and arguments that a command begins with, as JSON, for who runs many commands
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOUR_MS = 3_600_000;
const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');

/** The command line as JavaScript: there in an installed package, which has no lock file and needs no installation. */
const packed = join(root, 'dist', 'cli', 'cli.js');
const isPackage = !existsSync(join(root, 'package-lock.json')) && existsSync(packed);

/** Bundles of a checkout, each in a folder that is named by the state of the sources. */
const bundles = join(root, 'dist', 'command-line');
const args = process.argv.slice(2);
const isScript = args[0] === '--run' && !isPackage;
const made = isPackage || isScript ? undefined : bundleThere();

// A bundle that is there was made of exactly these lock files, after the dependencies were installed.
if (!isPackage && made === undefined && !isInstalled()) {
  console.error('Installing dependencies (npm ci) ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const installed = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (installed.status !== 0) {
    console.error('npm ci failed; see the messages above.');
    process.exit(installed.status ?? 1);
  }
}

const pinned = [join(modules, '.bin', 'node'), join(dirname(root), '.bin', 'node')].find((path) =>
  existsSync(path),
);
const node = pinned ?? process.execPath;
if (node === process.execPath && Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `Fullcourt needs Node 24 or newer; this is ${process.version}, and no pinned Node exists for ${process.platform}-${process.arch}.`,
  );
  process.exit(1);
}

const script = isScript
  ? join(root, 'scripts', `${args[1]}.ts`)
  : isPackage
    ? packed
    : (made ?? bundleMade() ?? join(root, 'scripts', 'cli.ts'));
const rest = isScript ? args.slice(2) : args;
const env = {
  ...process.env,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'node'),
};
// Node's own limit of the memory for young objects lets a process that streams many rows grow by a hundred MiB.
const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8'];
// Another Node than the pinned one may not know these.
if (pinned !== undefined)
  flags.push(
    // A short command ends before its heap is so large, so that all of it is never looked through for what is no longer used.
    '--initial-heap-size=64',
    // A short command ends before code that is compiled once more for speed has paid for its compilation; by Node's own
    // numbers, that is a seventh of the work of an import of one night. A function that runs long enough still gets it.
    '--invocation-count-for-maglev=20000',
    '--invocation-count-for-maglev-osr=4000',
    '--invocation-count-for-osr=8000',
    '--invocation-count-for-turbofan=60000',
  );
// In a log for developers, errors name the lines of the sources instead of those of the bundle.
if (process.env.FULLCOURT_LOG === 'debug') flags.push('--enable-source-maps');
if (args.length === 1 && args[0] === '--which') {
  console.log(JSON.stringify([node, ...flags, script]));
  process.exit(0);
}
const command = [...flags, script, ...rest];
if (process.platform !== 'win32' && typeof process.execve === 'function') {
  // This process becomes the command, so that no second one has memory. Node says of this function that it is experimental.
  process.removeAllListeners('warning');
  process.execve(node, [node, ...command], env);
}
const child = spawn(node, command, { stdio: 'inherit', env });
// The terminal sends Ctrl-C to the whole group; the child decides how to end.
let isHungUp = false;
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGHUP', () => {
  isHungUp = true;
  child.kill('SIGHUP');
});
child.on('exit', (code, signal) => {
  if (isHungUp || signal === 'SIGHUP') {
    // Node 20 aborts when it exits after its terminal is gone, because it cannot restore it. So this process ends by the signal.
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  }
  process.exit(signal === null ? (code ?? 1) : 128 + ({ SIGINT: 2, SIGTERM: 15, SIGKILL: 9 }[signal] ?? 1));
});

/** Whether what is installed is what the lock file asks for. */
function isInstalled() {
  const marker = join(modules, '.package-lock.json');
  if (!existsSync(marker)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(marker, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (optional && !(path in found)) || found[path]?.version === version,
  );
}

/** The bundle of the present sources, where it is there. */
function bundleThere() {
  const file = join(bundles, stateOfSources(), 'cli.js');
  return existsSync(file) ? file : undefined;
}

/**
 * Makes the bundle of the present sources, in a folder of this process that gets its name when the bundle is whole: a process
 * that makes the same one at the same time may be first.
 * @returns undefined where it cannot be made, or the sources have changed meanwhile
 */
function bundleMade() {
  const state = stateOfSources();
  const file = join(bundles, state, 'cli.js');
  if (existsSync(file)) return file;
  const unfinished = join(bundles, `.${state}-${process.pid}`);
  try {
    mkdirSync(unfinished, { recursive: true });
    const making = [join(root, 'scripts', 'bundle-commands.ts'), unfinished];
    const env = { ...process.env, NODE_OPTIONS: '' };
    const { status } = spawnSync(node, ['--disable-warning=ExperimentalWarning', ...making], {
      stdio: 'ignore',
      env,
    });
    if (status === 0 && stateOfSources() === state) renameSync(unfinished, join(bundles, state));
  } catch {
    // The folder may not be written, or another process was first.
  }
  try {
    rmSync(unfinished, { recursive: true, force: true });
    forgetOldBundles(state);
  } catch {
    // Another process forgets them at the same time.
  }
  return existsSync(file) ? file : undefined;
}

/** Deletes the bundles of former sources that are older than an hour, except those that a process may be running. */
function forgetOldBundles(present) {
  const running = existsSync('/proc/self/cmdline')
    ? readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid))
        .map((pid) => commandOf(pid))
    : undefined;
  const age = running === undefined ? 7 * 24 * HOUR_MS : HOUR_MS;
  for (const name of readdirSync(bundles)) {
    const folder = join(bundles, name);
    if (name === present || Date.now() - statSync(folder).mtimeMs < age) continue;
    if (running?.some((command) => command.includes(name)) !== true)
      rmSync(folder, { recursive: true, force: true });
  }
}

/** The command line of a process; empty when it has ended. */
function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** A hash of the names, sizes and times of all that a bundle is made of. */
function stateOfSources() {
  const hash = createHash('sha256');
  const add = (path) => {
    const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? {};
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  const addAll = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) addAll(path);
      else add(path);
    }
  };
  for (const folder of ['functions', 'infra', 'scripts', 'shared']) addAll(join(root, folder));
  for (const file of ['package-lock.json', 'tsconfig.json']) add(join(root, file));
  add(join(modules, '.package-lock.json'));
  return hash.digest('hex').slice(0, 32);
}
