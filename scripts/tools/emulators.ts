/** Starts the Pub/Sub and Firestore emulators of the Google Cloud SDK on this machine. They end with this process. */
import { createServer } from 'node:net';
import { findGoogleEmulators, isMissing, type GoogleEmulators } from './find.ts';
import { startSupervised } from './supervised.ts';

export interface Emulator {
  /** The address for the clients, as `127.0.0.1:port`. */
  readonly host: string;
  /** Process id of the emulator; undefined for an emulator that was running before. */
  readonly pid: number | undefined;
  /** Ends the emulator, unless it was running before. What it holds is lost. */
  readonly stop: () => Promise<void>;
  /** Kills the emulator at once, as a crash would. */
  readonly kill: () => Promise<void>;
}

export interface EmulatorOptions {
  /** `host:port` of an emulator that runs already. It is used, and not ended. */
  readonly running?: string | undefined;
  /** The port to start on, for an emulator that is started again at its old address. */
  readonly port?: number | undefined;
}

/** How long a Java program may take to start on a busy machine. */
const START_MS = 120_000;
const PORT_TRIES = 3;

/** @throws Error when it is not installed or does not start */
export function startPubSub(options: EmulatorOptions = {}): Promise<Emulator> {
  return start('Pub/Sub', options, ({ pubsubJar }, port) => [
    '-Xmx256m',
    ...JAVA_OPTIONS,
    '-jar',
    pubsubJar,
    '--host=127.0.0.1',
    `--port=${port}`,
  ]);
}

/** @throws Error when it is not installed or does not start */
export function startFirestore(options: EmulatorOptions = {}): Promise<Emulator> {
  return start('Firestore', options, ({ firestoreJar }, port) => [
    '-Xmx768m',
    ...JAVA_OPTIONS,
    '-Duser.language=en',
    '-cp',
    firestoreJar,
    'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
    'start',
    '--host=127.0.0.1',
    `--port=${port}`,
  ]);
}

/** Options for a quick start and a small heap, because these programs do not run for long. */
const JAVA_OPTIONS = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] as const;

async function start(
  name: string,
  { running, port }: EmulatorOptions,
  argsOf: (found: GoogleEmulators, port: number) => readonly string[],
): Promise<Emulator> {
  if (running !== undefined) {
    if (!(await answers(running, START_MS, () => false)))
      throw new Error(`There is no ${name} emulator at ${running}`);
    const nothing = (): Promise<void> => Promise.resolve();
    return { host: running, pid: undefined, stop: nothing, kill: nothing };
  }
  const found = findGoogleEmulators();
  if (isMissing(found)) throw new Error(`The ${name} emulator cannot be started: ${found.missing}`);
  for (let attempt = 1; ; attempt++) {
    const chosen = port ?? (await freePort());
    const host = `127.0.0.1:${chosen}`;
    const emulator = await startSupervised(found.java, argsOf(found, chosen));
    let isOver = false;
    const ended = emulator.ended.then((output) => {
      isOver = true;
      return output;
    });
    if (await answers(host, START_MS, () => isOver))
      return { host, pid: emulator.pid, stop: emulator.stop, kill: emulator.kill };
    await emulator.kill();
    // Another program may have taken the port in the meantime.
    if (attempt >= PORT_TRIES) throw new Error(`The ${name} emulator does not start: ${await ended}`);
  }
}

/** A free port. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port is free')),
      );
    });
  });
}

/** Whether an HTTP server answers at `host` within `ms`. */
async function answers(host: string, ms: number, isOver: () => boolean): Promise<boolean> {
  const end = performance.now() + ms;
  while (performance.now() < end && !isOver()) {
    const response = await fetch(`http://${host}/`, { signal: AbortSignal.timeout(2000) }).catch(
      () => undefined,
    );
    if (response?.ok === true) return true;
    await response?.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
