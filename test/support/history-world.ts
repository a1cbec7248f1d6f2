/**
 * A pipeline in virtual time to which a past season is known by its schedule and box scores alone, with live sources that know the
 * rest. What a backfill asks them is counted.
 */
import { archiveUnlessRefused } from '../../functions/control/imports.ts';
import { NO_FAULTS, type Faults } from '../../functions/targets/simulated/faults.ts';
import { makeSimulatedWorld } from '../../functions/targets/simulated/world.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { openWarehouse } from '../../shared/adapters/embedded/duckdb-warehouse.ts';
import { readConfig, type Environment } from '../../shared/config.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { liveLeague } from './live-league/index.ts';
import { sourceFile } from './source-file.ts';

/** The sources that may be asked: cdn.nba.com, and The Odds API with a key. */
export const BOTH: Environment = { FULLCOURT_ALLOW_UNKEYED: '1', ODDS_API_KEY: 'key-of-odds-api' };

/** The raw tables of which something is archived. */
const KNOWN = ['schedule', 'player_box', 'team_box'] as const;

export interface HistoryOptions {
  readonly env?: Environment;
  readonly seed?: number;
  readonly faults?: Faults;
}

/** Ten months after the end of the season 2023-24 of four teams. */
export async function historyWorld({ env = BOTH, seed, faults = NO_FAULTS }: HistoryOptions = {}) {
  const registry = loadRegistry();
  const now = new Date('2025-02-01T12:00:00Z');
  const league = liveLeague({ seed: 5, firstSeason: 2023, teams: 4, gamesPerTeam: 4 }, () => now);
  const config = readConfig(env);
  const access = Object.fromEntries(
    ['balldontlie', 'bettingpros', 'espn', 'nba_cdn', 'nba_injuries', 'odds_api'].map((name) => [
      name,
      { ...config.sources.access[name], address: league.addressOf(name) },
    ]),
  );
  const settings = { ...config.sources, access };
  const warehouse = await openWarehouse(registry, { path: ':memory:', threads: 1 });
  await warehouse.prepare();
  const world = makeSimulatedWorld({
    ...{ registry, warehouse, takesRealTime: true, start: new Date('2026-01-01T00:00:00Z'), workers: 2 },
    ...(seed === undefined ? {} : { seed, faults }),
    policy: {
      ...{
        batchSize: () => 50,
        maxInFlight: 3,
        leaseSeconds: 60,
        gateRetrySeconds: 30,
        tellAgainSeconds: 900,
      },
    },
    live: {
      ...{ http: league.http, config, random: () => 0.5, businessClock: () => now },
      settings: () => Promise.resolve(settings),
      wait: () => Promise.resolve(),
    },
    tracing: process.env['FULLCOURT_TRACE'] === '1',
  });
  const { facts } = league;
  const { season } = facts;
  const files = KNOWN.map((kind) => sourceFile(`${kind}_${season}.csv`, facts.textOf(kind)));
  await archiveUnlessRefused({ ...world.context.ports, registry, archive: world.archive }, files, {});
  const dates = [...new Set(facts.games.map(({ date }) => date))].sort();
  /** Asks for a backfill of raw tables and waits until it has ended. */
  const backfilled = async (request: Parameters<typeof world.request>[0]) => {
    const id = await world.request({ from: 'phase2', through: 'phase2', ...request });
    await world.settle();
    const backfill = await world.backfill(id);
    if (backfill === undefined) throw new Error(`no backfill ${id}`);
    return backfill;
  };
  // The schedule says which dates there are.
  for (const tables of [['nbac_schedule', 'nbac_game_results'], undefined])
    await backfilled({ season, fetch: false, ...(tables === undefined ? {} : { tables }) });
  return {
    ...{ world, league, warehouse, config: { ...config, sources: settings }, season, dates, now, backfilled },
    /** How often each question was asked, without the key. */
    counts: (): ReadonlyMap<string, number> => {
      const found = new Map<string, number>();
      for (const { source, path } of league.asked) {
        const key = `${source} ${path.replace(/&apiKey=.*/, '')}`;
        found.set(key, (found.get(key) ?? 0) + 1);
      }
      return found;
    },
    /** How many rows a raw table has on a date. */
    rowsOn: async (table: string, date: GameDate): Promise<number> => {
      const found = await warehouse.published(registry.get(table), [date]);
      if (!found.ok) throw new Error(found.failure.detail);
      return found.value[0]?.rows ?? 0;
    },
  };
}
