import type { Firestore } from '@google-cloud/firestore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { handlerFor } from '../../functions/services/index.ts';
import { findGoogleEmulators, isMissing } from '../../scripts/tools/find.ts';
import { collectionOf } from '../../shared/adapters/document-writes.ts';
import { firestoreClient } from '../../shared/adapters/gcp/clients.ts';
import {
  firestoreStore,
  type FirestoreStore,
  type FirestoreStoreOptions,
} from '../../shared/adapters/gcp/firestore-store.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { RunCompleted } from '../../shared/messages/schemas.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { recordCompletion } from '../../shared/state/record-completion.ts';
import { requestRun } from '../../shared/state/request-run.ts';
import {
  type CompletionDocument,
  paths,
  type RunDocument,
  type TableSeasonDocument,
} from '../../shared/state/documents.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { claimRun, completionOf, settleRun } from '../../shared/state/runs.ts';
import { runsIn } from '../support/look.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { drain, worldFrom } from '../support/stepping.ts';
import { SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

const TABLES = [
  'team_offense_game_summary',
  'team_defense_game_summary',
  'player_game_summary',
  'upcoming_team_game_context',
  'upcoming_player_game_context',
];
const DATES = Array.from({ length: 10 }, (_, i) => `2024-01-${String(10 + i)}` as GameDate);
const INSTANCES = 10;
/** What a handler may take to write its documents, of the minutes it has; a lock that everybody waits for takes longer. */
const BUDGET_MS = 30_000;

const hasEmulator = !isMissing(findGoogleEmulators());
const registry = loadRegistry();
let host: string | undefined;
const opened: FirestoreStore[] = [];

beforeAll(async () => {
  if (hasEmulator) host = await sharedEmulator('firestore');
});
afterAll(async () => {
  await Promise.all(opened.map((store) => store.close()));
});

function cloud(): {
  project: string;
  database: string;
  hosts: Record<'pubsub' | 'bigquery' | 'firestore', string | undefined>;
} {
  return {
    project: ownProject('f51'),
    database: '(default)',
    hosts: { firestore: host, pubsub: undefined, bigquery: undefined },
  };
}

/** A store as one instance of a function has it: a client of its own. */
function open(where: ReturnType<typeof cloud>, options: FirestoreStoreOptions = {}): FirestoreStore {
  const store = firestoreStore(where, options);
  opened.push(store);
  return store;
}

function portsOver(store: StateStore, published: string[] = []): Ports {
  return {
    ...makeWorld().context.ports,
    store,
    publisher: {
      publish: (_topic, body) => {
        published.push((JSON.parse(body) as { eventId: string }).eventId);
        return Promise.resolve('m');
      },
    },
  };
}

/** Asks for a run of one date, and carries it to its end. @returns its announcement */
async function finishedRun(ports: Ports, table: string, date: GameDate): Promise<RunCompleted> {
  const asked = await requestRun(ports, registry, {
    table,
    dates: [{ date, inputFingerprint: `in-${table}-${date}`, inputVersion: 0 }],
    mode: 'backfill',
    backfillId: null,
    through: 'phase3',
    correlationId: 'c1',
    causationId: null,
    want: null,
  });
  const claim = await claimRun(ports, asked?.runId ?? '', 'f-51', 600);
  if (claim.kind !== 'granted') throw new Error(`${table} ${date}: ${claim.kind}`);
  await settleRun(ports, claim.run, [outcomeOf(claim.run)]);
  return completionOf(ports, claim.run, [outcomeOf(claim.run)]);
}

function outcomeOf({ table, dates }: RunDocument): RunCompleted['dates'][number] {
  const [only] = dates;
  if (only === undefined) throw new Error('a run has a date');
  return {
    date: only.date,
    status: 'success',
    inputFingerprint: only.inputFingerprint,
    rows: 20,
    expectedRows: 20,
    games: 2,
    expectedGames: 2,
    readyRows: 20,
    syntheticRows: 0,
    outputFingerprint: `out-${table}-${only.date}`,
  };
}

/** What it took, longest last. */
async function timed(work: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const took = await Promise.all(
    work.map(async (each) => {
      const start = performance.now();
      await each();
      return performance.now() - start;
    }),
  );
  return took.sort((a, b) => a - b);
}

async function recorded(store: StateStore, date: GameDate): Promise<Record<string, unknown>> {
  const document = await store.get<CompletionDocument>(paths.completion('phase3', date));
  return Object.fromEntries(
    Object.entries(document?.tables ?? {}).map(([table, { status, revision, outputFingerprint }]) => [
      table,
      `${status} ${revision} ${outputFingerprint}`,
    ]),
  );
}

const allOf = (date: GameDate): Record<string, string> =>
  Object.fromEntries(TABLES.map((table) => [table, `success 1 out-${table}-${date}`]));

describe.skipIf(!hasEmulator)('F-51 completions that arrive together, on Firestore', () => {
  it('F-51 records fifty at once over ten dates, and sends each of them off once', async () => {
    const where = cloud();
    const instances = Array.from({ length: INSTANCES }, () => open(where));
    const [first] = instances as [FirestoreStore];
    const perDate = DATES.map(async (date, i) => {
      const finished: RunCompleted[] = [];
      for (const table of TABLES)
        finished.push(await finishedRun(portsOver(instances[i] ?? first), table, date));
      return finished;
    });
    const messages = (await Promise.all(perDate)).flat();
    const published: string[] = [];
    await Promise.all(
      messages.map(({ eventId }, i) =>
        dispatchOutbox(portsOver(instances[i % INSTANCES] ?? first, published), [eventId]),
      ),
    );
    const took = await timed(
      messages.map(
        (message, i) => () =>
          recordCompletion(portsOver(instances[i % INSTANCES] ?? first), registry, message),
      ),
    );

    for (const date of DATES) expect(await recorded(first, date)).toEqual(allOf(date));
    for (const table of TABLES) {
      const index = await first.get<TableSeasonDocument>(
        paths.tableSeason(table, seasonOf(DATES[0] as GameDate)),
      );
      expect(Object.keys(index?.dates ?? {}).sort()).toEqual(DATES);
      expect(Object.values(index?.dates ?? {}).map(({ status }) => status)).toEqual(
        DATES.map(() => 'success'),
      );
    }
    expect(published.toSorted()).toEqual(messages.map(({ eventId }) => eventId).sort());
    expect(took.at(-1)).toBeLessThan(BUDGET_MS);
  });

  it('F-51 records fifty at once of one date, each told by ten instances', async () => {
    const where = cloud();
    const instances = Array.from({ length: INSTANCES }, () => open(where));
    const [first] = instances as [FirestoreStore];
    const [date] = DATES as [GameDate];
    const messages: RunCompleted[] = [];
    for (const table of TABLES) messages.push(await finishedRun(portsOver(first), table, date));
    const took = await timed(
      instances.flatMap((store) =>
        messages.map((message) => () => recordCompletion(portsOver(store), registry, message)),
      ),
    );

    expect(await recorded(first, date)).toEqual(allOf(date));
    expect(took.at(-1)).toBeLessThan(BUDGET_MS);
  });

  it.each([
    ['ABORTED three times', [10, 10, 10], ['ack']],
    ['UNAVAILABLE', [14], ['retry', 'ack']],
    ['DEADLINE_EXCEEDED', [4], ['retry', 'ack']],
    ['RESOURCE_EXHAUSTED twice', [8, 8], ['retry', 'retry', 'ack']],
  ] as const)('F-51 loses none when the store answers %s', async (_what, codes, outcomes) => {
    const where = cloud();
    const failing = [...codes] as number[];
    const broken = open(where, { client: async () => failingCommits(await firestoreClient(where), failing) });
    const healthy = open(where);
    const [date] = DATES as [GameDate];
    const message = await finishedRun(portsOver(healthy), TABLES[0] as string, date);
    const context = { ...makeWorld().context, registry, ports: portsOver(broken) };
    const found: string[] = [];
    for (const [i] of outcomes.entries()) {
      const delivery = {
        subscription: 'nba-phase3-complete-sub',
        topic: 'nba-phase3-complete',
        body: JSON.stringify(message),
        messageId: 'm1',
        attempt: i + 1,
      };
      found.push((await handlerFor(context, 'orchestrate')(delivery)).kind);
    }

    expect(found).toEqual(outcomes);
    expect(failing).toEqual([]);
    expect(await recorded(healthy, date)).toEqual({
      [TABLES[0] as string]: allOf(date)[TABLES[0] as string],
    });
  });
});

/** The client, with its next commits answered by these statuses without being sent. */
function failingCommits(db: Firestore, codes: number[]): Firestore {
  const batch = db.batch.bind(db);
  db.batch = () => {
    const made = batch();
    const commit = made.commit.bind(made);
    made.commit = () => {
      const code = codes.shift();
      return code === undefined
        ? commit()
        : Promise.reject(Object.assign(new Error(`status ${code}`), { code }));
    };
    return made;
  };
  return db;
}

describe('F-51 what a backfill reads and writes', () => {
  it('F-51 has no document that every run reads in order to write it', async () => {
    const world = await worldFrom(importedWorld());
    const before = runsIn(world).length;
    /** Path -> transactions that read it and wrote it. */
    const changed = new Map<string, number>();
    const read = new Set<string>();
    await world.request({ season: SEASON });
    await drain(world, { store: watching(world.store, changed, read) });
    const runs = runsIn(world).length - before;
    // What belongs to one date is written by the tables of that date, and by no other.
    const shared = [...changed].filter(([path]) => !/\d{4}-\d\d-\d\d$/.test(path));
    const ofEvery = shared.filter(([, times]) => times > runs / 2);

    expect(runs).toBeGreaterThanOrEqual(20);
    expect(ofEvery).toEqual([]);
    // The index of a season is written by every run of its table, and by none that has read it.
    expect([...read].filter((path) => collectionOf(path) === 'table_seasons')).toEqual([]);
  });
});

/** The store, with a note of what its transactions read and write. */
function watching(store: StateStore, changed: Map<string, number>, read: Set<string>): StateStore {
  return {
    ...store,
    transaction: (body) => {
      let [reads, writes] = [new Set<string>(), new Set<string>()];
      return store
        .transaction((tx) => {
          [reads, writes] = [new Set<string>(), new Set<string>()];
          return body({
            get: (path) => {
              reads.add(path);
              return tx.get(path);
            },
            getAll: (all) => {
              for (const path of all) reads.add(path);
              return tx.getAll(all);
            },
            set: (path, data) => {
              writes.add(path);
              tx.set(path, data);
            },
            merge: (path, fields) => {
              writes.add(path);
              tx.merge(path, fields);
            },
            delete: (path) => {
              writes.add(path);
              tx.delete(path);
            },
          });
        })
        .then((result) => {
          for (const path of reads) read.add(path);
          for (const path of writes) if (reads.has(path)) changed.set(path, (changed.get(path) ?? 0) + 1);
          return result;
        });
    },
  };
}
