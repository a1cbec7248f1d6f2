/** What Firestore asks of its users beyond the contract of a document store: ids, sizes, expiry, and errors in words. */
import type { Firestore } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { firestoreClient } from '../../shared/adapters/gcp/clients.ts';
import { firestoreStore, type FirestoreStore } from '../../shared/adapters/gcp/firestore-store.ts';
import { GoogleError } from '../../shared/adapters/gcp/google-failure.ts';
import { EXPIRE_FIELD, expiryOf, TTL_FIELDS } from '../../shared/derive/document-ttl.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';

const hasEmulator = !isMissing(findGoogleEmulators());
const project = ownProject('firestore');
let host: string | undefined;
let raw: Firestore;
let store: FirestoreStore;
const cloud = () => ({
  project,
  database: '(default)',
  hosts: { firestore: host, pubsub: undefined, bigquery: undefined },
});

beforeAll(async () => {
  if (!hasEmulator) return;
  host = await sharedEmulator('firestore');
  raw = await firestoreClient(cloud());
  store = firestoreStore(cloud());
});
afterAll(async () => {
  if (!hasEmulator) return;
  await Promise.all([raw.terminate(), store.close()]);
});

const set = (to: StateStore, path: string, data: object): Promise<void> =>
  to.transaction((tx) => Promise.resolve(tx.set(path, data)));

async function failureOf(work: Promise<unknown>): Promise<GoogleError['failure']> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GoogleError)) throw new Error(`no GoogleError but ${String(error)}`);
  return error.failure;
}

describe.skipIf(!hasEmulator)('documents in Firestore', () => {
  it.each([
    'outbox/requested:run-0967115f2813a3541eae',
    'outbox/completed:run-1:0967115f2813',
    'backfills/bf-1/failures/player_game_summary@2024-01-02',
    'game_hashes/player_game_summary_2024-01',
    'calendars/2023-24',
    'publish_turns/nba_analytics.player_game_summary',
  ])('have the ids that the pipeline gives them: %s', async (path) => {
    await set(store, path, { path });

    expect(await store.get(path)).toEqual({ path });
    expect((await raw.doc(path).get()).data()).toEqual({ path });
  });

  it.each([
    ['runs/__x__', /"__x__" in runs\/__x__ cannot be an id/],
    ['runs/..', /cannot be an id/],
    ['runs/', /"" in runs\/ cannot be an id/],
    [`runs/${'é'.repeat(751)}`, /cannot be an id/],
    ['runs', /not the path of a document/],
    ['runs/a/b', /not the path of a document/],
  ])('are refused in words where Firestore has no such id (%#)', async (path, detail) => {
    for (const work of [store.get(path), set(store, path, {}), store.getAll(['runs/1', path])]) {
      const failure = await failureOf(work);
      expect(failure).toMatchObject({ kind: 'permanent', code: 'firestore_bad_path' });
      expect(failure.detail).toMatch(detail);
    }
    expect(await failureOf(store.list('runs/1'))).toMatchObject({ code: 'firestore_bad_path' });
  });

  it('are refused for good when they are larger than a document can be, and nothing of the commit is there', async () => {
    const failure = await failureOf(
      store.transaction((tx) => {
        tx.set('c/small', { a: 1 });
        tx.set('c/large', { text: 'x'.repeat(1_100_000) });
        return Promise.resolve();
      }),
    );

    expect(failure).toMatchObject({ kind: 'permanent', code: 'firestore_invalid_argument' });
    expect(failure.detail).toMatch(/1 MiB/);
    expect(await store.get('c/small')).toBeUndefined();
  });

  it('are read by hundreds in the order of their paths', async () => {
    const paths = Array.from({ length: 700 }, (_, i) => `many/${(i * 7919) % 700}`);
    for (let i = 0; i < paths.length; i += 350)
      await store.transaction((tx) => {
        for (const path of paths.slice(i, i + 350)) tx.set(path, { path });
        return Promise.resolve();
      });
    const missing = [...paths, 'many/none'];

    expect(await store.getAll(missing)).toEqual([...paths.map((path) => ({ path })), undefined]);
    expect(await store.count('many')).toBe(700);
  });

  it('leave out what is undefined at any depth, also in lists', async () => {
    await set(store, 'c/u', { a: { b: undefined, c: [{ d: undefined, e: 1 }] } });
    await store.transaction(async (tx) => {
      await tx.get('c/u');
      tx.merge(
        'c/u',
        new Map([
          [['x'], { y: undefined, z: 1 }],
          [['a', 'gone'], undefined],
        ] as [string[], unknown][]),
      );
    });

    expect(await store.get('c/u')).toStrictEqual({ a: { c: [{ e: 1 }] }, x: { z: 1 } });
  });

  it('are replaced whole when they were read before, with the fields that are gone gone', async () => {
    await set(store, 'c/r', { 'a.b': 1, kept: { old: 1 }, '2024-01-02': [1] });
    await store.transaction(async (tx) => {
      await tx.get('c/r');
      tx.set('c/r', { kept: { fresh: 2 }, new: null });
    });

    expect((await raw.doc('c/r').get()).data()).toEqual({ kept: { fresh: 2 }, new: null });
    await store.transaction(async (tx) => {
      await tx.get('c/r');
      tx.set('c/r', {});
    });
    await store.transaction(async (tx) => {
      await tx.get('c/r');
      tx.set('c/r', {});
    });

    expect(await store.get('c/r')).toEqual({});
  });

  it('are written by merges that overlap as if one came after the other', async () => {
    await store.transaction((tx) => {
      tx.merge(
        'c/o',
        new Map<string[], unknown>([
          [['t', 'x', 'deep'], 1],
          [['t', 'y'], 1],
        ]),
      );
      tx.merge('c/o', new Map([[['t', 'x'], { whole: true }]]));
      tx.merge('c/o', new Map([[['t', 'x', 'more'], 2]]));
      return Promise.resolve();
    });

    expect(await store.get('c/o')).toEqual({ t: { x: { whole: true, more: 2 }, y: 1 } });
  });

  it('are not made anew by a transaction that found them gone and deletes them', async () => {
    let tries = 0;
    await store.transaction(async (tx) => {
      const found = await tx.get('c/d');
      tries += 1;
      if (tries === 1) await set(store, 'c/d', { late: true });
      tx.delete('c/d');
      tx.set('c/told', { found: found ?? null });
    });

    expect(tries).toBe(2);
    expect(await store.get('c/d')).toBeUndefined();
    expect(await store.get('c/told')).toEqual({ found: { late: true } });
  });

  it('expire when they are only an audit, which no reader sees', async () => {
    const run = { state: 'settled', followed: true, finishedAt: '2024-01-02T12:00:00.000Z', n: 1 };
    await set(store, 'runs/over', run);
    await set(store, 'runs/underway', { ...run, state: 'running' });
    await set(store, 'c/other', run);
    const expiry = async (path: string): Promise<Date | undefined> => {
      const found = (await raw.doc(path).get()).get(EXPIRE_FIELD) as { toDate: () => Date } | undefined;
      return found?.toDate();
    };

    expect(await expiry('runs/over')).toEqual(new Date('2025-02-05T12:00:00Z'));
    expect(await expiry('runs/underway')).toBeUndefined();
    expect(await expiry('c/other')).toBeUndefined();
    expect(await store.get('runs/over')).toEqual(run);
    expect((await store.list('runs', { n: 1, followed: true })).map(({ data }) => data)).toEqual([
      run,
      { ...run, state: 'running' },
    ]);
    // What is taken up again is kept.
    await store.transaction(async (tx) => {
      const found = await tx.get('runs/over');
      tx.set('runs/over', { ...found, followed: false });
    });
    expect(await expiry('runs/over')).toBeUndefined();
  });
});

describe('when a document expires', () => {
  it('is declared for collections of the pipeline only', () => {
    expect(TTL_FIELDS.map(({ field }) => field)).toEqual(TTL_FIELDS.map(() => EXPIRE_FIELD));
  });

  it.each([
    ['runs', { state: 'running', followed: false, finishedAt: null }],
    ['runs', { state: 'settled', followed: false, finishedAt: '2024-01-02T12:00:00.000Z' }],
    ['dead_letters', { replayedAt: null }],
    ['outbox', { createdAt: '2024-01-02T12:00:00.000Z' }],
    ['phase3_completion', { updatedAt: '2024-01-02T12:00:00.000Z' }],
    ['backfills', { finishedAt: '2024-01-02T12:00:00.000Z' }],
    ['constructor', {}],
  ])('is never while somebody may need it: %s %o', (collection, document) => {
    expect(expiryOf(collection, document)).toBeUndefined();
  });

  it('is counted from when it was done with', () => {
    expect(expiryOf('dead_letters', { replayedAt: '2024-01-02T12:00:00.000Z' })).toEqual(
      new Date('2025-02-05T12:00:00Z'),
    );
  });
});
