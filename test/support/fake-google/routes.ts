/** What each API answers. Names of resources are kept as the API itself has them; answers hold what gcloud reads. */
import { createHash } from 'node:crypto';
import { bigQueryRoutes } from './bigquery.ts';
import { failure } from './failure.ts';
import { runRoutes } from './run.ts';
import { fieldsOf, textOf } from './world.ts';
import type { Fields, Answer, Asked, Json, Route, World } from './world.ts';

const NEVER = { '@type': 'type.googleapis.com/google.protobuf.Empty' } as const;
const AT = '2026-01-01T00:00:00Z';

function route(api: string, method: string, path: RegExp, answer: Route['answer']): Route {
  return { api, method, path, answer };
}

function keyOf(api: string, name: string): string {
  return `${api} ${name}`;
}

function missing(name: string): Answer {
  return { status: 404, body: failure(404, 'NOT_FOUND', `${name} does not exist`) };
}

function exists(name: string): Answer {
  return { status: 409, body: failure(409, 'ALREADY_EXISTS', `${name} already exists`) };
}

function get(api: string, name: string, world: World): Answer {
  const found = world.resources.get(keyOf(api, name));
  return found === undefined ? missing(name) : { body: found };
}

function create(api: string, name: string, value: Json, world: World): Answer | undefined {
  const key = keyOf(api, name);
  if (world.resources.has(key)) return exists(name);
  world.resources.set(key, value);
  return undefined;
}

/** Resources whose name is `parent/<one more label>`. */
function under(api: string, parent: string, world: World): Json[] {
  return [...world.resources]
    .filter(([key]) => {
      const prefix = keyOf(api, `${parent}/`);
      return key.startsWith(prefix) && !key.slice(prefix.length).includes('/');
    })
    .map(([, value]) => value);
}

function change(api: string, name: string, asked: Asked): Answer {
  const found = asked.world.resources.get(keyOf(api, name));
  if (found === undefined) return missing(name);
  const body = fieldsOf(asked.request.body);
  const mask = asked.request.query['updateMask'];
  const wanted =
    mask === undefined ? Object.keys(body) : mask.split(',').map((path) => path.split('.')[0] ?? '');
  const next: Record<string, Json> = { ...fieldsOf(found) };
  for (const field of wanted) {
    const value = body[field];
    if (value === undefined) delete next[field];
    else next[field] = value;
  }
  asked.world.resources.set(keyOf(api, name), next);
  return { body: next };
}

function remove(api: string, name: string, world: World): Answer {
  return world.resources.delete(keyOf(api, name)) ? { body: {} } : missing(name);
}

function done(name: string, response: Json): Answer {
  return { body: { name, done: true, response: { ...NEVER, ...fieldsOf(response) } } };
}

/** The policy routes that nearly every API has, for resources whose path matches. */
function policies(api: string, resource: string, before = ''): Route[] {
  const read = (asked: Asked): Answer => ({ body: policyOf(api, asked) });
  const path = new RegExp(`^/v\\d[a-z0-9]*/${before}(${resource}):getIamPolicy$`);
  return [
    ...['GET', 'POST'].map((method) => route(api, method, path, read)),
    route(api, 'POST', new RegExp(`^/v\\d[a-z0-9]*/${before}(${resource}):setIamPolicy$`), (asked) => {
      const policy = fieldsOf(fieldsOf(asked.request.body)['policy']);
      asked.world.counter += 1;
      const kept = { ...policy, etag: Buffer.from(String(asked.world.counter)).toString('base64') };
      asked.world.policies.set(keyOf(api, asked.parts[0] ?? ''), kept);
      return { body: kept };
    }),
  ];
}

function policyOf(api: string, { world, parts }: Asked): Json {
  return world.policies.get(keyOf(api, parts[0] ?? '')) ?? { version: 1, etag: 'AA==', bindings: [] };
}

const serviceUsage: readonly Route[] = [
  route('serviceusage', 'GET', /^\/v1\/projects\/[^/]+\/services$/, ({ world }) => ({
    body: { services: under('serviceusage', `projects/${world.projectNumber}/services`, world) },
  })),
  route('serviceusage', 'GET', /^\/v1\/projects\/[^/]+\/services:batchGet$/, ({ world, url }) => ({
    body: {
      services: url.searchParams
        .getAll('names')
        .map((name) => serviceOf(world, name.split('/').at(-1) ?? '')),
    },
  })),
  route('serviceusage', 'GET', /^\/v1\/projects\/[^/]+\/services\/([^/:]+)$/, ({ world, parts }) => ({
    body: serviceOf(world, parts[0] ?? ''),
  })),
  route('serviceusage', 'POST', /^\/v1\/projects\/[^/]+\/services:batchEnable$/, ({ world, request }) => {
    const ids = fieldsOf(request.body)['serviceIds'];
    for (const id of Array.isArray(ids) ? (ids as readonly string[]) : []) enable(world, id);
    return done('operations/acat.enable', {});
  }),
  route('serviceusage', 'POST', /^\/v1\/projects\/[^/]+\/services\/([^/:]+):enable$/, ({ world, parts }) => {
    enable(world, parts[0] ?? '');
    return done('operations/acat.enable', {});
  }),
  route(
    'serviceusage',
    'POST',
    /^\/v1beta1\/projects\/[^/]+\/services\/([^/:]+):generateServiceIdentity$/,
    ({ world, parts }) => {
      const agent = (parts[0] ?? '').replace('.googleapis.com', '');
      const email = `service-${world.projectNumber}@gcp-sa-${agent}.iam.gserviceaccount.com`;
      world.resources.set(keyOf('agents', email), { email });
      return done('operations/finished.identity', { email, uniqueId: '1' });
    },
  ),
];

function serviceOf({ project, projectNumber, resources }: World, id: string): Json {
  const name = `projects/${projectNumber}/services/${id}`;
  return (
    resources.get(keyOf('serviceusage', name)) ?? {
      name,
      parent: `projects/${projectNumber}`,
      config: { name: id, title: project },
      state: 'DISABLED',
    }
  );
}

function enable({ resources, projectNumber }: World, id: string): void {
  const name = `projects/${projectNumber}/services/${id}`;
  resources.set(keyOf('serviceusage', name), {
    name,
    parent: `projects/${projectNumber}`,
    config: { name: id },
    state: 'ENABLED',
  });
}

const projects: readonly Route[] = [
  route('cloudresourcemanager', 'GET', /^\/v1\/projects\/[^/:]+$/, ({ world }) => ({
    body: {
      projectId: world.project,
      projectNumber: world.projectNumber,
      name: world.project,
      lifecycleState: 'ACTIVE',
      createTime: AT,
    },
  })),
  ...policies('cloudresourcemanager', 'projects/[^/:]+'),
  route('cloudresourcemanager', 'POST', /^\/v1\/projects\/[^/:]+:testIamPermissions$/, ({ request }) => ({
    body: { permissions: fieldsOf(request.body)['permissions'] ?? [] },
  })),
  route('cloudbilling', 'GET', /^\/v1\/projects\/([^/]+)\/billingInfo$/, ({ world }) => ({
    body: {
      name: `projects/${world.project}/billingInfo`,
      projectId: world.project,
      billingAccountName: 'billingAccounts/000000-000000-000000',
      billingEnabled: true,
    },
  })),
];

const accounts: readonly Route[] = [
  ...policies('iam', 'serviceAccounts/[^/:]+', 'projects/[^/]+/'),
  route('iam', 'POST', /^\/v1\/projects\/([^/]+)\/serviceAccounts$/, ({ world, request }) => {
    const { accountId, serviceAccount } = fieldsOf(request.body);
    const email = `${textOf(accountId)}@${world.project}.iam.gserviceaccount.com`;
    const account = {
      ...fieldsOf(serviceAccount),
      name: `projects/${world.project}/serviceAccounts/${email}`,
      projectId: world.project,
      email,
      uniqueId: String(1e17 + world.resources.size),
    };
    return create('iam', email, account, world) ?? { body: account };
  }),
  route('iam', 'GET', /^\/v1\/projects\/([^/]+)\/serviceAccounts$/, ({ world }) => ({
    body: {
      accounts: [...world.resources].filter(([key]) => key.startsWith('iam ')).map(([, value]) => value),
    },
  })),
  route('iam', 'GET', /^\/v1\/projects\/[^/]+\/serviceAccounts\/([^/:]+)$/, ({ world, parts }) =>
    get('iam', parts[0] ?? '', world),
  ),
  route('iam', 'PATCH', /^\/v1\/projects\/[^/]+\/serviceAccounts\/([^/:]+)$/, (asked) => {
    const email = asked.parts[0] ?? '';
    const found = fieldsOf(asked.world.resources.get(keyOf('iam', email)));
    const next = { ...found, ...fieldsOf(fieldsOf(asked.request.body)['serviceAccount']) };
    asked.world.resources.set(keyOf('iam', email), next);
    return { body: next };
  }),
  route('iam', 'DELETE', /^\/v1\/projects\/[^/]+\/serviceAccounts\/([^/:]+)$/, ({ world, parts }) =>
    remove('iam', parts[0] ?? '', world),
  ),
];

const pubsub: readonly Route[] = [
  ...policies('pubsub', 'projects/[^/]+/(?:topics|subscriptions)/[^/:]+'),
  ...(['topics', 'subscriptions'] as const).flatMap((kind) => [
    route(
      'pubsub',
      'PUT',
      new RegExp(`^/v1/(projects/[^/]+/${kind}/[^/:]+)$`),
      ({ world, parts, request }) => {
        const name = parts[0] ?? '';
        const value = { ...fieldsOf(request.body), name };
        return create('pubsub', name, value, world) ?? { body: value };
      },
    ),
    route('pubsub', 'GET', new RegExp(`^/v1/(projects/[^/]+/${kind}/[^/:]+)$`), ({ world, parts }) =>
      get('pubsub', parts[0] ?? '', world),
    ),
    route('pubsub', 'GET', new RegExp(`^/v1/(projects/[^/]+/${kind})$`), ({ world, parts }) => ({
      body: { [kind]: under('pubsub', parts[0] ?? '', world) },
    })),
    route('pubsub', 'PATCH', new RegExp(`^/v1/(projects/[^/]+/${kind}/[^/:]+)$`), (asked) => {
      const name = asked.parts[0] ?? '';
      const found = asked.world.resources.get(keyOf('pubsub', name));
      if (found === undefined) return missing(name);
      const { updateMask, ...body } = fieldsOf(asked.request.body);
      const given = fieldsOf(body[kind.slice(0, -1)]);
      const next: Record<string, Json> = { ...fieldsOf(found) };
      for (const field of textOf(updateMask).split(',')) next[field] = given[field] ?? null;
      asked.world.resources.set(keyOf('pubsub', name), next);
      return { body: next };
    }),
    route('pubsub', 'DELETE', new RegExp(`^/v1/(projects/[^/]+/${kind}/[^/:]+)$`), ({ world, parts }) =>
      remove('pubsub', parts[0] ?? '', world),
    ),
  ]),
  route('pubsub', 'GET', /^\/v1\/(projects\/[^/]+\/topics\/[^/:]+)\/subscriptions$/, ({ world, parts }) => ({
    body: {
      subscriptions: [...world.resources]
        .filter(([key, value]) => key.includes('/subscriptions/') && fieldsOf(value)['topic'] === parts[0])
        .map(([, value]) => fieldsOf(value)['name'] ?? ''),
    },
  })),
  route('pubsub', 'POST', /^\/v1\/projects\/[^/]+\/topics\/[^/:]+:publish$/, () => ({
    body: { messageIds: ['1'] },
  })),
];

const scheduler: readonly Route[] = [
  route(
    'cloudscheduler',
    'POST',
    /^\/v1\/(projects\/[^/]+\/locations\/[^/]+)\/jobs$/,
    ({ world, request }) => {
      const job: Fields = { ...fieldsOf(request.body), state: 'ENABLED' };
      const name = textOf(job['name']);
      return create('cloudscheduler', name, job, world) ?? { body: job };
    },
  ),
  route('cloudscheduler', 'GET', /^\/v1\/(projects\/[^/]+\/locations\/[^/]+)\/jobs$/, ({ world, parts }) => ({
    body: { jobs: under('cloudscheduler', `${parts[0]}/jobs`, world) },
  })),
  route(
    'cloudscheduler',
    'GET',
    /^\/v1\/(projects\/[^/]+\/locations\/[^/]+\/jobs\/[^/:]+)$/,
    ({ world, parts }) => get('cloudscheduler', parts[0] ?? '', world),
  ),
  route('cloudscheduler', 'PATCH', /^\/v1\/(projects\/[^/]+\/locations\/[^/]+\/jobs\/[^/:]+)$/, (asked) =>
    change('cloudscheduler', asked.parts[0] ?? '', asked),
  ),
  route(
    'cloudscheduler',
    'DELETE',
    /^\/v1\/(projects\/[^/]+\/locations\/[^/]+\/jobs\/[^/:]+)$/,
    ({ world, parts }) => remove('cloudscheduler', parts[0] ?? '', world),
  ),
  ...(
    [
      ['pause', 'PAUSED'],
      ['resume', 'ENABLED'],
    ] as const
  ).map(([word, state]) =>
    route(
      'cloudscheduler',
      'POST',
      new RegExp(`^/v1/(projects/[^/]+/locations/[^/]+/jobs/[^/:]+):${word}$`),
      ({ world, parts }) => {
        const key = keyOf('cloudscheduler', parts[0] ?? '');
        const job = { ...fieldsOf(world.resources.get(key)), state };
        world.resources.set(key, job);
        return { body: job };
      },
    ),
  ),
  route('cloudscheduler', 'GET', /^\/v1\/(projects\/[^/]+)\/locations$/, () => ({
    body: { locations: [{ locationId: 'us-central1', name: 'projects/p/locations/us-central1' }] },
  })),
];

const DATABASE = 'projects/[^/]+/databases/[^/]+';

const firestore: readonly Route[] = [
  route('firestore', 'GET', /^\/v1\/(projects\/[^/]+)\/databases$/, ({ world, parts }) => ({
    body: { databases: under('firestore', `${parts[0]}/databases`, world) },
  })),
  route('firestore', 'POST', /^\/v1\/(projects\/[^/]+)\/databases$/, ({ world, parts, request }) => {
    const name = `${parts[0]}/databases/${request.query['databaseId']}`;
    const database = { ...fieldsOf(request.body), name, uid: '0', createTime: AT };
    return create('firestore', name, database, world) ?? done(`${name}/operations/create`, database);
  }),
  route('firestore', 'GET', new RegExp(`^/v1/(${DATABASE})$`), ({ world, parts }) =>
    get('firestore', parts[0] ?? '', world),
  ),
  route('firestore', 'PATCH', new RegExp(`^/v1/(${DATABASE})$`), (asked) => {
    const changed = change('firestore', asked.parts[0] ?? '', asked);
    return 'status' in changed ? changed : done(`${asked.parts[0]}/operations/update`, changed.body);
  }),
  route('firestore', 'GET', new RegExp(`^/v1/(${DATABASE})/backupSchedules$`), ({ world, parts }) => ({
    body: { backupSchedules: under('firestore', `${parts[0]}/backupSchedules`, world) },
  })),
  route(
    'firestore',
    'POST',
    new RegExp(`^/v1/(${DATABASE})/backupSchedules$`),
    ({ world, parts, request }) => {
      const name = `${parts[0]}/backupSchedules/${world.resources.size}`;
      const schedule = { ...fieldsOf(request.body), name };
      return create('firestore', name, schedule, world) ?? { body: schedule };
    },
  ),
  route('firestore', 'GET', new RegExp(`^/v1/(${DATABASE}/operations/[^/]+)$`), ({ parts }) =>
    done(parts[0] ?? '', {}),
  ),
  route(
    'firestore',
    'GET',
    new RegExp(`^/v1/(${DATABASE}/collectionGroups/[^/]+)/indexes$`),
    ({ world, parts }) => ({
      body: { indexes: indexesUnder(world, parts[0] ?? '') },
    }),
  ),
  route('firestore', 'POST', new RegExp(`^/v1/(${DATABASE}/collectionGroups/[^/]+)/indexes$`), (asked) => {
    const { world, parts, request } = asked;
    const same = indexesUnder(world, parts[0] ?? '').some(
      (index) => shapeOf(fieldsOf(index)) === shapeOf(fieldsOf(request.body)),
    );
    if (same) return exists(`${parts[0]}/indexes`);
    const name = `${parts[0]}/indexes/i${world.resources.size}`;
    // The API adds the name of the document to every index.
    const given = fieldsOf(request.body)['fields'];
    const fields = [
      ...(Array.isArray(given) ? (given as Json[]) : []),
      { fieldPath: '__name__', order: 'ASCENDING' },
    ];
    const index = { ...fieldsOf(request.body), fields, name, state: 'READY' };
    world.resources.set(keyOf('firestore', name), index);
    return {
      body: {
        name: `${databaseOf(name)}/operations/index`,
        metadata: {
          '@type': 'type.googleapis.com/google.firestore.admin.v1.IndexOperationMetadata',
          index: name,
        },
      },
    };
  }),
  route(
    'firestore',
    'GET',
    new RegExp(`^/v1/(${DATABASE}/collectionGroups/[^/]+)/fields$`),
    ({ world, parts, request }) => ({
      body: {
        fields: [...world.resources]
          .filter(([, value]) => passesFilter(request.query['filter'] ?? '', value))
          .filter(([key]) =>
            parts[0]?.endsWith('/-') === true || parts[0]?.endsWith('/__default__') === true
              ? key.startsWith('firestore ') && key.includes('/fields/')
              : key.startsWith(keyOf('firestore', `${parts[0]}/fields/`)),
          )
          .map(([, value]) => value),
      },
    }),
  ),
  route(
    'firestore',
    'GET',
    new RegExp(`^/v1/(${DATABASE}/collectionGroups/[^/]+/fields/[^/]+)$`),
    (asked) => {
      const found = get('firestore', asked.parts[0] ?? '', asked.world);
      return 'status' in found
        ? { body: { name: asked.parts[0] ?? '', indexConfig: { indexes: [] } } }
        : found;
    },
  ),
  route(
    'firestore',
    'PATCH',
    new RegExp(`^/v1/(${DATABASE}/collectionGroups/[^/]+/fields/[^/]+)$`),
    (asked) => {
      const name = asked.parts[0] ?? '';
      const key = keyOf('firestore', name);
      if (!asked.world.resources.has(key)) asked.world.resources.set(key, { name });
      const changed = change('firestore', name, asked);
      if ('status' in changed) return changed;
      const field: Record<string, Json> = { ...fieldsOf(changed.body) };
      if (field['ttlConfig'] !== undefined) field['ttlConfig'] = { state: 'ACTIVE' };
      asked.world.resources.set(key, field);
      return done(`${databaseOf(name)}/operations/field`, field);
    },
  ),
];

/** `ttlConfig:*` and `indexConfig.usesAncestorConfig=false` ask for the fields that have one of their own. */
function passesFilter(filter: string, field: Json): boolean {
  const wanted = /^(ttlConfig|indexConfig)\b/.exec(filter)?.[1];
  return wanted === undefined || fieldsOf(field)[wanted] !== undefined;
}

/** The database in the name of something that is in it. */
function databaseOf(name: string): string {
  return /^projects\/[^/]+\/databases\/[^/]+/.exec(name)?.[0] ?? '';
}

/** Indexes of a group of collections, or of all where the group is `-`. */
function indexesUnder(world: World, group: string): Json[] {
  const all = group.endsWith('/-') ? group.slice(0, -1) : `${group}/indexes/`;
  return [...world.resources]
    .filter(([key]) => key.startsWith(keyOf('firestore', all)) && key.includes('/indexes/'))
    .map(([, value]) => value);
}

function shapeOf(index: Fields): string {
  const fields = index['fields'];
  return JSON.stringify([
    index['queryScope'] ?? null,
    (Array.isArray(fields) ? (fields as readonly Fields[]) : []).filter(
      ({ fieldPath }) => fieldPath !== '__name__',
    ),
  ]);
}

const logging: readonly Route[] = [
  route('logging', 'GET', /^\/v2\/(projects\/[^/]+)\/metrics$/, ({ world, parts }) => ({
    body: { metrics: under('logging', `${parts[0]}/metrics`, world) },
  })),
  route('logging', 'POST', /^\/v2\/(projects\/[^/]+)\/metrics$/, ({ world, parts, request }) => {
    const metric = fieldsOf(request.body);
    return (
      create('logging', `${parts[0]}/metrics/${textOf(metric['name'])}`, metric, world) ?? { body: metric }
    );
  }),
  route('logging', 'GET', /^\/v2\/(projects\/[^/]+\/metrics\/.+)$/, ({ world, parts }) =>
    get('logging', parts[0] ?? '', world),
  ),
  route('logging', 'PUT', /^\/v2\/(projects\/[^/]+\/metrics\/.+)$/, ({ world, parts, request }) => {
    world.resources.set(keyOf('logging', parts[0] ?? ''), request.body);
    return { body: request.body };
  }),
  route('logging', 'DELETE', /^\/v2\/(projects\/[^/]+\/metrics\/.+)$/, ({ world, parts }) =>
    remove('logging', parts[0] ?? '', world),
  ),
];

const monitoring: readonly Route[] = (
  [
    ['v3', 'alertPolicies'],
    ['v3', 'notificationChannels'],
    ['v1', 'dashboards'],
  ] as const
).flatMap(([version, kind]) => [
  route('monitoring', 'GET', new RegExp(`^/${version}/(projects/[^/]+)/${kind}$`), ({ world, parts }) => ({
    body: { [kind]: under('monitoring', `${parts[0]}/${kind}`, world) },
  })),
  route(
    'monitoring',
    'POST',
    new RegExp(`^/${version}/(projects/[^/]+)/${kind}$`),
    ({ world, parts, request }) => {
      const given = fieldsOf(request.body);
      const name =
        typeof given['name'] === 'string' && given['name'] !== ''
          ? given['name']
          : `${parts[0]}/${kind}/${1000 + world.resources.size}`;
      const made = { ...given, name, ...(kind === 'dashboards' ? { etag: '1' } : {}) };
      return request.query['validateOnly'] === 'true'
        ? { body: made }
        : (create('monitoring', name, made, world) ?? { body: made });
    },
  ),
  route('monitoring', 'GET', new RegExp(`^/${version}/(projects/[^/]+/${kind}/[^/]+)$`), ({ world, parts }) =>
    get('monitoring', parts[0] ?? '', world),
  ),
  route('monitoring', 'PATCH', new RegExp(`^/${version}/(projects/[^/]+/${kind}/[^/]+)$`), (asked) =>
    change('monitoring', asked.parts[0] ?? '', asked),
  ),
  route(
    'monitoring',
    'DELETE',
    new RegExp(`^/${version}/(projects/[^/]+/${kind}/[^/]+)$`),
    ({ world, parts }) => remove('monitoring', parts[0] ?? '', world),
  ),
]);

const storage: readonly Route[] = [
  route('storage', 'GET', /^\/storage\/v1\/b\/([^/]+)$/, ({ world, parts }) =>
    get('storage', `b/${parts[0]}`, world),
  ),
  route('storage', 'GET', /^\/storage\/v1\/b$/, ({ world }) => ({
    body: { kind: 'storage#buckets', items: under('storage', 'b', world) },
  })),
  route('storage', 'POST', /^\/storage\/v1\/b$/, ({ world, request }) => {
    const given = fieldsOf(request.body);
    const name = `b/${textOf(given['name'])}`;
    const bucket = {
      ...given,
      kind: 'storage#bucket',
      id: given['name'] ?? '',
      projectNumber: world.projectNumber,
      metageneration: '1',
      timeCreated: AT,
      updated: AT,
      storageClass: 'STANDARD',
    };
    return create('storage', name, bucket, world) ?? { body: bucket };
  }),
  route('storage', 'PATCH', /^\/storage\/v1\/b\/([^/]+)$/, (asked) =>
    change('storage', `b/${asked.parts[0]}`, asked),
  ),
  route('storage', 'GET', /^\/storage\/v1\/b\/([^/]+)\/iam$/, (asked) => ({
    body: policyOf('storage', asked),
  })),
  route('storage', 'PUT', /^\/storage\/v1\/b\/([^/]+)\/iam$/, ({ world, parts, request }) => {
    const kept = { ...fieldsOf(request.body), etag: 'AQ==' };
    world.policies.set(keyOf('storage', parts[0] ?? ''), kept);
    return { body: kept };
  }),
  route(
    'storage',
    'POST',
    /^\/(?:resumable\/)?upload\/storage\/v1\/b\/([^/]+)\/o$/,
    ({ world, parts, request, url }) => {
      const name = request.query['name'] ?? '';
      const content = uploaded(fieldsOf(request.body));
      const object = {
        kind: 'storage#object',
        bucket: parts[0] ?? '',
        name,
        generation: String(1000 + world.resources.size),
        metageneration: '1',
        size: String(content.length),
        md5Hash: createHash('md5').update(content).digest('base64'),
      };
      world.uploads.set(`${parts[0]}/${name}`, content);
      world.resources.set(keyOf('storage', `o/${parts[0]}/${name}`), object);
      return url.searchParams.get('uploadType') === 'resumable'
        ? { status: 200, body: object, headers: { location: `${url.href}&upload_id=1` } }
        : { body: object };
    },
  ),
  route(
    'storage',
    'PUT',
    /^\/(?:resumable\/)?upload\/storage\/v1\/b\/([^/]+)\/o$/,
    ({ world, parts, request }) => ({
      body: world.resources.get(keyOf('storage', `o/${parts[0]}/${request.query['name'] ?? ''}`)) ?? {},
    }),
  ),
];

/** The file in an upload of several parts: the last of them, without its headers. */
function uploaded({ type, text }: Fields): Buffer {
  const boundary = /boundary=['"]?([^'";]+)/.exec(textOf(type))?.[1];
  const raw = Buffer.from(textOf(text), 'latin1');
  if (boundary === undefined) return raw;
  const end = raw.lastIndexOf(`--${boundary}--`);
  const start = raw.lastIndexOf(`--${boundary}`, end - 1);
  const part = raw.subarray(start, end);
  const head = part.indexOf(part.includes('\r\n\r\n') ? '\r\n\r\n' : '\n\n');
  const skip = part.includes('\r\n\r\n') ? 4 : 2;
  return part.subarray(head + skip, part.length - (part.at(-2) === 13 ? 2 : 1));
}

export const routes: readonly Route[] = [
  ...serviceUsage,
  ...projects,
  ...accounts,
  ...pubsub,
  ...scheduler,
  ...firestore,
  ...logging,
  ...monitoring,
  ...storage,
  ...runRoutes,
  ...bigQueryRoutes,
];
