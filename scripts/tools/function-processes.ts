/** Runs the functions of the emulator target in processes of their own. A process that dies is started again. */
import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../shared/config.ts';
import { freePort } from './emulators.ts';

export interface FunctionProcess {
  /** The services that the process serves. */
  readonly services: readonly string[];
  /** The current process id. It changes when the process has died and was started again. */
  readonly pid: () => number | undefined;
}

export interface FunctionProcesses {
  readonly processes: readonly FunctionProcess[];
  /** The address at which each service takes pushes, by its name. It stays when a process is started again. */
  readonly urls: Readonly<Record<string, string>>;
  /** Waits until the work under way is done, then ends all processes. */
  readonly stop: () => Promise<void>;
}

const HOST = fileURLToPath(new URL('function-host.ts', import.meta.url));
/** Milliseconds until a function that cannot start is tried again, so that it does not keep the machine busy. */
const AGAIN_MS = 1000;
/** How long work under way may take when the processes are ended; see `endInOrder`. */
const STOP_MS = 11_000;

/**
 * @param groups the services of each process
 * @param logs folder for what the processes print, one file for each process
 * @param onDeath called when a process has died and is being started again
 * @throws Error when one of the processes cannot start
 */
export async function startFunctions(
  groups: readonly (readonly string[])[],
  env: Environment,
  logs: string,
  onDeath: (services: readonly string[], how: string) => void,
): Promise<FunctionProcesses> {
  mkdirSync(logs, { recursive: true });
  let isStopping = false;
  const hosts = await Promise.all(
    groups.map(async (services) => {
      const ports = new Map<string, number>();
      for (const service of services) ports.set(service, await freePort());
      const log = createWriteStream(join(logs, `${services.length === 1 ? services[0] : 'functions'}.log`), {
        flags: 'a',
      });
      let child: ChildProcess | undefined;
      let hasStarted = false;
      const start = (): Promise<void> =>
        new Promise((resolve, reject) => {
          const started = fork(
            HOST,
            [...ports].map(([name, port]) => `${name}=${port}`),
            {
              stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
              execArgv: ['--disable-warning=ExperimentalWarning'],
              env: { ...env, NODE_OPTIONS: '' },
            },
          );
          child = started;
          let output = '';
          for (const stream of [started.stdout, started.stderr]) {
            stream?.on('data', (text: Buffer) => {
              output = (output + text.toString()).slice(-2000);
              log.write(text);
            });
          }
          started.once('message', () => {
            hasStarted = true;
            resolve();
          });
          started.once('exit', (code, signal) => {
            if (isStopping) return;
            const how = signal ?? `code ${String(code)}`;
            if (!hasStarted) {
              reject(new Error(`The function ${services.join(', ')} does not start (${how}): ${output}`));
              return;
            }
            onDeath(services, how);
            // Until the process listens again, pushes to it are refused, and Pub/Sub delivers them again.
            const again = (): void => void start().catch(() => undefined);
            if (signal === null) setTimeout(again, AGAIN_MS);
            else again();
          });
        });
      await start();
      return {
        services,
        ports,
        pid: () => child?.pid,
        stop: async (): Promise<void> => {
          const last = child;
          if (last === undefined || last.exitCode !== null || last.signalCode !== null) return;
          const gone = new Promise((resolve) => last.once('exit', resolve));
          last.kill('SIGTERM');
          const timer = setTimeout(() => last.kill('SIGKILL'), STOP_MS);
          await gone;
          clearTimeout(timer);
          log.end();
        },
      };
    }),
  );
  return {
    processes: hosts.map(({ services, pid }) => ({ services, pid })),
    urls: Object.fromEntries(
      hosts.flatMap(({ ports }) => [...ports].map(([name, port]) => [name, `http://127.0.0.1:${port}/`])),
    ),
    stop: async () => {
      isStopping = true;
      await Promise.all(hosts.map(({ stop }) => stop()));
    },
  };
}
