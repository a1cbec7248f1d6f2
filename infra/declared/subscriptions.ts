/** The push subscriptions of a deployment. Each pushes to one function and has a dead-letter topic. */
import { pushAccount } from './accounts.ts';
import { BUDGETS, DELIVERY } from '../../shared/derive/budgets.ts';
import { services } from '../../shared/derive/services.ts';
import { serviceUrl, targetNames, type DeployTarget } from './target.ts';

/** A push subscription. Names are full names, with the prefix. */
export interface SubscriptionSpec {
  readonly name: string;
  readonly topic: string;
  /** Address that messages are pushed to. */
  readonly endpoint: string;
  /** Audience that the token of a push names. */
  readonly audience: string;
  readonly pushAccount: string;
  readonly ackDeadlineSeconds: number;
  readonly backoffSeconds: readonly [min: number, max: number];
  readonly retentionSeconds: number;
  /** Null for a subscription of a dead-letter topic. */
  readonly deadLetter: { readonly topic: string; readonly attempts: number } | null;
}

/** Seconds of a day. */
const DAY = 86_400;

/** The subscriptions of a deployment. */
export function subscriptionSpecs(target: DeployTarget): SubscriptionSpec[] {
  const names = targetNames(target);
  return services().flatMap((service) =>
    service.topics.map(({ name, subscription }): SubscriptionSpec => {
      const url = serviceUrl(target, service);
      const { deadLetterTopic } = subscription;
      return {
        name: names.resource(subscription.name),
        topic: names.resource(name),
        endpoint: `${url}/`,
        audience: url,
        pushAccount: pushAccount(target).email,
        ackDeadlineSeconds: BUDGETS.ackDeadlineSeconds,
        backoffSeconds: subscription.backoffSeconds,
        retentionSeconds:
          DAY * (deadLetterTopic === null ? DELIVERY.deadLetterRetentionDays : DELIVERY.retentionDays),
        deadLetter:
          deadLetterTopic === null
            ? null
            : { topic: names.resource(deadLetterTopic), attempts: subscription.maxAttempts },
      };
    }),
  );
}
