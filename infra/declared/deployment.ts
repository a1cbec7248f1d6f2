/** Everything that a deployment must have, derived from the tables. The same arguments give the same value. */
import type { Registry } from '../../shared/domain/registry.ts';
import { accountsOf, type Account } from './accounts.ts';
import { alertSpecs, type AlertSpec } from './alerts.ts';
import { dashboardSpec, type DashboardSpec } from './dashboard.ts';
import { DATASETS, tableShapes, type TableShape } from '../../shared/derive/ddl.ts';
import { functionSpecs, type FunctionSpec } from './functions.ts';
import { bindingsOf, type Binding } from './iam.ts';
import { metricSpecs, type EventWithMetrics, type MetricSpec } from './metrics.ts';
import { STAGING_DATASET, type Names } from '../../shared/derive/names.ts';
import { SCHEDULE_ZONE, SCHEDULES, type ScheduleSpec } from './schedules.ts';
import { subscriptionSpecs, type SubscriptionSpec } from './subscriptions.ts';
import { targetNames, type DeployTarget, type Release } from './target.ts';
import { retrainingSpec, trainingSpec, type JobSpec } from './training.ts';
import { topics } from '../../shared/derive/topics.ts';

/** A complete deployment. Lists of names hold full names, with the prefix. */
export interface Deployment {
  readonly target: DeployTarget;
  readonly names: Names;
  readonly registry: Registry;
  readonly apis: readonly string[];
  readonly accounts: readonly Account[];
  readonly bindings: readonly Binding[];
  readonly topics: readonly string[];
  readonly subscriptions: readonly SubscriptionSpec[];
  readonly datasets: typeof DATASETS;
  readonly stagingDataset: typeof STAGING_DATASET;
  readonly tables: readonly TableShape[];
  readonly functions: readonly FunctionSpec[];
  readonly training: JobSpec;
  readonly schedules: readonly ScheduleSpec[];
  readonly metrics: readonly MetricSpec[];
  readonly alerts: readonly AlertSpec[];
  readonly dashboard: DashboardSpec;
}

/** APIs of Google Cloud that a deployment needs. */
export const APIS: readonly string[] = [
  'artifactregistry.googleapis.com',
  'bigquery.googleapis.com',
  'cloudbuild.googleapis.com',
  'cloudresourcemanager.googleapis.com',
  'cloudscheduler.googleapis.com',
  'firestore.googleapis.com',
  'iam.googleapis.com',
  'iamcredentials.googleapis.com',
  'logging.googleapis.com',
  'monitoring.googleapis.com',
  'pubsub.googleapis.com',
  'run.googleapis.com',
  'secretmanager.googleapis.com',
  'storage.googleapis.com',
];

/**
 * Derives a deployment.
 * @param events the events whose metrics Cloud Logging counts
 */
export function deploymentOf(
  target: DeployTarget,
  release: Release,
  registry: Registry,
  events: readonly EventWithMetrics[],
): Deployment {
  const names = targetNames(target);
  return {
    target,
    names,
    registry,
    apis: APIS,
    accounts: accountsOf(target),
    bindings: bindingsOf(target, registry),
    topics: topics().map(({ name }) => names.resource(name)),
    subscriptions: subscriptionSpecs(target),
    datasets: DATASETS,
    stagingDataset: STAGING_DATASET,
    tables: tableShapes(registry),
    functions: functionSpecs(target, release),
    training: trainingSpec(target, release),
    schedules: [
      ...SCHEDULES.map(({ name, description, cron, topic, message }): ScheduleSpec => ({
        ...{ name: names.resource(name), description, cron, zone: SCHEDULE_ZONE, isEnabled: true },
        does: {
          kind: 'publish',
          topic: `projects/${target.project}/topics/${names.resource(topic)}`,
          body: JSON.stringify(message),
        },
      })),
      retrainingSpec(target),
    ],
    metrics: metricSpecs(target, events),
    alerts: alertSpecs(target),
    dashboard: dashboardSpec(target),
  };
}
