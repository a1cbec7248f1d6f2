/**
 * A whole deployment by the installed gcloud and bq: topics and subscriptions into the Pub/Sub emulator, everything else
 * into a server that records what Google's APIs are told. What arrives is compared with what the tables declare.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '../../infra/bundle/bundle.ts';
import { declared, type Deployed } from '../../infra/apply/deploy.ts';
import { observe } from '../../infra/apply/observe.ts';
import { CommandFailed, projectRoot, type Runner } from '../../infra/apply/runner.ts';
import { checksOf } from '../../infra/apply/verify.ts';
import { findGoogleSdk, isMissing } from '../../scripts/tools/find.ts';
import { pubSubClient } from '../../shared/adapters/gcp/pubsub-client.ts';
import { COMPOSITE_INDEXES, UNINDEXED_FIELDS } from '../../infra/declared/document-indexes.ts';
import { TTL_FIELDS } from '../../shared/derive/document-ttl.ts';
import type { Deployment } from '../../infra/declared/deployment.ts';
import { services } from '../../shared/derive/services.ts';
import { TRAINING_JOB } from '../../shared/derive/training-job.ts';
import { fieldsOf, textOf } from '../support/fake-google/world.ts';
import { openFakeProject, type FakeProject } from '../support/fake-project.ts';
import { PROJECT_NUMBER, REGION } from '../support/planned-commands.ts';
import {
  at,
  changes,
  isLook,
  listOf,
  onlyRequest,
  rightsKept,
  serviceKept,
  unzipped,
} from '../support/recorded-commands.ts';
import { copyOfBundle } from '../support/run-bundles.ts';
import { ownProject } from '../support/run-emulators.ts';

const project = ownProject('deploy');

/** The function whose real bundle is uploaded; the others send a stand-in of two files. */
const BUNDLED = 'nba-dead-letter';

describe.skipIf(isMissing(findGoogleSdk()))('a deployment by gcloud', () => {
  let fake: FakeProject;
  let deployment: Deployment;
  let bundle: Bundle;
  let interrupted: unknown;
  let first: Deployed;

  beforeAll(async () => {
    fake = await openFakeProject({
      project,
      emulator: true,
      sources: async (folder) => {
        for (const service of [...services(), TRAINING_JOB]) {
          if (service.name === BUNDLED && 'kind' in service) {
            bundle = await copyOfBundle(service, folder);
            continue;
          }
          mkdirSync(join(folder, service.name), { recursive: true });
          writeFileSync(join(folder, service.name, 'index.js'), `// ${service.name}\n`);
          writeFileSync(join(folder, service.name, 'package.json'), '{"main":"index.js"}\n');
        }
      },
    });
    deployment = declared({
      ...fake.request,
      target: { ...fake.request.target, projectNumber: PROJECT_NUMBER },
    });
    // Somebody closes the lid in the middle of the functions, and deploys again the next morning.
    const breaking: Runner = async (command) =>
      command.argv.includes('deploy') && command.argv.includes('nba-phase4-run')
        ? { code: 1, stdout: '', stderr: 'Terminated' }
        : fake.run(command);
    interrupted = await fake.deploy(breaking).catch((error: unknown) => error);
    first = await fake.deploy();
  }, 900_000);
  afterAll(async () => {
    await fake.close();
  });

  it('stops at a command that fails, and goes on from there when it is run again', () => {
    expect(interrupted).toBeInstanceOf(CommandFailed);
    expect(String(interrupted)).toContain('gcloud run deploy nba-phase4-run');
    expect(first).toMatchObject({ kind: 'done', changed: expect.any(Number) as number });
    const made = changes(fake.google)
      .filter(({ api, path }) => api !== 'bigquery' && !/:[a-zA-Z]+$|\/iam$|\/upload\//.test(path))
      .map(({ method, api, path, query, body }) => JSON.stringify([method, api, path, query, body]));
    // gcloud itself makes the repository of the images and the bucket of the sources, and several at once may try.
    const own = made.filter((line) => !/"artifactregistry"|run-sources-/.test(line));
    expect(own.filter((line, i) => own.indexOf(line) !== i)).toEqual([]);
    expect(own.length).toBeGreaterThan(100);
  });

  it('switches on every API that is used', () => {
    const { body } = onlyRequest(fake.google, 'POST', 'serviceusage', /services:batchEnable$/);
    expect(listOf(at(body, 'serviceIds')).toSorted()).toEqual([...deployment.apis].sort());
  });

  it('deploys each function as it is declared', () => {
    for (const spec of deployment.functions) {
      const service = serviceKept(fake.google, spec.name);
      const template = at(service, 'spec', 'template');
      const container = listOf(at(template, 'spec', 'containers'))[0];
      const environment = Object.fromEntries(
        listOf(at(container, 'env')).map((each) => [textOf(at(each, 'name')), textOf(at(each, 'value'))]),
      );
      expect({
        account: at(template, 'spec', 'serviceAccountName'),
        concurrency: at(template, 'spec', 'containerConcurrency'),
        timeout: at(template, 'spec', 'timeoutSeconds'),
        limits: at(container, 'resources', 'limits'),
        most: at(template, 'metadata', 'annotations', 'autoscaling.knative.dev/maxScale'),
        least: at(template, 'metadata', 'annotations', 'autoscaling.knative.dev/minScale') ?? '0',
        ingress: at(service, 'metadata', 'annotations', 'run.googleapis.com/ingress'),
        target: at(service, 'metadata', 'annotations', 'run.googleapis.com/build-function-target'),
        builder: at(service, 'metadata', 'annotations', 'run.googleapis.com/build-service-account'),
        labels: at(service, 'metadata', 'labels'),
        environment,
      }).toEqual({
        account: spec.account,
        concurrency: spec.concurrency,
        timeout: spec.timeoutSeconds,
        limits: { cpu: String(spec.cpu), memory: `${spec.memoryMiB}Mi` },
        most: String(spec.maxInstances),
        least: String(spec.minInstances),
        ingress: 'internal',
        target: spec.service.name,
        builder: `projects/${project}/serviceAccounts/${spec.buildAccount}`,
        labels: spec.labels,
        environment: spec.environment,
      });
      expect(environment['FULLCOURT_PUSH_AUDIENCE']).toBe(at(service, 'status', 'url'));
    }
  });

  it('builds each function for its runtime from what its folder holds', () => {
    const builds = fake.google.requests.filter(({ path }) => path.endsWith('/builds:submit'));
    expect(builds.map(({ body }) => at(body, 'buildpackBuild', 'functionTarget')).toSorted()).toEqual(
      services()
        .map(({ name }) => name)
        .sort(),
    );
    for (const { body } of builds) {
      expect(at(body, 'buildpackBuild', 'baseImage')).toBe('nodejs24');
      const name = textOf(at(body, 'buildpackBuild', 'functionTarget'));
      const uploaded = fake.google.world.uploads.get(
        `${textOf(at(body, 'storageSource', 'bucket'))}/${textOf(at(body, 'storageSource', 'object'))}`,
      );
      const files = unzipped(uploaded ?? Buffer.alloc(0));
      if (name !== BUNDLED) {
        expect(files.get('index.js')?.toString('utf8')).toBe(`// ${name}\n`);
        continue;
      }
      expect([...files.keys()].sort()).toEqual(
        bundle.files.map((file) => file.name).filter((file) => file !== '.gcloudignore'),
      );
      expect(files.get('index.js')).toEqual(readFileSync(join(bundle.folder, 'index.js')));
    }
  });

  it('makes topics and subscriptions that a client reads back as they are declared', async (context) => {
    const host = fake.pubsub;
    if (host === undefined) {
      context.skip('the Pub/Sub emulator is not installed');
      return;
    }
    const client = await pubSubClient({
      project,
      hosts: { pubsub: host, firestore: undefined, bigquery: undefined },
    });
    const [topics] = await client.getTopics();
    expect(topics.map(({ name }) => name.split('/').at(-1)).sort()).toEqual([...deployment.topics].sort());
    for (const spec of deployment.subscriptions) {
      const [found] = await client.subscription(spec.name).getMetadata();
      expect({
        topic: found.topic,
        endpoint: found.pushConfig?.pushEndpoint,
        token: found.pushConfig?.oidcToken,
        ackDeadline: found.ackDeadlineSeconds,
        retry: [
          Number(found.retryPolicy?.minimumBackoff?.seconds),
          Number(found.retryPolicy?.maximumBackoff?.seconds),
        ],
        deadLetter:
          found.deadLetterPolicy === null || found.deadLetterPolicy === undefined
            ? null
            : [found.deadLetterPolicy.deadLetterTopic, found.deadLetterPolicy.maxDeliveryAttempts],
        expires: found.expirationPolicy?.ttl ?? null,
        retention: Number(found.messageRetentionDuration?.seconds),
      }).toEqual({
        topic: `projects/${project}/topics/${spec.topic}`,
        endpoint: spec.endpoint,
        token: { serviceAccountEmail: spec.pushAccount, audience: spec.audience },
        ackDeadline: spec.ackDeadlineSeconds,
        retry: [...spec.backoffSeconds],
        deadLetter:
          spec.deadLetter === null
            ? null
            : [`projects/${project}/topics/${spec.deadLetter.topic}`, spec.deadLetter.attempts],
        expires: null,
        // The emulator keeps nothing longer than a week.
        retention: Math.min(spec.retentionSeconds, 604_800),
      });
    }
    await client.close();
  });

  it('keeps messages in the region of the functions', () => {
    for (const name of deployment.topics) {
      const { body } = onlyRequest(fake.google, 'PUT', 'pubsub', new RegExp(`/topics/${name}$`));
      expect(at(body, 'messageStoragePolicy', 'allowedPersistenceRegions'), name).toEqual([REGION]);
    }
  });

  it('asks Pub/Sub for the retention that is declared, also where the emulator has less', () => {
    for (const spec of deployment.subscriptions) {
      const { body } = onlyRequest(fake.google, 'PUT', 'pubsub', new RegExp(`/subscriptions/${spec.name}$`));
      expect(at(body, 'messageRetentionDuration')).toBe(`${spec.retentionSeconds}s`);
    }
  });

  it('gives every topic a consumer, every subscription a way for dead letters, every function a caller', () => {
    const rights = new Set(rightsKept(fake.google));
    const agent = 'serviceAccount:service-PROJECT_NUMBER@gcp-sa-pubsub.iam.gserviceaccount.com';
    const puts = fake.google.requests.filter(
      ({ method, api, path }) => method === 'PUT' && api === 'pubsub' && path.includes('/subscriptions/'),
    );
    const readers = Map.groupBy(puts, ({ body }) => textOf(at(body, 'topic')).split('/').at(-1));
    for (const topic of deployment.topics) expect(readers.get(topic), topic).toHaveLength(1);
    const functions = new Map(
      deployment.functions.map(({ name }) => [
        `${textOf(at(serviceKept(fake.google, name), 'status', 'url'))}/`,
        name,
      ]),
    );
    for (const { body } of puts) {
      const name = textOf(at(body, 'name')).split('/').at(-1) ?? '';
      const called = functions.get(textOf(at(body, 'pushConfig', 'pushEndpoint')));
      expect(called, name).toBeDefined();
      const pusher = textOf(at(body, 'pushConfig', 'oidcToken', 'serviceAccountEmail')).replace(
        project,
        'PROJECT',
      );
      expect(rights).toContain(`function ${called}  roles/run.invoker  serviceAccount:${pusher}`);
      const deadLetters =
        textOf(at(body, 'deadLetterPolicy', 'deadLetterTopic'))
          .split('/')
          .at(-1) ?? '';
      if (name.endsWith('-dead-letter-sub')) {
        expect(deadLetters, name).toBe('');
        continue;
      }
      expect(readers.get(deadLetters), name).toHaveLength(1);
      expect(rights).toContain(`topic ${deadLetters}  roles/pubsub.publisher  ${agent}`);
      expect(rights).toContain(`subscription ${name}  roles/pubsub.subscriber  ${agent}`);
    }
    expect(rights).toContain(
      `account nba-push@PROJECT.iam.gserviceaccount.com  roles/iam.serviceAccountTokenCreator  ${agent}`,
    );
  });

  it('gives the rights of the reviewed list and no other', () => {
    const reviewed = readFileSync(join(projectRoot, 'infra', 'generated', 'rights.txt'), 'utf8')
      .trim()
      .split('\n');
    expect(rightsKept(fake.google)).toEqual([...reviewed].sort());
    for (const right of reviewed)
      expect(right).not.toMatch(/allUsers|allAuthenticatedUsers|roles\/(?:owner|editor|viewer)\b|\.admin\b/);
  });

  it('makes the accounts, and nothing runs as another', () => {
    const made = fake.google.requests
      .filter(
        ({ method, api, path }) => method === 'POST' && api === 'iam' && path.endsWith('/serviceAccounts'),
      )
      .map(({ body }) => textOf(at(body, 'accountId')));
    expect(made.sort()).toEqual(deployment.accounts.map(({ id }) => id).sort());
    const used = deployment.functions.map(({ account }) => account);
    expect(new Set(used).size).toBe(deployment.functions.length);
  });

  it('schedules in the zone of the games', () => {
    const asked = changes(fake.google).filter(({ api }) => api === 'cloudscheduler');
    const [paused, made] = [':pause', '/jobs'].map((end) => asked.filter(({ path }) => path.endsWith(end)));
    expect(
      made?.map(({ body }) => ({
        name: textOf(at(body, 'name')).split('/').at(-1),
        cron: at(body, 'schedule'),
        zone: at(body, 'timeZone'),
        topic: at(body, 'pubsubTarget', 'topicName'),
        body: Buffer.from(textOf(at(body, 'pubsubTarget', 'data')), 'base64').toString('utf8'),
        uri: at(body, 'httpTarget', 'uri'),
        method: at(body, 'httpTarget', 'httpMethod'),
        account: at(body, 'httpTarget', 'oauthToken', 'serviceAccountEmail'),
      })),
    ).toEqual(
      expect.arrayContaining(
        deployment.schedules.map(({ name, cron, zone, does }) => ({
          ...{ name, cron, zone, topic: undefined, body: '', uri: undefined, account: undefined },
          ...(does.kind === 'publish'
            ? { topic: does.topic, body: does.body }
            : { uri: does.uri, account: does.account, method: 'POST' }),
        })),
      ),
    );
    expect(made).toHaveLength(deployment.schedules.length);
    const zones = deployment.schedules.map(({ zone }) => zone);
    expect(zones).toEqual(zones.map(() => 'America/New_York'));
    // Nobody has switched the retraining on.
    expect(paused?.map(({ path }) => path)).toEqual([
      `/v1/projects/${project}/locations/${REGION}/jobs/nba-retrain:pause`,
    ]);
  });

  it('builds the image of the job by the account that builds, and deploys the job as it is declared', () => {
    const { training: spec } = deployment;
    const build = onlyRequest(fake.google, 'POST', 'cloudbuild', /\/builds$/);
    expect(build.body).toMatchObject({
      images: [spec.image],
      serviceAccount: `projects/${project}/serviceAccounts/${spec.buildAccount}`,
      options: { logging: 'CLOUD_LOGGING_ONLY' },
      source: { storageSource: { bucket: `run-sources-${project}-${REGION}` } },
    });
    const job = [...fake.google.world.resources].find(
      ([key]) => key.startsWith('jobs ') && key.endsWith(` ${spec.name}`),
    )?.[1];
    const task = at(job, 'spec', 'template', 'spec', 'template', 'spec');
    const container = listOf(at(task, 'containers'))[0];
    expect({
      image: at(container, 'image'),
      limits: at(container, 'resources', 'limits'),
      environment: Object.fromEntries(
        listOf(at(container, 'env')).map((each) => [textOf(at(each, 'name')), textOf(at(each, 'value'))]),
      ),
      account: at(task, 'serviceAccountName'),
      seconds: Number(at(task, 'timeoutSeconds')),
      retries: at(task, 'maxRetries'),
      labels: at(job, 'metadata', 'labels'),
    }).toEqual({
      image: spec.image,
      limits: { cpu: '1', memory: '2048Mi' },
      environment: spec.environment,
      account: spec.account,
      seconds: 3600,
      retries: 1,
      labels: spec.labels,
    });
  });

  it('makes the database, its expiry and its indexes', () => {
    const { body, query } = onlyRequest(fake.google, 'POST', 'firestore', /\/databases$/);
    expect(query['databaseId']).toBe('fullcourt');
    expect(body).toMatchObject({
      locationId: REGION,
      type: 'FIRESTORE_NATIVE',
      deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
      pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
    });
    const backups = onlyRequest(fake.google, 'POST', 'firestore', /\/databases\/fullcourt\/backupSchedules$/);
    expect(backups.body).toMatchObject({ dailyRecurrence: {}, retention: '2419200s' });
    const fields = fake.google.requests.filter(
      ({ method, api }) => method === 'PATCH' && api === 'firestore',
    );
    const key = (path: string): string => {
      const [, collection = '', field = ''] = /collectionGroups\/([^/]+)\/fields\/(.+)$/.exec(path) ?? [];
      return `${collection}/${field}`;
    };
    const touching = (mask: string): string[] =>
      fields
        .filter(({ query: asked }) => asked['updateMask'] === mask)
        .map(({ path }) => key(path))
        .sort();
    expect(touching('ttlConfig')).toEqual(
      [
        ...TTL_FIELDS.map(({ collection, field }) => `${collection}/${field}`),
        // The mark of the deployment.
        'fullcourt_deployments/production',
      ].sort(),
    );
    expect(touching('indexConfig')).toEqual(
      UNINDEXED_FIELDS.map(({ collection, field }) => `${collection}/${field}`).sort(),
    );
    const indexes = changes(fake.google).filter(
      ({ api, path }) => api === 'firestore' && path.endsWith('/indexes'),
    );
    expect(
      indexes.map(({ path, body: index }) => ({
        collection: path.split('/').at(-2),
        fields: listOf(at(index, 'fields')).map((field) => at(field, 'fieldPath')),
      })),
    ).toEqual(COMPOSITE_INDEXES.map(({ collection, fields }) => ({ collection, fields: [...fields] })));
  });

  it('keeps the bucket of the source files private', () => {
    const made = fake.google.requests.find(
      ({ method, api, path, body }) =>
        method === 'POST' &&
        api === 'storage' &&
        path.endsWith('/b') &&
        at(body, 'name') === `${project}-nba-archive`,
    );
    expect(made?.body).toMatchObject({
      location: 'US',
      iamConfiguration: { publicAccessPrevention: 'enforced', uniformBucketLevelAccess: { enabled: true } },
    });
    const kept = fake.google.world.resources.get(`storage b/${project}-nba-archive`);
    expect(kept).toMatchObject({ versioning: { enabled: true } });
  });

  it('sends the statements of the warehouse as they are reviewed, and BigQuery has the tables then', () => {
    const sent = fake.google.requests
      .filter(({ method, api, path }) => method === 'POST' && api === 'bigquery' && path.endsWith('/jobs'))
      .map(({ body }) => textOf(at(body, 'configuration', 'query', 'query')));
    if (first.kind !== 'done') throw new Error('The deployment was refused');
    // Some change what is there, and nothing was.
    const written = [...first.plan.files].filter(([name]) =>
      /^ddl\/(?!.*\.(?:alter|expiration)\.sql$)/.test(name),
    );
    expect([...sent].sort()).toEqual(written.map(([, text]) => text).sort());
    for (const shape of deployment.tables) {
      const table = fake.google.world.resources.get(
        `bigquery ${deployment.names.dataset(shape.dataset)}.${shape.name}`,
      );
      expect(at(table, 'timePartitioning', 'field'), shape.name).toBe(shape.partitionColumn);
      expect(at(table, 'requirePartitionFilter'), shape.name).toBe(true);
      expect(listOf(at(table, 'clustering', 'fields'))).toEqual([...shape.clusterBy]);
      expect(listOf(at(table, 'schema', 'fields')).map((field) => at(field, 'name'))).toEqual(
        shape.columns.map(({ name }) => name),
      );
      expect(at(table, 'expirationTime'), shape.name).toBeUndefined();
    }
  });

  it('makes metrics, alerts and a dashboard', () => {
    const of = (api: string, end: RegExp): ReturnType<typeof changes> =>
      changes(fake.google).filter((request) => request.api === api && end.test(request.path));
    const metrics = of('logging', /\/metrics$/);
    expect(metrics.map(({ body }) => at(body, 'name')).toSorted()).toEqual(
      deployment.metrics.map(({ name }) => name).sort(),
    );
    for (const { body } of metrics)
      expect(body).toMatchObject({
        filter: deployment.metrics.find(({ name }) => name === at(body, 'name'))?.filter,
      });
    const alerts = of('monitoring', /\/alertPolicies$/);
    expect(alerts.map(({ body }) => at(body, 'displayName')).toSorted()).toEqual(
      deployment.alerts.map(({ policy }) => policy.displayName).sort(),
    );
    const [dashboard] = of('monitoring', /\/dashboards$/);
    expect(dashboard?.body).toMatchObject({ displayName: deployment.dashboard.displayName });
  });

  it('run again, finds what somebody has taken away and given, mends the one, and changes nothing else', async () => {
    const { policies } = fake.google.world;
    const called = `run projects/${project}/locations/${REGION}/services/nba-orchestrate`;
    const whole = `cloudresourcemanager projects/${project}`;
    const before = policies.get(called);
    policies.set(called, { version: 1, etag: 'BQ==', bindings: [] });
    policies.set(whole, {
      ...fieldsOf(policies.get(whole)),
      bindings: [
        ...listOf(at(policies.get(whole), 'bindings')),
        { role: 'roles/editor', members: [`serviceAccount:nba-sweep@${project}.iam.gserviceaccount.com`] },
      ],
    });
    const faults = checksOf(deployment, await observe(fake.run, deployment)).flatMap(
      ({ faults: each }) => each,
    );
    const lacks = `serviceAccount:nba-push@${project}.iam.gserviceaccount.com lacks roles/run.invoker on function nba-orchestrate`;
    expect(faults).toEqual([
      lacks,
      lacks,
      expect.stringMatching(/^not derived from anything: project .* roles\/editor serviceAccount:nba-sweep@/),
      'deploy would update rights on function nba-orchestrate',
    ]);

    fake.google.forget();
    fake.lines.length = 0;
    expect(await fake.deploy()).toMatchObject({ kind: 'done', changed: 1 });
    expect(fake.google.requests.filter((request) => !isLook(request)).map(({ path }) => path)).toEqual([
      `/v1/projects/${project}/locations/${REGION}/services/nba-orchestrate:setIamPolicy`,
    ]);
    expect(fake.google.requests.length).toBeGreaterThan(50);
    const others = fake.lines.filter(
      ({ argv }) => !argv.some((word) => /^(?:list|describe|show|ls|get-iam-policy)$/.test(word)),
    );
    expect(others.map(({ argv }) => argv.join(' '))).toEqual([
      expect.stringContaining('add-iam-policy-binding nba-orchestrate'),
    ]);
    expect(at(policies.get(called), 'bindings')).toEqual(at(before, 'bindings'));
  }, 600_000);
});
