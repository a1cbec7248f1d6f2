/** The schedules of Cloud Scheduler. Each publishes a message at its times; a function handles the message. */
import { SERVICE_KINDS, type CronMessage, type ServiceKind } from '../../shared/derive/service-kinds.ts';

/**
 * The time zone of schedules and of game dates. With UTC, schedules would be an hour off for half of the
 * year.
 */
export const SCHEDULE_ZONE = 'America/New_York';

/** The schedules of all kinds of services. */
export const SCHEDULES: readonly CronMessage[] = Object.values<ServiceKind>(SERVICE_KINDS).flatMap(
  ({ cronMessages = [] }) => cronMessages,
);
