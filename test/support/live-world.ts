/**
 * Live days in virtual time: the handlers of the product over the model of the warehouse or over DuckDB, and sources of a simulated league
 * that answer by a clock which the test sets. What a source takes to answer passes by the clock of the machine.
 */
import type { SourceFile } from '../../functions/control/archive-files.ts';
import type { Policy } from '../../functions/control/policy.ts';
import { archiveUnlessRefused } from '../../functions/control/imports.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { NO_FAULTS, type Faults } from '../../functions/targets/simulated/faults.ts';
import { memoryArchive, type MemoryArchive } from '../../functions/targets/simulated/memory-archive.ts';
import { modelWarehouse, type ModelWarehouse } from '../../functions/targets/simulated/model-warehouse.ts';
import { makeSimulatedWorld, type SimulatedWorld } from '../../functions/targets/simulated/world.ts';
import type { SimulatedSeason } from '../../scripts/simulate/league.ts';
import { undiciHttp } from '../../shared/adapters/http/undici-http.ts';
import { readConfig, type Environment, type SourceSettings } from '../../shared/config.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import type { Season } from '../../shared/domain/season.ts';
import { PHASES } from '../../shared/domain/table.ts';
import type { Doc } from '../../shared/ports/state-store.ts';
import type { Tracer } from '../../shared/ports/tracer.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { paths, type CompletionDocument } from '../../shared/state/documents.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { liveLeagueOf, serveLeague, type LiveLeague } from './live-league/index.ts';

export const registry = loadRegistry();

/** Every source of the league may be asked. */
const ALL_SOURCES: Environment = {
  FULLCOURT_ALLOW_UNKEYED: '1',
  BALLDONTLIE_API_KEY: 'key-of-balldontlie',
  ODDS_API_KEY: 'key-of-odds-api',
};
/** Sources that the league has no answers of are on with the others, and say that they have nothing. */
const SOURCES = ['balldontlie', 'bettingpros', 'espn', 'nba_cdn', 'nba_injuries', 'odds_api'];

const POLICY: Policy = {
  batchSize: () => 60,
  maxInFlight: 3,
  leaseSeconds: 600,
  gateRetrySeconds: 30,
  tellAgainSeconds: 900,
};

/** What a world begins with. */
export interface Beginning<W extends Warehouse> {
  readonly documents: ReadonlyMap<string, Doc>;
  readonly archive: MemoryArchive;
  readonly warehouse: W;
}

/** A new model of the warehouse without rows. */
export function emptyModel(): Beginning<ModelWarehouse> {
  return {
    documents: new Map(),
    archive: memoryArchive(),
    warehouse: modelWarehouse({
      playersPerTeam: 9,
      // Rows of the second source that do not stand in are used by no query.
      isUsed: (table, row) => table !== 'bdl_player_boxscores' || row['stands_in'] === true,
      standInsOf: registry.standInsOf,
    }),
  };
}

export interface LiveWorld<W extends Warehouse> {
  readonly league: LiveLeague;
  readonly world: SimulatedWorld<W>;
  /** Sets the clock, lets the schedule of fetches look, and handles everything that follows. */
  readonly at: (now: Date) => Promise<void>;
  /** The state of each table of a date; absent where it has none. */
  readonly statesOf: (date: GameDate) => Promise<Readonly<Record<string, PartitionState>>>;
  /** Fetches and messages without an end. */
  readonly open: () => Promise<string[]>;
  /** Ends the server of its sources. */
  readonly close: () => Promise<void>;
}

export interface LiveWorldOptions<W extends Warehouse> {
  readonly season: SimulatedSeason;
  readonly begin: Beginning<W>;
  readonly env?: Environment;
  /** Calls of the warehouse take real time. */
  readonly takesRealTime?: boolean;
  readonly seed?: number;
  readonly faults?: Faults;
  readonly policy?: Partial<Policy>;
  readonly tracer?: Tracer;
  /** The sources are asked by the HTTP of the product, at a server on the loopback address. */
  readonly isServed?: boolean;
}

/** Milliseconds within which a server on the loopback address answers. */
const SERVED_MS = 300;

export function liveWorld<W extends Warehouse>({
  season,
  begin,
  env = ALL_SOURCES,
  takesRealTime = false,
  seed,
  faults = NO_FAULTS,
  policy = {},
  tracer,
  isServed = false,
}: LiveWorldOptions<W>): LiveWorld<W> {
  let now = new Date('2021-09-01T12:00:00Z');
  const league = liveLeagueOf(season, () => now);
  const config = readConfig(env);
  const server = isServed ? serveLeague(league) : undefined;
  const http = isServed ? undiciHttp({ totalMs: SERVED_MS }) : league.http;
  const settings = async (): Promise<SourceSettings> => {
    const { addressOf } = (await server) ?? league;
    const access = SOURCES.map((name) => [
      name,
      { ...config.sources.access[name], address: addressOf(name) },
    ]);
    return { ...config.sources, access: Object.fromEntries(access) as SourceSettings['access'] };
  };
  const world: SimulatedWorld<W> = makeSimulatedWorld({
    ...{ registry, ...begin, takesRealTime, start: new Date('2026-01-01T00:00:00Z'), workers: 2 },
    ...(seed === undefined ? {} : { seed, faults }),
    ...(tracer === undefined ? {} : { tracer }),
    policy: { ...POLICY, ...policy },
    live: {
      http: {
        ask: async (question) => {
          const answer = await http.ask(question);
          world.advance(answer.seconds);
          return answer;
        },
      },
      ...{ config, random: () => 0.5, businessClock: () => now },
      ...{ settings, takesRealTime: isServed },
      wait: (ms) => Promise.resolve(world.advance(ms / 1000)),
    },
    tracing: process.env['FULLCOURT_TRACE'] === '1',
  });
  const sweep = async (body: object): Promise<void> => {
    await world.publish(SWEEP_TOPIC, body);
    if (seed === undefined) await world.run();
    else await world.settle();
  };
  return {
    league,
    world,
    at: async (next) => {
      now = next;
      await sweep({ fetch: true });
      // What became wanted while the messages were handled is asked for by the next sweep.
      await sweep({});
    },
    statesOf: async (date) => {
      const states: Record<string, PartitionState> = {};
      for (const phase of PHASES) {
        const document = await world.store.get<CompletionDocument>(paths.completion(phase, date));
        Object.assign(states, document?.tables);
      }
      return states;
    },
    open: async () => {
      const fetches = await listFetches(world);
      const outbox = [...world.store.dump().keys()].filter((path) => path.startsWith('outbox/'));
      return [
        ...fetches.filter(({ finishedAt }) => finishedAt === null).map(({ fetchId }) => fetchId),
        ...outbox,
      ];
    },
    close: async () => (await server)?.close(),
  };
}

/** Archives the files of a season and builds everything that follows from them. */
export async function withHistory(
  { season, files }: { readonly season: Season; readonly files: readonly SourceFile[] },
  begin: Beginning<ModelWarehouse> = emptyModel(),
): Promise<Beginning<ModelWarehouse>> {
  const world = makeSimulatedWorld({
    ...{ registry, ...begin, start: new Date('2026-01-01T00:00:00Z'), workers: 2, policy: POLICY },
  });
  await archiveUnlessRefused({ ...world.context.ports, registry, archive: world.archive }, files, {});
  const requests = [
    { from: 'phase2', through: 'phase2', fetch: false, tables: ['nbac_schedule', 'nbac_game_results'] },
    { from: 'phase2', through: 'phase2', fetch: false },
    { through: 'phase4' },
  ] as const;
  for (const { tables, ...request } of requests.map((each) => ({ tables: undefined, ...each }))) {
    const id = await world.request({
      season,
      ...request,
      ...(tables === undefined ? {} : { tables: [...tables] }),
    });
    await world.settle();
    const { state, verdict } = (await world.backfill(id)) ?? {};
    if (state !== 'done') throw new Error(`the history ends as ${state}: ${verdict}`);
  }
  return { documents: world.store.dump(), archive: world.archive, warehouse: world.warehouse };
}
