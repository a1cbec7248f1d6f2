/** Who reads what, who may do what: the promises of a deployment, held by looking at the whole of it. */
import { describe, expect, it } from 'vitest';
import {
  pubsubAgent,
  pushAccount,
  retrainingAccount,
  runtimeAccount,
  schedulerAgent,
  trainingAccount,
} from '../../infra/declared/accounts.ts';
import { DELIVERY, PLATFORM_LIMITS } from '../../shared/derive/budgets.ts';
import { bindingKey, publishedBy } from '../../infra/declared/iam.ts';
import { services } from '../../shared/derive/services.ts';
import { serviceUrl } from '../../infra/declared/target.ts';
import { topics } from '../../shared/derive/topics.ts';
import { deployment, registry, target } from '../support/deployment.ts';

const whole = deployment();
const rights = new Set(whole.bindings.map(bindingKey));
const agent = `serviceAccount:${pubsubAgent(target())}`;
const push = `serviceAccount:${pushAccount(target()).email}`;
const rightsOf = (email: string) =>
  whole.bindings.filter(({ member }) => member === `serviceAccount:${email}`);

describe('topics', () => {
  it.each(whole.topics)('%s has exactly one subscription, which pushes to a deployed function', (topic) => {
    const readers = whole.subscriptions.filter((each) => each.topic === topic);
    expect(readers).toHaveLength(1);
    const urls = services().map((service) => serviceUrl(target(), service));
    expect(urls.map((url) => `${url}/`)).toContain(readers[0]?.endpoint);
    expect(urls).toContain(readers[0]?.audience);
    expect(`${readers[0]?.audience}/`).toBe(readers[0]?.endpoint);
  });

  it('are written by somebody each, dead-letter topics by Pub/Sub alone', () => {
    const people = new Set(['nba-backfill-request', 'nba-sweep']);
    const published = new Set(services().flatMap(publishedBy));
    for (const { name, subscription } of topics()) {
      const byAgent = rights.has(
        bindingKey({ on: 'topic', name, role: 'roles/pubsub.publisher', member: agent }),
      );
      expect(byAgent, name).toBe(subscription.consumer === 'dead-letter');
      if (subscription.consumer !== 'dead-letter')
        expect(published.has(name) || people.has(name), name).toBe(true);
    }
  });
});

describe('subscriptions', () => {
  it.each(
    whole.subscriptions
      .filter(({ deadLetter }) => deadLetter !== null)
      .map((spec) => [spec.name, spec] as const),
  )(
    '%s has a dead-letter topic that is read, and Pub/Sub may take from the one and put into the other',
    (name, { deadLetter }) => {
      const topic = deadLetter?.topic ?? '';
      expect(whole.topics).toContain(topic);
      expect(whole.subscriptions.filter((each) => each.topic === topic)).toHaveLength(1);
      expect(rights).toContain(
        bindingKey({ on: 'topic', name: topic, role: 'roles/pubsub.publisher', member: agent }),
      );
      expect(rights).toContain(
        bindingKey({ on: 'subscription', name, role: 'roles/pubsub.subscriber', member: agent }),
      );
    },
  );

  it('that have none are those of the dead-letter topics, and push to the function that keeps the messages', () => {
    const last = whole.subscriptions.filter(({ deadLetter }) => deadLetter === null);
    expect(last.map(({ topic }) => topic)).toEqual(last.map(({ name }) => name.replace(/-sub$/, '')));
    for (const { topic, endpoint, retentionSeconds } of last) {
      expect(topic).toMatch(/-dead-letter$/);
      expect(endpoint).toBe('https://nba-dead-letter-123456789012.us-central1.run.app/');
      expect(retentionSeconds).toBe(31 * 86_400);
    }
    expect(last).toHaveLength(whole.subscriptions.length / 2);
  });

  it('wait, try and keep as declared, within what Pub/Sub takes', () => {
    for (const spec of whole.subscriptions) {
      expect(spec.ackDeadlineSeconds).toBe(600);
      expect(spec.backoffSeconds).toEqual([10, 600]);
      if (spec.deadLetter !== null) expect(spec.deadLetter.attempts).toBe(8);
    }
    expect(DELIVERY.attempts).toBeGreaterThanOrEqual(PLATFORM_LIMITS.deliveryAttempts.min);
    expect(DELIVERY.attempts).toBeLessThanOrEqual(PLATFORM_LIMITS.deliveryAttempts.max);
  });
});

describe('functions', () => {
  it.each(services().map((service) => [service.name, service] as const))(
    '%s may be called by the account that pushes, and by nobody else',
    (name) => {
      const callers = whole.bindings.filter((each) => each.on === 'function' && each.name === name);
      expect(callers.map(({ role, member }) => [role, member])).toEqual([['roles/run.invoker', push]]);
    },
  );

  it('each have an account of their own, and no function is deployed as another account', () => {
    const accounts = whole.functions.map(({ account }) => account);
    expect(new Set(accounts).size).toBe(services().length);
    const known = new Set(whole.accounts.map(({ email }) => email));
    for (const account of [...accounts, ...whole.functions.map(({ buildAccount }) => buildAccount)])
      expect(known).toContain(account);
  });

  it('are deployed under the name the code registers them by, from the bundle of that name', () => {
    for (const { name, entryPoint, source } of deployment(target('staging_')).functions) {
      expect(name).toBe(`staging-${entryPoint}`);
      expect(source).toBe(`dist/${entryPoint}`);
    }
  });
});

describe('rights', () => {
  /** Every role that is ever given, by what it is given on. What is not in this list is not given. */
  const ROLES = {
    project: [
      'roles/bigquery.jobUser',
      'roles/datastore.user',
      'roles/run.builder',
      'roles/secretmanager.secretAccessor',
    ],
    account: ['roles/iam.serviceAccountTokenCreator'],
    topic: ['roles/pubsub.publisher'],
    subscription: ['roles/pubsub.subscriber'],
    function: ['roles/run.invoker'],
    job: ['roles/run.invoker'],
    bucket: ['roles/storage.objectUser', 'roles/storage.objectViewer'],
    dataset: ['roles/bigquery.dataEditor', 'roles/bigquery.dataViewer'],
  } as const;

  it('are of these roles only, and on these things only', () => {
    const given = Map.groupBy(whole.bindings, ({ on }) => on);
    expect(
      Object.fromEntries(
        [...given].map(([on, bindings]) => [on, [...new Set(bindings.map(({ role }) => role))].sort()]),
      ),
    ).toEqual(Object.fromEntries(Object.entries(ROLES).map(([on, roles]) => [on, [...roles]])));
  });

  it('in the whole project are to build, to start jobs, to use the one database, and to read the keys of sources', () => {
    for (const { on, role, member, condition } of whole.bindings) {
      if (on !== 'project') continue;
      if (role === 'roles/run.builder') expect(member).toContain('nba-build@');
      else if (role === 'roles/datastore.user')
        expect(condition?.expression).toBe("resource.name=='projects/hoops-1234/databases/fullcourt'");
      else if (role === 'roles/secretmanager.secretAccessor') {
        expect(member).toMatch(/nba-p1-(?:fetch|backfill)@/);
        expect(condition?.expression).toBe(
          "resource.name.startsWith('projects/123456789012/secrets/nba-sources/versions/')",
        );
      } else expect(role).toBe('roles/bigquery.jobUser');
    }
  });

  it('of the account that pushes and of the one that builds are one each for each thing', () => {
    expect(new Set(rightsOf(pushAccount(target()).email).map(({ role }) => role))).toEqual(
      new Set(['roles/run.invoker']),
    );
    expect(whole.bindings.filter(({ member }) => member.includes('nba-build@'))).toHaveLength(1);
  });

  it('on datasets are to write where a function’s tables are and to read where their inputs are', () => {
    for (const service of services()) {
      if (service.consumer !== 'run' || service.phase === null) continue;
      const tables = registry.inPhase(service.phase).map(({ definition }) => definition);
      const of = (role: string) =>
        rightsOf(runtimeAccount(target(), service).email)
          .filter((each) => each.on === 'dataset' && each.role === role)
          .map(({ name }) => name)
          .sort();
      const written = [...new Set(tables.map(({ dataset }) => dataset))];
      const inputs = tables.flatMap((table) =>
        table.inputs.map((input) => registry.get(input.table).definition.dataset),
      );
      expect(of('roles/bigquery.dataEditor'), service.name).toEqual(
        tables.length === 0 ? [] : [...written, 'nba_reference', 'nba_staging'].sort(),
      );
      expect(of('roles/bigquery.dataViewer'), service.name).toEqual(
        [...new Set(inputs)].filter((dataset) => !written.includes(dataset)).sort(),
      );
    }
  });

  it('to read source files has who loads raw tables or looks at the schedule, to write who takes requests, asks sources, seals predictions or trains', () => {
    const rights = whole.bindings
      .filter(({ on }) => on === 'bucket')
      .map(({ member, role }) => [member, role]);
    expect(Object.fromEntries(rights)).toEqual({
      'serviceAccount:nba-p1-backfill@hoops-1234.iam.gserviceaccount.com': 'roles/storage.objectUser',
      'serviceAccount:nba-p1-fetch@hoops-1234.iam.gserviceaccount.com': 'roles/storage.objectUser',
      'serviceAccount:nba-p2-backfill@hoops-1234.iam.gserviceaccount.com': 'roles/storage.objectViewer',
      'serviceAccount:nba-p2-run@hoops-1234.iam.gserviceaccount.com': 'roles/storage.objectViewer',
      'serviceAccount:nba-p5-backfill@hoops-1234.iam.gserviceaccount.com': 'roles/storage.objectUser',
      'serviceAccount:nba-p5-run@hoops-1234.iam.gserviceaccount.com': 'roles/storage.objectUser',
      'serviceAccount:nba-request@hoops-1234.iam.gserviceaccount.com': 'roles/storage.objectUser',
      'serviceAccount:nba-sweep@hoops-1234.iam.gserviceaccount.com': 'roles/storage.objectViewer',
      'serviceAccount:nba-train@hoops-1234.iam.gserviceaccount.com': 'roles/storage.objectUser',
    });
  });

  it('of the job that trains are to read what it learns from, and to write its model and nothing else', () => {
    const given = rightsOf(trainingAccount(target()).email).map(
      ({ on, name, role }) => `${role} on ${on} ${name}`,
    );
    expect(given.sort()).toEqual([
      ...['nba_analytics', 'nba_predictions', 'nba_raw'].map(
        (dataset) => `roles/bigquery.dataViewer on dataset ${dataset}`,
      ),
      'roles/bigquery.jobUser on project hoops-1234',
      'roles/datastore.user on project hoops-1234',
      'roles/storage.objectUser on bucket hoops-1234-nba-archive',
    ]);
  });

  it('of the account that starts the job are to start it, and nobody else may', () => {
    const starter = retrainingAccount(target()).email;
    expect(rightsOf(starter).map(({ on, name, role }) => `${role} on ${on} ${name}`)).toEqual([
      'roles/run.invoker on job nba-train',
    ]);
    expect(whole.bindings.filter(({ on }) => on === 'job')).toHaveLength(1);
    expect(whole.bindings.filter(({ on, name }) => on === 'account' && name === starter)).toMatchObject([
      {
        role: 'roles/iam.serviceAccountTokenCreator',
        member: `serviceAccount:${schedulerAgent(target())}`,
      },
    ]);
  });

  it('to publish has a run on the one topic on which it announces', () => {
    for (const service of services()) {
      if (service.consumer !== 'run') continue;
      const published = rightsOf(runtimeAccount(target(), service).email).filter(({ on }) => on === 'topic');
      expect(published.map(({ name }) => name)).toEqual([`nba-${service.phase}-complete`]);
    }
  });

  it('are given once each', () => {
    expect(rights.size).toBe(whole.bindings.length);
  });
});
