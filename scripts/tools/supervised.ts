/** Starts commands that end with this process, even when this process is killed. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { environment, type Environment } from '../../shared/config.ts';

/** Characters of output that are kept to explain a failure. */
const KEPT_OUTPUT = 4000;

/** A command that runs. */
export interface Supervised {
  /** Process id of the command itself. */
  readonly pid: number;
  /** Resolves when the command has ended, with the last part of its output. */
  readonly ended: Promise<string>;
  /** Kills the command. */
  readonly kill: () => Promise<void>;
  /** Asks the command to end, and kills it after `graceMs` milliseconds (3000 by default). */
  readonly stop: (graceMs?: number) => Promise<void>;
}

/** Starts a command under a supervisor. @throws Error when the command cannot be started */
export async function startSupervised(
  command: string,
  args: readonly string[],
  env: Environment = environment,
): Promise<Supervised> {
  const supervisor = fork(fileURLToPath(new URL('supervisor.ts', import.meta.url)), [command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // These options replace the ones of this process, which may be those of a test runner.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...env, NODE_OPTIONS: '' },
  });
  let output = '';
  for (const stream of [supervisor.stdout, supervisor.stderr])
    stream?.on('data', (text: Buffer) => {
      output = (output + text.toString()).slice(-KEPT_OUTPUT);
    });
  let isOver = false;
  const ended = new Promise<string>((resolve) => {
    supervisor.on('close', () => {
      isOver = true;
      resolve(output);
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    supervisor.once('message', (message) => resolve((message as { pid: number }).pid));
    supervisor.once('error', reject);
    void ended.then(() => reject(new Error(`${command} could not be started: ${output}`)));
  });
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (!isOver) process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const kill = async (): Promise<void> => {
    signal('SIGKILL');
    await ended;
  };
  return {
    pid,
    ended,
    kill,
    stop: async (graceMs = 3000) => {
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
