/** Steps for APIs, accounts and rights. */
import { bindingKey, type Binding, type ResourceKind } from '../declared/iam.ts';
import type { Observed } from './observed.ts';
import { bqScript, gcloud, type Step, type StepContext } from './step.ts';
import { grantFile } from './files.ts';

/** Enables the APIs that are off. */
export function apiSteps(context: StepContext, { apis }: Observed): Step[] {
  const missing = context.deployment.apis.filter((api) => !apis.has(api));
  if (missing.length === 0) return [];
  return [
    {
      what: 'APIs',
      change: 'create',
      because: missing.map((api) => `${api} is off`),
      commands: [gcloud(context, 'services', 'enable', ...missing)],
    },
  ];
}

/**
 * Creates Google's own accounts for Pub/Sub and Cloud Scheduler, which must exist before they can get rights.
 * An account that has one of the rights of the deployment exists, so it needs no step.
 */
export function agentSteps(context: StepContext, { bindings }: Observed): Step[] {
  const { deployment } = context;
  const needs = (agent: string): boolean =>
    deployment.bindings
      .filter(({ member }) => member.includes(`@gcp-sa-${agent}.`))
      .every((binding) => !bindings.has(bindingKey(binding)));
  return [
    ['pubsub', 'pubsub.googleapis.com'] as const,
    ['cloudscheduler', 'cloudscheduler.googleapis.com'] as const,
  ].flatMap(([agent, api]): Step[] =>
    needs(agent)
      ? [
          {
            what: `agent of ${api}`,
            change: 'create',
            because: [],
            commands: [
              {
                argv: [
                  'gcloud',
                  'beta',
                  'services',
                  'identity',
                  'create',
                  `--service=${api}`,
                  `--project=${deployment.target.project}`,
                  '--quiet',
                ],
              },
            ],
          },
        ]
      : [],
  );
}

/** Creates the service accounts that are missing. */
export function accountSteps(context: StepContext, { accounts }: Observed): Step[] {
  return context.deployment.accounts
    .filter(({ email }) => !accounts.has(email))
    .map(({ id, displayName }) => ({
      what: `account ${id}`,
      change: 'create',
      because: [],
      commands: [gcloud(context, 'iam', 'service-accounts', 'create', id, `--display-name=${displayName}`)],
    }));
}

/**
 * Gives the rights that are missing on resources of these kinds. There is one step for each resource, because
 * changes of the rights on one resource must run one after the other.
 */
export function bindingSteps(
  context: StepContext,
  { bindings }: Observed,
  kinds: readonly ResourceKind[],
): Step[] {
  const missing = context.deployment.bindings.filter(
    (binding) => kinds.includes(binding.on) && !bindings.has(bindingKey(binding)),
  );
  const byThing = Map.groupBy(missing, ({ on, name }) => `${on} ${name}`);
  return [...byThing].map(([thing, ofThing]) => ({
    what: `rights on ${thing}`,
    change: 'update',
    because: ofThing.map(({ role, member }) => `${member} lacks ${role}`),
    commands:
      ofThing[0]?.on === 'dataset'
        ? [bqScript(context, grantFile(ofThing[0].name))]
        : ofThing.map((binding) => bind(context, binding)),
  }));
}

function bind(context: StepContext, binding: Binding): ReturnType<typeof gcloud> {
  const { on, name, role, member, condition } = binding;
  const add = 'add-iam-policy-binding';
  const right = [`--member=${member}`, `--role=${role}`];
  switch (on) {
    case 'project':
      return {
        argv: [
          'gcloud',
          'projects',
          add,
          name,
          ...right,
          condition === undefined
            ? '--condition=None'
            : `--condition=title=${condition.title},expression=${condition.expression}`,
          '--quiet',
        ],
      };
    case 'topic':
      return gcloud(context, 'pubsub', 'topics', add, name, ...right);
    case 'subscription':
      return gcloud(context, 'pubsub', 'subscriptions', add, name, ...right);
    case 'function':
      return gcloud(
        context,
        'run',
        'services',
        add,
        name,
        `--region=${context.deployment.target.region}`,
        ...right,
      );
    case 'job':
      return gcloud(
        context,
        ...['run', 'jobs', add, name, `--region=${context.deployment.target.region}`],
        ...right,
      );
    case 'account':
      return gcloud(context, 'iam', 'service-accounts', add, name, ...right);
    case 'bucket':
      return gcloud(context, 'storage', 'buckets', add, `gs://${name}`, ...right);
    case 'dataset':
      throw new Error('Rights on a dataset are given by a statement');
    default:
      return on satisfies never;
  }
}
