/** From what is to be to what is there: the steps of a deployment, in the order in which they can be done. */
import { STAGING_DATASET } from '../../shared/derive/names.ts';
import { DATASETS } from '../../shared/derive/ddl.ts';
import type { Deployment } from '../declared/deployment.ts';
import { bucketSteps, databaseSteps, documentRefusals, indexSteps } from './document-steps.ts';
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
import { jobSteps, subscriptionRefusals, subscriptionSteps, topicSteps } from './pubsub-steps.ts';
import type { Stage, Step, StepContext } from './step.ts';
import { datasetSteps, migrationsOf, tableSteps, viewSteps, warehouseRefusals } from './warehouse-steps.ts';

export interface DeployPlan {
  readonly stages: readonly Stage[];
  /** Why nothing may be done, and what to do about it; with one of these no step is to be taken. */
  readonly refusals: readonly string[];
  /** Files that the command lines name, by their names within the folder. */
  readonly files: ReadonlyMap<string, string>;
}

/** Builds take minutes and run elsewhere; everything else takes a second of this machine. */
const BUILDS_AT_ONCE = 4;
const COMMANDS_AT_ONCE = 4;

/**
 * @param folder of the files, as command lines are to name it
 * @param observed what is there; by default nothing is
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
      ...documentRefusals(context, observed),
      ...warehouseRefusals(context, observed),
    ],
    stages: [
      stage('APIs', apiSteps(context, observed)),
      stage('Accounts', [...agentSteps(context, observed), ...accountSteps(context, observed)]),
      stage('Rights in the project', bindingSteps(context, observed, ['project', 'account'])),
      stage('Topics', topicSteps(context, observed)),
      stage('Database', databaseSteps(context, observed)),
      stage('Expiry and indexes', indexSteps(context, observed), 1),
      stage('Bucket', bucketSteps(context, observed)),
      stage('Datasets', datasetSteps(context, observed)),
      stage('Tables', tableSteps(context, observed)),
      stage('View', viewSteps(context, observed)),
      stage(
        'Rights on topics, datasets and the bucket',
        bindingSteps(context, observed, ['topic', 'dataset', 'bucket']),
      ),
      stage('Functions', functionSteps(context, observed), BUILDS_AT_ONCE),
      stage('Traffic', trafficSteps(context, observed)),
      stage('Rights to call functions', bindingSteps(context, observed, ['function'])),
      stage('Subscriptions', subscriptionSteps(context, observed)),
      stage('Rights on subscriptions', bindingSteps(context, observed, ['subscription'])),
      stage('Metrics', metricSteps(context, observed)),
      stage('Alerts and dashboard', [...alertSteps(context, observed), ...dashboardSteps(context, observed)]),
      stage('Schedules', jobSteps(context, observed)),
    ],
    files: new Map([...filesOf(deployment), ...changeFiles(context, observed)]),
  };
}

/** Files whose text depends on what is there. */
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
