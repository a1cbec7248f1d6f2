/**
 * One live day on the emulator target: the scheduled message asks the function of the sweep what is due, live sources on the loopback
 * address are asked by the function of fetches, and what they tell is archived, loaded, analysed, computed, predicted and graded.
 * Every function is behind real push subscriptions. It comes out as on the embedded target. The processes are started again for each
 * time of the day, as `serve --now` does it; the emulators are those of the run. The BigQuery server is that of the tests, which is quick;
 * in the whole proof it is bqemulator.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFiles } from '../../functions/control/imports.ts';
import { runBackfill } from '../../functions/control/watch.ts';
import type { Client } from '../../functions/targets/client.ts';
import { SCHEDULES } from '../../infra/declared/schedules.ts';
import { startLocalCloud, type LocalCloud } from '../../scripts/cli/serve-emulator.ts';
import type { SimulatedSeason } from '../../scripts/simulate/league.ts';
import { readConfig, type Environment } from '../../shared/config.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import { qualifiedName } from '../../shared/domain/table.ts';
import type { Warehouse } from '../../shared/ports/warehouse.ts';
import { archiveDocument } from '../../shared/state/documents.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { requestedRuns, runningRuns, unfollowedRuns } from '../../shared/state/runs.ts';
import { startBigQueryServer, type BigQueryServer } from '../support/bigquery-server/index.ts';
import { COMPILED } from '../support/command-line.ts';
import { newFolder, removeFolders } from '../support/homes.ts';
import { lastOfShortSeason } from '../support/live-days.ts';
import { historyBefore } from '../support/live-history.ts';
import { liveHome } from '../support/live-home.ts';
import { factsOf } from '../support/live-league/facts.ts';
import { liveLeagueOf, serveLeague, type LiveLeague } from '../support/live-league/index.ts';
import { isOfOtherDate, timeOf } from '../support/lived-day.ts';
import { canRun, partitionsOf, type Comparable } from '../support/local-cloud.ts';
import { proof } from '../support/proof.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';

const { season: SEASON, date: DATE } = lastOfShortSeason(5);
/** The games before, as an operator has imported them: what the day reads, and no more. */
const HISTORY = historyBefore(SEASON, DATE);
const FILES = HISTORY.files.filter(({ name }) => /^(?:schedule|player_box|team_box)_/.test(name));
const REQUEST = { season: HISTORY.season, through: 'phase3' } as const;
/** Tables of each phase that the day fills. */
const FILLED = [
  ...['nbac_schedule', 'espn_team_rosters', 'odds_api_game_lines', 'odds_api_player_points_props'],
  ...['nbac_game_results', 'nbac_player_boxscores', 'nbac_team_boxscore', 'nbac_play_by_play'],
  ...['upcoming_team_game_context', 'upcoming_player_game_context', 'player_game_summary'],
  ...['player_daily_cache', 'player_composite_factors', 'ml_feature_store_v2'],
  ...['player_prop_predictions', 'prediction_accuracy', 'system_daily_performance'],
];
/** The sources that are on, and answer on the loopback address. */
const ASKED = ['espn', 'nba_cdn', 'odds_api'];
/** No other source is asked, whatever the environment of the tests has. */
const SWITCHED_ON: Environment = {
  FULLCOURT_ALLOW_UNKEYED: '0',
  BALLDONTLIE_API_KEY: '',
  BETTINGPROS_API_KEY: '',
  FULLCOURT_SOURCE_ESPN_HEADERS: '{}',
  FULLCOURT_SOURCE_NBA_CDN_HEADERS: '{}',
  ODDS_API_KEY: 'key-of-odds-api',
};
const MINUTE = 60_000;
/** Milliseconds between two looks whether everything is done. */
const POLL_MS = 400;
const LIMIT_MS = 600_000;

afterAll(removeFolders);

/**
 * When the schedule of fetches looks: in the morning for the schedule and the rosters, just before the tip-off for lines and once more to
 * build them in, and in the night after it for box scores and play-by-play.
 */
const LOOKS = looksOf(DATE, SEASON);

function looksOf(date: GameDate, { season, files }: SimulatedSeason): Date[] {
  const [game] = factsOf(season, files).gamesOn(date);
  if (game === undefined) throw new Error(`no game on ${date}`);
  // How many whole minutes before the tip-off lines were read is the same for the minute that follows.
  const closing = new Date(game.tipoffAt.getTime() - 9 * MINUTE + 1000);
  return [new Date(timeOf(date, '06:02')), closing, closing, new Date(timeOf(addDays(date, 1), '04:02'))];
}

/** The same text with the time of a look in the place of each instant of the five minutes after it, while work goes on. */
function toLooks(text: string): string {
  return text.replaceAll(/\d{4}-?\d\d-?\d\dT[\d:]{6,8}(?:\.\d+)?Z/g, (found) => {
    // The names of files have the short form 20211103T232100Z.
    const at = Date.parse(found.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:'));
    const look = LOOKS.find((each) => at >= each.getTime() && at < each.getTime() + 5 * MINUTE);
    return look === undefined ? found : look.toISOString();
  });
}

/** What a target has at the end of the day. */
async function endOf(client: Pick<Client, 'store' | 'registry'>, warehouse: Warehouse) {
  const rows: Record<string, readonly string[]> = {};
  for (const { definition } of client.registry.all) {
    const columns = Object.keys(definition.columns);
    const found = await warehouse.query(
      `SELECT ${columns.join(', ')} FROM ${qualifiedName(definition)} WHERE ${definition.partitionColumn} = DATE '${DATE}'`,
    );
    if (!found.ok) throw new Error(`${definition.name}: ${found.failure.detail}`);
    rows[definition.name] = found.value
      .map((row) => toLooks(JSON.stringify(columns.map((name) => row[name]))))
      .sort();
  }
  return {
    rows,
    partitions: Object.fromEntries(
      Object.entries(await partitionsOf(client)).map(([name, state]) => [
        name,
        name.endsWith(`@${DATE}`) ? withoutInstants(state) : state,
      ]),
    ),
    archived: (await client.store.list('archives')).map(({ id, data }) => [
      id,
      Object.values(archiveDocument.parse(data).entries)
        .map(({ name, sha256, source, observedAt, observedKind }) =>
          observedKind === 'measured'
            ? toLooks(`${name} ${sha256} ${source} ${observedAt}`)
            : `${name} ${sha256}`,
        )
        .sort(),
    ]),
    fetches: (await listFetches(client)).map(({ fetchId, isAnswered, unanswered, asks }) => ({
      ...{ fetchId, isAnswered, unanswered },
      // Two fetches of one look both ask for the schedule. The second one to be answered finds it unchanged.
      asks: asks.map(({ source, targets, failed, fallbackFor }) => ({
        source,
        targets,
        failed,
        fallbackFor,
      })),
    })),
  };
}
type End = Awaited<ReturnType<typeof endOf>>;

/** A partition without what follows from the second of an instant, and from how many runs the lines of a look took. */
function withoutInstants({
  inputFingerprint: _input,
  outputFingerprint: _output,
  revision: _revision,
  ...state
}: Comparable) {
  return state;
}

/** The files have the games before, so that no source has anything of them. */
function onlyTheDate({ facts, fail }: LiveLeague): void {
  fail(({ path }) => (isOfOtherDate(facts, DATE, path) ? { status: 404, body: '' } : undefined));
}

async function embeddedDay(): Promise<End> {
  const home = await liveHome(SEASON, SWITCHED_ON);
  onlyTheDate(home.league);
  await home.fill({ ...HISTORY, files: FILES }, REQUEST, LOOKS[0] ?? expect.fail());
  for (const look of LOOKS) await home.atInstant(look);
  const end = await endOf(home.client, home.warehouse);
  await home.close();
  return end;
}

describe.skipIf(!canRun('a live day on the emulator target'))('a live day on the emulator target', () => {
  let now = new Date(0);
  const league = liveLeagueOf(SEASON, () => now);
  const home = newFolder();
  let embedded: End;
  let ended: End;
  let servers: Awaited<ReturnType<typeof serveLeague>>;
  let cloud: LocalCloud | undefined;
  let tables: BigQueryServer | undefined;

  /** Starts the processes with the business clock at a time. */
  async function serveAt(env: Environment, at: Date): Promise<LocalCloud> {
    await cloud?.stop();
    now = at;
    const own = { ...env, FULLCOURT_CLOCK_AHEAD_SECONDS: String((at.getTime() - Date.now()) / 1000) };
    cloud = await startLocalCloud(readConfig(own), { processes: 'one', env: own });
    return cloud;
  }

  beforeAll(async () => {
    embedded = await embeddedDay();
    onlyTheDate(league);
    servers = await serveLeague(league);
    const project = ownProject('live-day');
    tables = proof === 'all' ? undefined : await startBigQueryServer({ project });
    const env = {
      ...process.env,
      ...SWITCHED_ON,
      ...Object.fromEntries(
        ASKED.map((name) => [`FULLCOURT_SOURCE_${name.toUpperCase()}_URL`, servers.addressOf(name)]),
      ),
      NODE_COMPILE_CACHE: COMPILED,
      FULLCOURT_TARGET: 'emulator',
      FULLCOURT_HOME: home,
      FULLCOURT_PROJECT: project,
      PUBSUB_EMULATOR_HOST: await sharedEmulator('pubsub'),
      FIRESTORE_EMULATOR_HOST: await sharedEmulator('firestore'),
      FULLCOURT_BIGQUERY_HOST: tables?.host ?? (await sharedEmulator('bigquery')),
    };
    const [first = expect.fail(), ...later] = LOOKS;
    let { client } = await serveAt(env, first);
    expect((await loadFiles(client, FILES, { seasons: [HISTORY.season] })).failed).toEqual([]);
    expect((await runBackfill(client, REQUEST)).backfill).toMatchObject({ state: 'done' });
    await liveAt(client);
    for (const look of later) {
      if (look !== now) ({ client } = await serveAt(env, look));
      await liveAt(client);
    }
    ended = await client.withWarehouse('test', (warehouse) => endOf(client, warehouse));
  }, LIMIT_MS);

  afterAll(async () => {
    await cloud?.stop();
    await tables?.stop();
    await servers?.close();
  });

  /** How many runs each sweep has asked for, as its function has logged it. */
  function sweepsDone(): number[] {
    const lines = readFileSync(join(home, 'logs', 'functions.log'), 'utf8').split('\n');
    return lines.flatMap((line) => {
      if (!line.includes('"event":"sweep_finished"')) return [];
      return [(JSON.parse(line) as { runs: number }).runs];
    });
  }

  /** Publishes a message of a schedule, and waits until everything that follows from it is done. @returns runs that the sweep asked for */
  async function tick(client: Client, schedule: string): Promise<number> {
    const message = SCHEDULES.find(({ name }) => name === schedule)?.message ?? expect.fail(schedule);
    const before = sweepsDone().length;
    await client.publisher.publish(SWEEP_TOPIC, JSON.stringify(message));
    for (let isDone = false; !isDone; await sleep(POLL_MS))
      isDone = sweepsDone().length > before && (await isAtRest(client));
    return sweepsDone().at(-1) ?? 0;
  }

  /** The schedule of fetches looks, and the sweep goes on until it finds nothing to ask for. */
  async function liveAt(client: Client): Promise<void> {
    await tick(client, 'nba-fetch');
    while ((await tick(client, 'nba-sweep')) > 0);
  }

  it('asks for the same fetches as embedded, of the same sources', () => {
    expect(ended.fetches).toEqual(embedded.fetches);
    const occasions = ended.fetches.flatMap(({ fetchId }) =>
      fetchId.startsWith(DATE) ? [fetchId.split('.')[1]] : [],
    );
    expect(occasions).toEqual(['box_scores', 'hourly', 'lines', 'morning', 'overnight']);
  });

  it('archives the same answers', () => {
    expect(ended.archived).toEqual(embedded.archived);
  });

  it('leaves the same completion documents', () => {
    expect(ended.partitions).toEqual(embedded.partitions);
  });

  it('leaves the same rows of the date in every table', () => {
    expect(ended.rows).toEqual(embedded.rows);
    for (const table of FILLED) expect(ended.rows[table]?.length, table).toBeGreaterThan(0);
  });

  it('has predicted again before the game, with the closing lines', () => {
    const closing = LOOKS[1]?.toISOString() ?? expect.fail();
    const again = ended.rows['player_prop_predictions']?.filter((row) => row.includes(closing)) ?? [];
    expect(again.filter((row) => row.includes('"ACTUAL_PROP"')).length).toBeGreaterThan(5);
  });

  it('sets nothing aside', async () => {
    expect(await cloud?.client.store.list('dead_letters')).toEqual([]);
  });
});

/** Whether no fetch, no message and no run is under way. */
async function isAtRest(client: Client): Promise<boolean> {
  const waiting = await Promise.all([
    client.store.list('outbox'),
    requestedRuns(client),
    runningRuns(client),
    unfollowedRuns(client),
  ]);
  if (waiting.some((each) => each.length > 0)) return false;
  return (await listFetches(client)).every(({ finishedAt }) => finishedAt !== null);
}
