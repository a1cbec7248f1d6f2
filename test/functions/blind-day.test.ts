/**
 * A day on which a source is blind: it hangs, refuses, lies or changes shape from the morning until the morning after. Everybody whose
 * presence follows from the schedule and from what was known before has features half an hour before the first tip-off. When the source
 * is back, the tables are those of a clean day, but for what was said only before the games, and for predictions: those that were made
 * before the games stay as they are, and so do their grades.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { easternTimeOf } from '../../shared/domain/eastern-time.ts';
import { simulateLeague, type LeagueOptions } from '../../scripts/simulate/league.ts';
import { addDays, gameDateOf } from '../../shared/domain/game-date.ts';
import { isSealing } from '../../shared/domain/table.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { drawnOf } from '../support/draw.ts';
import { builtHome, contents, copyOf, removeFolders } from '../support/homes.ts';
import { busyDateOf, historyBefore } from '../support/live-history.ts';
import { liveHome, type LiveHome } from '../support/live-home.ts';
import type { LeagueFault } from '../support/live-league/index.ts';
import { byProof } from '../support/proof.ts';

const LEAGUE: LeagueOptions = { seed: 11, firstSeason: 2021, teams: 6, gamesPerTeam: 24 };
const [PLAYED] = simulateLeague({ ...LEAGUE, seasons: 1 });
const SEASON = PLAYED ?? expect.fail();
const DATE = busyDateOf(SEASON);
const HISTORY = historyBefore(SEASON, DATE);

const registry = loadRegistry();
/** The tables of predictions that are sealed at tip-off, and those that follow from them. */
const SEALED = registry.downstreamOf(
  registry.all.flatMap(({ definition }) => (isSealing(definition) ? [definition.name] : [])),
);

interface Drill {
  readonly source: string;
  readonly fault: LeagueFault;
  /** Tables of the date that may end otherwise: what the source says before the games is not said again. */
  readonly lost?: RegExp;
}

const BEFORE_GAMES = /^(?:upcoming|player_composite|player_daily|ml_feature|espn_)/;
const WITH_LINES = /^(?:upcoming|player_composite|player_daily|ml_feature|player_game_summary|odds_api)/;

const changed =
  (change: (text: string) => string): LeagueFault =>
  (_, answer) =>
    answer?.status === 200
      ? { ...answer, body: change(Buffer.from(answer.body).toString('utf8')) }
      : undefined;

const DRILLS: Readonly<Record<string, Drill>> = {
  'the league hangs': { source: 'nba_cdn', fault: () => 'hang' },
  'the league cannot be reached': { source: 'nba_cdn', fault: () => 'unreachable' },
  'the league refuses with a page': {
    source: 'nba_cdn',
    fault: () => ({ status: 403, body: '<html><title>Access Denied</title></html>' }),
  },
  'the league has errors': { source: 'nba_cdn', fault: () => ({ status: 500, body: '' }) },
  'the league is asked too often': { source: 'nba_cdn', fault: () => ({ status: 429, body: '' }) },
  'answers of the league are cut off': { source: 'nba_cdn', fault: changed((text) => text.slice(0, -50)) },
  'the league answers in the old shape': {
    source: 'nba_cdn',
    fault: () => ({ status: 200, body: '{"resultSets":[]}' }),
  },
  'the league renames a field': {
    source: 'nba_cdn',
    fault: changed((text) =>
      text.replaceAll('"personId"', '"playerId"').replaceAll('"gameId"', '"gameCode"'),
    ),
  },
  'the league answers with nothing': { source: 'nba_cdn', fault: () => ({ status: 200, body: '{}' }) },
  'box scores have no players': {
    source: 'nba_cdn',
    fault: changed((text) => text.replaceAll(/"players":\[.*?\](?=,"statistics")/g, '"players":[]')),
  },
  'rosters hang': { source: 'espn', fault: () => 'hang', lost: BEFORE_GAMES },
  'rosters are of another team': {
    source: 'espn',
    fault: changed((text) => text.replace(/"abbreviation":"[A-Z]+"/, '"abbreviation":"XYZ"')),
    lost: BEFORE_GAMES,
  },
  'rosters are empty': {
    source: 'espn',
    fault: changed((text) => text.replace(/"athletes":\[.*\]/s, '"athletes":[]')),
    lost: BEFORE_GAMES,
  },
  'nobody quotes': { source: 'odds_api', fault: () => ({ status: 200, body: '[]' }), lost: WITH_LINES },
  'the key of lines is not accepted': {
    source: 'odds_api',
    fault: () => ({ status: 401, body: '{"message":"invalid key"}' }),
    lost: WITH_LINES,
  },
  'the second source cannot be reached': { source: 'balldontlie', fault: () => 'unreachable' },
};

interface Day {
  /** The players with features half an hour before the first tip-off. */
  readonly featured: ReadonlySet<string>;
  /** Those of them who had played for a team within 30 days. */
  readonly predictable: ReadonlySet<string>;
  /** The content of each partition at the end. */
  readonly contents: Readonly<Record<string, string | null>>;
  /** Fetches without an end. */
  readonly open: readonly string[];
}

const homes: LiveHome[] = [];
afterAll(async () => {
  for (const home of homes) await home.close();
  removeFolders();
});

async function day(history: string, drill?: Drill): Promise<Day> {
  const home = await liveHome(LEAGUE, undefined, copyOf(history));
  homes.push(home);
  const [first = expect.fail()] = home.league.facts.gamesOn(DATE).map(({ tipoffAt }) => tipoffAt.getTime());
  const before = async (minutes: number): Promise<void> => {
    const at = new Date(first - minutes * 60_000);
    await home.at(gameDateOf(at), easternTimeOf(at));
  };
  // What was due of earlier dates is read before the day begins.
  await home.at(DATE, '05:32');
  if (drill !== undefined)
    home.league.fail((asked, answer) =>
      asked.source === drill.source ? drill.fault(asked, answer) : undefined,
    );
  for (const time of ['06:02', '08:02', '12:02']) await home.at(DATE, time);
  await before(115);
  await before(31);
  const names = async (sql: string): Promise<Set<string>> =>
    new Set((await home.rowsOf(sql)).map((row) => String(row['player_lookup'])));
  const featured = await names(
    `SELECT player_lookup FROM nba_predictions.ml_feature_store_v2 WHERE game_date = DATE '${DATE}'`,
  );
  const seen = await names(
    `SELECT DISTINCT player_lookup FROM nba_analytics.player_game_summary WHERE game_date BETWEEN DATE '${addDays(DATE, -30)}' AND DATE '${addDays(DATE, -1)}' AND is_active`,
  );
  await before(9);
  await before(4);
  for (const time of ['02:02', '04:02', '06:02']) await home.at(addDays(DATE, 1), time);
  home.league.fail(undefined);
  for (const time of ['08:02', '10:02', '11:02', '11:22']) await home.at(addDays(DATE, 1), time);
  const fetches = await listFetches(home.client);
  return {
    featured,
    predictable: featured.intersection(seen),
    contents: await contents(home.client),
    open: fetches.filter(({ finishedAt }) => finishedAt === null).map(({ fetchId }) => fetchId),
  };
}

describe('a day on which a source is blind', () => {
  let history = '';
  let clean: Day;
  beforeAll(async () => {
    history = (await builtHome(HISTORY)).folder;
    clean = await day(history);
  }, 300_000);

  it('is one of many players, and clean days leave nothing open', () => {
    expect(clean.predictable.size).toBeGreaterThan(30);
    expect(clean.open).toEqual([]);
    const tables = new Set(Object.keys(clean.contents).filter((name) => name.endsWith(DATE)));
    expect(tables).toContain(`player_game_summary@${DATE}`);
  });

  const names = byProof({
    small: drawnOf(Object.keys(DRILLS), 1, 'blind'),
    ci: drawnOf(Object.keys(DRILLS), 3, 'blind'),
    all: Object.keys(DRILLS),
  });
  it.each(names)(
    'because %s has features of everybody who can be predicted, and ends as a clean day',
    async (name) => {
      const drill = DRILLS[name] ?? expect.fail();
      const blind = await day(history, drill);
      expect([...clean.predictable.difference(blind.featured)]).toEqual([]);
      const { lost } = drill;
      const kept = (all: Day['contents']): Day['contents'] =>
        Object.fromEntries(
          Object.entries(all).filter(([at]) => {
            const [table = '', date] = at.split('@');
            return date !== DATE || !(SEALED.has(table) || lost?.test(table) === true);
          }),
        );
      expect(kept(blind.contents)).toEqual(kept(clean.contents));
      expect(blind.open).toEqual([]);
    },
    300_000,
  );
});
