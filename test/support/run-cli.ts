/** The command line as a script uses it: a process with a home, its exit code and what it printed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandHere } from './command-here.ts';
import { commandLine, COMPILED, type Ended } from './command-line.ts';
import { proof } from './proof.ts';

/** A command that is under way. */
export interface Running {
  readonly process: ChildProcess;
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
  /** Waits until its messages for a person match. @throws Error when it ends before or takes too long */
  readonly says: (pattern: RegExp, ms?: number) => Promise<void>;
  /** Ends it as a power cut does. */
  readonly kill: () => Promise<Ended>;
}

/** Starts `fullcourt <args>` on the home in `folder`. */
export function startCli(folder: string, ...args: readonly string[]): Running {
  return startCliWith({}, folder, ...args);
}

/**
 * The same with more variables in its environment, or as the child of a shell of `bash`.
 * @param shell what the shell does before, such as setting a limit
 */
export function startCliWith(
  { env = {}, shell }: { readonly env?: Readonly<Record<string, string>>; readonly shell?: string },
  folder: string,
  ...args: readonly string[]
): Running {
  const command = [...commandLine(), ...args];
  const [program = '', ...words] =
    shell === undefined ? command : ['bash', '-c', `${shell}; exec "$@"`, 'bash', ...command];
  const child = spawn(program, words, {
    env: { ...process.env, FULLCOURT_HOME: folder, NO_COLOR: '1', NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    process: child,
    stderr: () => stderr,
    ended,
    says: async (pattern, ms = 240_000) => {
      for (const started = Date.now(); !pattern.test(stderr); await sleep(20)) {
        if (child.exitCode !== null)
          throw new Error(`It ended (${child.exitCode}) and never said ${String(pattern)}: ${stderr}`);
        if (Date.now() - started > ms)
          throw new Error(`It did not say ${String(pattern)} within ${ms} ms: ${stderr}`);
      }
    },
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

/**
 * Runs `fullcourt <args>` on the home in `folder` to its end: in this process, which takes a quarter of the time, and with the whole
 * proof in one of its own. A test whose promise is about processes uses {@link startCli} or {@link cliProcess}.
 */
export function cli(folder: string, ...args: readonly string[]): Promise<Ended> {
  return cliWith({}, folder, ...args);
}

/** The same with more variables in its environment. */
export function cliWith(
  env: Readonly<Record<string, string>>,
  folder: string,
  ...args: readonly string[]
): Promise<Ended> {
  return proof === 'all'
    ? startCliWith({ env }, folder, ...args).ended
    : commandHere({ FULLCOURT_HOME: folder, NO_COLOR: '1', ...env }, args);
}

/** Runs `fullcourt <args>` on the home in `folder` in a process of its own, whatever the proof. */
export function cliProcess(folder: string, ...args: readonly string[]): Promise<Ended> {
  return startCli(folder, ...args).ended;
}

/** What a command with `--json` ended with. */
export interface CliDocument<T> {
  readonly code: number | null;
  readonly document: T;
  readonly stderr: string;
}

/** The document that `fullcourt <args> --json` prints. @throws Error when stdout is not exactly one JSON document */
export function cliJson<T>(folder: string, ...args: readonly string[]): Promise<CliDocument<T>> {
  return documentOf(cli(folder, ...args, '--json'), args);
}

/** The same of a process of its own, whatever the proof. */
export function cliProcessJson<T>(folder: string, ...args: readonly string[]): Promise<CliDocument<T>> {
  return documentOf(cliProcess(folder, ...args, '--json'), args);
}

async function documentOf<T>(ended: Promise<Ended>, args: readonly string[]): Promise<CliDocument<T>> {
  const { code, stdout, stderr } = await ended;
  try {
    return { code, document: JSON.parse(stdout) as T, stderr };
  } catch (error) {
    throw new Error(`fullcourt ${args.join(' ')} ended with ${code} and printed "${stdout}"; ${stderr}`, {
      cause: error,
    });
  }
}
