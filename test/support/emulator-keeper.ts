/**
 * Keeps the emulators of one run of the tests. The process that runs vitest keeps them, not one of its workers: a worker
 * that crashes leaves them to the others. Each has a supervisor (`scripts/tools/supervised.ts`), so it also ends when the
 * process that keeps it is killed.
 */
import { createServer } from 'node:http';
import { startBqEmulator } from '../../scripts/tools/bqemulator.ts';
import { startFirestore, startPubSub, type Emulator } from '../../scripts/tools/emulators.ts';
import { processSeconds } from './process-seconds.ts';

/** Variable of the environment that says where the keeper listens: `127.0.0.1:port`. */
export const KEEPER = 'FULLCOURT_TEST_EMULATORS';

/** The emulators that can be shared. Each holds many projects side by side. */
const EMULATORS = {
  pubsub: { called: 'the Pub/Sub emulator', start: () => startPubSub() },
  firestore: { called: 'the Firestore emulator', start: () => startFirestore() },
  // The project is the one of requests that name none, and there are no such requests.
  bigquery: { called: 'bqemulator', start: () => startBqEmulator('demo-fullcourt') },
} as const;
export type SharedEmulator = keyof typeof EMULATORS;

export interface EmulatorKeeper {
  /** Where to ask: `GET /firestore` starts Firestore if it does not run, and answers with its address. */
  readonly host: string;
  /**
   * Starts an emulator if it does not run.
   * @throws Error when it does not start, or has died since: what was in it is lost, and no file is to go on without it
   */
  readonly open: (name: SharedEmulator) => Promise<Emulator>;
  /** Ends everything that was started. @returns seconds of CPU that each has taken, by what it is called */
  readonly stop: () => Promise<ReadonlyMap<string, number>>;
}

/** Starts to keep emulators; none runs until it is asked for. */
export async function keepEmulators(): Promise<EmulatorKeeper> {
  const started = new Map<SharedEmulator, Promise<Emulator>>();
  const open = async (name: SharedEmulator): Promise<Emulator> => {
    const { called, start } = EMULATORS[name];
    const starting = started.get(name) ?? start();
    started.set(name, starting);
    const emulator = await starting;
    if (isGone(emulator))
      throw new Error(`${called} of this run has died; a test that ends an emulator starts one of its own`);
    return emulator;
  };
  const server = createServer(({ url }, response) => {
    const name = url?.slice(1) ?? '';
    if (!isShared(name)) {
      response
        .writeHead(404)
        .end(`There is no emulator ${name}; there are ${Object.keys(EMULATORS).join(', ')}`);
      return;
    }
    open(name).then(
      ({ host }) => response.end(host),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  // A run that is over does not wait for requests that never come.
  server.unref();
  return {
    host: `127.0.0.1:${port}`,
    open,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      const seconds = new Map<string, number>();
      for (const [name, starting] of started) {
        // One that did not start has told the file that asked for it.
        const emulator = await starting.catch(() => undefined);
        if (emulator === undefined) continue;
        if (emulator.pid !== undefined) seconds.set(EMULATORS[name].called, processSeconds(emulator.pid));
        await emulator.stop();
      }
      return seconds;
    },
  };
}

function isShared(name: string): name is SharedEmulator {
  return Object.hasOwn(EMULATORS, name);
}

function isGone({ pid }: Emulator): boolean {
  try {
    if (pid !== undefined) process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
