/**
 * The rights of a deployment. They are derived from what each function declares that it reads, writes and
 * publishes, so a function has no right that it does not need.
 */
import type { Registry } from '../../shared/domain/registry.ts';
import type { Dataset } from '../../shared/domain/table.ts';
import {
  buildAccount,
  pubsubAgent,
  pushAccount,
  retrainingAccount,
  runtimeAccount,
  schedulerAgent,
  trainingAccount,
} from './accounts.ts';
import { MODEL_TABLES } from '../../functions/control/model-rows.ts';
import { DATASETS } from '../../shared/derive/ddl.ts';
import { STAGING_DATASET } from '../../shared/derive/names.ts';
import { SCHEDULES } from './schedules.ts';
import { readsSecret, secretSpec } from './secrets.ts';
import { needsFiles } from '../../shared/derive/service-kinds.ts';
import { services, type Service } from '../../shared/derive/services.ts';
import { TRAINING_JOB } from '../../shared/derive/training-job.ts';
import { targetNames, type DeployTarget } from './target.ts';
import { topics } from '../../shared/derive/topics.ts';

/** Kinds of resources that rights are given on. */
export type ResourceKind =
  'project' | 'topic' | 'subscription' | 'function' | 'job' | 'account' | 'bucket' | 'dataset';

/** One role of one member on one resource. */
export interface Binding {
  readonly on: ResourceKind;
  /** Full name of the resource, with the prefix: a project, a topic, the e-mail address of an account. */
  readonly name: string;
  readonly role: string;
  /** `serviceAccount:` and the e-mail address of the account. */
  readonly member: string;
  readonly condition?: { readonly title: string; readonly expression: string };
}

/** A text that is equal for equal bindings. The title of a condition does not count. */
export function bindingKey({ on, name, role, member, condition }: Binding): string {
  return [on, name, role, member, condition?.expression ?? ''].join(' ');
}

/** Names of the topics that a function publishes to, without the prefix. */
export function publishedBy({ kind, phase }: Service): readonly string[] {
  return kind.publishes(phase);
}

/** The datasets that a function only reads, and those that it writes. */
export function datasetsOf(
  service: Service,
  registry: Registry,
): { readonly reads: Dataset[]; readonly writes: (Dataset | typeof STAGING_DATASET)[] } {
  const { kind, phase } = service;
  switch (kind.warehouse) {
    case 'builds': {
      const tables = phase === null ? [] : registry.inPhase(phase);
      const written = sorted([
        ...tables.map(({ definition }) => definition.dataset),
        ...(tables.length === 0 ? [] : (['nba_reference'] as const)),
      ]);
      const read = tables.flatMap(({ definition }) =>
        definition.inputs.map((input) => registry.get(input.table).definition.dataset),
      );
      return {
        reads: sorted(read).filter((dataset) => !written.includes(dataset)),
        writes: tables.length === 0 ? [] : [...written, STAGING_DATASET],
      };
    }
    case 'counts':
      return { reads: DATASETS.filter((dataset) => dataset !== 'nba_reference'), writes: ['nba_reference'] };
    case 'nothing':
      return { reads: [], writes: [] };
    default:
      return kind.warehouse satisfies never;
  }
}

/** All bindings of a deployment. */
export function bindingsOf(target: DeployTarget, registry: Registry): Binding[] {
  const names = targetNames(target);
  const push = member(pushAccount(target).email);
  const agent = member(pubsubAgent(target));
  return [
    binding('project', target.project, 'roles/run.builder', member(buildAccount(target).email)),
    binding('account', pushAccount(target).email, 'roles/iam.serviceAccountTokenCreator', agent),
    ...services().flatMap((service) => [
      ...runtimeBindings(target, registry, service),
      binding('function', names.resource(service.name), 'roles/run.invoker', push),
    ]),
    ...trainingBindings(target, registry),
    ...new Set(SCHEDULES.map(({ topic }) => topic))
      .values()
      .map((topic) =>
        binding('topic', names.resource(topic), 'roles/pubsub.publisher', member(schedulerAgent(target))),
      ),
    ...topics().flatMap(({ subscription }) =>
      subscription.deadLetterTopic === null
        ? []
        : [
            binding('topic', names.resource(subscription.deadLetterTopic), 'roles/pubsub.publisher', agent),
            binding('subscription', names.resource(subscription.name), 'roles/pubsub.subscriber', agent),
          ],
    ),
  ];
}

function runtimeBindings(target: DeployTarget, registry: Registry, service: Service): Binding[] {
  const names = targetNames(target);
  const runtime = member(runtimeAccount(target, service).email);
  const { reads, writes } = datasetsOf(service, registry);
  return [
    documentBinding(target, runtime),
    ...(readsSecret(service)
      ? [
          {
            ...binding('project', target.project, 'roles/secretmanager.secretAccessor', runtime),
            condition: {
              title: `secret-${secretSpec(target).name}`,
              // The secret is made by the operator, before or after the deployment.
              expression: `resource.name.startsWith('projects/${target.projectNumber}/secrets/${secretSpec(target).name}/versions/')`,
            },
          },
        ]
      : []),
    ...(reads.length + writes.length === 0
      ? []
      : [binding('project', target.project, 'roles/bigquery.jobUser', runtime)]),
    ...reads.map((dataset) =>
      binding('dataset', names.dataset(dataset), 'roles/bigquery.dataViewer', runtime),
    ),
    ...writes.map((dataset) =>
      binding('dataset', names.dataset(dataset), 'roles/bigquery.dataEditor', runtime),
    ),
    ...publishedBy(service).map((topic) =>
      binding('topic', names.resource(topic), 'roles/pubsub.publisher', runtime),
    ),
    ...(needsFiles(service.kind.needs(service.phase))
      ? [
          binding(
            'bucket',
            target.bucket,
            service.kind.writesArchive?.(service.phase) === true
              ? 'roles/storage.objectUser'
              : 'roles/storage.objectViewer',
            runtime,
          ),
        ]
      : []),
  ];
}

/**
 * What the job needs that trains: the rows it learns from, and the places of its model, which is a document, a file, and an entry of the
 * journal. Its starter may start it.
 */
function trainingBindings(target: DeployTarget, registry: Registry): Binding[] {
  const names = targetNames(target);
  const job = member(trainingAccount(target).email);
  const starter = retrainingAccount(target).email;
  return [
    documentBinding(target, job),
    binding('project', target.project, 'roles/bigquery.jobUser', job),
    ...sorted(MODEL_TABLES.map((table) => registry.get(table).definition.dataset)).map((dataset) =>
      binding('dataset', names.dataset(dataset), 'roles/bigquery.dataViewer', job),
    ),
    binding('bucket', target.bucket, 'roles/storage.objectUser', job),
    binding('job', names.resource(TRAINING_JOB.name), 'roles/run.invoker', member(starter)),
    binding('account', starter, 'roles/iam.serviceAccountTokenCreator', member(schedulerAgent(target))),
  ];
}

/** The right to use the documents of the deployment. */
function documentBinding(target: DeployTarget, who: string): Binding {
  return {
    ...binding('project', target.project, 'roles/datastore.user', who),
    condition: {
      title: `database-of-${targetNames(target).resource('fullcourt')}`,
      expression: `resource.name=='projects/${target.project}/databases/${target.database}'`,
    },
  };
}

function binding(on: ResourceKind, name: string, role: string, who: string): Binding {
  return { on, name, role, member: who };
}

function member(email: string): string {
  return `serviceAccount:${email}`;
}

function sorted<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort();
}
