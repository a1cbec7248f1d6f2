/**
 * A project of Google Cloud in memory, spoken to in the command lines of gcloud and bq: it keeps what was made and
 * describes it in the words of Google's APIs. It knows the command lines that a deployment uses and refuses all others.
 */
import type { CommandLine } from '../../infra/steps/command-line.ts';
import type { Ran, Runner } from '../../infra/apply/runner.ts';

type Json = Record<string, unknown>;

interface Policy {
  readonly bindings: { role: string; members: string[]; condition?: { title: string; expression: string } }[];
}

export interface ProjectModel {
  readonly run: Runner;
  /** Every command line so far. */
  readonly said: string[][];
  /** Everything that is there, by kind and name. */
  readonly things: Map<string, Json>;
  readonly policies: Map<string, Policy>;
  /** Makes the next command that `matches` fail once, in these words; `effect` happens all the same. */
  readonly failOnce: (matches: RegExp, stderr: string, effect?: () => void) => void;
  /** Makes the next commands that `matches` fail in these words, as often as said, and forgets what it was told before. */
  readonly failWhen: (
    matches: (argv: readonly string[]) => boolean,
    stderr: string | ((argv: readonly string[]) => string),
    times?: number,
  ) => void;
}

export interface ModelOptions {
  readonly project: string;
  readonly number: string;
  /** The text of a file that a command line names. */
  readonly file: (path: string) => string;
}

const ok = (value: unknown = ''): Ran => ({
  code: 0,
  stdout: typeof value === 'string' ? value : JSON.stringify(value),
  stderr: '',
});
const failed = (stderr: string): Ran => ({ code: 1, stdout: '', stderr });
const notFound = (what: string): Ran => failed(`ERROR: NOT_FOUND: ${what} was not found`);
const thereAlready = (what: string): Ran => failed(`ERROR: ALREADY_EXISTS: ${what} already exists`);

export function projectModel({ project, number, file }: ModelOptions): ProjectModel {
  const things = new Map<string, Json>();
  const policies = new Map<string, Policy>();
  const said: string[][] = [];
  const failures: { matches: RegExp; stderr: string; effect: (() => void) | undefined }[] = [];
  let failing: {
    matches: (argv: readonly string[]) => boolean;
    says: (argv: readonly string[]) => string;
    left: number;
  } = {
    matches: () => false,
    says: () => '',
    left: 0,
  };
  const enabled = new Set<string>();
  /** What was built; nothing that a deployment does takes it away. */
  const images = new Set<string>();

  const all = (kind: string): Json[] =>
    [...things].flatMap(([key, thing]) => (key.startsWith(`${kind} `) ? [thing] : []));
  const create = (kind: string, name: string, thing: Json): Ran => {
    if (things.has(`${kind} ${name}`)) return thereAlready(name);
    things.set(`${kind} ${name}`, thing);
    return ok();
  };
  const update = (kind: string, name: string, change: (thing: Json) => Json): Ran => {
    const thing = things.get(`${kind} ${name}`);
    if (thing === undefined) return notFound(name);
    things.set(`${kind} ${name}`, change(thing));
    return ok();
  };
  const remove = (kind: string, name: string): Ran =>
    things.delete(`${kind} ${name}`) ? (policies.delete(`${kind} ${name}`), ok()) : notFound(name);
  const describe = (kind: string, name: string): Ran => {
    const thing = things.get(`${kind} ${name}`);
    return thing === undefined ? notFound(name) : ok(thing);
  };

  const bind = (key: string, flags: Flags): Ran => {
    const { bindings } = policies.get(key) ?? { bindings: [] };
    const member = flags.one('member');
    const account = /^serviceAccount:(.+)$/.exec(member)?.[1] ?? '';
    if (account.endsWith(`@${project}.iam.gserviceaccount.com`) && !things.has(`account ${account}`))
      return failed(`ERROR: INVALID_ARGUMENT: Service account ${account} does not exist.`);
    const text = flags.maybe('condition');
    const [, title = '', expression = ''] = /^title=([^,]*),expression=(.*)$/.exec(text ?? '') ?? [];
    const condition = expression === '' ? {} : { condition: { title, expression } };
    bindings.push({ role: flags.one('role'), members: [member], ...condition });
    policies.set(key, { bindings });
    return ok();
  };
  const unbind = (key: string, flags: Flags): Ran => {
    const { bindings } = policies.get(key) ?? { bindings: [] };
    const at = bindings.findIndex(
      ({ role, members }) => role === flags.one('role') && members.includes(flags.one('member')),
    );
    if (at === -1) return notFound('the binding');
    bindings.splice(at, 1);
    return ok();
  };

  const gcloud = (argv: readonly string[]): Ran => {
    const words = argv.filter((word) => !word.startsWith('--'));
    const flags = flagsOf(argv);
    const is = (...path: readonly string[]): boolean => path.every((word, i) => words[i] === word);
    const name = words.at(-1) ?? '';
    const policyKey = (kind: string): string => `${kind} ${name.replace(/^gs:\/\//, '')}`;
    for (const [path, kind] of POLICIES) {
      if (is(...path, 'get-iam-policy')) return ok(policies.get(policyKey(kind)) ?? { etag: 'ACAB' });
      if (is(...path, 'add-iam-policy-binding')) {
        const key = policyKey(kind);
        return kind === 'project' || things.has(key) ? bind(key, flags) : notFound(key);
      }
      if (is(...path, 'remove-iam-policy-binding')) return unbind(policyKey(kind), flags);
    }
    if (is('projects', 'describe'))
      return ok({ projectId: project, projectNumber: number, lifecycleState: 'ACTIVE' });
    if (is('services', 'list'))
      return ok([...enabled].map((api) => ({ config: { name: api }, state: 'ENABLED' })));
    if (is('services', 'enable')) {
      for (const api of words.slice(2)) enabled.add(api);
      return ok();
    }
    if (is('beta', 'services', 'identity', 'create')) return ok();
    if (is('iam', 'service-accounts', 'list')) return ok(all('account'));
    if (is('iam', 'service-accounts', 'create')) {
      const email = `${name}@${project}.iam.gserviceaccount.com`;
      return create('account', email, { email, displayName: flags.one('display-name') });
    }
    if (is('iam', 'service-accounts', 'delete')) return remove('account', name);
    if (is('pubsub', 'topics', 'list')) return ok(all('topic'));
    if (is('pubsub', 'topics', 'create'))
      return create('topic', name, { name: `projects/${project}/topics/${name}`, ...topicOf(flags) });
    if (is('pubsub', 'topics', 'update'))
      return update('topic', name, (thing) => ({ ...thing, ...topicOf(flags) }));
    if (is('pubsub', 'topics', 'delete')) return remove('topic', name);
    if (is('pubsub', 'subscriptions', 'list')) return ok(all('subscription'));
    if (is('pubsub', 'subscriptions', 'create')) {
      if (!things.has(`topic ${flags.one('topic')}`)) return notFound(flags.one('topic'));
      return create('subscription', name, {
        name: `projects/${project}/subscriptions/${name}`,
        topic: `projects/${project}/topics/${flags.one('topic')}`,
        ...subscriptionOf(project, flags),
      });
    }
    if (is('pubsub', 'subscriptions', 'update'))
      return update('subscription', name, (thing) => ({ ...thing, ...subscriptionOf(project, flags) }));
    if (is('pubsub', 'subscriptions', 'delete')) return remove('subscription', name);
    const inDatabase = `projects/${project}/databases/${flags.maybe('database')}`;
    if (is('firestore', 'databases', 'describe')) return describe('database', flags.one('database'));
    if (is('firestore', 'databases', 'create'))
      return create('database', flags.one('database'), {
        name: `projects/${project}/databases/${flags.one('database')}`,
        locationId: flags.one('location'),
        type: flags.one('type').toUpperCase().replace('-', '_'),
        ...recoveryOf(flags),
      });
    if (is('firestore', 'databases', 'update'))
      return update('database', flags.one('database'), (thing) => ({ ...thing, ...recoveryOf(flags) }));
    if (is('firestore', 'databases', 'list')) return ok(all('database'));
    if (is('firestore', 'backups', 'schedules', 'list'))
      return ok(all('backup').filter(({ name }) => String(name).startsWith(inDatabase)));
    if (is('firestore', 'backups', 'schedules', 'create')) {
      const recurrence = flags.one('recurrence');
      const schedule = `${inDatabase}/backupSchedules/${recurrence}`;
      return create('backup', schedule, {
        name: schedule,
        [`${recurrence}Recurrence`]: {},
        retention: flags.one('retention'),
      });
    }
    const inGroup = `${inDatabase}/collectionGroups/${flags.maybe('collection-group')}`;
    const ofDatabase = (kind: string): Json[] =>
      all(kind).filter((thing) => String(thing['name']).startsWith(`${inDatabase}/`));
    if (is('firestore', 'fields', 'ttls', 'list')) return ok(ofDatabase('ttl'));
    if (is('firestore', 'fields', 'ttls', 'update')) {
      const field = `${inGroup}/fields/${name}`;
      return create('ttl', field, { name: field, ttlConfig: { state: 'ACTIVE' }, indexConfig: {} });
    }
    if (is('firestore', 'indexes', 'fields', 'list')) return ok(ofDatabase('unindexed'));
    if (is('firestore', 'indexes', 'fields', 'update')) {
      const field = `${inGroup}/fields/${name}`;
      return create('unindexed', field, { name: field, indexConfig: { ancestorField: 'x' } });
    }
    if (is('firestore', 'indexes', 'composite', 'list')) return ok(ofDatabase('composite'));
    if (is('firestore', 'indexes', 'composite', 'create')) {
      const fields = flags.all('field-config').map((text) => ({
        fieldPath: /field-path=([^,]+)/.exec(text)?.[1],
        order: 'ASCENDING',
      }));
      const index = `${inGroup}/indexes/${JSON.stringify(fields)}`;
      return create('composite', index, {
        name: index,
        state: 'READY',
        fields: [...fields, { fieldPath: '__name__', order: 'ASCENDING' }],
      });
    }
    if (is('storage', 'buckets', 'describe')) return describe('bucket', name.replace('gs://', ''));
    if (is('storage', 'buckets', 'create'))
      return create('bucket', name.replace('gs://', ''), {
        name: name.replace('gs://', ''),
        location: flags.one('location').toUpperCase(),
        projectNumber: number,
        ...bucketOf(flags),
      });
    if (is('storage', 'buckets', 'update'))
      return update('bucket', name.replace('gs://', ''), (thing) => ({ ...thing, ...bucketOf(flags) }));
    if (is('storage', 'buckets', 'list')) return ok(all('bucket'));
    if (is('run', 'services', 'list')) return ok(all('function'));
    if (is('run', 'deploy')) {
      const there = things.get(`function ${name}`);
      things.set(
        `function ${name}`,
        functionOf(name, number, flags, there, JSON.parse(file(flags.one('env-vars-file'))) as Json),
      );
      return ok();
    }
    if (is('run', 'services', 'update-traffic'))
      return update('function', name, (thing) => ({
        ...thing,
        status: { ...(thing['status'] as Json), traffic: [{ percent: 100, latestRevision: true }] },
      }));
    if (is('run', 'services', 'delete')) return remove('function', name);
    if (is('builds', 'submit')) {
      for (const image of (JSON.parse(file(flags.one('config'))) as { images: string[] }).images)
        images.add(image);
      return ok();
    }
    if (is('run', 'jobs', 'list')) return ok(all('job'));
    if (is('run', 'jobs', 'deploy')) {
      if (!images.has(flags.one('image'))) return notFound(flags.one('image'));
      things.set(`job ${name}`, runJobOf(name, flags, JSON.parse(file(flags.one('env-vars-file'))) as Json));
      return ok();
    }
    if (is('run', 'jobs', 'delete')) return remove('job', name);
    if (is('scheduler', 'jobs', 'list')) return ok(all('schedule'));
    for (const kind of ['pubsub', 'http'] as const) {
      if (is('scheduler', 'jobs', 'create', kind))
        return create('schedule', name, scheduleOf(name, kind, flags));
      if (is('scheduler', 'jobs', 'update', kind))
        return update('schedule', name, (thing) => ({
          ...thing,
          ...scheduleOf(name, kind, flags),
          state: thing['state'],
        }));
    }
    for (const [word, state] of [
      ['resume', 'ENABLED'],
      ['pause', 'PAUSED'],
    ] as const)
      if (is('scheduler', 'jobs', word)) return update('schedule', name, (thing) => ({ ...thing, state }));
    if (is('scheduler', 'jobs', 'delete')) return remove('schedule', name);
    if (is('logging', 'metrics', 'list')) return ok(all('metric'));
    if (is('logging', 'metrics', 'create'))
      return create('metric', name, served(JSON.parse(file(flags.one('config-from-file'))) as Json));
    if (is('logging', 'metrics', 'update'))
      return update('metric', name, () => served(JSON.parse(file(flags.one('config-from-file'))) as Json));
    if (is('logging', 'metrics', 'delete')) return remove('metric', name);
    for (const [path, kind, flag] of DOCUMENTS) {
      if (is(...path, 'list')) return ok(all(kind));
      if (is(...path, 'delete')) return remove(kind, name);
      if (is(...path, 'create')) {
        const resource = `projects/${number}/${kind}s/${things.size}`;
        return create(kind, resource, {
          name: resource,
          ...served(JSON.parse(file(flags.one(flag))) as Json),
        });
      }
      if (is(...path, 'update')) {
        const document = JSON.parse(file(flags.one(flag))) as Json;
        const isStale = kind === 'dashboard' && document['etag'] !== things.get(`${kind} ${name}`)?.['etag'];
        if (isStale) return failed('ERROR: FAILED_PRECONDITION: the dashboard has been changed since');
        return update(kind, name, () => ({ name, ...served(document) }));
      }
    }
    return failed(`ERROR: (gcloud) Invalid choice: '${words.join(' ')}'.`);
  };

  const warehouse = warehouseModel(things);

  return {
    said,
    things,
    policies,
    failOnce: (matches, stderr, effect) => failures.push({ matches, stderr, effect }),
    failWhen: (matches, stderr, times = 1) => {
      failing = { matches, says: typeof stderr === 'string' ? () => stderr : stderr, left: times };
    },
    run: ({ argv, input }: CommandLine) => {
      said.push([...argv]);
      const at = failures.findIndex(({ matches }) => matches.test(argv.join(' ')));
      const [failure] = at === -1 ? [] : failures.splice(at, 1);
      if (failure !== undefined) {
        failure.effect?.();
        return Promise.resolve(failed(failure.stderr));
      }
      if (failing.left > 0 && failing.matches(argv)) {
        failing.left -= 1;
        return Promise.resolve(failed(failing.says(argv)));
      }
      const [program, ...rest] = argv;
      if (program === 'gcloud') return Promise.resolve(printed(rest, gcloud(rest)));
      if (program === 'bq') return Promise.resolve(warehouse(rest, input === undefined ? '' : file(input)));
      return Promise.resolve(failed(`${program} is not known here`));
    },
  };
}

const POLICIES = [
  [['projects'], 'project'],
  [['pubsub', 'topics'], 'topic'],
  [['pubsub', 'subscriptions'], 'subscription'],
  [['run', 'services'], 'function'],
  [['run', 'jobs'], 'job'],
  [['iam', 'service-accounts'], 'account'],
  [['storage', 'buckets'], 'bucket'],
] as const;

const DOCUMENTS = [
  [['alpha', 'monitoring', 'policies'], 'alert', 'policy-from-file'],
  [['monitoring', 'dashboards'], 'dashboard', 'config-from-file'],
] as const;

/** Names of the things that a filter lets through, where a command asks for names alone. */
function printed(argv: readonly string[], ran: Ran): Ran {
  const flags = flagsOf(argv);
  if (flags.maybe('format') !== 'value(name)' || ran.code !== 0) return ran;
  const [, field = '', how = '', wanted = ''] =
    /^(?:NOT )?(\w+)([=~:])"?(.*?)"?$/.exec(flags.maybe('filter') ?? '') ?? [];
  const names = (JSON.parse(ran.stdout) as Json[])
    .filter((thing) => {
      const value = thing[field];
      if (how === ':') return value === undefined;
      return how === '~' ? String(value).includes(wanted) : value === wanted;
    })
    .map((thing) => `${String(thing['name'])}\n`);
  return { ...ran, stdout: names.join('') };
}

interface Flags {
  readonly one: (name: string) => string;
  readonly maybe: (name: string) => string | undefined;
  readonly all: (name: string) => string[];
  readonly has: (name: string) => boolean;
}

function flagsOf(argv: readonly string[]): Flags {
  const all = (name: string): string[] =>
    argv.flatMap((word) => (word.startsWith(`--${name}=`) ? [word.slice(name.length + 3)] : []));
  return {
    all,
    maybe: (name) => all(name)[0],
    has: (name) => argv.includes(`--${name}`),
    one: (name) => {
      const [value] = all(name);
      if (value === undefined) throw new Error(`${argv.join(' ')} has no --${name}`);
      return value;
    },
  };
}

/** As an API gives it back: without what is zero, false or empty, and with fields of its own. */
function served(document: Json): Json {
  const kept = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(kept);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, each]) => each !== 0 && each !== '' && each !== false)
        .map(([key, each]) => [key, kept(each)]),
    );
  };
  return { ...(kept(document) as Json), etag: 'abc', createTime: '2024-01-01T00:00:00Z' };
}

function recoveryOf(flags: Flags): Json {
  return {
    pointInTimeRecoveryEnablement: `POINT_IN_TIME_RECOVERY_${flags.has('enable-pitr') ? 'ENABLED' : 'DISABLED'}`,
  };
}

function bucketOf(flags: Flags): Json {
  return {
    iamConfiguration: {
      uniformBucketLevelAccess: { enabled: flags.has('uniform-bucket-level-access') },
      publicAccessPrevention: flags.has('public-access-prevention') ? 'enforced' : 'inherited',
    },
    ...(flags.has('versioning') ? { versioning: { enabled: true } } : {}),
  };
}

function topicOf(flags: Flags): Json {
  const labels = flags.maybe('labels');
  return {
    ...(labels === undefined ? {} : { labels: pairsOf(labels) }),
    messageStoragePolicy: {
      allowedPersistenceRegions: flags.one('message-storage-policy-allowed-regions').split(','),
    },
  };
}

function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=')));
}

function subscriptionOf(project: string, flags: Flags): Json {
  const deadLetter = flags.maybe('dead-letter-topic');
  return {
    state: 'ACTIVE',
    ackDeadlineSeconds: Number(flags.one('ack-deadline')),
    messageRetentionDuration: flags.one('message-retention-duration'),
    expirationPolicy:
      flags.one('expiration-period') === 'never' ? {} : { ttl: flags.one('expiration-period') },
    retryPolicy: {
      minimumBackoff: flags.one('min-retry-delay'),
      maximumBackoff: flags.one('max-retry-delay'),
    },
    pushConfig: {
      pushEndpoint: flags.one('push-endpoint'),
      oidcToken: {
        serviceAccountEmail: flags.one('push-auth-service-account'),
        audience: flags.one('push-auth-token-audience'),
      },
    },
    ...(deadLetter === undefined
      ? {}
      : {
          deadLetterPolicy: {
            deadLetterTopic: `projects/${project}/topics/${deadLetter}`,
            maxDeliveryAttempts: Number(flags.one('max-delivery-attempts')),
          },
        }),
  };
}

function scheduleOf(name: string, kind: 'pubsub' | 'http', flags: Flags): Json {
  return {
    name: `projects/p/locations/${flags.one('location')}/jobs/${name}`,
    state: 'ENABLED',
    schedule: flags.one('schedule'),
    timeZone: flags.one('time-zone'),
    ...(kind === 'pubsub'
      ? {
          pubsubTarget: {
            topicName: flags.one('topic'),
            data: Buffer.from(flags.one('message-body')).toString('base64'),
          },
        }
      : {
          httpTarget: {
            uri: flags.one('uri'),
            httpMethod: flags.one('http-method').toUpperCase(),
            oauthToken: {
              serviceAccountEmail: flags.one('oauth-service-account-email'),
              scope: 'https://www.googleapis.com/auth/cloud-platform',
            },
          },
        }),
  };
}

/** A Cloud Run job; its API writes seconds as texts. */
function runJobOf(name: string, flags: Flags, env: Json): Json {
  return {
    metadata: { name, labels: { ...pairsOf(flags.one('labels')) } },
    spec: {
      template: {
        spec: {
          taskCount: Number(flags.one('tasks')),
          template: {
            spec: {
              serviceAccountName: flags.one('service-account'),
              timeoutSeconds: flags.one('task-timeout').replace(/s$/, ''),
              maxRetries: Number(flags.one('max-retries')),
              containers: [
                {
                  image: flags.one('image'),
                  resources: { limits: { cpu: flags.one('cpu'), memory: flags.one('memory') } },
                  env: Object.entries(env).map(([key, value]) =>
                    value === '' ? { name: key } : { name: key, value },
                  ),
                },
              ],
            },
          },
        },
      },
    },
  };
}

/** A Cloud Run service; each deployment makes a revision, and traffic that was pinned stays where it is. */
function functionOf(name: string, number: string, flags: Flags, before: Json | undefined, env: Json): Json {
  const status = before?.['status'] as
    { traffic: { latestRevision?: boolean }[]; revision: number } | undefined;
  const revision = (status?.revision ?? 0) + 1;
  const isPinned =
    status !== undefined && status.traffic.every(({ latestRevision }) => latestRevision !== true);
  const url = `https://${name}-${number}.${flags.one('region')}.run.app`;
  return {
    metadata: {
      name,
      labels: {
        ...pairsOf(flags.one('labels')),
        'cloud.googleapis.com/location': flags.one('region'),
      },
      annotations: {
        'run.googleapis.com/ingress': flags.one('ingress'),
        'run.googleapis.com/urls': JSON.stringify([url, `https://${name}-abcdefghij-uc.a.run.app`]),
      },
    },
    spec: {
      template: {
        metadata: { annotations: { 'autoscaling.knative.dev/maxScale': flags.one('max-instances') } },
        spec: {
          serviceAccountName: flags.one('service-account'),
          containerConcurrency: Number(flags.one('concurrency')),
          timeoutSeconds: Number(flags.one('timeout')),
          containers: [
            {
              resources: {
                limits: { cpu: `${Number(flags.one('cpu')) * 1000}m`, memory: flags.one('memory') },
              },
              env: Object.entries(env).map(([key, value]) =>
                value === '' ? { name: key } : { name: key, value },
              ),
            },
          ],
        },
      },
    },
    status: {
      revision,
      latestCreatedRevisionName: `${name}-${revision}`,
      latestReadyRevisionName: `${name}-${revision}`,
      traffic: isPinned ? status.traffic : [{ percent: 100, latestRevision: true }],
    },
  };
}

/** Datasets and tables, made by the statements of a deployment and described as the table API does. */
function warehouseModel(things: Map<string, Json>): (argv: readonly string[], sql: string) => Ran {
  const API_TYPES: Readonly<Record<string, string>> = { INT64: 'INTEGER', FLOAT64: 'FLOAT', BOOL: 'BOOLEAN' };
  const field = (line: string): Json => {
    const [, name = '', type = '', required] = /`(\w+)` (\w+)( NOT NULL)? OPTIONS/.exec(line) ?? [];
    return { name, type: API_TYPES[type] ?? type, ...(required === undefined ? {} : { mode: 'REQUIRED' }) };
  };
  const statement = (sql: string): Ran => {
    const dataset = /^CREATE SCHEMA IF NOT EXISTS `(\w+)`/.exec(sql)?.[1];
    if (dataset !== undefined) {
      const days = /default_table_expiration_days = (\d+)/.exec(sql)?.[1];
      things.set(`dataset ${dataset}`, {
        location: /location = '(\w+)'/.exec(sql)?.[1],
        ...(days === undefined ? {} : { defaultTableExpirationMs: String(Number(days) * 86_400_000) }),
        access: [
          { role: 'OWNER', userByEmail: 'someone@example.com' },
          { role: 'READER', specialGroup: 'projectReaders' },
        ],
      });
      return ok();
    }
    const [, into, table] = /^CREATE TABLE IF NOT EXISTS `(\w+)`\.`(\w+)`/.exec(sql) ?? [];
    if (table !== undefined) {
      if (!things.has(`dataset ${into}`)) return failed(`Not found: Dataset ${into}`);
      things.set(`table ${into}.${table}`, {
        tableReference: { tableId: table },
        type: 'TABLE',
        schema: {
          fields: sql
            .split('\n')
            .filter((line) => line.startsWith('  `'))
            .map(field),
        },
        timePartitioning: {
          type: 'DAY',
          field: /PARTITION BY `(\w+)`/.exec(sql)?.[1],
          ...partitionExpiry(sql),
        },
        clustering: {
          fields: [...(/CLUSTER BY (.*)/.exec(sql)?.[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
        },
        requirePartitionFilter: sql.includes('require_partition_filter = TRUE'),
      });
      return ok();
    }
    const [, of, view] = /^CREATE OR REPLACE VIEW `(\w+)`\.`(\w+)`/.exec(sql) ?? [];
    if (view !== undefined) {
      const query = sql
        .slice(sql.indexOf(' AS\n') + 4)
        .trim()
        .replace(/;$/, '');
      things.set(`table ${of}.${view}`, { tableReference: { tableId: view }, type: 'VIEW', view: { query } });
      return ok();
    }
    const [, altered] = /^ALTER TABLE (`\w+`\.`\w+`)/.exec(sql) ?? [];
    if (altered !== undefined) {
      const key = `table ${altered.replaceAll('`', '')}`;
      const found = things.get(key) as { schema: { fields: Json[] } } | undefined;
      if (found === undefined) return failed(`Not found: ${key}`);
      const added = sql
        .split('\n')
        .filter((line) => line.includes('ADD COLUMN IF NOT EXISTS'))
        .map(field);
      things.set(key, {
        ...found,
        schema: { fields: [...found.schema.fields, ...added] },
        ...(sql.includes('require_partition_filter = TRUE') ? { requirePartitionFilter: true } : {}),
      });
      return ok();
    }
    const [, role, on, members = ''] =
      /^GRANT `roles\/bigquery\.(\w+)` ON SCHEMA `(\w+)` TO (.*);/.exec(sql) ?? [];
    const granted = things.get(`dataset ${on}`) as { access: Json[] } | undefined;
    if (role === undefined || granted === undefined) return failed(`Syntax error: ${sql}`);
    for (const [, email] of members.matchAll(/'serviceAccount:([^']+)'/g))
      granted.access.push({ role: { dataViewer: 'READER', dataEditor: 'WRITER' }[role], userByEmail: email });
    return ok();
  };
  return (argv, sql) => {
    const words = argv.filter((word) => !word.startsWith('--'));
    const name = words.at(-1)?.split(':').at(-1) ?? '';
    if (words[0] === 'query') {
      // A file may hold several statements, each of which ends a line.
      const results = sql
        .trim()
        .split(/(?<=;)\n(?=[A-Z])/)
        .map(statement);
      return results.find(({ code }) => code !== 0) ?? ok();
    }
    if (words[0] === 'show') {
      const found = things.get(`${name.includes('.') ? 'table' : 'dataset'} ${name}`);
      return found === undefined
        ? { code: 2, stdout: `BigQuery error in show operation: Not found: ${name}`, stderr: '' }
        : ok(found);
    }
    if (words[0] === 'ls')
      return ok([...things].flatMap(([key, thing]) => (key.startsWith(`table ${name}.`) ? [thing] : [])));
    return failed(`Unknown command ${words.join(' ')}`);
  };
}

/** How long the partitions of a table are kept, by its CREATE statement; bq tells it in milliseconds. */
export function partitionExpiry(sql: string): { readonly expirationMs?: string } {
  const days = /partition_expiration_days = (\d+)/.exec(sql)?.[1];
  return days === undefined ? {} : { expirationMs: String(Number(days) * 86_400_000) };
}
