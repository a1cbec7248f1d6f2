/** Batches of a backfill begin when no live work is under way: neither a live run, nor the decision on what follows from it. */
import { expect, it, onTestFinished } from 'vitest';
import { makeDispatcher } from '../../functions/targets/embedded/dispatcher.ts';
import { memoryBus } from '../../functions/targets/simulated/memory-bus.ts';
import { completeTopic, runTopic } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { ack } from '../../shared/ports/bus.ts';

const LIVE = [runTopic('phase3', 'live'), runTopic('phase4', 'live')] as const;
const BACKFILL = runTopic('phase3', 'backfill');
const DONE = completeTopic('phase3');

/** Long enough for a dispatcher that looks every 5 ms to have taken what it may take. */
const someLooks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

function withLanes() {
  const bus = memoryBus(topics(), { clock: () => new Date(), ackDeadlineMs: 60_000, backoffMs: [1, 1] });
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const dispatcher = makeDispatcher(
    bus,
    topics(),
    (subscription) => async () => {
      begun.push(subscription.name);
      await new Promise<void>((resolve) => ends.set(subscription.name, resolve));
      return ack;
    },
    { runs: 2, fetches: 1, others: 2, pollMs: 5 },
  );
  onTestFinished(async () => {
    for (const end of ends.values()) end();
    await dispatcher.stop();
  });
  return {
    dispatcher,
    begun,
    publish: (topic: string) => bus.publish(topic, '{}'),
    end: async (topic: string) => {
      ends.get(`${topic}-sub`)?.();
      await someLooks();
    },
  };
}

it('a batch of a backfill waits for a live run, and for what follows from the run', async () => {
  const { dispatcher, begun, publish, end } = withLanes();
  dispatcher.start();
  await publish(LIVE[0]);
  await someLooks();
  await publish(BACKFILL);
  await someLooks();
  expect(begun).toEqual([`${LIVE[0]}-sub`]);
  // The run announces what it has done before it ends, and what follows is asked for before the announcement is handled.
  await publish(DONE);
  await end(LIVE[0]);
  expect(begun).toEqual([`${LIVE[0]}-sub`, `${DONE}-sub`]);
  await publish(LIVE[1]);
  await end(DONE);
  expect(begun).toEqual([`${LIVE[0]}-sub`, `${DONE}-sub`, `${LIVE[1]}-sub`]);
  await end(LIVE[1]);
  expect(begun.at(-1)).toBe(`${BACKFILL}-sub`);
});

it('a batch that has begun goes on beside live work, and announcements of a backfill alone keep nothing waiting', async () => {
  const { dispatcher, begun, publish, end } = withLanes();
  dispatcher.start();
  await publish(BACKFILL);
  await someLooks();
  await publish(LIVE[0]);
  await someLooks();
  expect(begun).toEqual([`${BACKFILL}-sub`, `${LIVE[0]}-sub`]);
  await end(BACKFILL);
  await end(LIVE[0]);
  await publish(DONE);
  await someLooks();
  await publish(BACKFILL);
  await someLooks();
  expect(begun.slice(2)).toEqual([`${DONE}-sub`, `${BACKFILL}-sub`]);
});
