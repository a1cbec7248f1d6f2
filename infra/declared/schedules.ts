/** What happens by the clock. A job publishes a message and knows nothing of what becomes of it. */
import { SWEEP_TOPIC } from '../../shared/derive/topics.ts';

export interface Schedule {
  readonly name: string;
  readonly description: string;
  /** Five fields of cron, in the zone of the games. */
  readonly cron: string;
  readonly topic: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** The zone of game dates; a schedule without a zone would be an hour off for half of the year. */
export const SCHEDULE_ZONE = 'America/New_York';

/** Minutes between two sweeps. */
export const SWEEP_MINUTES = 5;

export const SCHEDULES: readonly Schedule[] = [
  {
    name: 'nba-sweep',
    description: 'Asks again for what was left behind: leases that are over, unsent messages, closed gates.',
    cron: `*/${SWEEP_MINUTES} * * * *`,
    topic: SWEEP_TOPIC,
    message: {},
  },
  {
    name: 'nba-reconcile',
    description: 'Also compares every completion document with the rows that the warehouse holds.',
    cron: '30 5 * * *',
    topic: SWEEP_TOPIC,
    message: { reconcile: true },
  },
];
