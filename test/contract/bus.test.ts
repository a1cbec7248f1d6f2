/**
 * What every bus promises: the durable one, its twin in memory, and Pub/Sub behind Google's client. Time is a value of the
 * test for the first two, and passes by itself for the third.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteBus } from '../../shared/adapters/embedded/sqlite-bus.ts';
import { memoryBus } from '../../functions/targets/simulated/memory-bus.ts';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { topics, type Subscription } from '../../shared/derive/topics.ts';
import type { Delivery, Held, Publisher, PullBus, PullBusOptions } from '../../shared/ports/bus.ts';
import { openPuller } from '../support/pubsub-puller.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder();
let files = 0;
const newFile = (): string => join(folder, `bus-${(files += 1)}.sqlite`);

const ACK_DEADLINE = 60_000;
const START = Date.UTC(2026, 2, 2, 12);
let now = START;
beforeEach(() => {
  now = START;
});
const options: PullBusOptions = {
  clock: () => new Date(now),
  ackDeadlineMs: ACK_DEADLINE,
  backoffMs: [200, 1000],
};

const subscriptionOf = (topic: string): Subscription => {
  const found = topics().find(({ name }) => name === topic);
  if (found === undefined) throw new Error(`no topic ${topic}`);
  return found.subscription;
};
const RUNS = subscriptionOf('nba-phase3-run');
const BACKFILLS = subscriptionOf('nba-phase3-backfill');
const LETTERS = subscriptionOf('nba-phase3-run-dead-letter');
/** Subscription of a dead-letter topic -> the one whose messages it gets. */
const SOURCES = new Map([[LETTERS.name, RUNS]]);

function taken(bus: PullBus, ...subscriptions: Subscription[]): Held {
  const held = bus.take(subscriptions);
  if (held === undefined) throw new Error('nothing is due');
  return held;
}

/** One delivery of a bus under test. */
interface Taken {
  readonly delivery: Delivery;
  readonly ack: () => Promise<void>;
  readonly nack: (reason: string) => Promise<void>;
}

/** A bus as its users meet it: what it delivers, and that time passes. */
interface BusUnderTest {
  readonly publish: Publisher['publish'];
  /** The next delivery of a subscription, as soon as there is one. @throws Error when there is none */
  readonly take: (subscription: Subscription) => Promise<Taken>;
  /** Whether nothing can be delivered now. */
  readonly isEmpty: (subscription: Subscription) => Promise<boolean>;
  /** Lets so much time pass. */
  readonly elapse: (ms: number) => Promise<void>;
  /** Milliseconds a delivery may take. */
  readonly ackDeadlineMs: number;
  /** Milliseconds until a try that failed has been repeated at the latest. */
  readonly retryMs: number;
  /** Tries before a message is set aside. */
  readonly maxAttempts: number;
  /** The body of the message that a dead letter is about. */
  readonly bodyIn: (letter: Delivery) => string;
}

function inVirtualTime(bus: PullBus): BusUnderTest {
  return {
    publish: bus.publish,
    take: (subscription) => {
      const held = taken(bus, subscription);
      const settled = (settle: () => void): Promise<void> => Promise.resolve(settle());
      return Promise.resolve({
        delivery: held.delivery,
        ack: () => settled(held.ack),
        nack: (reason) => settled(() => held.nack(reason)),
      });
    },
    isEmpty: (subscription) => {
      const held = bus.take([subscription]);
      return Promise.resolve(held === undefined);
    },
    elapse: (ms) => {
      now += ms;
      return Promise.resolve();
    },
    ackDeadlineMs: ACK_DEADLINE,
    retryMs: 1000,
    maxAttempts: RUNS.maxAttempts,
    // The bus knows why it sets a message aside and says so around it.
    bodyIn: ({ body }) => (JSON.parse(body) as { body: string }).body,
  };
}

const hasEmulator = !isMissing(findGoogleEmulators());
let host: string | undefined;
const pullers: { readonly close: () => Promise<void> }[] = [];
beforeAll(async () => {
  if (hasEmulator) host = await sharedEmulator('pubsub');
});
afterAll(async () => {
  await Promise.all(pullers.map((puller) => puller.close()));
});

async function onPubSub(): Promise<BusUnderTest> {
  if (host === undefined) throw new Error('the Pub/Sub emulator does not run');
  const cloud = {
    project: ownProject('bus'),
    prefix: 'staging_',
    hosts: { pubsub: host, firestore: undefined, bigquery: undefined },
  };
  const names = [RUNS, BACKFILLS].flatMap(({ name }) => {
    const topic = name.replace(/-sub$/, '');
    return [topic, `${topic}-dead-letter`];
  });
  const puller = await openPuller(cloud, {
    topics: topics().filter(({ name }) => names.includes(name)),
    ackDeadlineSeconds: 10,
    backoffSeconds: [1, 1],
    maxAttempts: 5,
  });
  pullers.push(puller);
  return {
    publish: puller.publish,
    take: (subscription) =>
      vi.waitFor(
        async () => {
          // The emulator sets a message aside when its subscription is asked again, which a push does by itself.
          const source = SOURCES.get(subscription.name);
          const late = source === undefined ? undefined : await puller.pull(source);
          if (late !== undefined) throw new Error(`${late.delivery.body} is tried once more`);
          const held = await puller.pull(subscription);
          if (held === undefined) throw new Error('nothing is due');
          return held;
        },
        { timeout: 60_000, interval: 50 },
      ),
    isEmpty: async (subscription) => {
      // What is not there yet may come in a moment.
      await new Promise((resolve) => setTimeout(resolve, 700));
      return (await puller.pull(subscription)) === undefined;
    },
    elapse: () => Promise.resolve(),
    ackDeadlineMs: 10_000,
    retryMs: 1000,
    maxAttempts: 5,
    // The broker hands the message on as it is.
    bodyIn: ({ body }) => body,
  };
}

const buses: readonly (readonly [name: string, open: () => Promise<BusUnderTest>, isThere: boolean])[] = [
  ['memory', () => Promise.resolve(inVirtualTime(memoryBus(topics(), options))), true],
  [
    'sqlite',
    () => Promise.resolve(inVirtualTime(sqliteBus(openDatabase(newFile()), topics(), options))),
    true,
  ],
  ['Pub/Sub', onPubSub, hasEmulator],
];

for (const [name, open, isThere] of buses)
  // Where time passes by itself, the tests wait beside one another.
  describe.skipIf(!isThere)(`the ${name} bus`, { concurrent: name === 'Pub/Sub' }, () => {
    it('delivers what was published, under the id it gave it', async () => {
      const bus = await open();
      const messageId = await bus.publish('nba-phase3-run', '{"broken\u00e9😀');

      expect((await bus.take(RUNS)).delivery).toMatchObject({
        subscription: 'nba-phase3-run-sub',
        topic: 'nba-phase3-run',
        body: '{"broken\u00e9😀',
        messageId,
        attempt: 1,
      });
    });

    it('delivers to the subscription of the topic and to no other', async () => {
      const bus = await open();
      await bus.publish('nba-phase3-run', 'live');

      expect(await bus.isEmpty(BACKFILLS)).toBe(true);
      expect(await bus.isEmpty(LETTERS)).toBe(true);
      expect((await bus.take(RUNS)).delivery.body).toBe('live');
    });

    it('delivers nothing twice while it is held, and nothing at all once it is acknowledged', async () => {
      const bus = await open();
      await bus.publish('nba-phase3-run', 'a');
      const held = await bus.take(RUNS);
      expect(await bus.isEmpty(RUNS)).toBe(true);
      await held.ack();
      await bus.elapse(10 * bus.ackDeadlineMs);

      expect(await bus.isEmpty(RUNS)).toBe(true);
    });

    it('delivers again after the deadline, and counts the tries', async () => {
      const bus = await open();
      await bus.publish('nba-phase3-run', 'a');
      const { messageId } = (await bus.take(RUNS)).delivery;
      await bus.elapse(bus.ackDeadlineMs);

      expect((await bus.take(RUNS)).delivery).toMatchObject({ messageId, body: 'a', attempt: 2 });
    });

    it('delivers again what failed, and others beside it', async () => {
      const bus = await open();
      await bus.publish('nba-phase3-run', 'fails');
      await (await bus.take(RUNS)).nack('later');
      await bus.publish('nba-phase3-run', 'passes');
      await bus.elapse(bus.retryMs);
      const found = [await bus.take(RUNS), await bus.take(RUNS)].map(({ delivery }) => delivery);

      expect(Object.fromEntries(found.map(({ body, attempt }) => [body, attempt]))).toEqual({
        fails: 2,
        passes: 1,
      });
    });

    it('sets aside what failed for the last time, and keeps what it said', async () => {
      const bus = await open();
      await bus.publish('nba-phase3-run', '{"a":1}');
      for (let attempt = 1; attempt <= bus.maxAttempts; attempt++) {
        const held = await bus.take(RUNS);
        expect(held.delivery.attempt).toBe(attempt);
        await held.nack(`failure ${attempt}`);
        await bus.elapse(10_000);
      }
      const letter = await bus.take(LETTERS);

      expect(letter.delivery).toMatchObject({
        topic: 'nba-phase3-run-dead-letter',
        subscription: 'nba-phase3-run-dead-letter-sub',
      });
      expect(bus.bodyIn(letter.delivery)).toBe('{"a":1}');
      await letter.ack();
      expect(await bus.isEmpty(RUNS)).toBe(true);
      expect(await bus.isEmpty(LETTERS)).toBe(true);
    });

    it('tries a dead letter for as long as it takes: there is nowhere to set it aside to', async () => {
      const bus = await open();
      await bus.publish('nba-phase3-run-dead-letter', 'x');
      for (let attempt = 1; attempt <= bus.maxAttempts + 2; attempt++) {
        await (await bus.take(LETTERS)).nack('store unavailable');
        await bus.elapse(10_000);
      }

      expect((await bus.take(LETTERS)).delivery.body).toBe('x');
    });

    it('delivers every one of many messages', async () => {
      const bus = await open();
      const bodies = Array.from({ length: 40 }, (_, i) => `m${i}`);
      const ids = await Promise.all(bodies.map((body) => bus.publish('nba-phase3-run', body)));
      const found: string[] = [];
      for (const _ of bodies) {
        const held = await bus.take(RUNS);
        found.push(held.delivery.body);
        await held.ack();
      }

      expect(found.sort()).toEqual(bodies.sort());
      expect(new Set(ids).size).toBe(bodies.length);
      expect(await bus.isEmpty(RUNS)).toBe(true);
    });

    it('refuses a topic that does not exist', async () => {
      const bus = await open();

      await expect(async () => await bus.publish('nba-phase9-run', '{}')).rejects.toThrow(
        'There is no topic nba-phase9-run',
      );
    });
  });

/*
 * What only the buses of this project promise. Pub/Sub delivers in any order, may honour an acknowledgement that comes
 * late, keeps no reason with a dead letter, and tells nobody what waits; nothing relies on it there.
 */
describe.each([
  ['memory', () => memoryBus(topics(), options)],
  ['sqlite', () => sqliteBus(openDatabase(newFile()), topics(), options)],
] as const)('a %s bus of this project', (_name, open: () => PullBus) => {
  it('delivers nothing twice while it is held, and nothing at all once it is acknowledged', async () => {
    const bus = open();
    await bus.publish('nba-phase3-run', 'a');
    const held = taken(bus, RUNS);
    now += ACK_DEADLINE - 1;
    expect(bus.take([RUNS])).toBeUndefined();
    held.ack();
    now += 10 * ACK_DEADLINE;

    expect(bus.take([RUNS])).toBeUndefined();
    expect(bus.backlog()).toEqual(new Map());
    expect(bus.nextDue()).toBeUndefined();
  });

  it('delivers again after the deadline, and counts the tries', async () => {
    const bus = open();
    await bus.publish('nba-phase3-run', 'a');
    const { messageId } = taken(bus, RUNS).delivery;
    expect(bus.nextDue()).toBe(START + ACK_DEADLINE);
    now += ACK_DEADLINE;

    expect(taken(bus, RUNS).delivery).toMatchObject({ messageId, body: 'a', attempt: 2 });
  });

  it('keeps a newer delivery when an expired one is acknowledged, refused or set aside', async () => {
    const bus = open();
    await bus.publish('nba-phase3-run', 'a');
    const expired = taken(bus, RUNS);
    now += ACK_DEADLINE;
    const newer = taken(bus, RUNS);
    expired.ack();
    expired.nack('late');
    expired.deadLetter('late');

    expect(bus.backlog()).toEqual(new Map([['nba-phase3-run-sub', 1]]));
    expect(bus.take([RUNS, LETTERS])).toBeUndefined();
    newer.ack();
    expect(bus.backlog()).toEqual(new Map());
  });

  it('waits longer after each failure, but not for ever longer', async () => {
    const bus = open();
    const patient: Subscription = { ...RUNS, maxAttempts: 8 };
    await bus.publish('nba-phase3-run', 'a');
    const delays: number[] = [];
    for (let attempt = 1; attempt < 8; attempt++) {
      const held = taken(bus, patient);
      expect(held.delivery.attempt).toBe(attempt);
      held.nack('later');
      const due = bus.nextDue() ?? Number.NaN;
      delays.push(due - now);
      now = due - 1;
      expect(bus.take([patient])).toBeUndefined();
      now = due;
    }

    expect(delays).toEqual([200, 400, 800, 1000, 1000, 1000, 1000]);
  });

  it('sets aside what failed for the last time, with body, reason and tries', async () => {
    const bus = open();
    const messageId = await bus.publish('nba-phase3-run', '{"a":1}');
    for (let attempt = 1; attempt <= RUNS.maxAttempts; attempt++) {
      expect(bus.take([LETTERS])).toBeUndefined();
      taken(bus, RUNS).nack(`failure ${attempt}`);
      now += 10_000;
    }

    expect(bus.take([RUNS])).toBeUndefined();
    const letter = taken(bus, LETTERS);
    expect(JSON.parse(letter.delivery.body)).toEqual({
      kind: 'dead_lettered',
      subscription: 'nba-phase3-run-sub',
      topic: 'nba-phase3-run',
      messageId,
      body: '{"a":1}',
      attempts: RUNS.maxAttempts,
      reason: `failure ${RUNS.maxAttempts}`,
    });
    letter.ack();
    expect(bus.backlog()).toEqual(new Map());
  });

  it('sets aside at once what can never be handled', async () => {
    const bus = open();
    await bus.publish('nba-phase3-run', 'x');
    taken(bus, RUNS).deadLetter('not a message');

    expect(bus.backlog()).toEqual(new Map([[LETTERS.name, 1]]));
    expect(JSON.parse(taken(bus, LETTERS).delivery.body)).toMatchObject({
      body: 'x',
      attempts: 1,
      reason: 'not a message',
    });
  });

  it('tries a dead letter for as long as it takes: there is nowhere to set it aside to', async () => {
    const bus = open();
    await bus.publish(LETTERS.name.replace(/-sub$/, ''), 'x');
    for (let attempt = 1; attempt <= 12; attempt++) {
      const held = taken(bus, LETTERS);
      expect(held.delivery.attempt).toBe(attempt);
      held.nack('store unavailable');
      now += 10_000;
    }

    expect(bus.backlog()).toEqual(new Map([[LETTERS.name, 1]]));
  });

  it('delivers in the order of publishing within a subscription', async () => {
    const bus = open();
    for (const body of ['a', 'b', 'c']) await bus.publish('nba-phase3-run', body);
    now += 5;
    await bus.publish('nba-phase3-run', 'd');
    const bodies = Array.from({ length: 4 }, () => taken(bus, RUNS).delivery.body);

    expect(bodies.join('')).toBe('abcd');
    expect(bus.take([RUNS])).toBeUndefined();
  });

  it('lets others pass what is tried again later', async () => {
    const bus = open();
    await bus.publish('nba-phase3-run', 'a');
    await bus.publish('nba-phase3-run', 'b');
    taken(bus, RUNS).nack('later');
    expect(taken(bus, RUNS).delivery.body).toBe('b');
    now += 200;

    expect(taken(bus, RUNS).delivery).toMatchObject({ body: 'a', attempt: 2 });
  });

  it('takes from the first of the subscriptions that has something', async () => {
    const bus = open();
    await bus.publish('nba-phase3-backfill', 'old');
    now += 1000;
    await bus.publish('nba-phase3-run', 'live');

    expect(taken(bus, RUNS, BACKFILLS).delivery.body).toBe('live');
    expect(taken(bus, RUNS, BACKFILLS).delivery.body).toBe('old');
  });

  it('tells listeners of what is published and of what is set aside', async () => {
    const bus = open();
    let told = 0;
    bus.onPublish(() => {
      told += 1;
    });
    await bus.publish('nba-phase3-run', 'a');
    expect(told).toBe(1);
    taken(bus, RUNS).deadLetter('no');

    expect(told).toBe(2);
  });

  it('makes held and postponed deliveries due when it recovers', async () => {
    const bus = open();
    for (const body of ['held', 'postponed']) await bus.publish('nba-phase3-run', body);
    const held = taken(bus, RUNS);
    taken(bus, RUNS).nack('later');
    expect(bus.take([RUNS])).toBeUndefined();
    bus.recover();
    expect(taken(bus, RUNS).delivery.attempt).toBe(2);
    expect(taken(bus, RUNS).delivery.attempt).toBe(2);
    held.ack();

    expect(bus.backlog()).toEqual(new Map([['nba-phase3-run-sub', 2]]));
  });

  it('counts what waits, by subscription', async () => {
    const bus = open();
    for (const topic of ['nba-phase3-run', 'nba-phase3-run', 'nba-sweep']) await bus.publish(topic, '{}');
    taken(bus, RUNS);

    expect(bus.backlog()).toEqual(
      new Map([
        ['nba-phase3-run-sub', 2],
        ['nba-sweep-sub', 1],
      ]),
    );
  });
});

describe('the file of a sqlite bus', () => {
  it('keeps messages, tries and deadlines when it is opened again', async () => {
    const file = newFile();
    const first = openDatabase(file);
    const bus = sqliteBus(first, topics(), options);
    await bus.publish('nba-phase3-run', 'held by a process that died');
    await bus.publish('nba-phase3-run', 'waiting');
    taken(bus, RUNS);
    first.close();
    const again = sqliteBus(openDatabase(file), topics(), options);

    expect(taken(again, RUNS).delivery).toMatchObject({ body: 'waiting', attempt: 1 });
    expect(again.take([RUNS])).toBeUndefined();
    now += ACK_DEADLINE;
    expect(taken(again, RUNS).delivery).toMatchObject({ body: 'held by a process that died', attempt: 2 });
  });

  it('gives out no message whose delivery could not be written down', async () => {
    const db = openDatabase(newFile());
    const bus = sqliteBus(db, topics(), options);
    await bus.publish('nba-phase3-run', 'x');
    // The statement itself works, and its commit fails, as on a disk that cannot be written.
    db.exec(`
      CREATE TABLE never (id INTEGER PRIMARY KEY);
      CREATE TABLE promises (id INTEGER REFERENCES never (id) DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER broken AFTER UPDATE ON messages BEGIN INSERT INTO promises VALUES (1); END;`);
    expect(() => bus.take([RUNS])).toThrow('FOREIGN KEY constraint failed');
    db.exec('DROP TRIGGER broken');
    expect(taken(bus, RUNS).delivery.attempt).toBe(1);
  });

  it('gives one message to one of two connections', async () => {
    const file = newFile();
    const [a, b] = [
      sqliteBus(openDatabase(file), topics(), options),
      sqliteBus(openDatabase(file), topics(), options),
    ];
    await a.publish('nba-phase3-run', 'x');

    expect([a.take([RUNS]), b.take([RUNS])].filter((held) => held !== undefined)).toHaveLength(1);
  });
});
