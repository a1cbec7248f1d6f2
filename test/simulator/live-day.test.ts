/**
 * Live days under faults, on the model of the warehouse and on DuckDB: fetches are delivered twice, late and out of order, handlers die
 * between any two calls, also while they wait for a source. The tables must end as those of a clean day.
 */
import { describe, expect, it } from 'vitest';
import { NO_FAULTS, type Faults } from '../../functions/targets/simulated/faults.ts';
import type { ModelWarehouse } from '../../functions/targets/simulated/model-warehouse.ts';
import { openWarehouse, type DuckDbWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import type { Environment } from '../../shared/config.ts';
import type { CompletionDocument } from '../../shared/state/documents.ts';
import { seasonOfLeague } from '../support/live-league/index.ts';
import { emptyModel, liveWorld, registry, type Beginning } from '../support/live-world.ts';
import { seedsFor } from '../support/seeds.ts';

const SEEDS = {
  model: seedsFor('live', { small: 0, ci: 3, all: 100 }),
  duckdb: seedsFor('live_duckdb', { small: 0, ci: 1, all: 30 }),
} as const;
type On = keyof typeof SEEDS;

const FAULTS: Faults = {
  ...NO_FAULTS,
  steps: 2500,
  pause: 0.2,
  crash: 0.01,
  warehouse: 0.02,
  duplicate: 0.2,
  delay: 0.1,
  loseAck: 0.05,
};

const SEASON = seasonOfLeague({ seed: 5, firstSeason: 2021, teams: 4, gamesPerTeam: 6 });
const ENV: Environment = { FULLCOURT_ALLOW_UNKEYED: '1', BALLDONTLIE_API_KEY: 'key' };
const POLICY = { batchSize: () => 10, leaseSeconds: 60 };

/** Eastern times at which the schedule of fetches looks, on a game date and the day after it. */
const LOOKS = [
  [0, '06:02'],
  [1, '02:02'],
  [1, '04:02'],
  [1, '06:02'],
  [1, '08:02'],
  [1, '11:02'],
] as const;

interface EndState {
  readonly contents: Readonly<Record<string, string>>;
  readonly statuses: Readonly<Record<string, string>>;
  readonly open: readonly string[];
}

async function beginning(on: On): Promise<Beginning<ModelWarehouse | DuckDbWarehouse>> {
  if (on === 'model') return emptyModel();
  const warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  await warehouse.prepare();
  return { ...emptyModel(), warehouse };
}

/** Two live days from an empty warehouse, with the faults of a seed or without any. */
async function run(on: On, seed: number | undefined): Promise<EndState> {
  const begin = await beginning(on);
  const { world, league, at, open } = liveWorld({
    ...{ season: SEASON, begin, env: ENV, policy: POLICY, takesRealTime: on === 'duckdb' },
    ...(seed === undefined ? {} : { seed, faults: FAULTS }),
  });
  const dates = [...new Set(league.facts.games.map(({ date }) => date))].sort().slice(0, 2);
  const looks = dates
    .flatMap((date) => LOOKS.map(([days, time]) => easternToUtc(`${addDays(date, days)} ${time}`) ?? ''))
    .sort();
  for (const look of new Set(looks)) await at(new Date(look));
  await world.settle();
  const contents: Record<string, string> = {};
  const statuses: Record<string, string> = {};
  const built = new Set<GameDate>();
  for (const [path, data] of world.store.dump()) {
    if (!/^phase\d_completion\//.test(path)) continue;
    const document = data as unknown as CompletionDocument;
    built.add(document.date);
    for (const [table, entry] of Object.entries(document.tables))
      // What was emptied says so; on a clean day it may never have been there.
      if (entry.rows + (entry.expectedRows ?? 0) > 0 || entry.stale !== null)
        statuses[`${table}@${document.date}`] =
          `${entry.status} ${entry.rows} of ${entry.expectedRows} ${entry.stale === null ? '' : 'stale'}`;
  }
  const { warehouse } = begin;
  for (const table of registry.all) {
    const published = await warehouse.published(table, [...built].sort());
    if (!published.ok) throw new Error(published.failure.detail);
    for (const { date, rows, fingerprint } of published.value)
      if (rows > 0) contents[`${table.definition.name}@${date}`] = fingerprint;
  }
  const left = await open();
  if ('close' in warehouse) warehouse.close();
  return { contents, statuses, open: left };
}

const clean = new Map<On, Promise<EndState>>();
function cleanRun(on: On): Promise<EndState> {
  const known = clean.get(on) ?? run(on, undefined);
  clean.set(on, known);
  return known;
}

describe.runIf(SEEDS.duckdb.length > 0).each(['model', 'duckdb'] as const)(
  'live days under faults on %s',
  (on) => {
    it('fill the tables of both dates in the clean run', async () => {
      const { contents, open } = await cleanRun(on);
      const tables = new Set(Object.keys(contents).map((name) => name.split('@')[0]));
      for (const table of ['nbac_player_boxscores', 'player_game_summary', 'upcoming_team_game_context'])
        expect(tables).toContain(table);
      expect(open).toEqual([]);
    }, 300_000);

    it.each(SEEDS[on])(
      'seed %i ends as the clean run',
      async (seed) => {
        const ended = await run(on, seed);
        expect(ended.open).toEqual([]);
        expect(ended.contents).toEqual((await cleanRun(on)).contents);
        expect(ended.statuses).toEqual((await cleanRun(on)).statuses);
      },
      300_000,
    );
  },
);
