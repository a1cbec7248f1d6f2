/** A deployment to talk about in tests, and its command lines. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadRegistry } from '../../functions/processors/registry.ts';
import type { CommandLine } from '../../infra/steps/command-line.ts';
import { deploymentOf, type Deployment } from '../../infra/declared/deployment.ts';
import { deployPlan, type DeployPlan } from '../../infra/steps/plan.ts';
import type { Observed } from '../../infra/steps/observed.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { services } from '../../shared/derive/services.ts';
import type { DeployTarget, Release } from '../../infra/declared/target.ts';
import { EVENTS } from '../../shared/observe/events/index.ts';
import { removeFolder } from './remove-folder.ts';

const PROJECT = 'demo-fullcourt';
export const PROJECT_NUMBER = '123456789012';
export const REGION = 'us-central1';

export function targetOf(prefix: string): DeployTarget {
  const names = namesOf(prefix);
  return {
    project: PROJECT,
    projectNumber: PROJECT_NUMBER,
    region: REGION,
    location: 'US',
    prefix,
    database: names.database,
    bucket: `${PROJECT}-${names.resource('nba-archive')}`,
    notificationChannels: [`projects/${PROJECT}/notificationChannels/1`],
    retrain: 'off',
  };
}

/** Digests as long as those of real bundles. */
export const RELEASE: Release = {
  commit: '0123456789abcdef0123456789abcdef01234567',
  bundles: new Map(services().map(({ name }, i) => [name, String(i % 10).repeat(40)])),
};

function deploymentFor(prefix: string): Deployment {
  return deploymentOf(targetOf(prefix), RELEASE, loadRegistry(), EVENTS);
}

export interface Planned {
  readonly deployment: Deployment;
  readonly plan: DeployPlan;
  readonly lines: readonly CommandLine[];
  /** Where the files are that the lines name. */
  readonly folder: string;
  readonly remove: () => void;
}

/** The plan of a deployment, with its files where its command lines look for them. */
export function planned(prefix: string, observed?: (deployment: Deployment) => Observed): Planned {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-plan-'));
  const deployment = deploymentFor(prefix);
  const plan = deployPlan(deployment, folder, observed?.(deployment));
  for (const [name, text] of plan.files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return {
    deployment,
    plan,
    lines: plan.stages.flatMap(({ steps }) => steps.flatMap(({ commands }) => commands)),
    folder,
    remove: () => removeFolder(folder),
  };
}
