/** Runs the declared schedules in this process, at their US Eastern times, as Cloud Scheduler does it on Google Cloud. */
import { Cron } from 'croner';
import { SCHEDULES, SCHEDULE_ZONE } from '../../infra/declared/schedules.ts';
import type { CronMessage } from '../../shared/derive/service-kinds.ts';
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
