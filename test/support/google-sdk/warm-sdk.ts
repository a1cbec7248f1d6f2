/**
 * The installed gcloud, loaded once: every command runs in a fork of one process that has the modules already, which
 * takes a fraction of the second or two of a start. The commands are on the PATH of {@link WarmSdk.bin}, so that whoever
 * starts `gcloud` or `bq` there is none the wiser.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findGoogleSdk, isMissing, onPath, type GoogleSdk } from '../../../scripts/tools/find.ts';
import { removeFolder } from '../remove-folder.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard input. */
  readonly input?: string;
}

export interface WarmSdk {
  readonly sdk: GoogleSdk;
  /** Folder with the commands `gcloud` and `bq`. */
  readonly bin: string;
  /** An empty folder for what gcloud remembers. */
  readonly config: string;
  /** Runs a program in a fork of its warm process, with `gcloud` and `bq` of {@link bin} first on its PATH. */
  readonly run: (program: 'gcloud' | 'bq', argv: readonly string[], options: RunOptions) => Promise<Ran>;
  /** What gcloud's own parser says to each line, without running any: null where it takes it. */
  readonly parse: (lines: readonly (readonly string[])[]) => Promise<readonly (string | null)[]>;
  readonly close: () => Promise<void>;
}

/** Python with which the SDK runs. */
export function pythonOf({ root }: GoogleSdk): string {
  const bundled = join(root, 'platform', 'bundledpythonunix', 'bin', 'python3');
  return process.env['CLOUDSDK_PYTHON'] ?? (existsSync(bundled) ? bundled : (onPath('python3') ?? 'python3'));
}

/** Environment in which gcloud knows nobody, asks nothing and tells nobody. */
export function quietEnvironment(config: string): Record<string, string> {
  return {
    CLOUDSDK_CONFIG: config,
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
  };
}

export interface WarmOptions {
  /** Paths of gcloud's commands whose modules are loaded beforehand, such as `pubsub.topics.create`. */
  readonly commands: readonly string[];
  /** Where `bq` finds the BigQuery API; without it there is no `bq`. */
  readonly bigQuery?: string;
}

/** @throws Error when there is no SDK */
export async function startWarmSdk({ commands, bigQuery }: WarmOptions): Promise<WarmSdk> {
  const sdk = findGoogleSdk();
  if (isMissing(sdk)) throw new Error(sdk.missing);
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-sdk-'));
  const [bin, config] = [join(folder, 'bin'), join(folder, 'config')];
  mkdirSync(bin);
  mkdirSync(config);
  const bqFlags = ['--oauth_access_token=local', ...(bigQuery === undefined ? [] : [`--api=${bigQuery}`])];
  const programs = await Promise.all([
    warm(sdk, folder, 'gcloud', commands, []),
    // Without the wrapper around it, which asks for an account before anything else.
    ...(bigQuery === undefined ? [] : [warm(sdk, folder, 'bq', [], bqFlags)]),
  ]);
  const runWarm: WarmSdk['run'] = (program, argv, { env, cwd, input }) =>
    ask(join(folder, `${program}.socket`), {
      argv: [...(program === 'bq' ? bqFlags : []), ...argv],
      cwd: cwd ?? folder,
      env: { HOME: config, ...env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` },
      input: input ?? '',
      parse: argv[0] === '--parse-lines',
    });
  return {
    sdk,
    bin,
    config,
    run: runWarm,
    parse: async (lines) => {
      const { code, stdout, stderr } = await runWarm('gcloud', ['--parse-lines'], {
        env: quietEnvironment(config),
        input: JSON.stringify(lines),
      });
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as (string | null)[];
    },
    close: async () => {
      await Promise.all(programs.map((end) => end()));
      removeFolder(folder);
    },
  };
}

/** Starts the process that a program is forked from, and puts the program into `bin`. @returns ends the process */
async function warm(
  sdk: GoogleSdk,
  folder: string,
  program: 'gcloud' | 'bq',
  commands: readonly string[],
  flags: readonly string[],
): Promise<() => Promise<void>> {
  const python = pythonOf(sdk);
  const socket = join(folder, `${program}.socket`);
  script(join(folder, 'bin', program), [python, '-S', '-E', join(here, 'launch.py'), socket, ...flags]);
  const server = spawn(python, ['-S', '-E', join(here, 'warm.py'), sdk.root, socket, program, ...commands], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...quietEnvironment(join(folder, 'config')) },
  });
  let complaint = '';
  server.stderr.on('data', (data: Buffer) => {
    complaint = `${complaint}${data.toString('utf8')}`.slice(-4000);
  });
  const ended = new Promise<void>((resolve) => {
    server.once('exit', () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    createInterface(server.stdout).once('line', () => resolve());
    server.once('exit', () => reject(new Error(`${program} cannot be loaded: ${complaint}`)));
    server.once('error', reject);
  });
  return async () => {
    server.stdin.end();
    await ended;
  };
}

function ask(socket: string, request: object): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket);
    let answer = '';
    connection.setEncoding('utf8');
    connection.on('data', (text: string) => (answer += text));
    connection.once('error', reject);
    connection.once('close', () => {
      try {
        resolve(JSON.parse(answer) as Ran);
      } catch {
        reject(new Error(`The warm process has not answered: ${answer.slice(0, 200)}`));
      }
    });
    connection.write(`${JSON.stringify(request)}\n`);
  });
}

/** Runs a program with a list of arguments and waits for its end. */
export function run(program: string, argv: readonly string[], { env, cwd, input }: RunOptions): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      env: { PATH: process.env['PATH'] ?? '', HOME: env['CLOUDSDK_CONFIG'] ?? tmpdir(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString('utf8');
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

function script(file: string, words: readonly string[]): void {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  writeFileSync(file, `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
}
