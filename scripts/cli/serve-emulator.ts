/**
 * `serve --target emulator`: the Pub/Sub and Firestore emulators and a BigQuery server on the loopback address, every
 * function in a process of its own behind real push subscriptions, and a schedule for the sweep. Documents, messages and
 * tables are in memory and are gone when the command ends.
 */
import { join } from 'node:path';
import { openCloudClient } from '../../functions/targets/cloud/client.ts';
import type { Client } from '../../functions/targets/client.ts';
import { localArchive } from '../../functions/targets/emulator/files.ts';
import { createTopology } from '../../functions/targets/emulator/topology.ts';
import { environment, readConfig, type Config, type Environment } from '../../shared/config.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { services } from '../../shared/derive/services.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { startBqEmulator } from '../tools/bqemulator.ts';
import { startFirestore, startPubSub, type Emulator } from '../tools/emulators.ts';
import { findGoogleEmulators, findPythonTool, isMissing } from '../tools/find.ts';
import { startFunctions, type FunctionProcesses } from '../tools/function-processes.ts';
import { paint } from './colours.ts';
import { EXIT, tell } from './command.ts';
import { readEmulatorFile, removeEmulatorFile, writeEmulatorFile } from './emulator-file.ts';
import { portOf, takePort, type Door } from './local-door.ts';
import { chosenOption } from './options.ts';
import { serveUntilStopped, type Sweeps } from './serve.ts';

export interface EmulatorFlags {
  readonly port: string;
  readonly processes: string;
}

/** Everything that runs on this machine for the emulator target. */
export interface LocalCloud {
  readonly config: Config;
  readonly client: Client;
  readonly functions: FunctionProcesses;
  readonly emulators: () => {
    readonly pubsub: Emulator;
    readonly firestore: Emulator;
    readonly bigquery: Emulator;
  };
  /** Resolves with the reason when the emulators cannot go on. */
  readonly lost: Promise<string>;
  readonly stop: () => Promise<void>;
}

export interface LocalCloudOptions {
  /** `one` process for all functions, or one for `each`. */
  readonly processes: 'one' | 'each';
  readonly env?: Environment;
  readonly say?: (text: string) => void;
}

/** Shorter times than in the cloud, so that the work of a process that died is taken over within a minute. */
const LOCAL_SECONDS = { FULLCOURT_LEASE_SECONDS: '45', FULLCOURT_TELL_AGAIN_SECONDS: '300' };

/**
 * Starts the servers and functions. A server that the environment names (`*_EMULATOR_HOST`) is used as it is.
 * @throws RequestError when emulators run on this home already; Error when a server is not installed or does not start
 */
export async function startLocalCloud(
  { home, cloud, clockAheadSeconds }: Config,
  { processes, env = environment, say = () => undefined }: LocalCloudOptions,
): Promise<LocalCloud> {
  refuseIfServed(home);
  const undo: (() => Promise<void>)[] = [];
  const stopAll = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const started = async (emulator: Promise<Emulator>): Promise<Emulator> => {
      const running = await emulator;
      undo.push(running.stop);
      return running;
    };
    const [pubsub, firestore, bigquery] = await allOrNone(
      started(startPubSub({ running: cloud.hosts.pubsub })),
      started(startFirestore({ running: cloud.hosts.firestore })),
      started(startBqEmulator(cloud.project, { running: cloud.hosts.bigquery })),
    );
    const variables = {
      ...LOCAL_SECONDS,
      ...env,
      FULLCOURT_TARGET: 'emulator',
      FULLCOURT_HOME: home,
      FULLCOURT_PROJECT: cloud.project,
      FULLCOURT_CLOCK_AHEAD_SECONDS: String(clockAheadSeconds),
      PUBSUB_EMULATOR_HOST: pubsub.host,
      FIRESTORE_EMULATOR_HOST: firestore.host,
      FULLCOURT_BIGQUERY_HOST: bigquery.host,
      // Keeps the clients from asking the network for credentials of this machine.
      METADATA_SERVER_DETECTION: 'none',
    };
    const config = readConfig(variables);
    const client = openCloudClient(config, localArchive(config));
    undo.push(async () => client.close());
    const names = services().map(({ name }) => name);
    const [functions] = await allOrNone(
      startFunctions(
        processes === 'one' ? [names] : names.map((name) => [name]),
        variables,
        join(home, 'logs'),
        (dead, how) => say(`The function ${dead.join(', ')} died (${how}) and is started again`),
      ).then((running) => {
        undo.push(running.stop);
        return running;
      }),
      client.withWarehouse('serve', (warehouse) => warehouse.prepare()),
    );
    const pushTo = (): Promise<void> => createTopology(config, functions.urls);
    await pushTo();
    writeEmulatorFile(home, {
      pid: process.pid,
      project: config.cloud.project,
      hosts: { pubsub: pubsub.host, firestore: firestore.host, bigquery: bigquery.host },
      functions: { ...functions.urls },
    });
    undo.push(() => Promise.resolve(removeEmulatorFile(home)));
    const current = { pubsub, firestore, bigquery };
    const guard = guardEmulators(current, say, async (running) => {
      current.pubsub = running;
      undo.push(running.stop);
      await pushTo();
    });
    undo.push(guard.stop);
    return { config, client, functions, emulators: () => current, lost: guard.lost, stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** @throws RequestError that names the process that serves this home already */
function refuseIfServed(home: string): void {
  const known = readEmulatorFile(home);
  if (known !== undefined)
    throw new RequestError(
      `${home} is in use by process ${known.pid} (serve); end it first, or set FULLCOURT_HOME`,
    );
}

/** Milliseconds between two checks whether the emulators are alive. */
const LOOK_MS = 500;

/**
 * Starts the Pub/Sub emulator again at its old address when it dies: only messages are lost, and the sweep sends them
 * again. When the Firestore emulator or the BigQuery server dies, the documents or the tables are lost, and it ends.
 */
function guardEmulators(
  current: { readonly pubsub: Emulator; readonly firestore: Emulator; readonly bigquery: Emulator },
  say: (text: string) => void,
  onPubSub: (running: Emulator) => Promise<void>,
): { readonly lost: Promise<string>; readonly stop: () => Promise<void> } {
  let looking = Promise.resolve();
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;
  const lost = new Promise<string>((resolve) => {
    const look = async (): Promise<void> => {
      const { pubsub, firestore, bigquery } = current;
      if (isGone(firestore)) return resolve('The Firestore emulator has died, and every document with it');
      if (isGone(bigquery)) return resolve('The BigQuery server has died, and every table with it');
      if (isGone(pubsub)) {
        say('The Pub/Sub emulator died and is started again; messages it held are sent again by the sweep');
        try {
          await onPubSub(await startPubSub({ port: Number(pubsub.host.split(':')[1]) }));
        } catch (error) {
          return resolve(error instanceof Error ? error.message : String(error));
        }
      }
      if (isStopping) return;
      timer = setTimeout(() => {
        looking = look();
      }, LOOK_MS);
    };
    looking = look();
  });
  return {
    lost,
    stop: async () => {
      isStopping = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

function isGone({ pid }: Emulator): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/** Waits until all have ended, so that none runs on. @returns their results @throws the first failure */
async function allOrNone<Works extends unknown[]>(
  ...works: { [Index in keyof Works]: Promise<Works[Index]> }
): Promise<Works> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** What the emulator target needs and this machine does not have. */
export function missingForEmulator({ cloud }: Config): string[] {
  const { pubsub, firestore, bigquery } = cloud.hosts;
  const needed = [
    ...(pubsub === undefined || firestore === undefined ? [findGoogleEmulators()] : []),
    ...(bigquery === undefined ? [findPythonTool('bqemulator')] : []),
  ];
  return needed.flatMap((found) => (isMissing(found) ? [found.missing] : []));
}

/** Starts the servers and functions and stays until the process is asked to end. */
export async function serveEmulator(config: Config, flags: EmulatorFlags): Promise<number> {
  const processes = chosenOption('--processes', flags.processes, ['one', 'each'] as const) ?? 'each';
  const port = portOf(flags.port);
  const missing = missingForEmulator(config);
  if (missing.length > 0)
    throw new RequestError(`The emulator target cannot run here: ${missing.join('; ')}`);
  refuseIfServed(config.home);
  const door = await takePort(port);
  try {
    return await serveBehind(door, config, processes);
  } finally {
    await door.close();
  }
}

async function serveBehind(
  door: Door,
  config: Config,
  processes: LocalCloudOptions['processes'],
): Promise<number> {
  tell('Starting the emulators and the functions ...');
  const local = await startLocalCloud(config, { processes, say: tell });
  try {
    const { cloud } = local.config;
    const names = namesOf(cloud.prefix);
    tell(
      [
        `Project ${cloud.project}: Pub/Sub at ${cloud.hosts.pubsub}, Firestore at ${cloud.hosts.firestore}, BigQuery at ${cloud.hosts.bigquery}; ${local.functions.processes.length} function processes, their logs in ${join(config.home, 'logs')}`,
        paint.yellow('Documents, messages and tables are in memory: they are gone when this process ends.'),
        'Fill it from another terminal:  fullcourt import --from DIR',
        'Publish as in the cloud:',
        `  CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB=http://${cloud.hosts.pubsub}/ CLOUDSDK_AUTH_DISABLE_CREDENTIALS=true \\`,
        `  gcloud pubsub topics publish ${names.resource(BACKFILL_REQUEST_TOPIC)} --project ${cloud.project} --message '{"season":"2023-24"}'`,
      ].join('\n'),
    );
    let lost: Error | undefined;
    void local.lost.then((reason) => {
      lost = new Error(reason);
    });
    await serveUntilStopped(local.client, door, SWEEPS, () => lost);
    return EXIT.done;
  } finally {
    await local.stop();
  }
}

/** Counting the rows of a table takes a job of the BigQuery server, so it is done at every 20th sweep only. */
const SWEEPS: Sweeps = { seconds: 30, reconcileEvery: 20 };
