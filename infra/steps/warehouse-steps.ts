/**
 * Steps for datasets, tables and the view. Existing tables are altered where they differ from their
 * declaration.
 */
import { migrationOf, type Migration } from '../../shared/derive/migration.ts';
import { DATASETS, viewName, viewShapes, type TableShape } from '../../shared/derive/ddl.ts';
import { STAGING_DATASET } from '../../shared/derive/names.ts';
import type { Dataset } from '../../shared/domain/table.ts';
import { alterationFile, datasetFile, expirationFile, tableFile, viewFile } from './files.ts';
import type { Observed } from './observed.ts';
import { bqScript, type Step, type StepContext } from './step.ts';

const ALL_DATASETS: readonly (Dataset | typeof STAGING_DATASET)[] = [...DATASETS, STAGING_DATASET];

/**
 * Creates the datasets that are missing. Sets the expiry of tables where it differs: only staged tables
 * expire.
 */
export function datasetSteps(context: StepContext, { datasets }: Observed): Step[] {
  const { names } = context.deployment;
  return ALL_DATASETS.flatMap((dataset): Step[] => {
    const what = `dataset ${names.dataset(dataset)}`;
    const found = datasets.get(names.dataset(dataset));
    if (found === undefined)
      return [
        {
          what,
          change: 'create',
          because: [],
          commands: [bqScript(context, datasetFile(names.dataset(dataset)))],
        },
      ];
    const expires = found.defaultExpirationDays !== null;
    if (expires === (dataset === STAGING_DATASET)) return [];
    return [
      {
        what,
        change: 'update',
        because: [expires ? 'its tables would expire' : 'its tables never expire'],
        commands: [bqScript(context, expirationFile(names.dataset(dataset)))],
      },
    ];
  });
}

/** A table and what must be done to it. */
export interface TableMigration {
  readonly shape: TableShape;
  /** `dataset.table`, with the prefix. */
  readonly name: string;
  readonly migration: Migration;
}

/** What must be done to each table of the deployment. */
export function migrationsOf({ deployment }: StepContext, { tables }: Observed): TableMigration[] {
  return deployment.tables.map((shape) => {
    const name = `${deployment.names.dataset(shape.dataset)}.${shape.name}`;
    return { shape, name, migration: migrationOf(shape, tables.get(name)) };
  });
}

/** Creates the tables that are missing, and alters those that differ. */
export function tableSteps(context: StepContext, observed: Observed): Step[] {
  return migrationsOf(context, observed).flatMap(({ name, migration }): Step[] => {
    switch (migration.kind) {
      case 'none':
      case 'refuse':
        return [];
      case 'create':
        return [
          {
            what: `table ${name}`,
            change: 'create',
            because: [],
            commands: [bqScript(context, tableFile(name))],
          },
        ];
      case 'alter':
        return [
          {
            what: `table ${name}`,
            change: 'update',
            because: [
              ...migration.add.map((column) => `it has no column ${column.name}`),
              ...migration.relax.map((column) => `${column} must not be NULL`),
              ...(migration.requirePartitionFilter ? ['it can be read without a filter on dates'] : []),
              ...(migration.keepTable ? ['it expires'] : []),
              ...(migration.partitionExpiry ? ['its partitions are kept for another time'] : []),
            ],
            commands: [bqScript(context, alterationFile(name))],
          },
        ];
      default:
        return migration satisfies never;
    }
  });
}

/** Creates the views, or replaces those whose queries differ. */
export function viewSteps(context: StepContext, { views }: Observed): Step[] {
  const { names, registry } = context.deployment;
  return viewShapes(registry).flatMap((view): Step[] => {
    const name = viewName(view, names);
    const found = views.get(name);
    if (found === view.query(names)) return [];
    return [
      {
        what: `view ${name}`,
        change: found === undefined ? 'create' : 'update',
        because: found === undefined ? [] : ['it selects something else'],
        commands: [bqScript(context, viewFile(view))],
      },
    ];
  });
}

/** Why datasets or tables cannot be used: another location, or a change that would lose data. */
export function warehouseRefusals(context: StepContext, observed: Observed): string[] {
  const { names, target } = context.deployment;
  const moved = ALL_DATASETS.flatMap((dataset) => {
    const found = observed.datasets.get(names.dataset(dataset));
    return found === undefined || found.location.toLowerCase() === target.location.toLowerCase()
      ? []
      : [
          `the dataset ${names.dataset(dataset)} is in ${found.location}, not ${target.location}, and a dataset cannot move: deploy with --location ${found.location}, or with a --dataset-prefix of its own`,
        ];
  });
  const destructive = migrationsOf(context, observed).flatMap(({ migration }) =>
    migration.kind === 'refuse' ? migration.reasons : [],
  );
  return [...moved, ...destructive];
}
