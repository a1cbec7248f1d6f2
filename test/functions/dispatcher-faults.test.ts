/**
 * A bus whose disk is full, and handlers that lack room, a sound disk or memory: the dispatcher stops after some tries, loses
 * nothing, and whoever waits or serves is told.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { watchBackfill } from '../../functions/control/watch.ts';
import { makeDispatcher } from '../../functions/targets/embedded/dispatcher.ts';
import { openClient } from '../../functions/targets/embedded/client.ts';
import { memoryBus } from '../../functions/targets/simulated/memory-bus.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { takePort } from '../../scripts/cli/local-door.ts';
import { serveUntilStopped } from '../../scripts/cli/serve.ts';
import { readConfig } from '../../shared/config.ts';
import { topics } from '../../shared/derive/topics.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { ack, type Held, type PullBus } from '../../shared/ports/bus.ts';
import { newFolder, removeFolders } from '../support/homes.ts';

const FULL = 'database or disk is full';

/** A bus of which `what` fails while the disk is full; it counts how often. */
function busOn(disk: { full: boolean; refused: number }, what: 'take' | 'ack'): PullBus {
  const full = (): never => {
    disk.refused += 1;
    throw new Error(FULL);
  };
  const bus = memoryBus(topics(), { clock: () => new Date(), ackDeadlineMs: 1, backoffMs: [1, 1] });
  const take: PullBus['take'] = (subscriptions) => {
    if (what === 'take' && disk.full) return full();
    const held = bus.take(subscriptions);
    if (held === undefined) return undefined;
    const fails: Held['ack'] = () => (disk.full ? full() : held.ack());
    return { ...held, ...(what === 'ack' ? { ack: fails } : {}) };
  };
  return { ...bus, take };
}

function dispatcherOn(bus: PullBus, handled: { count: number }) {
  const dispatcher = makeDispatcher(
    bus,
    topics(),
    () => () => {
      handled.count += 1;
      return Promise.resolve(ack);
    },
    { runs: 1, fetches: 1, others: 1, pollMs: 5 },
  );
  onTestFinished(() => dispatcher.stop());
  return dispatcher;
}

describe('a machine that lacks what handlers need, and not what the bus needs', () => {
  it.each([
    FULL,
    'warehouse_unavailable: IO Error: Could not write file "w.duckdb": Input/output error',
    'disk I/O error',
    'warehouse_unavailable: Out of Memory Error: failed to allocate data of size 32.0 KiB',
    'std::bad_alloc',
    'warehouse_unavailable: FATAL Error: database has been invalidated because of a previous fatal error',
  ])('ends the work when messages come again and again because of it: %s', async (lack) => {
    const bus = memoryBus(topics(), { clock: () => new Date(), ackDeadlineMs: 1000, backoffMs: [1, 1] });
    await bus.publish(SWEEP_TOPIC, '{}');
    let tries = 0;
    const answering = (reasons: (n: number) => string) =>
      makeDispatcher(
        bus,
        topics(),
        () => () => Promise.resolve({ kind: 'retry', reason: reasons((tries += 1)) }),
        { runs: 1, fetches: 1, others: 1, pollMs: 1 },
      );
    const other = answering((n) => (n % 2 === 0 ? lack : 'the lock is held'));
    onTestFinished(() => other.stop());
    other.start();
    await expect.poll(() => other.fault()?.message).toBe(lack);
    const ended = tries;
    expect(ended).toBeGreaterThan(12);
    await other.stop();
  });
});

describe('a bus that fails', () => {
  it.each(['take', 'ack'] as const)('at %s is tried again, and goes on when it works again', async (what) => {
    const [disk, handled] = [{ full: true, refused: 0 }, { count: 0 }];
    const bus = busOn(disk, what);
    await bus.publish(SWEEP_TOPIC, '{}');
    const dispatcher = dispatcherOn(bus, handled);
    dispatcher.start();
    await expect.poll(() => disk.refused).toBeGreaterThan(1);
    disk.full = false;
    await expect.poll(() => handled.count > 0 && bus.nextDue() === undefined).toBe(true);
    expect(dispatcher.fault()).toBeUndefined();
  });

  it('for long is given up, and whoever waits for a backfill is told why', async () => {
    const bus = busOn({ full: true, refused: 0 }, 'take');
    const dispatcher = dispatcherOn(bus, { count: 0 });
    dispatcher.start();
    const waiting = watchBackfill(
      { store: memoryStore(), pollMs: 20, openWorker: () => Promise.resolve(undefined) },
      'bf-1',
      {
        worker: { dispatcher, close: () => Promise.resolve() },
        patienceMs: 60_000,
      },
    );
    await expect(waiting).rejects.toThrow(FULL);
    expect(dispatcher.fault()?.message).toBe(FULL);
  });
});

describe('serving', () => {
  it('ends and gives its port free when what it serves is lost', async () => {
    const client = openClient({ ...readConfig({}), home: newFolder() });
    onTestFinished(() => {
      client.close();
      removeFolders();
    });
    const door = await takePort(0);
    let lost: Error | undefined;
    const serving = serveUntilStopped(client, door, { seconds: 60, reconcileEvery: 10 }, () => lost);
    const end = async (): Promise<string> => {
      try {
        await serving;
        return 'ended well';
      } catch (error) {
        return String(error);
      } finally {
        await door.close();
      }
    };
    const ended = end();
    await expect.poll(() => fetch(`${door.address}/healthz`).then(({ status }) => status)).toBe(200);
    lost = new Error('The Firestore emulator has died');
    expect(await ended).toContain('The Firestore emulator has died');
    await expect(fetch(`${door.address}/healthz`)).rejects.toThrow('fetch failed');
  });
});
