/** Who goes next where only one can: the live lane before the backfill lane, first come first served within each. */
import { describe, expect, it } from 'vitest';
import { laneMutex } from '../../shared/adapters/lane-mutex.ts';

describe('the mutex of two lanes', () => {
  it('serves the live lane before the backfill lane, each in its order', async () => {
    const mutex = laneMutex();
    const served: string[] = [];
    const first = await mutex.acquire('backfill');
    const work = (['backfill', 'backfill', 'live', 'backfill', 'live'] as const).map(async (lane, i) => {
      const release = await mutex.acquire(lane);
      served.push(`${lane} ${i}`);
      release();
    });
    expect(served).toEqual([]);
    first();
    await Promise.all(work);

    expect(served).toEqual(['live 2', 'live 4', 'backfill 0', 'backfill 1', 'backfill 3']);
  });

  it('is held by one at a time', async () => {
    const mutex = laneMutex();
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const release = await mutex.acquire(i % 2 === 0 ? 'live' : 'backfill');
        most = Math.max(most, (inside += 1));
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        release();
      }),
    );

    expect(most).toBe(1);
  });

  it('is free again when everybody has left', async () => {
    const mutex = laneMutex();
    (await mutex.acquire('backfill'))();
    let entered = false;
    await mutex.acquire('live').then(() => {
      entered = true;
    });

    expect(entered).toBe(true);
  });
});
