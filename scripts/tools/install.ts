/**
 * Installs private Python environments in `.tools/<tool>`, for the emulator target and some test suites:
 *
 *   npm run tools [-- bqemulator|zetasql|clients|xgboost ...]
 *
 * It writes nothing outside of that folder, and skips tools that are installed already.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from '../../shared/config.ts';
import { onPath, PYTHON_TOOLS, toolsFolder, type PythonTool } from './find.ts';

const WHAT: Readonly<Record<PythonTool, string>> = {
  bqemulator: 'a BigQuery server',
  zetasql: "GoogleSQL's reference implementation",
  clients: "Google's Python clients",
  xgboost: 'XGBoost, against which trees are checked',
};

/** The file that lists every package of an environment with its exact version. */
function pinsOf(tool: PythonTool): string {
  return fileURLToPath(new URL(`pins/${tool}.txt`, import.meta.url));
}

/**
 * The environment variables of processes that use the Python environment in `folder`. Their home is in this
 * folder.
 */
export function environmentOf(folder: string): NodeJS.ProcessEnv {
  return { ...environment, HOME: join(folder, 'home'), PYTHONNOUSERSITE: '1', PIP_NO_CACHE_DIR: '1' };
}

function install(tool: PythonTool): void {
  const folder = join(toolsFolder, tool);
  const marker = join(folder, 'installed.json');
  const pins = readFileSync(pinsOf(tool), 'utf8');
  if (existsSync(marker)) {
    const { pins: installed } = JSON.parse(readFileSync(marker, 'utf8')) as { pins: string };
    if (installed === pins) {
      console.log(`${tool}: installed already in ${folder}`);
      return;
    }
  }
  console.log(`${tool}: installing ${WHAT[tool]} in ${folder} ...`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'home'), { recursive: true });
  const host = onPath('python3');
  if (host === undefined) throw new Error('python3 is not on the PATH (3.11 or newer is needed)');
  run(host, ['-m', 'venv', folder], 'python3 cannot make environments (on Debian: apt install python3-venv)');
  const python = join(folder, 'bin', 'python');
  // Here the home stays the user's: the settings of pip in it may name a package index.
  run(
    python,
    ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '--disable-pip-version-check', '-r', pinsOf(tool)],
    `pip could not install ${tool}; see its message above`,
  );
  if (tool === 'bqemulator') placeSpatialExtension(python, folder);
  writeFileSync(marker, `${JSON.stringify({ tool, pins }, null, 2)}\n`);
  console.log(`${tool}: done`);
}

/**
 * Copies an extension of DuckDB to where the server looks for it. Otherwise the server downloads it at each
 * start.
 */
function placeSpatialExtension(python: string, folder: string): void {
  const found = spawnSync(
    python,
    [
      '-c',
      'import duckdb, duckdb_extension_spatial as e, os; print(duckdb.__version__); print(duckdb.sql("PRAGMA platform").fetchone()[0]); print(os.path.dirname(e.__file__))',
    ],
    { encoding: 'utf8', env: environmentOf(folder) },
  );
  const [version, platform, source] = found.stdout.trim().split('\n');
  if (found.status !== 0 || source === undefined)
    throw new Error(`DuckDB does not start in ${folder}: ${found.stderr}`);
  const target = join(folder, 'home', '.duckdb', 'extensions', `v${version}`, String(platform));
  mkdirSync(target, { recursive: true });
  const file = 'spatial.duckdb_extension';
  copyFileSync(join(source, 'extensions', `v${version}`, file), join(target, file));
}

function run(command: string, args: readonly string[], explanation: string): void {
  const done = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.error !== undefined || done.status !== 0) throw new Error(explanation);
}

function main(names: readonly string[]): void {
  const unknown = names.filter((name) => !PYTHON_TOOLS.some((tool) => tool === name));
  if (unknown.length > 0) {
    console.error(`There is no tool ${unknown.join(', ')}; there are ${PYTHON_TOOLS.join(', ')}.`);
    process.exitCode = 2;
    return;
  }
  for (const tool of PYTHON_TOOLS) {
    if (names.length > 0 && !names.includes(tool)) continue;
    try {
      install(tool);
    } catch (error) {
      console.error(`${tool}: not installed. ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
