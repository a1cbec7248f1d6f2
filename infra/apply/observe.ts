/** Reads what exists in a project, by gcloud and bq. It changes nothing. */
import * as z from 'zod';
import type { CommandLine } from '../steps/command-line.ts';
import type { Deployment } from '../declared/deployment.ts';
import { NOTHING, type Observed } from '../steps/observed.ts';
import { bindingKey, type ResourceKind } from '../declared/iam.ts';
import { viewName, viewShapes } from '../../shared/derive/ddl.ts';
import type { ActualTable } from '../../shared/derive/migration.ts';
import {
  backupList,
  bucketDocument,
  byDisplayName,
  databaseDocument,
  documentList,
  fieldKey,
  fieldList,
  indexKey,
  indexList,
  observedBucket,
  observedDatabase,
  policyDocument,
} from './parse-documents.ts';
import {
  bareName,
  observedSchedule,
  observedSubscription,
  scheduleList,
  subscriptionList,
  topicList,
} from './parse-pubsub.ts';
import { jobList, observedFunction, observedJob, serviceList } from './parse-run.ts';
import {
  actualTable,
  datasetDocument,
  datasetRights,
  observedDataset,
  tableDocument,
  tableList,
} from './parse-warehouse.ts';
import { atMost, CommandFailed, type Runner } from './runner.ts';

/** What exists in a project: the part that a plan needs, and the rest, which only the verification uses. */
export interface Sighting {
  readonly observed: Observed;
  /** Every subscription of a topic of the deployment, with its topic. */
  readonly readers: readonly { readonly subscription: string; readonly topic: string }[];
  /** Rights of the deployment's accounts that the deployment does not give. */
  readonly surplus: readonly string[];
  /** Expiry settings and indexes that Firestore has not finished yet, in words. */
  readonly unfinished: readonly string[];
}

/** Commands that run at once. */
const LOOKS_AT_ONCE = 4;

/**
 * Reads everything that `deployment` sets.
 * @throws CommandFailed when a command fails or its answer is not understood
 */
export async function observe(run: Runner, deployment: Deployment): Promise<Sighting> {
  const { target } = deployment;
  const project = `--project=${target.project}`;
  const gcloud = (...words: readonly string[]): CommandLine => ({
    argv: ['gcloud', ...words, project, '--format=json'],
  });
  const bq = (...words: readonly string[]): CommandLine => ({
    argv: ['bq', `--project_id=${target.project}`, '--headless', '--format=json', ...words],
  });
  const look = lookWith(run);

  const apis = new Set(
    (
      (await look(
        gcloud('services', 'list', '--enabled'),
        z.array(z.object({ config: z.object({ name: z.string() }) })),
      )) ?? []
    ).map(({ config }) => config.name),
  );
  /** Calls `ask` only when the API is enabled. Otherwise the commands fail, and no resource can exist. */
  const of = async <T, D>(api: string, absent: D, ask: () => Promise<T | D>): Promise<T | D> =>
    apis.has(`${api}.googleapis.com`) ? ask() : absent;

  const location = `--location=${target.region}`;
  const region = `--region=${target.region}`;
  const database = `--database=${target.database}`;
  const [
    accounts,
    topics,
    subscriptions,
    databaseFound,
    services,
    jobs,
    schedules,
    metrics,
    alerts,
    dashboards,
    bucket,
  ] = await Promise.all([
    of('iam', [], () =>
      list(look, gcloud('iam', 'service-accounts', 'list'), z.array(z.object({ email: z.string() }))),
    ),
    of('pubsub', [], () => list(look, gcloud('pubsub', 'topics', 'list'), topicList)),
    of('pubsub', [], () => list(look, gcloud('pubsub', 'subscriptions', 'list'), subscriptionList)),
    of('firestore', undefined, () =>
      look(gcloud('firestore', 'databases', 'describe', database), databaseDocument),
    ),
    of('run', [], () => list(look, gcloud('run', 'services', 'list', region), serviceList)),
    of('run', [], () => list(look, gcloud('run', 'jobs', 'list', region), jobList)),
    of('cloudscheduler', [], () => list(look, gcloud('scheduler', 'jobs', 'list', location), scheduleList)),
    of('logging', [], () => list(look, gcloud('logging', 'metrics', 'list'), documentList)),
    of('monitoring', [], () => list(look, gcloud('alpha', 'monitoring', 'policies', 'list'), documentList)),
    of('monitoring', [], () => list(look, gcloud('monitoring', 'dashboards', 'list'), documentList)),
    of('storage', undefined, () =>
      look(gcloud('storage', 'buckets', 'describe', `gs://${target.bucket}`, '--raw'), bucketDocument, {
        ifHidden: HIDDEN_BUCKET,
      }),
    ),
  ]);
  const inDatabase = <T>(words: readonly string[], schema: z.ZodType<T[]>): Promise<T[]> =>
    databaseFound === undefined
      ? Promise.resolve([])
      : list(look, gcloud('firestore', ...words, database), schema);
  const [ttls, fields, composites, backups] = await Promise.all([
    inDatabase(['fields', 'ttls', 'list'], fieldList),
    inDatabase(['indexes', 'fields', 'list'], fieldList),
    inDatabase(['indexes', 'composite', 'list'], indexList),
    inDatabase(['backups', 'schedules', 'list'], backupList),
  ]);
  const warehouse = await of('bigquery', undefined, () => observeWarehouse(look, bq, deployment));

  const present: Readonly<Record<ResourceKind, ReadonlySet<string>>> = {
    project: new Set([target.project]),
    account: new Set(accounts.map(({ email }) => email)),
    topic: new Set(topics.map(({ name }) => bareName(name))),
    subscription: new Set(subscriptions.map(({ name }) => bareName(name))),
    function: new Set(services.map(({ metadata }) => metadata.name)),
    job: new Set(jobs.map(({ metadata }) => metadata.name)),
    bucket: new Set(bucket === undefined ? [] : [target.bucket]),
    dataset: new Set(),
  };
  const policies = await observePolicies(look, gcloud, deployment, present);
  const rights = new Set([...policies, ...(warehouse?.rights ?? [])]);
  const isOurs = accountTest(deployment);
  const wanted = new Set(deployment.bindings.map(bindingKey));
  const ours = new Set(deployment.topics);
  return {
    observed: {
      ...NOTHING,
      apis,
      accounts: present.account,
      bindings: rights,
      topics: new Map(
        topics.map(({ name, messageStoragePolicy }) => [
          bareName(name),
          messageStoragePolicy.allowedPersistenceRegions,
        ]),
      ),
      subscriptions: new Map(
        subscriptions.map((found) => [bareName(found.name), observedSubscription(found)]),
      ),
      database: databaseFound === undefined ? undefined : observedDatabase(databaseFound, backups),
      ttls: new Set(ttls.map(({ name }) => fieldKey(name))),
      unindexed: new Set(
        fields
          .filter(({ indexConfig }) => indexConfig?.indexes.length === 0)
          .map(({ name }) => fieldKey(name)),
      ),
      composites: new Set(composites.map(indexKey)),
      ...(warehouse === undefined
        ? {}
        : { datasets: warehouse.datasets, tables: warehouse.tables, views: warehouse.views }),
      bucket: bucket === undefined ? undefined : observedBucket(bucket, target),
      functions: new Map(services.map((found) => [found.metadata.name, observedFunction(found)])),
      jobs: new Map(jobs.map((found) => [found.metadata.name, observedJob(found)])),
      schedules: new Map(schedules.map((found) => [bareName(found.name), observedSchedule(found)])),
      metrics: byDisplayName(metrics),
      alerts: byDisplayName(alerts),
      dashboards: byDisplayName(dashboards),
    },
    readers: subscriptions
      .map(({ name, topic }) => ({ subscription: bareName(name), topic: bareName(topic) }))
      .filter(({ topic }) => ours.has(topic)),
    surplus: [...rights].filter((right) => isOurs(right) && !wanted.has(right)).sort(),
    unfinished: [
      ...ttls
        .filter(({ ttlConfig }) => ttlConfig?.state !== 'ACTIVE')
        .map(({ name, ttlConfig }) => `expiry of ${fieldKey(name)} is ${ttlConfig?.state ?? 'unknown'}`),
      ...composites
        .filter(({ state }) => state !== 'READY')
        .map((index) => `the index ${indexKey(index)} is ${index.state}`),
    ],
  };
}

/** Calls a command and parses its answer. */
export type Look = <T>(
  command: CommandLine,
  schema: z.ZodType<T>,
  options?: { readonly ifHidden?: T },
) => Promise<T | undefined>;

/** A bucket of another project, which nobody of this one may look at. */
const HIDDEN_BUCKET: z.infer<typeof bucketDocument> = bucketDocument.parse({});

/** Commands that ask about one resource. Only these say that a resource is missing. */
const ABOUT_ONE = /^(?:describe|show|get-iam-policy)$/;

/**
 * Makes a function that runs a command and parses its answer.
 * @returns undefined, from the function, when the resource does not exist, and `ifHidden` when it may not be looked at
 * @throws CommandFailed, from the function, when the command fails otherwise or its answer is not understood
 */
export function lookWith(run: Runner): Look {
  return async (command, schema, { ifHidden } = {}) => {
    const ran = await run(command);
    if (ran.code !== 0) {
      const said = `${ran.stderr}\n${ran.stdout}`;
      if (/not[ _]found|does not exist/i.test(said) && command.argv.some((word) => ABOUT_ONE.test(word)))
        return undefined;
      if (ifHidden !== undefined && /HTTPError 403|does not have .* access/.test(said)) return ifHidden;
      throw new CommandFailed(command, ran);
    }
    const text = ran.stdout.slice(Math.max(0, ran.stdout.search(/[[{]/)));
    const parsed = schema.safeParse(text.trim() === '' ? [] : JSON.parse(text));
    if (!parsed.success)
      throw new CommandFailed(command, {
        ...ran,
        stderr: `The answer is not understood: ${z.prettifyError(parsed.error)}`,
      });
    return parsed.data;
  };
}

export async function list<T>(look: Look, command: CommandLine, schema: z.ZodType<T[]>): Promise<T[]> {
  return (await look(command, schema)) ?? [];
}

type Say = (...words: readonly string[]) => CommandLine;

async function observeWarehouse(
  look: Look,
  bq: Say,
  { target, names, registry, tables: shapes, bindings }: Deployment,
) {
  const datasets = new Map<string, ReturnType<typeof observedDataset>>();
  const tables = new Map<string, ActualTable>();
  const views = new Map<string, string>();
  const rights: string[] = [];
  const wanted = new Set(shapes.map((shape) => `${names.dataset(shape.dataset)}.${shape.name}`));
  const wantedViews = new Set(viewShapes(registry).map((view) => viewName(view, names)));
  const all = [...new Set(bindings.filter(({ on }) => on === 'dataset').map(({ name }) => name))];
  await atMost(LOOKS_AT_ONCE, all, async (dataset) => {
    const found = await look(bq('show', `${target.project}:${dataset}`), datasetDocument);
    if (found === undefined) return;
    datasets.set(dataset, observedDataset(found));
    for (const right of datasetRights(found))
      rights.push(bindingKey({ on: 'dataset', name: dataset, ...right }));
    const listed = await list(
      look,
      bq('ls', '--max_results=10000', `${target.project}:${dataset}`),
      tableList,
    );
    for (const { tableReference } of listed) {
      const name = `${dataset}.${tableReference.tableId}`;
      if (!wanted.has(name) && !wantedViews.has(name)) continue;
      const table = await look(bq('show', `${target.project}:${name}`), tableDocument);
      if (table === undefined) continue;
      if (wantedViews.has(name)) views.set(name, table.view?.query ?? '');
      else tables.set(name, actualTable(table));
    }
  });
  return { datasets, tables, views, rights };
}

/** The rights on those existing resources that the deployment gives rights on, as texts of `bindingKey`. */
async function observePolicies(
  look: Look,
  gcloud: Say,
  { target, bindings }: Deployment,
  present: Readonly<Record<ResourceKind, ReadonlySet<string>>>,
): Promise<string[]> {
  const things = new Map(
    bindings
      .filter(({ on, name }) => on !== 'dataset' && present[on].has(name))
      .map(({ on, name }) => [`${on} ${name}`, { on, name }]),
  );
  const keys = await atMost(LOOKS_AT_ONCE, [...things.values()], async ({ on, name }) => {
    const policy = await look(policyCommand(gcloud, target.region, on, name), policyDocument);
    return (policy?.bindings ?? []).flatMap(({ role, members, condition }) =>
      members.map((member) =>
        bindingKey({
          on,
          name,
          role,
          member,
          ...(condition === undefined ? {} : { condition: { title: '', expression: condition.expression } }),
        }),
      ),
    );
  });
  return keys.flat();
}

function policyCommand(gcloud: Say, region: string, on: ResourceKind, name: string): CommandLine {
  const get = 'get-iam-policy';
  switch (on) {
    case 'project':
      return { argv: ['gcloud', 'projects', get, name, '--format=json'] };
    case 'topic':
      return gcloud('pubsub', 'topics', get, name);
    case 'subscription':
      return gcloud('pubsub', 'subscriptions', get, name);
    case 'function':
      return gcloud('run', 'services', get, name, `--region=${region}`);
    case 'job':
      return gcloud('run', 'jobs', get, name, `--region=${region}`);
    case 'account':
      return gcloud('iam', 'service-accounts', get, name);
    case 'bucket':
      return gcloud('storage', 'buckets', get, `gs://${name}`);
    case 'dataset':
      throw new Error('The rights on a dataset are part of its document');
    default:
      return on satisfies never;
  }
}

/** Tells whether a text of `bindingKey` is a right of an account of this deployment. */
function accountTest({ accounts }: Deployment): (key: string) => boolean {
  const members = accounts.map(({ email }) => ` serviceAccount:${email} `);
  return (key) => members.some((member) => `${key} `.includes(member));
}
