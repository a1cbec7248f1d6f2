/**
 * The whole pipeline on DuckDB and a small simulated league under faults: duplicates, reordering, loss before the
 * acknowledgement, crashes between any two calls, a failing warehouse, two workers. The end state must be that of the
 * clean run.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { archiveFiles } from '../../functions/control/archive-files.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { NO_FAULTS, type Faults } from '../../functions/targets/simulated/faults.ts';
import type { MemoryStore } from '../../functions/targets/simulated/memory-store.ts';
import { makeSimulatedWorld } from '../../functions/targets/simulated/world.ts';
import { openWarehouse, type DuckDbWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { BACKFILL_REQUEST_TOPIC, SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isComputed, isOncePerSeason } from '../../shared/domain/table.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import type { CompletionDocument } from '../../shared/state/documents.ts';
import { seedsFor } from '../support/seeds.ts';
import { sourceFile } from '../support/source-file.ts';

const seeds = seedsFor('duckdb', { small: 0, ci: 6, all: 50 });

const registry = loadRegistry();
const SEASON = '2021-22';
const files = [
  ...simulateLeague({ seasons: 1, seed: 5, firstSeason: 2021, teams: 4, gamesPerTeam: 10 }),
].flatMap((season) => season.files.map(({ name, text }) => sourceFile(name, text)));

interface EndState {
  readonly contents: Record<string, string>;
  readonly documents: Record<string, unknown>;
}

/** What goes wrong under a seed. There is an end to it, so that the pipeline can come to rest. */
const FAULTS: Faults = {
  ...NO_FAULTS,
  steps: 1500,
  pause: 0.3,
  crash: 0.01,
  warehouse: 0.03,
  duplicate: 0.1,
  loseAck: 0.05,
};

/** Runs the requests on a fresh pipeline, with the faults of a seed or without any. */
async function run(seed: number | undefined): Promise<EndState> {
  const warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  await warehouse.prepare();
  const world = makeSimulatedWorld({
    registry,
    warehouse,
    takesRealTime: true,
    start: new Date('2026-01-01T00:00:00Z'),
    ...(seed === undefined ? {} : { seed, faults: FAULTS }),
    workers: 2,
    policy: {
      batchSize: () => 10,
      maxInFlight: 3,
      leaseSeconds: 60,
      gateRetrySeconds: 30,
      tellAgainSeconds: 900,
    },
    tracing: process.env['FULLCOURT_TRACE'] === '1',
  });
  await archiveFiles({ ...world, clock: world.now }, files);
  for (const request of [
    { season: SEASON, from: 'phase2', through: 'phase2' },
    { season: SEASON, through: 'phase4', requestId: 'main' },
  ]) {
    await world.publish(BACKFILL_REQUEST_TOPIC, request);
    await world.settle();
    await world.publish(SWEEP_TOPIC, { reconcile: true });
    await world.settle();
  }
  const state = await endState(world.store, warehouse);
  warehouse.close();
  return state;
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
  });

  it('fills every table of phases 3 and 4 in the clean run that needs no earlier season', () => {
    const tables = new Set(Object.keys(clean.contents).map((name) => name.split('@')[0]));
    const computed = registry.all.filter(
      ({ definition }) =>
        isComputed(definition) && definition.phase !== 'phase5' && !isOncePerSeason(definition),
    );
    expect(computed).toHaveLength(10);
    for (const { definition } of computed) expect(tables, definition.name).toContain(definition.name);
  });

  it.each(seeds)('ends like the clean run, seed %i', { timeout: 180_000 }, async (seed) => {
    const faulty = comparable(await run(seed));
    expect(faulty).toEqual(clean);
  });
});
