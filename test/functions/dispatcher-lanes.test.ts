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
    end: (topic: string) => ends.get(`${topic}-sub`)?.(),
    /** Waits until messages of these topics have begun, in this order, and for some looks in which no other begins. */
    hasBegun: async (...topics: readonly string[]) => {
      const names = topics.map((topic) => `${topic}-sub`);
      await expect.poll(() => begun).toEqual(names);
      await someLooks();
      expect(begun).toEqual(names);
    },
  };
}

it('a batch of a backfill waits for a live run, and for what follows from the run', async () => {
  const { dispatcher, publish, end, hasBegun } = withLanes();
  dispatcher.start();
  await publish(LIVE[0]);
  await hasBegun(LIVE[0]);
  await publish(BACKFILL);
  await hasBegun(LIVE[0]);
  // The run announces what it has done before it ends, and what follows is asked for before the announcement is handled.
  await publish(DONE);
  end(LIVE[0]);
  await hasBegun(LIVE[0], DONE);
  await publish(LIVE[1]);
  end(DONE);
  await hasBegun(LIVE[0], DONE, LIVE[1]);
  end(LIVE[1]);
  await hasBegun(LIVE[0], DONE, LIVE[1], BACKFILL);
});

it('a batch that has begun goes on beside live work, and announcements of a backfill alone keep nothing waiting', async () => {
  const { dispatcher, publish, end, hasBegun } = withLanes();
  dispatcher.start();
  await publish(BACKFILL);
  await hasBegun(BACKFILL);
  await publish(LIVE[0]);
  await hasBegun(BACKFILL, LIVE[0]);
  end(BACKFILL);
  end(LIVE[0]);
  await expect.poll(dispatcher.isBusy).toBe(false);
  await publish(DONE);
  await hasBegun(BACKFILL, LIVE[0], DONE);
  await publish(BACKFILL);
  await hasBegun(BACKFILL, LIVE[0], DONE, BACKFILL);
});
