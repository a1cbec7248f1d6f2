/** `serve`: handles messages until the process is stopped, and takes new ones at an address of this machine. */
import { knownSeasons } from '../../shared/state/views.ts';
import { sourcesOn } from '../../functions/steps/live-answers.ts';
import type { Client } from '../../functions/targets/client.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { EXIT, tell, withHome, type GlobalOptions } from './command.ts';
import { finishLoadsLeft } from './finish-loads.ts';
import { curlLines } from './home-page.ts';
import { portOf, takePort, type Door } from './local-door.ts';
import { asksSources, runRetraining, runSchedules } from './schedules.ts';
import { tellActivity } from './serve-activity.ts';

/** Seconds between two sweeps. At every so many sweeps the rows of every table are counted. */
export interface Sweeps {
  readonly seconds: number;
  readonly reconcileEvery: number;
}
const SWEEPS: Sweeps = { seconds: 60, reconcileEvery: 1 };

/**
 * Serves an embedded home. The port is taken before the home is opened.
 * @throws RequestError when the port is in use; nothing is done then
 */
export async function serveCommand(flags: GlobalOptions & { readonly port: string }): Promise<number> {
  const door = await takePort(portOf(flags.port));
  try {
    return await withHome(flags, (client) => serveHome(client, door));
  } finally {
    await door.close();
  }
}

async function serveHome(client: Client, door: Door): Promise<number> {
  const worker = await client.openWorkerOrRefuse('serve');
  try {
    worker?.dispatcher.start();
    await finishLoadsLeft(client, { worker });
    await serveUntilStopped(client, door, SWEEPS, worker?.dispatcher.fault);
    return EXIT.done;
  } finally {
    await worker?.close();
  }
}

/**
 * Handles messages until the process is asked to end. The door is left open.
 * @param fault the error because of which no more messages are handled
 * @throws that error
 */
export async function serveUntilStopped(
  client: Client,
  door: Door,
  { seconds, reconcileEvery }: Sweeps = SWEEPS,
  fault: () => Error | undefined = () => undefined,
): Promise<void> {
  const season = (await knownSeasons(client)).at(-1);
  const activity = tellActivity(client, tell);
  door.open(client);
  let looks = 0;
  const sweeps = setInterval(() => {
    looks += 1;
    const message = JSON.stringify({ reconcile: looks % reconcileEvery === 0 });
    // When the broker does not answer, the next sweep is published to it again.
    client.publisher.publish(SWEEP_TOPIC, message).catch(() => undefined);
  }, seconds * 1000);
  const asked = sourcesOn(client.config.sources);
  const stopSchedules = runSchedules(
    client.publisher,
    (schedule) => asked.length > 0 || !asksSources(schedule),
  );
  const stopRetraining = runRetraining(client.config, tell);
  tell(`Serving ${client.config.home} at ${door.address} (a page for a browser is there, too)`);
  tell(
    season === undefined
      ? `Nothing is loaded yet: fullcourt import --from DIR, or fullcourt simulate${client.config.target === 'embedded' ? ', while this process is stopped' : ''}`
      : ['Publish with:', ...curlLines(client, door.address, season).map((line) => `  ${line}`)].join('\n'),
  );
  if (asked.length > 0) {
    tell(`Asking live sources when they are due: ${asked.join(', ')}`);
    // What is due already need not wait for the schedule.
    client.publisher.publish(SWEEP_TOPIC, '{"fetch":true}').catch(() => undefined);
  }
  if (client.config.retrain === 'monthly')
    tell('A challenger is trained at 10:00 Eastern time on the first of each month.');
  tell('Ctrl-C ends it.');
  let looking: NodeJS.Timeout | undefined;
  const broken = await new Promise<Error | undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined));
    looking = setInterval(() => {
      const found = fault();
      if (found !== undefined) resolve(found);
    }, 1000);
  });
  clearInterval(looking);
  clearInterval(sweeps);
  stopSchedules();
  stopRetraining();
  await activity.stop();
  if (broken !== undefined) throw broken;
}
