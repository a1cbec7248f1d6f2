/** Steps for topics and push subscriptions. */
import { labelsOf } from '../declared/target.ts';
import type { SubscriptionSpec } from '../declared/subscriptions.ts';
import type { Observed, ObservedSubscription } from './observed.ts';
import { differences, gcloud, keyValues, type Step, type StepContext } from './step.ts';

/** Creates the topics that are missing. Every topic keeps its messages in the region of the functions. */
export function topicSteps(context: StepContext, { topics }: Observed): Step[] {
  const { target } = context.deployment;
  const labels = keyValues(labelsOf(target));
  const keeps = `--message-storage-policy-allowed-regions=${target.region}`;
  return context.deployment.topics.flatMap((name): Step[] => {
    const what = `topic ${name}`;
    const regions = topics.get(name);
    if (regions === undefined)
      return [
        {
          what,
          change: 'create',
          because: [],
          commands: [gcloud(context, 'pubsub', 'topics', 'create', name, `--labels=${labels}`, keeps)],
        },
      ];
    if (regions.join(' ') === target.region) return [];
    return [
      {
        what,
        change: 'update',
        because: [
          `it may keep messages in ${regions.length === 0 ? 'every region' : regions.join(' and ')}, not in ${target.region} alone`,
        ],
        commands: [gcloud(context, 'pubsub', 'topics', 'update', name, keeps)],
      },
    ];
  });
}

/** Pub/Sub gives this name as the topic of a subscription when the topic was deleted. */
const DELETED_TOPIC = '_deleted-topic_';

/** Creates the subscriptions that are missing, and updates those that differ. */
export function subscriptionSteps(context: StepContext, { subscriptions }: Observed): Step[] {
  return context.deployment.subscriptions.flatMap((spec): Step[] => {
    const found = subscriptions.get(spec.name);
    const create = gcloud(
      context,
      'pubsub',
      'subscriptions',
      'create',
      spec.name,
      `--topic=${spec.topic}`,
      ...subscriptionFlags(spec),
      `--labels=${keyValues(labelsOf(context.deployment.target))}`,
    );
    const what = `subscription ${spec.name}`;
    if (found === undefined) return [{ what, change: 'create', because: [], commands: [create] }];
    if (found.topic !== spec.topic) {
      // The topic of a subscription cannot be changed. When it was deleted, the subscription is made again.
      return found.topic === DELETED_TOPIC
        ? [
            {
              what,
              change: 'update',
              because: ['its topic was deleted'],
              commands: [gcloud(context, 'pubsub', 'subscriptions', 'delete', spec.name), create],
            },
          ]
        : [];
    }
    const because = subscriptionDrift(spec, found);
    if (because.length === 0) return [];
    return [
      {
        what,
        change: 'update',
        because,
        commands: [
          gcloud(context, 'pubsub', 'subscriptions', 'update', spec.name, ...subscriptionFlags(spec)),
        ],
      },
    ];
  });
}

/**
 * Why subscriptions cannot be used: they read another topic. To make them again would lose their waiting
 * messages, so a person must delete them.
 */
export function subscriptionRefusals(context: StepContext, { subscriptions }: Observed): string[] {
  return context.deployment.subscriptions.flatMap((spec) => {
    const found = subscriptions.get(spec.name);
    return found === undefined || found.topic === spec.topic || found.topic === DELETED_TOPIC
      ? []
      : [
          `the subscription ${spec.name} reads ${found.topic}, not ${spec.topic}, and that cannot be changed: when nothing waits in it any more, delete it (gcloud pubsub subscriptions delete ${spec.name}) and deploy again`,
        ];
  });
}

/** The differences between a subscription and its specification, without its topic, in words. */
export function subscriptionDrift(spec: SubscriptionSpec, found: ObservedSubscription): string[] {
  const { name: _, topic: __, ...wanted } = spec;
  return differences({ ...wanted, neverExpires: true }, found);
}

function subscriptionFlags(spec: SubscriptionSpec): string[] {
  const [min, max] = spec.backoffSeconds;
  return [
    `--push-endpoint=${spec.endpoint}`,
    `--push-auth-service-account=${spec.pushAccount}`,
    `--push-auth-token-audience=${spec.audience}`,
    `--ack-deadline=${spec.ackDeadlineSeconds}`,
    `--min-retry-delay=${min}s`,
    `--max-retry-delay=${max}s`,
    `--message-retention-duration=${spec.retentionSeconds}s`,
    '--expiration-period=never',
    ...(spec.deadLetter === null
      ? []
      : [
          `--dead-letter-topic=${spec.deadLetter.topic}`,
          `--max-delivery-attempts=${spec.deadLetter.attempts}`,
        ]),
  ];
}
