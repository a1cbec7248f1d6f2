/** Brings a project to what is declared: looks, compares, changes what differs. Run again, it changes nothing. */
import { deploymentOf, type Deployment } from '../declared/deployment.ts';
import { deployPlan, type DeployPlan } from '../steps/plan.ts';
import type { DeployTarget, Release } from '../declared/target.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { EVENTS } from '../../shared/observe/events/index.ts';
import { apply, type ApplyOptions } from './apply.ts';
import { observe } from './observe.ts';
import type { Runner } from './runner.ts';
import { folderOf, numbered, writeFiles } from './target.ts';

export interface DeployRequest {
  readonly target: DeployTarget;
  readonly release: Release;
  readonly registry: Registry;
}

export type Deployed =
  | { readonly kind: 'refused'; readonly target: DeployTarget; readonly plan: DeployPlan }
  | {
      readonly kind: 'done';
      readonly target: DeployTarget;
      readonly plan: DeployPlan;
      readonly changed: number;
    };

export function declared({ target, release, registry }: DeployRequest): Deployment {
  return deploymentOf(target, release, registry, EVENTS);
}

/** What would be done in an empty project; nothing is asked and nothing is run. */
export function dryRun(request: DeployRequest): DeployPlan {
  return deployPlan(declared(request), folderOf(request.target));
}

/** What would be done in the project as it is; it is looked at and not changed. */
export async function difference(run: Runner, request: DeployRequest): Promise<Deployed> {
  const target = await numbered(run, request.target);
  const deployment = declared({ ...request, target });
  const { observed } = await observe(run, deployment);
  const plan = deployPlan(deployment, folderOf(target), observed);
  return plan.refusals.length > 0
    ? { kind: 'refused', target, plan }
    : { kind: 'done', target, plan, changed: 0 };
}

/** @throws CommandFailed for the first command that failed */
export async function deploy(run: Runner, request: DeployRequest, options: ApplyOptions): Promise<Deployed> {
  options.tell(`Looking at ${request.target.project}`);
  const found = await difference(run, request);
  if (found.kind === 'refused') return found;
  writeFiles(folderOf(found.target), found.plan.files);
  return { ...found, changed: await apply(run, found.plan.stages, options) };
}
