/** Deployments that the suites of this folder look at. */
import { loadRegistry } from '../../functions/processors/registry.ts';
import { deploymentOf, type Deployment } from '../../infra/declared/deployment.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { services } from '../../shared/derive/services.ts';
import type { DeployTarget, Release } from '../../infra/declared/target.ts';
import { EVENTS } from '../../shared/observe/events/index.ts';

export const registry = loadRegistry();

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

export const release: Release = {
  commit: COMMIT,
  bundles: new Map(services().map(({ name }) => [name, 'f00d'])),
};

export function target(prefix = '', over: Partial<DeployTarget> = {}): DeployTarget {
  const project = over.project ?? 'hoops-1234';
  const names = namesOf(prefix);
  return {
    project,
    projectNumber: '123456789012',
    region: 'us-central1',
    location: 'US',
    prefix,
    database: names.database,
    bucket: `${project}-${names.resource('nba-archive')}`,
    notificationChannels: [],
    retrain: 'off',
    ...over,
  };
}

export function deployment(where: DeployTarget = target(), what: Release = release): Deployment {
  return deploymentOf(where, what, registry, EVENTS);
}
