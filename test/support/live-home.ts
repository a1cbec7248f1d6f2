/** A home whose live day is driven by hand: sources of a simulated league answer by a clock that the test sets. */
import { openClient, openWorker, type EmbeddedClient } from '../../functions/targets/embedded/client.ts';
import { loadFiles } from '../../functions/control/imports.ts';
import { runBackfill } from '../../functions/control/watch.ts';
import { readConfig, type Environment } from '../../shared/config.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { PHASES } from '../../shared/domain/table.ts';
import type { Row, Warehouse } from '../../shared/ports/warehouse.ts';
import { paths, type CompletionDocument } from '../../shared/state/documents.ts';
import { easternToUtc } from '../../shared/domain/eastern-time.ts';
import { newFolder, type Filling } from './homes.ts';
import { liveLeagueOf, seasonOfLeague, type LiveLeague } from './live-league/index.ts';
import type { LeagueOptions, SimulatedSeason } from '../../scripts/simulate/league.ts';

/** Every source of the league may be asked. */
const ALL_SOURCES: Environment = {
  FULLCOURT_ALLOW_UNKEYED: '1',
  BALLDONTLIE_API_KEY: 'key-of-balldontlie',
  ODDS_API_KEY: 'key-of-odds-api',
};

export interface LiveHome {
  readonly league: LiveLeague;
  readonly client: EmbeddedClient;
  readonly warehouse: Warehouse;
  /** Rows of a query in the portable subset. @throws Error when it fails */
  readonly rowsOf: (sql: string) => Promise<readonly Row[]>;
  /** Sets the clock, imports files and builds what a request asks for. @throws Error when something fails */
  readonly fill: (filling: Filling, request: BackfillRequest, at: Date) => Promise<void>;
  /** Sets the clock to an Eastern time, lets the schedule of fetches look, and handles everything that follows. */
  readonly at: (date: GameDate, time: string) => Promise<void>;
  /** The same at an instant. */
  readonly atInstant: (now: Date) => Promise<void>;
  /** The state of each table of a date; absent where it has none. */
  readonly statesOf: (date: GameDate) => Promise<Readonly<Record<string, PartitionState>>>;
  readonly close: () => Promise<void>;
}

/**
 * @param of the league whose first season is played, or a season
 * @param home the folder of the home; a new one where it is left out
 * @throws Error when the home is in use
 */
export async function liveHome(
  of: LeagueOptions | SimulatedSeason,
  env: Environment = ALL_SOURCES,
  home = newFolder(),
): Promise<LiveHome> {
  let now = new Date('2021-09-01T12:00:00Z');
  const league = liveLeagueOf('files' in of ? of : seasonOfLeague(of), () => now);
  const config = { ...readConfig({ ...env, FULLCOURT_THREADS: '1' }), home };
  const access = Object.fromEntries(
    ['balldontlie', 'espn', 'nba_cdn', 'nba_injuries', 'odds_api'].map((name) => [
      name,
      { ...config.sources.access[name], address: league.addressOf(name) },
    ]),
  );
  const client = openClient(
    { ...config, sources: { ...config.sources, access } },
    { businessClock: () => now, http: { ask: (question) => league.http.ask(question) } },
  );
  const worker = await openWorker(client, 'test');
  if (worker === undefined) throw new Error('the home is in use');
  // Nobody waits between two questions, but for others who are at work.
  Object.assign(worker.context.live ?? {}, { wait: () => new Promise(setImmediate) });
  const atInstant = async (next: Date): Promise<void> => {
    now = next;
    await client.publisher.publish(SWEEP_TOPIC, '{"fetch":true}');
    await worker.dispatcher.drain();
    // What became wanted while the messages were handled is asked for by the next sweep.
    await client.publisher.publish(SWEEP_TOPIC, '{}');
    await worker.dispatcher.drain();
  };
  return {
    league,
    client,
    warehouse: worker.context.ports.warehouse,
    atInstant,
    fill: async ({ files, season }, request, at) => {
      now = at;
      worker.dispatcher.start();
      const { failed } = await loadFiles(client, files, { seasons: [season], worker });
      const { backfill } = await runBackfill(client, request, { worker });
      if (failed.length > 0 || backfill.state !== 'done')
        throw new Error(`the home was not filled: ${[...failed, backfill.verdict].join('; ')}`);
    },
    at: (date, time) => atInstant(new Date(easternToUtc(`${date} ${time}`) ?? NaN)),
    rowsOf: async (sql) => {
      const answer = await worker.context.ports.warehouse.query(sql);
      if (!answer.ok) throw new Error(answer.failure.detail);
      return answer.value;
    },
    statesOf: async (date) => {
      const states: Record<string, PartitionState> = {};
      for (const phase of PHASES) {
        const document = await client.store.get<CompletionDocument>(paths.completion(phase, date));
        Object.assign(states, document?.tables);
      }
      return states;
    },
    close: async () => {
      await worker.close();
      client.close();
    },
  };
}
