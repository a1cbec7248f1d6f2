/** Whose turn it is to publish into a table: what every kind of turns promises, within a process and among many. */
import { describe, expect, it, vi } from 'vitest';
import { firestoreTurns, turnPath, type TurnDocument } from '../../shared/adapters/gcp/firestore-turns.ts';
import { GoogleError } from '../../shared/adapters/gcp/google-failure.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { localTurns, type PublishTurns } from '../../shared/adapters/publish-turns.ts';
import type { Mode } from '../../shared/domain/partition.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { firestoreProjects } from '../support/firestore-projects.ts';

const TABLE = 'nba_analytics.player_game_summary';
const firestore = firestoreProjects('turns');

/** Turns under test. */
interface Turns {
  readonly turns: PublishTurns;
  /** Resolves when so many wait for their turn. */
  readonly untilWaiting: (count: number) => Promise<void>;
}

const QUICK = { pollMs: 10, leaseMs: 10_000 };

function storedTurns(store: StateStore): Turns {
  return {
    turns: firestoreTurns(store, QUICK),
    untilWaiting: async (count) => {
      await vi.waitFor(
        async () =>
          expect((await store.get<TurnDocument>(turnPath(TABLE)))?.waiting ?? []).toHaveLength(count),
        { timeout: 60_000, interval: 5 },
      );
    },
  };
}

const kinds: readonly (readonly [name: string, open: () => Turns, isThere: boolean])[] = [
  // Whoever asks within a process stands in line at once.
  ['of one process', () => ({ turns: localTurns(), untilWaiting: () => Promise.resolve() }), true],
  ['in a document store', () => storedTurns(memoryStore()), true],
  ['in Firestore', () => storedTurns(firestore.open()), firestore.isThere],
];

for (const [name, open, isThere] of kinds)
  describe.skipIf(!isThere)(`turns ${name}`, () => {
    it('serve the live lane before the backfill lane, each in its order', async () => {
      const { turns, untilWaiting } = open();
      const served: string[] = [];
      const first = await turns.acquire(TABLE, 'backfill');
      const work: Promise<void>[] = [];
      for (const [i, lane] of (['backfill', 'backfill', 'live', 'backfill', 'live'] as const).entries()) {
        work.push(
          turns.acquire(TABLE, lane).then(async (release) => {
            served.push(`${lane} ${i}`);
            await release();
          }),
        );
        await untilWaiting(i + 1);
      }
      expect(served).toEqual([]);
      await first();
      await Promise.all(work);

      expect(served).toEqual(['live 2', 'live 4', 'backfill 0', 'backfill 1', 'backfill 3']);
    });

    it('are held by one at a time', async () => {
      const { turns } = open();
      let inside = 0;
      let most = 0;
      await Promise.all(
        Array.from({ length: 10 }, async (_, i) => {
          const release = await turns.acquire(TABLE, i % 2 === 0 ? 'live' : 'backfill');
          most = Math.max(most, (inside += 1));
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
          await release();
        }),
      );

      expect(most).toBe(1);
    });

    it('of one table do not wait for those of another', async () => {
      const { turns } = open();
      const release = await turns.acquire(TABLE, 'backfill');
      const other = await turns.acquire('nba_analytics.team_offense_game_summary', 'backfill');
      await other();
      await release();
    });

    it('are free again when everybody has left', async () => {
      const { turns } = open();
      await (
        await turns.acquire(TABLE, 'backfill')
      )();
      await (
        await turns.acquire(TABLE, 'live')
      )();
      await (
        await turns.acquire(TABLE, 'backfill')
      )();
    });
  });

describe.each([
  ['a document store', memoryStore as () => StateStore, true],
  ['Firestore', firestore.open, firestore.isThere],
] as const)('instances that take turns in %s', (_name, open, isThere) => {
  const lanes = (store: StateStore): Promise<Mode[]> =>
    store
      .get<TurnDocument>(turnPath(TABLE))
      .then((document) => document?.waiting.map(({ lane }) => lane) ?? []);

  it.skipIf(!isThere)('exclude each other', async () => {
    const store = open();
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const release = await firestoreTurns(store, QUICK).acquire(TABLE, 'backfill');
        most = Math.max(most, (inside += 1));
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        await release();
      }),
    );

    expect(most).toBe(1);
  });

  it.skipIf(!isThere)(
    'get the turn of one that has died when its lease is over, and not before',
    async () => {
      const store = open();
      let now = Date.UTC(2026, 2, 2, 12);
      const clock = (): Date => new Date(now);
      // It renews by a clock of its own, that never gets to a third of the lease while the test runs.
      await firestoreTurns(store, { clock, leaseMs: 3_600_000 }).acquire(TABLE, 'live');
      let isTaken = false;
      const next = firestoreTurns(store, { clock, leaseMs: 3_600_000, pollMs: 5, maxWaitMs: 1e9 })
        .acquire(TABLE, 'backfill')
        .then((release) => {
          isTaken = true;
          return release;
        });
      await vi.waitFor(async () => expect(await lanes(store)).toEqual(['backfill']), { timeout: 60_000 });
      now += 3_599_000;
      // The one that waits has looked, and has renewed its place by the new time.
      await vi.waitFor(
        async () =>
          expect((await store.get<TurnDocument>(turnPath(TABLE)))?.waiting[0]?.until).toBe(now + 3_600_000),
        { timeout: 60_000 },
      );
      expect(isTaken).toBe(false);
      now += 1001;
      await (
        await next
      )();
    },
  );

  it.skipIf(!isThere)('keep the turn for longer than a lease while they live', async () => {
    const store = open();
    const options = { leaseMs: 2400, pollMs: 10 };
    const release = await firestoreTurns(store, options).acquire(TABLE, 'backfill');
    const first = (await store.get<TurnDocument>(turnPath(TABLE)))?.holder;
    let isTaken = false;
    const next = firestoreTurns(store, options)
      .acquire(TABLE, 'live')
      .then((give) => {
        isTaken = true;
        return give;
      });
    await vi.waitFor(
      async () => {
        const holder = (await store.get<TurnDocument>(turnPath(TABLE)))?.holder;
        expect(holder?.id).toBe(first?.id);
        expect(holder?.until).toBeGreaterThan((first?.until ?? Infinity) + 2400);
      },
      { timeout: 60_000 },
    );
    expect(isTaken).toBe(false);
    await release();
    await (
      await next
    )();
  });

  it.skipIf(!isThere)('are not kept from their turn by one that died while it waited', async () => {
    const store = open();
    await store.transaction((tx) => {
      tx.set(turnPath(TABLE), {
        holder: null,
        waiting: [{ id: 'dead', lane: 'live', until: Date.UTC(2026, 2, 2, 12) }],
      } satisfies TurnDocument);
      return Promise.resolve();
    });
    await (
      await firestoreTurns(store, QUICK).acquire(TABLE, 'backfill')
    )();

    expect(await store.get(turnPath(TABLE))).toEqual({ holder: null, waiting: [] });
  });

  it.skipIf(!isThere)('wait no longer than they may, and leave the line then', async () => {
    const store = open();
    const release = await firestoreTurns(store, QUICK).acquire(TABLE, 'live');
    const waited = await firestoreTurns(store, { ...QUICK, maxWaitMs: 50 })
      .acquire(TABLE, 'backfill')
      .catch((error: unknown) => error);

    expect(waited).toBeInstanceOf(GoogleError);
    expect((waited as GoogleError).failure).toMatchObject({ kind: 'transient', code: 'turn_not_reached' });
    expect(await lanes(store)).toEqual([]);
    await release();
  });
});
