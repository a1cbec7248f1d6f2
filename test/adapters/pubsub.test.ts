/** Messages under the names of a deployment, and the topics and subscriptions that a broker gets which begins empty. */
import type { PubSub } from '@google-cloud/pubsub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { pubSubClient } from '../../shared/adapters/gcp/pubsub-client.ts';
import { GoogleError } from '../../shared/adapters/gcp/google-failure.ts';
import { attributesOf, pubSubPublisher } from '../../shared/adapters/gcp/pubsub-publisher.ts';
import { createTopology } from '../../shared/adapters/gcp/pubsub-topology.ts';
import { services } from '../../shared/derive/services.ts';
import { topics, type Subscription } from '../../shared/derive/topics.ts';
import { openPuller } from '../support/pubsub-puller.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';

const hasEmulator = !isMissing(findGoogleEmulators());
/** The project that gets all topics and subscriptions. */
const project = ownProject('pubsub');
let host: string | undefined;
let client: PubSub;
const cloud = (of: string, prefix = 'staging_') => ({
  project: of,
  prefix,
  hosts: { pubsub: host, firestore: undefined, bigquery: undefined },
});
beforeAll(async () => {
  if (!hasEmulator) return;
  host = await sharedEmulator('pubsub');
  client = await pubSubClient(cloud(project));
});
afterAll(async () => {
  if (!hasEmulator) return;
  await client.close();
});

describe('what is told beside a message', () => {
  it.each([
    [
      { kind: 'run_requested', table: 'player_daily_cache', mode: 'live', rows: 7 },
      { event: 'run_requested', table: 'player_daily_cache', mode: 'live' },
    ],
    [{ kind: 'dead_lettered' }, { event: 'dead_lettered' }],
    [{ kind: 7, table: null, mode: '' }, {}],
    [{ kind: 'x'.repeat(2000) }, {}],
    [[], {}],
    [null, {}],
  ])('%j is %j', (message, attributes) => {
    expect(attributesOf(JSON.stringify(message))).toEqual(attributes);
  });

  it('is nothing where the message is none', () => {
    expect(attributesOf('{"kind":')).toEqual({});
  });
});

describe.skipIf(!hasEmulator)('topics and subscriptions on an empty broker', () => {
  it('are all there, under the prefix, pushed to the function that serves them, with their dead letters', async () => {
    const urls = Object.fromEntries(services().map(({ name }, i) => [name, `http://127.0.0.1:${9000 + i}/`]));
    await createTopology(cloud(project), urls, { client });
    const [made] = await client.getSubscriptions();
    const found = await Promise.all(
      made.map(async (subscription) => {
        const [{ name, topic, pushConfig, deadLetterPolicy }] = await subscription.getMetadata();
        const last = (path: string | null | undefined): string => path?.split('/').at(-1) ?? '';
        return [last(name), last(topic), pushConfig?.pushEndpoint, last(deadLetterPolicy?.deadLetterTopic)];
      }),
    );

    expect(found.sort()).toEqual(
      services()
        .flatMap((service) =>
          service.topics.map(({ name, subscription: { name: id, deadLetterTopic } }) => [
            `staging-${id}`,
            `staging-${name}`,
            urls[service.name],
            deadLetterTopic === null ? '' : `staging-${deadLetterTopic}`,
          ]),
        )
        .sort(),
    );
    expect(found).toHaveLength(topics().length);
  });

  it('are made again without harm, and pushed to where they now are', async () => {
    const name = services()[0]?.name ?? '';
    await createTopology(cloud(project), { [name]: 'http://127.0.0.1:9999/' }, { client });
    const id = `staging-${services()[0]?.topics[0]?.subscription.name}`;

    expect((await client.subscription(id).getMetadata())[0].pushConfig?.pushEndpoint).toBe(
      'http://127.0.0.1:9999/',
    );
  });
});

describe.skipIf(!hasEmulator)('a publisher on Pub/Sub', () => {
  const sweep = topics().find(({ name }) => name === 'nba-sweep');

  it('sends what it was given, with what the message says of itself', async () => {
    const puller = await openPuller(cloud(ownProject('publisher')), {
      topics: sweep === undefined ? [] : [sweep],
    });
    const body = '{"kind":"sweep_requested","text":"é—😀"}';
    const messageId = await puller.publish('nba-sweep', body);
    const held = await puller.pull(sweep?.subscription as Subscription);

    expect(held?.delivery).toMatchObject({ messageId, body, attributes: { event: 'sweep_requested' } });
    await puller.close();
  });

  it('names the revision that publishes, where it has one', async () => {
    const where = cloud(ownProject('sender'));
    const puller = await openPuller(where, { topics: sweep === undefined ? [] : [sweep] });
    const publisher = pubSubPublisher(where, { sender: 'nba-sweep-00007-abc' });
    await publisher.publish('nba-sweep', '{}');
    const held = await puller.pull(sweep?.subscription as Subscription);

    expect(held?.delivery).toMatchObject({ body: '{}', attributes: { sender: 'nba-sweep-00007-abc' } });
    await publisher.close();
    await puller.close();
  });

  it('sends a hundred at once, each under an id of its own, before it closes', async () => {
    const where = cloud(ownProject('many'), '');
    await createTopology(where, {}, { topics: sweep === undefined ? [] : [sweep] });
    const publisher = pubSubPublisher(where);
    const sent = Array.from({ length: 100 }, (_, i) => publisher.publish('nba-sweep', `{"n":${i}}`));
    await publisher.close();

    expect(new Set(await Promise.all(sent)).size).toBe(100);
  });

  it('says that a topic is not there, and that somebody has to make it', async () => {
    const publisher = pubSubPublisher(cloud(ownProject('nothing')));
    const error = await publisher.publish('nba-sweep', '{}').catch((thrown: unknown) => thrown);
    await publisher.close();

    expect(error).toBeInstanceOf(GoogleError);
    expect((error as GoogleError).failure).toMatchObject({ kind: 'permanent', code: 'pubsub_not_found' });
    expect((error as GoogleError).failure.detail).toMatch(/There is no topic nba-sweep.*create the topics/);
  });
});
