/**
 * Live days on DuckDB under faults: fetches are delivered twice, late and out of order, handlers die between any two calls, also
 * while they wait for a source. The tables must end as those of a clean day.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { NO_FAULTS, type Faults } from '../../functions/targets/simulated/faults.ts';
import { makeSimulatedWorld } from '../../functions/targets/simulated/world.ts';
import { openWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { readConfig } from '../../shared/config.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import type { CompletionDocument } from '../../shared/state/documents.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { liveLeague } from '../support/live-league/index.ts';
import { seedsFor } from '../support/seeds.ts';

const seeds = seedsFor('live', { small: 0, ci: 3, all: 30 });
const registry = loadRegistry();

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

/** Two live days from an empty warehouse, with the faults of a seed or without any. */
async function run(seed: number | undefined): Promise<EndState> {
  let now = new Date('2021-09-01T12:00:00Z');
  const league = liveLeague({ seed: 5, firstSeason: 2021, teams: 4, gamesPerTeam: 6 }, () => now);
  const config = readConfig({ FULLCOURT_ALLOW_UNKEYED: '1', BALLDONTLIE_API_KEY: 'key' });
  const access = Object.fromEntries(
    ['balldontlie', 'espn', 'nba_cdn', 'nba_injuries', 'bettingpros'].map((name) => [
      name,
      { address: league.addressOf(name) },
    ]),
  );
  const warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  await warehouse.prepare();
  const world = makeSimulatedWorld({
    ...{ registry, warehouse, takesRealTime: true, start: new Date('2026-01-01T00:00:00Z'), workers: 2 },
    ...(seed === undefined ? {} : { seed, faults: FAULTS }),
    policy: {
      ...{
        batchSize: () => 10,
        maxInFlight: 3,
        leaseSeconds: 60,
        gateRetrySeconds: 30,
        tellAgainSeconds: 900,
      },
    },
    live: {
      ...{ http: league.http, config, random: () => 0.5, businessClock: () => now },
      settings: () => Promise.resolve({ ...config.sources, access }),
      wait: () => Promise.resolve(),
    },
    tracing: process.env['FULLCOURT_TRACE'] === '1',
  });
  const dates = [...new Set(league.facts.games.map(({ date }) => date))].sort().slice(0, 2);
  const looks = dates
    .flatMap((date) => LOOKS.map(([days, time]) => `${addDays(date, days)} ${time}`))
    .sort()
    .map((text) => new Date(easternToUtc(text) ?? NaN));
  for (const [i, look] of looks.entries()) {
    if (look.getTime() === looks[i - 1]?.getTime()) continue;
    now = look;
    await world.publish(SWEEP_TOPIC, { fetch: true });
    await world.settle();
  }
  const contents: Record<string, string> = {};
  const statuses: Record<string, string> = {};
  const built = new Set<GameDate>();
  for (const [path, data] of world.store.dump()) {
    if (!/^phase\d_completion\//.test(path)) continue;
    const document = data as unknown as CompletionDocument;
    built.add(document.date);
    for (const [table, entry] of Object.entries(document.tables))
      statuses[`${table}@${document.date}`] =
        `${entry.status} ${entry.rows} of ${entry.expectedRows} ${entry.stale === null ? '' : 'stale'}`;
  }
  for (const table of registry.all) {
    const published = await warehouse.published(table, [...built].sort());
    if (!published.ok) throw new Error(published.failure.detail);
    for (const { date, rows, fingerprint } of published.value)
      if (rows > 0) contents[`${table.definition.name}@${date}`] = fingerprint;
  }
  const fetches = await listFetches(world);
  const outbox = world.store
    .dump()
    .keys()
    .filter((path) => path.startsWith('outbox/'));
  const open = fetches.filter(({ finishedAt }) => finishedAt === null).map(({ fetchId }) => fetchId);
  warehouse.close();
  return { contents, statuses, open: [...open, ...outbox] };
}

describe.runIf(seeds.length > 0)('live days under faults', () => {
  let clean: EndState;
  beforeAll(async () => {
    clean = await run(undefined);
  }, 300_000);

  it('fill the tables of both dates in the clean run', () => {
    const tables = new Set(Object.keys(clean.contents).map((name) => name.split('@')[0]));
    for (const table of ['nbac_player_boxscores', 'player_game_summary', 'upcoming_team_game_context'])
      expect(tables).toContain(table);
    expect(clean.open).toEqual([]);
  });

  it.each(seeds)(
    'seed %i ends as the clean run',
    async (seed) => {
      const ended = await run(seed);
      expect(ended.open).toEqual([]);
      expect(ended.contents).toEqual(clean.contents);
      expect(ended.statuses).toEqual(clean.statuses);
    },
    300_000,
  );
});
