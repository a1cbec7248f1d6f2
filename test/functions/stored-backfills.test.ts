/** How backfills are stored, and what readers are given of them. */
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../shared/adapters/embedded/sqlite-database.ts';
import { sqliteStore } from '../../shared/adapters/embedded/sqlite-store.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { gameDate } from '../../shared/domain/game-date.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import {
  activeBackfills,
  endBackfill,
  extendBackfill,
  isFinished,
  listBackfills,
  readBackfill,
  readPlan,
  recordCounts,
  refuseBackfill,
  startBackfill,
  type ActiveBackfill,
  type NewBackfill,
} from '../../shared/state/backfills.ts';
import { readMeasured } from '../../shared/state/forecasts.ts';
import { moveBackfill } from '../../shared/state/backfill-steering.ts';

const NOW = '2024-06-01T12:00:00.000Z';
const clock = (): Date => new Date(NOW);
const batches = [{ table: 'zone_defense', dates: [gameDate('2024-01-05')] }];
const backfill: NewBackfill = {
  id: 'bf-1',
  requestId: 'r-1',
  trace: { traceId: 't', parentId: null },
  request: {
    dates: [gameDate('2024-01-05')],
    from: 'phase3',
    through: 'phase4',
    tables: null,
    only: 'all',
    restate: 'auto',
    force: false,
    maxInFlight: 2,
    requestedBy: 'cli',
  },
  dates: { requested: 1, processable: 1, bootstrap: 0, unchanged: 0 },
  plannedRuns: 1,
  skipPreflight: null,
};
const plan = { stage: 'main', batches } as const;

async function started(
  store: StateStore = memoryStore(),
): Promise<{ store: StateStore; seen: ActiveBackfill }> {
  await startBackfill({ store, clock }, backfill, plan);
  const seen = await readBackfill({ store }, 'bf-1');
  if (seen === undefined || isFinished(seen)) throw new Error('it has not started');
  return { store, seen };
}

describe('a stored backfill', () => {
  it('has all fields in their order, with null for what does not exist yet', async () => {
    const { store } = await started();
    expect(JSON.stringify(await store.get('backfills/bf-1'))).toBe(
      '{"id":"bf-1","requestId":"r-1","trace":{"traceId":"t","parentId":null},"state":"running",' +
        '"request":{"dates":["2024-01-05"],"from":"phase3","through":"phase4","tables":null,"only":"all","restate":"auto",' +
        '"force":false,"maxInFlight":2,"requestedBy":"cli"},"stage":"main","round":0,' +
        '"dates":{"requested":1,"processable":1,"bootstrap":0,"unchanged":0},"plannedRuns":1,"noGo":[],' +
        '"skipPreflight":null,"verdict":null,"progress":[],' +
        '"createdAt":"2024-06-01T12:00:00.000Z","updatedAt":"2024-06-01T12:00:00.000Z","finishedAt":null}',
    );
    expect(await store.get('backfills/bf-1/plans/main')).toEqual(plan);
  });

  it('keeps what this version does not know of', async () => {
    const { store, seen } = await started();
    await store.transaction((tx) =>
      Promise.resolve(tx.merge('backfills/bf-1', new Map([[['note'], 'mine']]))),
    );
    await moveBackfill({ store, clock }, 'bf-1', ['running'], 'paused');
    await moveBackfill({ store, clock }, 'bf-1', ['paused'], 'running');
    await recordCounts({ store, clock }, 'bf-1', [
      { table: 'zone_defense', planned: 1, done: 1, failed: 0, unchanged: 0, running: 0 },
    ]);
    await extendBackfill({ store, clock }, seen, { stage: 'restate', batches, lateRuns: 0 });
    expect(await store.get('backfills/bf-1')).toMatchObject({ note: 'mine', stage: 'restate', round: 1 });
  });
});

describe('what readers are given', () => {
  it('has no verdict and no end while it goes on', async () => {
    const { seen } = await started();
    expect(seen).toMatchObject({
      state: 'running',
      stage: 'main',
      round: 0,
      verdict: null,
      finishedAt: null,
    });
  });

  it('has them when it has ended, cancelled or not', async () => {
    for (const state of ['done', 'done_with_failures', 'cancelled'] as const) {
      const { store, seen } = await started();
      const ended = await endBackfill({ store }, seen, state, 'so it ended', NOW);
      expect(ended).toMatchObject({ state, verdict: 'so it ended', finishedAt: NOW, noGo: [] });
      expect(await readBackfill({ store }, 'bf-1')).toEqual(ended);
      expect(await activeBackfills({ store })).toEqual([]);
      // It ends once.
      expect(await endBackfill({ store }, seen, state, 'again', NOW)).toBeUndefined();
    }
  });

  it('teaches later forecasts once, by its runs and by what it took beside what was forecast', async () => {
    const store = memoryStore();
    await startBackfill({ store, clock }, { ...backfill, forecast: { p50: 8, p90: 20, work: 10 } }, plan);
    const seen = await readBackfill({ store }, 'bf-1');
    if (seen === undefined || isFinished(seen)) throw new Error('it has not started');
    const runs = new Map([['zone_defense', [{ dates: 1, seconds: 7 }]]]);
    const later = '2024-06-01T12:00:15.000Z';
    const measured = { runs, isSteady: true };
    expect(await endBackfill({ store }, seen, 'done', 'done', later, {}, measured)).toMatchObject({
      forecast: { p50: 8, p90: 20, work: 10 },
    });
    await endBackfill({ store }, seen, 'done', 'again', later, {}, measured);
    const { paces, past } = await readMeasured({ store });
    expect([paces['zone_defense']?.runs, paces['zone_defense']?.seconds]).toEqual([1, 7]);
    expect(past).toEqual([{ work: 10, seconds: 15 }]);
  });

  it('teaches them nothing about the whole where it has failed or stood still', async () => {
    const { store, seen } = await started();
    const runs = new Map([['zone_defense', [{ dates: 1, seconds: 7 }]]]);
    await endBackfill({ store }, seen, 'cancelled', 'cancelled', NOW, {}, { runs, isSteady: false });
    expect(await readMeasured({ store })).toMatchObject({ paces: { zone_defense: { runs: 1 } }, past: [] });
  });

  it('is active while a cancelled one has runs under way', async () => {
    const { store } = await started();
    await moveBackfill({ store, clock }, 'bf-1', ['running'], 'cancelled');
    const [cancelled] = await activeBackfills({ store });
    expect(cancelled).toMatchObject({ state: 'cancelled', verdict: null, finishedAt: null });
  });

  it('tells why nothing was started', async () => {
    const store = memoryStore();
    const noGo = [
      { table: 'nbac_schedule', phase: 'phase2', dates: [], neededBy: ['team_offense'] },
    ] as const;
    const refused = await refuseBackfill(
      { store, clock },
      backfill,
      noGo.map((each) => ({ ...each })),
      'NO-GO: no schedule',
    );
    expect(refused).toMatchObject({ state: 'refused', noGo, verdict: 'NO-GO: no schedule' });
  });

  it('leaves out what is no backfill, and names what is wrong with it where it is asked for', async () => {
    const { store } = await started();
    const written = await store.get('backfills/bf-1');
    const odd = {
      'of-somebody-else': { note: 'mine' },
      'done-without-an-end': { ...written, state: 'done' },
      'running-with-a-verdict': { ...written, verdict: 'done' },
    };
    await store.transaction((tx) =>
      Promise.resolve(Object.entries(odd).forEach(([id, data]) => tx.set(`backfills/${id}`, data))),
    );
    expect((await listBackfills({ store })).map(({ id }) => id)).toEqual(['bf-1']);
    expect((await activeBackfills({ store })).map(({ id }) => id)).toEqual(['bf-1']);
    for (const id of Object.keys(odd))
      await expect(readBackfill({ store }, id)).rejects.toThrow(`The document backfills/${id} does not hold`);
  });
});

describe.each([
  ['memory', () => memoryStore()],
  ['SQLite', () => sqliteStore(openDatabase(':memory:'))],
] as const)('over the %s store', (_, open) => {
  it('an unchanged document is parsed once: the same backfill and the same plan come again', async () => {
    const { store, seen } = await started(open());
    expect(await readBackfill({ store }, 'bf-1')).toBe(seen);
    expect((await listBackfills({ store }))[0]).toBe(seen);
    expect((await activeBackfills({ store }))[0]).toBe(seen);
    const known = await readPlan({ store }, seen);
    expect((await readPlan({ store }, seen))?.batches).toBe(known?.batches);

    await moveBackfill({ store, clock }, 'bf-1', ['running'], 'paused');
    const moved = await readBackfill({ store }, 'bf-1');
    expect(moved).not.toBe(seen);
    expect(await readBackfill({ store }, 'bf-1')).toBe(moved);
    // The plan has not changed.
    expect((await readPlan({ store }, seen))?.batches).toBe(known?.batches);
  });

  it('of two that extend it or end it, the first one does', async () => {
    const { store, seen } = await started(open());
    const extension = { stage: 'main', batches, lateRuns: 1 } as const;
    expect(await extendBackfill({ store, clock }, seen, extension)).toBe(true);
    expect(await extendBackfill({ store, clock }, seen, extension)).toBe(false);
    expect(await endBackfill({ store }, seen, 'done', 'done', NOW)).toBeUndefined();
    expect((await readPlan({ store }, seen))?.batches).toEqual([...batches, ...batches]);
  });
});
