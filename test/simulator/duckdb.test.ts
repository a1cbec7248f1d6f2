/**
 * The whole pipeline on DuckDB and a small simulated league under faults: duplicates, reordering, loss before the
 * acknowledgement, crashes between any two calls, a failing warehouse, two workers. The end state must be that of the
 * clean run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HandlerContext } from '../../functions/steps/context.ts';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { archivedLoader } from '../../functions/steps/load-archived.ts';
import { setAside } from '../../functions/handlers/set-aside.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { handlerFor } from '../../functions/services/index.ts';
import { fileArchive } from '../../shared/adapters/embedded/file-archive.ts';
import { openWarehouse, type DuckDbWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { memoryStore, type MemoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { BACKFILL_REQUEST_TOPIC, SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import { transient } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { ArchiveStore } from '../../shared/ports/archive.ts';
import type { Ports } from '../../shared/ports/index.ts';
import type { Outcome } from '../../shared/ports/bus.ts';
import { makeRandom, type Random } from '../../shared/domain/seeded-random.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import type { CompletionDocument } from '../../shared/state/documents.ts';
import { seedsFor } from '../support/seeds.ts';

const seeds = seedsFor('duckdb', { small: 1, ci: 15, all: 50 });

const registry = loadRegistry();
const folder = mkdtempSync(join(tmpdir(), 'fullcourt-seeds-'));
const archive = fileArchive(folder);
const SEASON = '2021-22';
const files = [
  ...simulateLeague({ seasons: 1, seed: 5, firstSeason: 2021, teams: 4, gamesPerTeam: 10 }),
].flatMap((season) =>
  season.files.map(({ name, text }) => ({ name, bytes: () => new TextEncoder().encode(text) })),
);

class Crash extends Error {}

interface Message {
  readonly id: number;
  readonly topic: string;
  readonly body: string;
  attempts: number;
}

interface EndState {
  readonly contents: Record<string, string>;
  readonly documents: Record<string, unknown>;
}

/** Runs a request on a fresh pipeline, with faults drawn from `random` or without any. */
async function run(random: Random | undefined): Promise<EndState> {
  const store = memoryStore();
  const warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  await warehouse.prepare();
  const queue: Message[] = [];
  let now = Date.UTC(2026, 0, 1);
  let ids = 0;
  let budget = random === undefined ? 0 : 25;
  /** Whether something goes wrong now. There is an end to it, so that the pipeline can come to rest. */
  const strikes = (chance: number): boolean =>
    random !== undefined && budget > 0 && random.chance(chance) && budget-- > 0;
  const put = (topic: string, body: string): string => {
    ids += 1;
    queue.push({ id: ids, topic, body, attempts: 0 });
    return `m${ids}`;
  };
  // One native call at a time: what runs beside it is decided by the seed alone.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(call: () => Promise<T>): Promise<T> => {
    const mine = last.then(call);
    last = mine.catch(() => undefined);
    return mine;
  };

  const portsOf = (life: { dead: boolean }): Ports & { readonly archive: ArchiveStore } => {
    const step = (): void => {
      if (!life.dead && strikes(0.01)) life.dead = true;
      if (life.dead) throw new Crash('the worker is gone');
    };
    const risky =
      <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> => {
        step();
        const result = await inTurn(() => call(...args));
        step();
        return result;
      };
    const flaky = <A extends readonly unknown[], T extends { ok: boolean }>(
      call: (...args: A) => Promise<T>,
    ) =>
      risky(async (...args: A): Promise<T> => {
        if (strikes(0.03)) return transient('warehouse_unavailable', 'no answer') as unknown as T;
        const result = await call(...args);
        return result.ok && strikes(0.03)
          ? (transient('warehouse_timeout', 'the answer was lost') as unknown as T)
          : result;
      });
    return {
      store: {
        get: risky(store.get),
        getAll: risky(store.getAll),
        list: risky(store.list),
        count: risky(store.count),
        transaction: risky(store.transaction),
      } as Ports['store'],
      publisher: {
        publish: risky((topic: string, body: string) => {
          const id = put(topic, body);
          if (strikes(0.1)) put(topic, body);
          return Promise.resolve(id);
        }),
      },
      warehouse: {
        ...warehouse,
        stage: flaky(warehouse.stage),
        publish: flaky(warehouse.publish),
        readBack: flaky(warehouse.readBack),
        published: flaky(warehouse.published),
        rowCounts: flaky(warehouse.rowCounts),
        scheduleFacts: flaky(warehouse.scheduleFacts),
        appendRunHistory: flaky(warehouse.appendRunHistory),
        discard: (staged) => inTurn(() => warehouse.discard(staged)),
      },
      archive,
      clock: () => new Date(now),
      log: () => undefined,
    };
  };
  const byTopic = new Map(topics().map((topic) => [topic.name, topic]));
  const deliver = async (message: Message, holder: string): Promise<void> => {
    const topic = byTopic.get(message.topic);
    if (topic === undefined) throw new Error(`no topic ${message.topic}`);
    const ports = portsOf({ dead: false });
    const context: HandlerContext = {
      ports,
      registry,
      policy: {
        batchSize: () => 10,
        maxInFlight: 3,
        leaseSeconds: 60,
        gateRetrySeconds: 30,
        tellAgainSeconds: 900,
      },
      bundle: 'sources',
      holder,
      load: archivedLoader(ports),
    };
    message.attempts += 1;
    const delivery = {
      topic: topic.name,
      subscription: topic.subscription.name,
      body: message.body,
      messageId: `m${message.id}`,
      attempt: message.attempts,
    };
    const outcome: Outcome = await handlerFor(context, topic.subscription.consumer)(delivery);
    if (outcome.kind === 'dead_letter') {
      await setAside(context, {
        kind: 'dead_lettered',
        ...delivery,
        attempts: delivery.attempt,
        reason: outcome.reason,
      });
    }
    if (outcome.kind === 'retry' || strikes(0.05)) return;
    queue.splice(queue.indexOf(message), 1);
  };

  await archiveFiles({ archive, store }, files, undefined);
  for (const request of [
    { season: SEASON, from: 'phase2', through: 'phase2' },
    { season: SEASON, through: 'phase4', requestId: 'main' },
  ]) {
    put(BACKFILL_REQUEST_TOPIC, JSON.stringify(request));
    for (let quiet = 0; quiet < 3;) {
      if (queue.length === 0) {
        now += 3_600_000;
        put(SWEEP_TOPIC, '{"reconcile":true}');
        quiet += 1;
      } else {
        quiet = queue.every(({ topic }) => topic === SWEEP_TOPIC) ? quiet : 0;
      }
      now += 1000;
      const first = queue[random === undefined ? 0 : random.below(queue.length)];
      const other = random === undefined ? undefined : queue[random.below(queue.length)];
      await Promise.all(
        [first, ...(other === first ? [] : [other])].flatMap((message, i) =>
          message === undefined ? [] : [deliver(message, `worker-${i}`).catch(isCrash)],
        ),
      );
    }
  }
  const state = await endState(store, warehouse);
  warehouse.close();
  return state;
}

function isCrash(error: unknown): void {
  if (!(error instanceof Crash)) throw error;
}

async function endState(store: MemoryStore, warehouse: DuckDbWarehouse): Promise<EndState> {
  const contents: Record<string, string> = {};
  const documents: Record<string, unknown> = {};
  const dates = new Set<GameDate>();
  for (const [path, data] of store.dump()) {
    if (/^phase\d_completion\//.test(path)) {
      const document = data as unknown as CompletionDocument;
      dates.add(document.date);
      for (const [table, entry] of Object.entries(document.tables)) {
        const {
          status,
          rows,
          expectedRows,
          games,
          readyPct,
          inputFingerprint,
          outputFingerprint,
          stale,
          reason,
        } = entry;
        documents[`${table}@${document.date}`] = {
          status,
          rows,
          expectedRows,
          games,
          readyPct,
          inputFingerprint,
          outputFingerprint,
          stale,
          reason,
        };
      }
    }
    if (/^backfills\/[^/]+$/.test(path)) documents[path] = { state: data['state'], verdict: data['verdict'] };
    if (path.startsWith('outbox/')) documents[path] = 'left in the outbox';
  }
  for (const table of registry.all) {
    const published = await warehouse.published(table, [...dates].sort());
    if (!published.ok) throw new Error(published.failure.detail);
    for (const { date, rows, fingerprint } of published.value)
      if (rows > 0) contents[`${table.definition.name}@${date}`] = fingerprint;
  }
  return { contents, documents };
}

/** Backfills of unnamed requests are named after their message, which faults renumber. */
function comparable({ contents, documents }: EndState): EndState {
  const named = Object.entries(documents).map(
    ([path, value]) =>
      [path.startsWith('backfills/') ? `backfill ${JSON.stringify(value)}` : path, value] as const,
  );
  return { contents, documents: Object.fromEntries(named) };
}

describe('the pipeline on DuckDB under faults', () => {
  let clean: EndState;
  beforeAll(async () => {
    clean = comparable(await run(undefined));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('fills all ten tables in the clean run', () => {
    const tables = new Set(Object.keys(clean.contents).map((name) => name.split('@')[0]));
    for (const { definition } of registry.all) expect(tables, definition.name).toContain(definition.name);
  });

  it.each(seeds)('ends like the clean run, seed %i', { timeout: 180_000 }, async (seed) => {
    const faulty = comparable(await run(makeRandom(seed, 'faults')));
    expect(faulty).toEqual(clean);
  });
});
