/** The place of every resource of a deployment. */
import { viewName, viewShapes } from '../../shared/derive/ddl.ts';
import type { Deployment } from './deployment.ts';
import type { DeployTarget } from './target.ts';
import { IMAGES } from './training.ts';

/** A resource and where it is: a region, a multi-region, or `global`. */
export interface Place {
  readonly kind: string;
  readonly name: string;
  readonly place: string;
}

/** Where everything is, in one line. */
export function placeLine({ region, location, database }: DeployTarget): string {
  return `Place: functions, the job, messages, schedules and the documents of the database ${database} in ${region}; tables and source files in ${location}; accounts, logs, metrics and alerts are global`;
}

/** Every resource of a deployment with its place, and the two that gcloud makes for its builds. */
export function placesOf(deployment: Deployment): Place[] {
  const { target, names } = deployment;
  const { project, region, location, database, bucket } = target;
  const namesIn = (all: readonly { readonly name: string }[]): string[] => all.map(({ name }) => name);
  const kinds: readonly (readonly [kind: string, place: string, names: readonly string[]])[] = [
    ['function', region, namesIn(deployment.functions)],
    ['topic', region, deployment.topics],
    ['subscription', region, namesIn(deployment.subscriptions)],
    ['job', region, [deployment.training.name]],
    ['schedule', region, namesIn(deployment.schedules)],
    ['database', region, [database]],
    ['backups of the database', region, [database]],
    ['images', region, [IMAGES]],
    ['sources of builds', region, [`run-sources-${project}-${region}`]],
    ['bucket', location, [bucket]],
    ['dataset', location, [...deployment.datasets, deployment.stagingDataset].map(names.dataset)],
    ['table', location, deployment.tables.map(({ dataset, name }) => `${names.dataset(dataset)}.${name}`)],
    ['view', location, viewShapes(deployment.registry).map((view) => viewName(view, names))],
    ['account', 'global', deployment.accounts.map(({ id }) => id)],
    ['metric', 'global', namesIn(deployment.metrics)],
    ['alert', 'global', deployment.alerts.map(({ policy }) => policy.displayName)],
    ['dashboard', 'global', [deployment.dashboard.displayName]],
  ];
  return kinds.flatMap(([kind, place, all]) => all.map((name) => ({ kind, name, place })));
}
