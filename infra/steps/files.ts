/** The files that the command lines of a deployment read. Names are relative to one folder. */
import type { Dataset } from '../../shared/domain/table.ts';
import type { AlertSpec } from '../declared/alerts.ts';
import {
  addColumnsSql,
  createDatasetSql,
  createTableSql,
  createViewSql,
  DATASETS,
  grantSql,
  relaxColumnsSql,
  setExpirationSql,
  setOptionsSql,
  viewShapes,
  type TableShape,
  type ViewShape,
} from '../../shared/derive/ddl.ts';
import type { Deployment } from '../declared/deployment.ts';
import type { FunctionSpec } from '../declared/functions.ts';
import type { MetricSpec } from '../declared/metrics.ts';
import { imageBuild } from '../declared/training.ts';
import type { Alteration } from '../../shared/derive/migration.ts';
import { STAGING_DATASET, type Names } from '../../shared/derive/names.ts';

/** The definition of the dashboard. */
export const DASHBOARD_FILE = 'dashboard.json';
/** The dashboard in the form that replaces an existing one. */
export const DASHBOARD_UPDATE_FILE = 'dashboard.update.json';
/** The statement that creates a view. */
export const viewFile = ({ name }: Pick<ViewShape, 'name'>): string => `ddl/nba_reference.${name}.view.sql`;

/** The statement that creates a dataset. */
export const datasetFile = (dataset: string): string => `ddl/${dataset}.dataset.sql`;
/** The statement that sets whether new tables of a dataset expire. */
export const expirationFile = (dataset: string): string => `ddl/${dataset}.expiration.sql`;
/** The statement that creates a table. */
export const tableFile = (table: string): string => `ddl/${table}.sql`;
/** The statements that alter a table. */
export const alterationFile = (table: string): string => `ddl/${table}.alter.sql`;
/** The statements that give the rights on a dataset. */
export const grantFile = (dataset: string): string => `ddl/${dataset}.grants.sql`;
/** The environment variables of a function or of the job, by the name of the folder of its bundle. */
export const environmentFile = ({ source }: Pick<FunctionSpec, 'source'>): string =>
  `env/${source.split('/').at(-1)}.json`;
/** The build of the image of the job. */
export const IMAGE_BUILD_FILE = 'build.json';
/** The definition of a metric. */
export const metricFile = ({ name }: Pick<MetricSpec, 'name'>): string => `metrics/${name}.json`;
/** The definition of an alert policy. */
export const alertFile = ({ id }: Pick<AlertSpec, 'id'>): string => `alerts/${id}.json`;

/** The files of a deployment, by name, without those that depend on what exists in the project. */
export function filesOf(deployment: Deployment): Map<string, string> {
  const { names, target } = deployment;
  const files = new Map<string, string>();
  for (const dataset of [...DATASETS, STAGING_DATASET] as readonly (Dataset | typeof STAGING_DATASET)[]) {
    const name = names.dataset(dataset);
    files.set(datasetFile(name), line(createDatasetSql(dataset, names, target.location)));
    files.set(grantFile(name), grantsOf(deployment, name));
  }
  for (const shape of deployment.tables)
    files.set(tableFile(`${names.dataset(shape.dataset)}.${shape.name}`), line(createTableSql(shape, names)));
  for (const view of viewShapes(deployment.registry))
    files.set(viewFile(view), line(createViewSql(view, names)));
  for (const each of deployment.functions) files.set(environmentFile(each), json(each.environment));
  files.set(environmentFile(deployment.training), json(deployment.training.environment));
  files.set(IMAGE_BUILD_FILE, json(imageBuild(target, deployment.training)));
  for (const metric of deployment.metrics) files.set(metricFile(metric), json(metric));
  for (const alert of deployment.alerts) files.set(alertFile(alert), json(alert.policy));
  files.set(DASHBOARD_FILE, json(deployment.dashboard));
  return files;
}

/** The statements that alter an existing table. */
export function alterationSql(shape: TableShape, alteration: Alteration, names: Names): string {
  return [
    ...(alteration.add.length === 0 ? [] : [addColumnsSql(shape, alteration.add, names)]),
    ...(alteration.relax.length === 0 ? [] : [relaxColumnsSql(shape, alteration.relax, names)]),
    ...(alteration.requirePartitionFilter || alteration.keepTable || alteration.partitionExpiry
      ? [setOptionsSql(shape, names, alteration)]
      : []),
  ]
    .map(line)
    .join('');
}

/** The dashboard that replaces `found`. With the `etag` of `found`, the API refuses to replace a newer one. */
export function dashboardUpdate({ dashboard }: Deployment, found: Readonly<Record<string, unknown>>): string {
  return json({ ...dashboard, etag: found['etag'] });
}

/** The statement that sets whether new tables of a dataset expire. */
export function expirationSql(dataset: Dataset | typeof STAGING_DATASET, names: Names): string {
  return line(setExpirationSql(dataset, names));
}

function grantsOf({ bindings }: Deployment, dataset: string): string {
  const ofDataset = bindings.filter(({ on, name }) => on === 'dataset' && name === dataset);
  return [...Map.groupBy(ofDataset, ({ role }) => role)]
    .map(([role, granted]) =>
      line(
        grantSql(
          dataset,
          role,
          granted.map(({ member }) => member),
        ),
      ),
    )
    .join('');
}

function json(document: unknown): string {
  return line(JSON.stringify(document, null, 2));
}

function line(text: string): string {
  return `${text}\n`;
}
