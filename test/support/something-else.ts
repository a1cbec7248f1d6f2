/** A project in which everything is there, and nothing is as it is declared. */
import type { Deployment } from '../../infra/declared/deployment.ts';
import { NOTHING, type Observed } from '../../infra/steps/observed.ts';

/** What a deployment finds that has to change all there is to change. */
export function somethingElse(deployment: Deployment): Observed {
  return {
    ...NOTHING,
    topics: new Map(deployment.topics.map((name) => [name, ['us-east1', 'us-west1']])),
    accounts: new Set(deployment.accounts.map(({ email }) => email)),
    database: {
      location: deployment.target.region,
      isNative: true,
      isRecoverable: false,
      hasDailyBackup: false,
    },
    bucket: {
      location: deployment.target.location,
      isPrivate: false,
      isVersioned: false,
      isOwn: true,
    },
    subscriptions: new Map(
      deployment.subscriptions.map((spec, i) => [
        spec.name,
        {
          ...spec,
          ...(i === 0 ? { topic: '_deleted-topic_' } : {}),
          ackDeadlineSeconds: 10,
          audience: '',
          neverExpires: false,
          deadLetter: null,
        },
      ]),
    ),
    functions: new Map(
      deployment.functions.map((spec) => [
        spec.name,
        { ...spec, maxInstances: 100, ingress: 'all', newestShare: 0, isReady: true, urls: [] },
      ]),
    ),
    jobs: new Map([
      [deployment.training.name, { ...deployment.training, image: 'another', maxRetries: 3, tasks: 1 }],
    ]),
    schedules: new Map(
      deployment.schedules.map(({ name, zone, isEnabled }) => [
        name,
        { zone, topic: '', body: '', uri: '', account: '', cron: '* * * * *', isEnabled: !isEnabled },
      ]),
    ),
    metrics: new Map(
      deployment.metrics.map(({ name }) => [name, { resource: name, document: { name, filter: 'a=b' } }]),
    ),
    alerts: new Map(
      deployment.alerts.map(({ policy }, i) => [
        policy.displayName,
        {
          resource: `projects/${deployment.target.project}/alertPolicies/${i}`,
          document: { severity: 'none' },
        },
      ]),
    ),
    dashboards: new Map([
      [
        deployment.dashboard.displayName,
        {
          resource: `projects/${deployment.target.projectNumber}/dashboards/1`,
          document: { displayName: deployment.dashboard.displayName, gridLayout: {} },
        },
      ],
    ]),
    datasets: new Map(
      [...deployment.datasets, deployment.stagingDataset].map((dataset) => [
        deployment.names.dataset(dataset),
        {
          location: deployment.target.location,
          defaultExpirationDays: dataset === deployment.stagingDataset ? null : 1,
        },
      ]),
    ),
  };
}
