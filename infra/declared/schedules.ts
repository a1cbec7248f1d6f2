/** What happens by the clock. A job publishes a message and knows nothing of what becomes of it. */
import { SERVICE_KINDS, type ScheduledMessage, type ServiceKind } from '../../shared/derive/service-kinds.ts';

/** The zone of game dates; a schedule without a zone would be an hour off for half of the year. */
export const SCHEDULE_ZONE = 'America/New_York';

/** The schedules of every kind of service. */
export const SCHEDULES: readonly ScheduledMessage[] = Object.values<ServiceKind>(SERVICE_KINDS).flatMap(
  ({ schedules = [] }) => schedules,
);
