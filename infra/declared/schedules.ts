/** The schedules of Cloud Scheduler. Each publishes a message at its times, which a function handles, or starts the job that trains. */
import { SERVICE_KINDS, type CronMessage, type ServiceKind } from '../../shared/derive/service-kinds.ts';

/**
 * The time zone of schedules and of game dates. With UTC, schedules would be an hour off for half of the
 * year.
 */
export const SCHEDULE_ZONE = 'America/New_York';

/** A schedule of a deployment. Names are full names, with the prefix. */
export interface ScheduleSpec {
  readonly name: string;
  readonly description: string;
  readonly cron: string;
  readonly zone: string;
  /** Whether it does anything at its times; otherwise it is paused. */
  readonly isEnabled: boolean;
  readonly does: ScheduledWork;
}

/** What a schedule does. */
export type ScheduledWork =
  /** Publishes `body` to a topic, `projects/PROJECT/topics/TOPIC`. */
  | { readonly kind: 'publish'; readonly topic: string; readonly body: string }
  /** Calls an address of Google's own with the rights of an account, given by its e-mail address. */
  | { readonly kind: 'start'; readonly uri: string; readonly account: string };

/** The schedules of all kinds of services. */
export const SCHEDULES: readonly CronMessage[] = Object.values<ServiceKind>(SERVICE_KINDS).flatMap(
  ({ cronMessages = [] }) => cronMessages,
);
