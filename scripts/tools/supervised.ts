/** Starts commands that end when this process ends, also when it is killed. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { environment, type Environment } from '../../shared/config.ts';

/** How many of the last characters of output are kept, to say why a command ended early. */
const KEPT_OUTPUT = 4000;

export interface Supervised {
  /** Process id of the command itself. */
  readonly pid: number;
  /** Resolves when the command has ended, with the last lines that it printed. */
  readonly ended: Promise<string>;
  /** Kills the command at once, as a crash would. */
  readonly kill: () => Promise<void>;
  /** Asks the command to end, and kills it when it has not ended after `graceMs`. */
  readonly stop: (graceMs?: number) => Promise<void>;
}

/** @throws Error when the command cannot be started */
export async function startSupervised(
  command: string,
  args: readonly string[],
  env: Environment = environment,
): Promise<Supervised> {
  const supervisor = fork(fileURLToPath(new URL('supervisor.ts', import.meta.url)), [command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // The supervisor gets only the options that this project needs, and none of a test runner's.
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
