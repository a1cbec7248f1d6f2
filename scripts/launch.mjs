#!/usr/bin/env node
/**
 * Starts a command on the Node version the project pins, whatever Node npm itself runs on, and installs the
 * dependencies first when they are missing or out of date. Plain JavaScript, because it must run on any Node.
 *
 *   launch.mjs <command> [...]        the command line of Fullcourt
 *   launch.mjs --run <script> [...]   one of the scripts of this folder
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');

/** The command line as JavaScript: there in an installed package, which has no lock file and needs no installation. */
const bundled = join(root, 'dist', 'cli', 'cli.js');
const isPackage = !existsSync(join(root, 'package-lock.json')) && existsSync(bundled);

if (!isPackage && !isInstalled()) {
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

const args = process.argv.slice(2);
const program = isPackage ? bundled : join(root, 'scripts', 'cli.ts');
const isScript = args[0] === '--run' && !isPackage;
const script = isScript ? join(root, 'scripts', `${args[1]}.ts`) : program;
const rest = isScript ? args.slice(2) : args;
const env = {
  ...process.env,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(modules, '.cache', 'node'),
};
// Node's own limit of the memory for young objects lets a process that streams many rows grow by a hundred MiB.
const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8'];
const command = [...flags, script, ...rest];
if (process.platform !== 'win32' && typeof process.execve === 'function') {
  // This process becomes the command, so that no second one has memory. Node says of this function that it is experimental.
  process.removeAllListeners('warning');
  process.execve(node, [node, ...command], env);
}
const child = spawn(node, command, { stdio: 'inherit', env });
// The terminal sends Ctrl-C to the whole group; the child decides how to end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => signal === 'SIGINT' || child.kill(signal));
child.on('exit', (code, signal) =>
  process.exit(
    signal === null ? (code ?? 1) : 128 + ({ SIGINT: 2, SIGTERM: 15, SIGKILL: 9, SIGHUP: 1 }[signal] ?? 1),
  ),
);

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
