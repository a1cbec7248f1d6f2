/** What every bus promises, held by the durable one and by its twin in memory. Time is a value of the test. */
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../shared/adapters/embedded/sqlite-database.ts';
import {
  sqliteBus,
  type BusOptions,
  type Held,
  type SqliteBus,
} from '../../shared/adapters/embedded/sqlite-bus.ts';
import { memoryBus } from '../../shared/adapters/memory/memory-bus.ts';
import { topics, type Subscription } from '../../shared/derive/topics.ts';
import { tempFolder } from './temp-folder.ts';

const folder = tempFolder();
let files = 0;
const newFile = (): string => join(folder, `bus-${(files += 1)}.sqlite`);

const ACK_DEADLINE = 60_000;
const START = Date.UTC(2026, 2, 2, 12);
let now = START;
beforeEach(() => {
  now = START;
});
const options: BusOptions = {
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

function taken(bus: SqliteBus, ...subscriptions: Subscription[]): Held {
  const held = bus.take(subscriptions);
  if (held === undefined) throw new Error('nothing is due');
  return held;
}

describe.each([
  ['memory', () => memoryBus(topics(), options)],
  ['sqlite', () => sqliteBus(openDatabase(newFile()), topics(), options)],
] as const)('a %s bus', (_name, open: () => SqliteBus) => {
  it('delivers what was published, under the id it gave it', async () => {
    const bus = open();
    const messageId = await bus.publish('nba-phase3-run', '{"broken');

    expect(taken(bus, RUNS).delivery).toEqual({
      subscription: 'nba-phase3-run-sub',
      topic: 'nba-phase3-run',
      body: '{"broken',
      messageId,
      attempt: 1,
    });
  });

  it('delivers to the subscription of the topic and to no other', async () => {
    const bus = open();
    await bus.publish('nba-phase3-run', 'live');

    expect(bus.take([BACKFILLS, LETTERS])).toBeUndefined();
    expect(taken(bus, RUNS).delivery.body).toBe('live');
  });

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

  it('refuses a topic that does not exist', async () => {
    const bus = open();
    await expect(async () => await bus.publish('nba-phase9-run', '{}')).rejects.toThrow(
      'There is no topic nba-phase9-run',
    );
    expect(bus.backlog()).toEqual(new Map());
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
