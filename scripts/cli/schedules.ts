/** Runs the declared schedules in this process, at their US Eastern times, as Cloud Scheduler does it on Google Cloud. */
import { spawn } from 'node:child_process';
import { Cron } from 'croner';
import { SCHEDULES, SCHEDULE_ZONE } from '../../infra/declared/schedules.ts';
import { environment, type Config } from '../../shared/config.ts';
import type { CronMessage } from '../../shared/derive/service-kinds.ts';
import { RETRAINING } from '../../shared/derive/training-job.ts';
import type { Publisher } from '../../shared/ports/bus.ts';

/**
 * Publishes the message of each schedule at its times until the returned function is called. A message that the broker does not take
 * is published at the next time.
 * @param wanted which of the schedules are run
 */
export function runSchedules(
  publisher: Publisher,
  wanted: (schedule: CronMessage) => boolean = () => true,
): () => void {
  const jobs = SCHEDULES.filter(wanted).map(({ name, cron, topic, message }) => {
    const options = { name: `${name} ${process.pid}`, timezone: SCHEDULE_ZONE, catch: true, protect: true };
    return new Cron(cron, options, async () => {
      await publisher.publish(topic, JSON.stringify(message));
    });
  });
  return () => {
    for (const job of jobs) job.stop();
  };
}

/** Whether a schedule asks live sources. */
export function asksSources({ message }: CronMessage): boolean {
  return message['fetch'] === true;
}

/**
 * Runs the monthly retraining at its times until the returned function is called, where it is switched on. A training that still runs is
 * ended then: it is the same from its start when it is run again.
 * @param tell what is said of each training
 */
export function runRetraining(config: Config, tell: (text: string) => void): () => void {
  if (config.retrain === 'off') return () => undefined;
  const ending = new AbortController();
  const options = { name: `${RETRAINING.name} ${process.pid}`, timezone: SCHEDULE_ZONE, protect: true };
  const job = new Cron(RETRAINING.cron, options, async () => {
    tell(`Monthly retraining: ${await retrainingProcess(config, ending.signal)}`);
  });
  return () => {
    job.stop();
    ending.abort();
  };
}

/**
 * Trains the model of the month in a process of its own, because the present one has to answer meanwhile.
 * @param entry the file of the command line
 * @returns what the process answers, or the last line of its errors where it has no answer
 */
export function retrainingProcess(
  { target, home }: Pick<Config, 'target' | 'home'>,
  signal: AbortSignal,
  entry: string = process.argv[1] ?? '',
): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [...process.execArgv, entry, 'train', '--monthly', '--target', target],
      {
        env: { ...environment, FULLCOURT_HOME: home },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      },
    );
    let [said, failed] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (failed += text));
    child.on('error', (error) => resolve(error.message));
    child.on('close', () => resolve(said.trim() || (failed.trim().split('\n').at(-1) ?? '')));
  });
}
