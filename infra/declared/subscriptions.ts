/** The push subscriptions as they are deployed. Each has its function, its deadline and a place for what cannot be handled. */
import { pushAccount } from './accounts.ts';
import { BUDGETS, DELIVERY } from '../../shared/derive/budgets.ts';
import { services } from '../../shared/derive/services.ts';
import { serviceUrl, targetNames, type DeployTarget } from './target.ts';

export interface SubscriptionSpec {
  readonly name: string;
  readonly topic: string;
  readonly endpoint: string;
  readonly audience: string;
  readonly pushAccount: string;
  readonly ackDeadlineSeconds: number;
  readonly backoffSeconds: readonly [min: number, max: number];
  readonly retentionSeconds: number;
  readonly deadLetter: { readonly topic: string; readonly attempts: number } | null;
}

const DAY = 86_400;

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
