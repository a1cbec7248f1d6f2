/** The plan of a deployment: the steps that change what exists in a project into what is declared, in order. */
import { STAGING_DATASET } from '../../shared/derive/names.ts';
import { DATASETS } from '../../shared/derive/ddl.ts';
import type { Deployment } from '../declared/deployment.ts';
import { bucketRefusals, bucketSteps } from './bucket-steps.ts';
import { databaseRefusals, databaseSteps } from './database-steps.ts';
import { indexSteps } from './document-steps.ts';
import {
  alterationFile,
  alterationSql,
  DASHBOARD_UPDATE_FILE,
  dashboardUpdate,
  expirationFile,
  expirationSql,
  filesOf,
} from './files.ts';
import { functionSteps, trafficSteps } from './function-steps.ts';
import { accountSteps, agentSteps, apiSteps, bindingSteps } from './identity-steps.ts';
import { alertSteps, dashboardSteps, metricSteps } from './monitoring-steps.ts';
import { NOTHING, type Observed } from './observed.ts';
import { subscriptionRefusals, subscriptionSteps, topicSteps } from './pubsub-steps.ts';
import { scheduleSteps } from './schedule-steps.ts';
import type { Stage, Step, StepContext } from './step.ts';
import { trainingSteps } from './training-steps.ts';
import { datasetSteps, migrationsOf, tableSteps, viewSteps, warehouseRefusals } from './warehouse-steps.ts';

/** The steps of a deployment, and the files that they need. */
export interface DeployPlan {
  readonly stages: readonly Stage[];
  /** Reasons against the deployment, with what to do about them. If there is one, no step may be taken. */
  readonly refusals: readonly string[];
  /** Files that the command lines read, by their names within the folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** Functions deployed at once. A build takes minutes, but runs in Google Cloud. */
const BUILDS_AT_ONCE = 4;
/** Other commands run at once. Each takes about a second of this machine. */
const COMMANDS_AT_ONCE = 4;

/**
 * Plans a deployment.
 * @param folder the folder of the files, as the command lines name it
 * @param observed what exists in the project; by default nothing
 */
export function deployPlan(deployment: Deployment, folder: string, observed: Observed = NOTHING): DeployPlan {
  const context: StepContext = { deployment, folder };
  const stage = (title: string, steps: readonly Step[], atOnce = COMMANDS_AT_ONCE): Stage => ({
    title,
    steps,
    atOnce,
  });
  return {
    refusals: [
      ...subscriptionRefusals(context, observed),
      ...databaseRefusals(context, observed),
      ...bucketRefusals(context, observed),
      ...warehouseRefusals(context, observed),
    ],
    stages: [
      stage('APIs', apiSteps(context, observed)),
      stage('Accounts', [...agentSteps(context, observed), ...accountSteps(context, observed)]),
      stage('Rights in the project', bindingSteps(context, observed, ['project', 'account'])),
      stage('Topics', topicSteps(context, observed)),
      stage('Database', databaseSteps(context, observed), 1),
      stage('Expiry and indexes', indexSteps(context, observed), 1),
      stage('Bucket', bucketSteps(context, observed), 1),
      stage('Datasets', datasetSteps(context, observed)),
      stage('Tables', tableSteps(context, observed)),
      stage('View', viewSteps(context, observed)),
      stage(
        'Rights on topics, datasets and the bucket',
        bindingSteps(context, observed, ['topic', 'dataset', 'bucket']),
      ),
      stage('Functions', functionSteps(context, observed), BUILDS_AT_ONCE),
      stage('Traffic', trafficSteps(context, observed)),
      // After the functions, whose builds make the places of images and sources.
      stage('Job', trainingSteps(context, observed)),
      stage(
        'Rights to call functions and to start the job',
        bindingSteps(context, observed, ['function', 'job']),
      ),
      stage('Subscriptions', subscriptionSteps(context, observed)),
      stage('Rights on subscriptions', bindingSteps(context, observed, ['subscription'])),
      // Before the alerts, which may have to wait ten minutes for their metrics.
      stage('Schedules', scheduleSteps(context, observed)),
      stage('Metrics', metricSteps(context, observed)),
      stage('Alerts and dashboard', [...alertSteps(context, observed), ...dashboardSteps(context, observed)]),
    ],
    files: new Map([...filesOf(deployment), ...changeFiles(context, observed)]),
  };
}

/** Files whose text depends on what exists in the project. */
function changeFiles(context: StepContext, observed: Observed): [string, string][] {
  const { names } = context.deployment;
  const alterations = migrationsOf(context, observed).flatMap(
    ({ shape, name, migration }): [string, string][] =>
      migration.kind === 'alter' ? [[alterationFile(name), alterationSql(shape, migration, names)]] : [],
  );
  const expirations = [...DATASETS, STAGING_DATASET].flatMap((dataset): [string, string][] =>
    observed.datasets.has(names.dataset(dataset as typeof STAGING_DATASET))
      ? [
          [
            expirationFile(names.dataset(dataset as typeof STAGING_DATASET)),
            expirationSql(dataset as typeof STAGING_DATASET, names),
          ],
        ]
      : [],
  );
  const dashboard = observed.dashboards.get(context.deployment.dashboard.displayName);
  return [
    ...alterations,
    ...expirations,
    ...(dashboard === undefined
      ? []
      : [
          [DASHBOARD_UPDATE_FILE, dashboardUpdate(context.deployment, dashboard.document)] as [
            string,
            string,
          ],
        ]),
  ];
}
