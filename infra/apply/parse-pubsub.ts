/** Parses gcloud's answers on topics, subscriptions and schedules. */
import * as z from 'zod';
import type { ObservedSchedule, ObservedSubscription } from '../steps/observed.ts';

/** The last part of a full name: `nba-sweep` of `projects/PROJECT/topics/nba-sweep`. */
export const bareName = (name: string): string => name.split('/').at(-1) ?? name;

/** gcloud's list of topics. */
export const topicList = z.array(
  z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    messageStoragePolicy: z
      .object({ allowedPersistenceRegions: z.array(z.string()).default([]) })
      .default({ allowedPersistenceRegions: [] }),
  }),
);

/** gcloud's list of subscriptions. */
export const subscriptionList = z.array(
  z.object({
    name: z.string(),
    topic: z.string().default(''),
    ackDeadlineSeconds: z.number().default(0),
    messageRetentionDuration: z.string().default('604800s'),
    expirationPolicy: z.object({ ttl: z.string().optional() }).optional(),
    retryPolicy: z
      .object({ minimumBackoff: z.string().default('0s'), maximumBackoff: z.string().default('0s') })
      .optional(),
    deadLetterPolicy: z
      .object({ deadLetterTopic: z.string().default(''), maxDeliveryAttempts: z.number().default(5) })
      .optional(),
    pushConfig: z
      .object({
        pushEndpoint: z.string().default(''),
        oidcToken: z
          .object({ serviceAccountEmail: z.string().default(''), audience: z.string().default('') })
          .optional(),
      })
      .optional(),
  }),
);

/** A subscription in the form that a plan compares. */
export function observedSubscription(found: z.infer<typeof subscriptionList>[number]): ObservedSubscription {
  const { retryPolicy, deadLetterPolicy, pushConfig, expirationPolicy } = found;
  return {
    topic: bareName(found.topic),
    endpoint: pushConfig?.pushEndpoint ?? '',
    audience: pushConfig?.oidcToken?.audience ?? '',
    pushAccount: pushConfig?.oidcToken?.serviceAccountEmail ?? '',
    ackDeadlineSeconds: found.ackDeadlineSeconds,
    backoffSeconds: [seconds(retryPolicy?.minimumBackoff), seconds(retryPolicy?.maximumBackoff)],
    retentionSeconds: seconds(found.messageRetentionDuration),
    // A policy without a time means that the subscription never expires. Without a policy it expires after 31
    // days.
    neverExpires: expirationPolicy !== undefined && expirationPolicy.ttl === undefined,
    deadLetter:
      deadLetterPolicy === undefined || deadLetterPolicy.deadLetterTopic === ''
        ? null
        : {
            topic: bareName(deadLetterPolicy.deadLetterTopic),
            attempts: deadLetterPolicy.maxDeliveryAttempts,
          },
  };
}

/** gcloud's list of schedules. */
export const scheduleList = z.array(
  z.object({
    name: z.string(),
    schedule: z.string().default(''),
    timeZone: z.string().default(''),
    state: z.string().default('ENABLED'),
    pubsubTarget: z.object({ topicName: z.string().default(''), data: z.string().default('') }).optional(),
    httpTarget: z
      .object({
        uri: z.string().default(''),
        oauthToken: z.object({ serviceAccountEmail: z.string().default('') }).optional(),
      })
      .optional(),
  }),
);

/** A schedule in the form that a plan compares. */
export function observedSchedule(found: z.infer<typeof scheduleList>[number]): ObservedSchedule {
  return {
    cron: found.schedule,
    zone: found.timeZone,
    topic: found.pubsubTarget?.topicName ?? '',
    body: Buffer.from(found.pubsubTarget?.data ?? '', 'base64').toString('utf8'),
    uri: found.httpTarget?.uri ?? '',
    account: found.httpTarget?.oauthToken?.serviceAccountEmail ?? '',
    isEnabled: found.state === 'ENABLED',
  };
}

/** The number of seconds in a text such as `600s` or `0.5s`. */
function seconds(text: string | undefined): number {
  return Number.parseFloat(text ?? '0');
}
