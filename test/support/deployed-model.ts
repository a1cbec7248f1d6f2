/** A deployment in the model of a project, for the failures that come from how things are set up. */
import { apply } from '../../infra/apply/apply.ts';
import { declared } from '../../infra/apply/deploy.ts';
import { observe } from '../../infra/apply/observe.ts';
import { checksOf } from '../../infra/apply/verify.ts';
import type { Deployment } from '../../infra/declared/deployment.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import type { Release } from '../../infra/declared/target.ts';
import { registry, release, target } from './deployment.ts';
import { projectModel, type ProjectModel } from './project-model.ts';

export interface DeployedModel {
  readonly deployment: Deployment;
  readonly model: ProjectModel;
  /** Everything that `verify-deploy` finds wrong, in words. */
  readonly faults: (what?: Release) => Promise<string[]>;
  /** What `deploy` would change. */
  readonly changes: (what?: Release) => Promise<string[]>;
  /** Deploys. @returns the steps that were taken */
  readonly deploy: (what?: Release) => Promise<number>;
  /** Changes what is there behind the back of the deployment: a thing by its kind and name. */
  readonly alter: (key: string, change: (thing: Thing) => void) => void;
}

/** A document of Google's APIs, as it is kept. */
// eslint-disable-next-line typescript/no-explicit-any
export type Thing = Record<string, any>;

/** Everything deployed once. */
export async function deployedModel(prefix = ''): Promise<DeployedModel> {
  const where = target(prefix);
  let files = new Map<string, string>();
  const model = projectModel({
    project: where.project,
    number: where.projectNumber,
    file: (path) => files.get(path.replace(/^x\//, '')) ?? '',
  });
  const request = (what: Release) => declared({ target: where, release: what, registry });
  const planOf = async (what: Release) =>
    deployPlan(request(what), 'x', (await observe(model.run, request(what))).observed);
  const deployed: DeployedModel = {
    deployment: request(release),
    model,
    faults: async (what = release) =>
      checksOf(request(what), await observe(model.run, request(what))).flatMap(({ faults }) => faults),
    changes: async (what = release) =>
      (await planOf(what)).stages.flatMap(({ steps }) => steps.map((step) => `${step.change} ${step.what}`)),
    deploy: async (what = release) => {
      const plan = await planOf(what);
      if (plan.refusals.length > 0) throw new Error(plan.refusals.join('\n'));
      files = new Map(plan.files);
      return apply(model.run, plan.stages, { tell: () => undefined, sleep: () => Promise.resolve() });
    },
    alter: (key, change) => {
      const thing = model.things.get(key);
      if (thing === undefined) throw new Error(`There is no ${key}`);
      const copy: Thing = structuredClone(thing);
      change(copy);
      model.things.set(key, copy);
    },
  };
  await deployed.deploy();
  return deployed;
}
