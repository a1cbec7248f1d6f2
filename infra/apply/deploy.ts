/**
 * Deploys: looks at a project, compares it with the declaration, and changes what differs. A second run
 * changes nothing.
 */
import { deploymentOf, type Deployment } from '../declared/deployment.ts';
import { deployPlan, type DeployPlan } from '../steps/plan.ts';
import type { DeployTarget, Release } from '../declared/target.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { EVENTS } from '../../shared/observe/events/index.ts';
import { apply } from './apply.ts';
import { observe } from './observe.ts';
import { patientLooks, type Waiting } from './patience.ts';
import type { Runner } from './runner.ts';
import { folderOf, numbered, writeFiles } from './target.ts';

/** What to deploy, and where. */
export interface DeployRequest {
  readonly target: DeployTarget;
  readonly release: Release;
  readonly registry: Registry;
}

/** The result of a deployment: it was refused, or `changed` resources were changed. */
export type Deployed =
  | { readonly kind: 'refused'; readonly target: DeployTarget; readonly plan: DeployPlan }
  | {
      readonly kind: 'done';
      readonly target: DeployTarget;
      readonly plan: DeployPlan;
      readonly changed: number;
    };

/** The deployment that a request declares. */
export function declared({ target, release, registry }: DeployRequest): Deployment {
  return deploymentOf(target, release, registry, EVENTS);
}

/** The plan for an empty project. No command is run. */
export function dryRun(request: DeployRequest): DeployPlan {
  return deployPlan(declared(request), folderOf(request.target));
}

/** The plan for the project as it is. The project is only read. @throws CommandFailed when it cannot be read */
export async function difference(run: Runner, request: DeployRequest): Promise<Deployed> {
  const target = await numbered(run, request.target);
  const deployment = declared({ ...request, target });
  const { observed } = await observe(run, deployment);
  const plan = deployPlan(deployment, folderOf(target), observed);
  return plan.refusals.length > 0
    ? { kind: 'refused', target, plan }
    : { kind: 'done', target, plan, changed: 0 };
}

/** Deploys, unless the plan has refusals. @throws CommandFailed for the first command that failed */
export async function deploy(run: Runner, request: DeployRequest, options: Waiting): Promise<Deployed> {
  options.tell(`Looking at ${request.target.project}`);
  const found = await difference(patientLooks(run, options), request);
  if (found.kind === 'refused') return found;
  writeFiles(folderOf(found.target), found.plan.files);
  return { ...found, changed: await apply(run, found.plan.stages, options) };
}
