/**
 * Runs the functions of the emulator target in processes of their own. A process that dies is started again.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../shared/config.ts';

/** A process, and the services that it serves. */
export interface FunctionProcess {
  readonly services: readonly string[];
  /** The present process id. It changes when the process is started again. */
  readonly pid: () => number | undefined;
}

/** All processes of the functions. */
export interface FunctionProcesses {
  readonly processes: readonly FunctionProcess[];
  /** Service -> address for its pushes. It stays the same when the process is started again. */
  readonly urls: Readonly<Record<string, string>>;
  /** Waits for the work that has begun, then ends all processes. */
  readonly stop: () => Promise<void>;
}

/** What a process says once it listens: the port of each service. */
interface Listening {
  readonly listening: Readonly<Record<string, number>>;
}

const HOST = fileURLToPath(new URL('function-host.ts', import.meta.url));
/**
 * Milliseconds before a process that ended by itself is started again, so that a broken one does not use the
 * whole machine.
 */
const AGAIN_MS = 1000;
/** Milliseconds that `stop` waits before it kills a process. It is longer than the wait of `endInOrder`. */
const STOP_MS = 11_000;

/** Name of the n-th start of a process, in the form that Cloud Run gives to revisions. */
function revisionOf(services: readonly string[], n: number): string {
  return `${services.length === 1 ? services[0] : 'functions'}-${String(n).padStart(5, '0')}-local`;
}

/**
 * Starts the processes and waits until all of them listen.
 * @param groups the services of each process
 * @param logs folder for the output of the processes, one file for each
 * @param onDeath called when a process has died and is started again
 * @throws Error when a process cannot start
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
      // The first process listens on ports that are free; one that follows it takes the same ones again.
      const ports = new Map(services.map((service) => [service, 0]));
      const log = createWriteStream(join(logs, `${services.length === 1 ? services[0] : 'functions'}.log`), {
        flags: 'a',
      });
      let child: ChildProcess | undefined;
      let hasStarted = false;
      let starts = 0;
      const start = (): Promise<void> =>
        new Promise((resolve, reject) => {
          const started = fork(
            HOST,
            [...ports].map(([name, port]) => `${name}=${port}`),
            {
              stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
              execArgv: ['--disable-warning=ExperimentalWarning'],
              // As on Cloud Run, whoever answers has a name: here each start of the process is a revision.
              env: { ...env, NODE_OPTIONS: '', K_REVISION: revisionOf(services, (starts += 1)) },
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
          started.once('message', ({ listening }: Listening) => {
            for (const [name, port] of Object.entries(listening)) ports.set(name, port);
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
            // Pushes fail until it listens again. Pub/Sub delivers them again.
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
