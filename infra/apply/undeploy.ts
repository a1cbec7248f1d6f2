/** Removes a deployment but keeps its data: datasets, database and bucket stay as they are. */
import type { Deployment } from '../declared/deployment.ts';
import { bindingKey } from '../declared/iam.ts';
import type { Observed } from '../steps/observed.ts';
import { gcloud, type Stage, type Step, type StepContext } from '../steps/step.ts';

/** The data that stays, in words. */
export function keptBy({ target, names, datasets }: Deployment): string[] {
  return [
    `the datasets ${datasets.map(names.dataset).join(', ')}`,
    `the documents in the Firestore database ${target.database}`,
    `the source files in gs://${target.bucket}`,
    'the APIs, which other things may use',
  ];
}

/**
 * The steps that remove a deployment. They remove only resources that the deployment creates, by their exact
 * names. Messages that wait in its subscriptions are lost.
 */
export function undeployStages(deployment: Deployment, observed: Observed): Stage[] {
  const context: StepContext = { deployment, folder: '' };
  const { target } = deployment;
  const region = `--region=${target.region}`;
  const location = `--location=${target.region}`;
  const remove = (what: string, ...words: readonly string[]): Step => ({
    what,
    change: 'remove',
    because: [],
    commands: [gcloud(context, ...words)],
  });
  const stage = (title: string, steps: readonly Step[]): Stage => ({ title, steps, atOnce: 4 });
  const rights = deployment.bindings.filter(
    (binding) => binding.on === 'project' && observed.bindings.has(bindingKey(binding)),
  );
  return [
    stage(
      'Schedules',
      deployment.schedules
        .filter(({ name }) => observed.schedules.has(name))
        .map(({ name }) => remove(`schedule ${name}`, 'scheduler', 'jobs', 'delete', name, location)),
    ),
    stage(
      'Subscriptions',
      deployment.subscriptions
        .filter(({ name }) => observed.subscriptions.has(name))
        .map(({ name }) => remove(`subscription ${name}`, 'pubsub', 'subscriptions', 'delete', name)),
    ),
    stage(
      'Functions',
      deployment.functions
        .filter(({ name }) => observed.functions.has(name))
        .map(({ name }) => remove(`function ${name}`, 'run', 'services', 'delete', name, region)),
    ),
    stage(
      'Job',
      [deployment.training]
        .filter(({ name }) => observed.jobs.has(name))
        .map(({ name }) => remove(`job ${name}`, 'run', 'jobs', 'delete', name, region)),
    ),
    stage(
      'Topics',
      deployment.topics
        .filter((name) => observed.topics.has(name))
        .map((name) => remove(`topic ${name}`, 'pubsub', 'topics', 'delete', name)),
    ),
    stage('Alerts, dashboard and metrics', [
      ...deployment.alerts.flatMap(({ id, policy }) => {
        const found = observed.alerts.get(policy.displayName);
        return found === undefined
          ? []
          : [remove(`alert ${id}`, 'alpha', 'monitoring', 'policies', 'delete', found.resource)];
      }),
      ...dashboardRemoval(deployment, observed).map((resource) =>
        remove(
          `dashboard ${deployment.dashboard.displayName}`,
          'monitoring',
          'dashboards',
          'delete',
          resource,
        ),
      ),
      ...deployment.metrics
        .filter(({ name }) => observed.metrics.has(name))
        .map(({ name }) => remove(`metric ${name}`, 'logging', 'metrics', 'delete', name)),
    ]),
    {
      title: 'Rights in the project',
      atOnce: 1,
      steps: rights.map(({ name, member, role, condition }) => ({
        what: `${role} of ${member}`,
        change: 'remove',
        because: [],
        commands: [
          {
            argv: [
              'gcloud',
              'projects',
              'remove-iam-policy-binding',
              name,
              `--member=${member}`,
              `--role=${role}`,
              condition === undefined
                ? '--condition=None'
                : `--condition=title=${condition.title},expression=${condition.expression}`,
              '--quiet',
            ],
          },
        ],
      })),
    },
    stage(
      'Accounts',
      deployment.accounts
        .filter(({ email }) => observed.accounts.has(email))
        .map(({ id, email }) => remove(`account ${id}`, 'iam', 'service-accounts', 'delete', email)),
    ),
  ];
}

function dashboardRemoval(deployment: Deployment, observed: Observed): string[] {
  const found = observed.dashboards.get(deployment.dashboard.displayName);
  return found === undefined ? [] : [found.resource];
}
