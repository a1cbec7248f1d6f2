import { beforeAll, describe, expect, it } from 'vitest';
import { answerPushes } from '../../functions/edge/push.ts';
import { handlerFor } from '../../functions/services/index.ts';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { namesOf } from '../../shared/derive/names.ts';
import { services } from '../../shared/derive/services.ts';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { type Subscription, topics } from '../../shared/derive/topics.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { paths } from '../../shared/state/documents.ts';
import { brokenPromises, contentsOf } from '../support/at-rest.ts';
import { deadLettersIn, stateIn } from '../support/look.ts';
import { openPuller } from '../support/pubsub-puller.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { sweepOnce, worldFrom } from '../support/stepping.ts';
import { DATES, SEASON } from '../support/toy-league.ts';
import { cleanWorld, FIRST_SOURCES, importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const RUN = {
  schemaVersion: 1,
  kind: 'run_requested',
  eventId: 'e1',
  correlationId: 'c1',
  causationId: null,
  runId: 'run-nobody-asked-for',
  table: 'team_context',
  dates: [{ date: '2024-01-02', inputFingerprint: 'f' }],
  mode: 'live',
  backfillId: null,
  through: 'phase4',
};

/** What can never be handled, and where it is sent. */
const POISON: readonly (readonly [what: string, topic: string, body: string])[] = [
  ['no JSON', 'nba-phase3-run', '{"table": '],
  ['no text', 'nba-phase3-run', ''],
  ['a missing field', 'nba-phase3-complete', JSON.stringify({ ...RUN, kind: 'run_completed' })],
  ['an unknown version', 'nba-phase3-run', JSON.stringify({ ...RUN, schemaVersion: 99 })],
  ['an unknown word', 'nba-phase4-backfill', JSON.stringify({ ...RUN, mode: 'tomorrow' })],
  ['300 KiB', 'nba-phase2-run', JSON.stringify({ ...RUN, runId: 'x'.repeat(300 * 1024) })],
  ['a run that nobody asked for', 'nba-phase3-run', JSON.stringify(RUN)],
  ['an unknown table', 'nba-phase3-run', JSON.stringify({ ...RUN, table: 'standings' })],
  ['a day that is none', BACKFILL_REQUEST_TOPIC, '{"startDate":"TODAY","endDate":"TODAY"}'],
];

/** Handles everything as time goes by, with the work on `date` of `table` always throwing and the sweep on its schedule. */
async function settleWithBug(world: World, table: string, date: GameDate): Promise<void> {
  const buggy: Warehouse = {
    ...world.warehouse,
    stage: (job) => {
      if (job.table.definition.name === table && job.dates.includes(date))
        throw new TypeError("Cannot read properties of undefined (reading 'points')");
      return world.warehouse.stage(job);
    },
  };
  for (let i = 0; i < 40; i++) {
    await sweepOnce(world, { warehouse: buggy });
    world.advance(60);
  }
}

describe('F-18 a message that can never be handled', () => {
  it('F-18 stops nobody: each is set aside with its reason, in the alert, and the work is done', async () => {
    const world = await worldFrom(importedWorld());
    for (const [, topic, body] of POISON) await world.publish(topic, body);
    await world.request({ season: SEASON });
    for (const [, topic, body] of POISON) await world.publish(topic, body);
    await world.settle();

    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
    expect(await brokenPromises(world)).toEqual([]);
    const letters = deadLettersIn(world);
    expect(letters.map(({ topic, body }) => [topic, body]).sort()).toEqual(
      [...POISON, ...POISON].map(([, topic, body]) => [topic, body]).sort(),
    );
    expect(letters.filter(({ reason }) => reason === '')).toEqual([]);
    // A message that is wrong in itself is not tried again.
    expect(letters.map(({ attempts }) => attempts)).toEqual(letters.map(() => 1));
    const alerted = world.events.filter(
      ({ event, severity }) => event === 'dead_letter' && severity === 'ERROR',
    );
    expect(alerted).toHaveLength(letters.length);
  });

  it('F-18 a bug met on one date fails that date, and what is asked for again after the fix is built', async () => {
    const world = await worldFrom(importedWorld(), { policy: { batchSize: () => 1 } });
    const date = DATES[1] as GameDate;
    const table = 'team_context';
    const id = await world.request({ season: SEASON });
    await settleWithBug(world, table, date);

    expect(stateIn(world, table, date)).toMatchObject({ status: 'failed' });
    expect(deadLettersIn(world)).toMatchObject([{ topic: 'nba-phase3-backfill' }]);
    expect(deadLettersIn(world)[0]?.reason).toMatch(/reading 'points'/);
    for (const other of DATES.filter((each) => each !== date))
      expect(stateIn(world, table, other)?.status, other).not.toBe('failed');
    expect((await world.backfill(id))?.state).toBe('done_with_failures');
    await world.request({ season: SEASON });
    await world.settle();

    expect(contentsOf(world)).toEqual(contentsOf(await cleanWorld(FIRST_SOURCES)));
  });
});

const hasEmulator = !isMissing(findGoogleEmulators());
let host: string | undefined;
beforeAll(async () => {
  if (hasEmulator) host = await sharedEmulator('pubsub');
});

describe.skipIf(!hasEmulator)('F-18 on Pub/Sub', () => {
  it('F-18 thirty requests behind two bad ones are handled first, and a replay after the fix puts the other through', async () => {
    const cloud = {
      project: ownProject('f18'),
      prefix: '',
      hosts: { pubsub: host, firestore: undefined, bigquery: undefined },
    };
    const mine = topics().filter(({ name }) => name.startsWith(BACKFILL_REQUEST_TOPIC));
    const puller = await openPuller(cloud, { topics: mine, backoffSeconds: [1, 1], maxAttempts: 5 });
    const world = makeWorld({ from: await importedWorld() });
    let isFixed = false;
    const buggyPath = paths.backfill(backfillIdOf({ requestId: 'meets-the-bug' }, ''));
    const store: StateStore = {
      ...world.store,
      get: (path) => {
        if (path === buggyPath && !isFixed) throw new TypeError('a bug');
        return world.store.get(path);
      },
    };
    const handled: string[] = [];
    /** Pulls one message and pushes it to the function that serves it. @returns whether there was one */
    const deliver = async (subscription: Subscription): Promise<boolean> => {
      const held = await puller.pull(subscription);
      if (held === undefined) return false;
      const service = services().find(({ topics: served }) =>
        served.some((topic) => topic.subscription.name === subscription.name),
      );
      if (service === undefined) throw new Error(`nobody serves ${subscription.name}`);
      const context = { ...world.context, ports: { ...world.context.ports, store } };
      const push = answerPushes({
        service,
        names: namesOf(''),
        open: () => Promise.resolve({ context, handle: handlerFor(context, service.consumer) }),
      });
      const { body, attributes = {}, messageId, attempt } = held.delivery;
      const { status } = await push({
        method: 'POST',
        headers: {},
        body: {
          message: { data: Buffer.from(body).toString('base64'), attributes, messageId },
          subscription: `projects/${cloud.project}/subscriptions/${subscription.name}`,
          ...(attempt === 0 ? {} : { deliveryAttempt: attempt }),
        },
      });
      if (status < 300) {
        handled.push(body);
        await held.ack();
      } else await held.nack(String(status));
      return true;
    };
    const [requests, letters] = mine.map(({ subscription }) => subscription) as [Subscription, Subscription];
    const until = async (done: () => boolean): Promise<void> => {
      const end = performance.now() + 45_000;
      while (!done() && performance.now() < end) {
        const found = [await deliver(requests), await deliver(letters)];
        if (!found.includes(true)) await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(done()).toBe(true);
    };

    const bug = JSON.stringify({ season: SEASON, through: 'phase4', requestId: 'meets-the-bug' });
    const good = Array.from({ length: 30 }, (_, i) =>
      JSON.stringify({ season: SEASON, dryRun: true, requestId: `good-${i}` }),
    );
    for (const body of ['{"broken', bug, ...good]) await puller.publish(BACKFILL_REQUEST_TOPIC, body);
    await until(() => deadLettersIn(world).length === 2);

    expect(handled.slice(0, -1).toSorted()).toEqual(['{"broken', ...good].sort());
    // The last to be handled is the letter about the message that was tried in vain.
    expect(handled.at(-1)).toBe(bug);
    const [letter] = deadLettersIn(world).filter(({ body }) => body === bug);
    expect(letter).toMatchObject({ topic: BACKFILL_REQUEST_TOPIC, attempts: 5, isWhole: true });
    expect(deadLettersIn(world).find(({ body }) => body === '{"broken')?.attempts).toBe(1);
    expect(await world.store.get(buggyPath)).toBeUndefined();

    isFixed = true;
    await puller.publish(letter?.topic ?? '', letter?.body ?? '');
    await until(() => handled.filter((body) => body === bug).length === 2);
    expect(await world.store.get(buggyPath)).toMatchObject({ state: 'running' });
    await puller.close();
  });
});
