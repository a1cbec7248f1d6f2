/**
 * A live day of an operator who has keys alone: Ball Don't Lie tells which games there are, how they end and who played, The Odds API the
 * lines. The games have stand-ins for the ids of the league until its schedule tells them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateLeague, type LeagueOptions } from '../../scripts/simulate/league.ts';
import { easternTimeOf } from '../../shared/domain/eastern-time.ts';
import { addDays, gameDateOf, type GameDate } from '../../shared/domain/game-date.ts';
import { isStandInId } from '../../shared/domain/game-id.ts';
import type { Environment } from '../../shared/config.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import { listFetches } from '../../shared/state/fetches.ts';
import { builtHome, contents, copyOf, removeFolders } from '../support/homes.ts';
import { busyDateOf, historyBefore } from '../support/live-history.ts';
import { liveHome, type LiveHome } from '../support/live-home.ts';

const LEAGUE: LeagueOptions = { seed: 11, firstSeason: 2021, teams: 4, gamesPerTeam: 16 };
const [PLAYED] = simulateLeague({ ...LEAGUE, seasons: 1 });
const SEASON = PLAYED ?? expect.fail();
const DATE = busyDateOf(SEASON);
const KEYS_ALONE: Environment = {
  BALLDONTLIE_API_KEY: 'key-of-balldontlie',
  ODDS_API_KEY: 'key-of-odds-api',
};

const THE_LEAGUE_ALONE: Environment = { FULLCOURT_ALLOW_UNKEYED: '1' };
const NOT_THERE = { status: 404, body: '' } as const;

let home: LiveHome;
let folder = '';
beforeAll(async () => {
  // The files end before the day, and so does their schedule.
  folder = copyOf((await builtHome(historyBefore(SEASON, DATE, 'played'))).folder);
  home = await liveHome(LEAGUE, KEYS_ALONE, folder);
  // The files have the box scores of earlier nights.
  home.league.fail(({ path }) =>
    path.startsWith('/v1/box_scores') && !path.includes(DATE) ? NOT_THERE : undefined,
  );
});
afterAll(async () => {
  await home.close();
  removeFolders();
});

const games = (date: GameDate) => home.league.facts.gamesOn(date);
const beforeFirst = async (minutes: number): Promise<void> => {
  const first = Math.min(...games(DATE).map(({ tipoffAt }) => tipoffAt.getTime()));
  const at = new Date(first - minutes * 60_000);
  await home.at(gameDateOf(at), easternTimeOf(at));
};
const statuses = async (date: GameDate, ...tables: string[]) => {
  const states = await home.statesOf(date);
  return Object.fromEntries(tables.map((table) => [table, states[table]?.status ?? 'none']));
};
const on = (table: string, columns: string): Promise<readonly Row[]> =>
  home.rowsOf(`SELECT ${columns} FROM ${table} WHERE game_date = DATE '${DATE}' ORDER BY 1, 2`);

describe('a live day of keys alone', () => {
  it('knows in the morning which games there are, by stand-ins for the ids that nobody has told', async () => {
    await home.at(DATE, '06:02');
    const rows = await on('nba_raw.nbac_schedule', 'game_id, nba_game_id, season_type, tipoff_at');
    expect(rows.map((row) => row['game_id'])).toEqual(
      games(DATE)
        .map(({ date, visitor, home: at }) => `${date.replaceAll('-', '')}_${visitor}_${at}`)
        .sort(),
    );
    expect(rows.map((row) => isStandInId(String(row['nba_game_id'])))).toEqual(rows.map(() => true));
    // One question in pages tells the games of the season; those of the date are among them.
    const asked = home.league.asked.map(({ source, path }) => `${source} ${path}`);
    expect(asked).toContain('balldontlie /v1/games?seasons[]=2021&per_page=100');
    expect(asked).not.toContain(`balldontlie /v1/games?dates[]=${DATE}&per_page=100`);
    expect(home.league.asked.filter(({ source }) => !['balldontlie', 'odds_api'].includes(source))).toEqual(
      [],
    );
  }, 300_000);

  it('has features of everybody who had played, half an hour before the first game', async () => {
    await beforeFirst(31);
    const featured = await on('nba_predictions.ml_feature_store_v2', 'player_lookup, team_abbr');
    const teams = new Set(games(DATE).flatMap(({ home: at, visitor }) => [at, visitor]));
    const seen = await home.rowsOf(
      `SELECT DISTINCT player_lookup FROM nba_analytics.player_game_summary WHERE game_date BETWEEN DATE '${addDays(DATE, -30)}' AND DATE '${addDays(DATE, -1)}' AND is_active`,
    );
    const names = new Set(featured.map((row) => row['player_lookup']));
    expect(new Set(featured.map((row) => row['team_abbr']))).toEqual(teams);
    const rostered = new Set(
      (await on('nba_raw.espn_team_rosters', 'player_lookup, source')).map((row) => row['player_lookup']),
    );
    const hurt = await on('nba_raw.nbac_injury_report', 'player_lookup, injury_status, source');
    expect(new Set(hurt.map((row) => row['source']))).toEqual(new Set(['balldontlie']));
    const out = new Set(
      hurt.filter((row) => row['injury_status'] === 'out').map((row) => row['player_lookup']),
    );
    const expected = seen.flatMap(({ player_lookup: name }) =>
      name !== undefined && rostered.has(name) && !out.has(name) ? [name] : [],
    );
    expect([...out].filter((name) => names.has(name))).toEqual([]);
    expect(expected.length).toBeGreaterThan(15);
    expect(expected.filter((name) => !names.has(name))).toEqual([]);
    expect([...names].filter((name) => name === undefined || !rostered.has(name))).toEqual([]);
    const lines = await on('nba_raw.odds_api_game_lines', 'DISTINCT game_id, nba_game_id');
    expect(new Set(lines.map((row) => isStandInId(String(row['nba_game_id']))))).toEqual(new Set([true]));
  }, 300_000);

  it('has the summaries of its players in the morning after, and says from where', async () => {
    await home.at(addDays(DATE, 1), '02:02');
    const played = games(DATE).flatMap(({ players }) => players.filter((row) => Number(row['minutes']) > 0));
    const [sums = {}] = await home.rowsOf(
      `SELECT COUNT(*) AS players, SUM(points) AS points, COUNTIF(primary_source_used = 'bdl_player_boxscores') AS second, COUNTIF(data_quality_tier = 'bronze') AS bronze, COUNTIF(nba_player_id IS NULL) AS nobody FROM nba_analytics.player_game_summary WHERE game_date = DATE '${DATE}'`,
    );
    expect(Object.fromEntries(Object.entries(sums).map(([name, value]) => [name, Number(value)]))).toEqual({
      players: played.length,
      points: played.reduce((sum, row) => sum + Number(row['pts']), 0),
      second: played.length,
      bronze: played.length,
      nobody: 0,
    });
    expect(
      await statuses(
        DATE,
        'nbac_schedule',
        'nbac_game_results',
        'bdl_player_boxscores',
        'player_game_summary',
      ),
    ).toEqual({
      nbac_schedule: 'success',
      nbac_game_results: 'success',
      bdl_player_boxscores: 'success',
      player_game_summary: 'success',
    });
    const fetches = await listFetches(home.client);
    expect(fetches.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
  }, 300_000);
});

describe('when the schedule of the league comes', () => {
  it('the games have its ids, once, and what was computed stays as it is', async () => {
    const before = await contents(home.client);
    const summary = `player_game_summary@${DATE}`;
    await home.close();
    home = await liveHome(LEAGUE, THE_LEAGUE_ALONE, folder);
    home.league.fail(({ path }) => (path.includes('boxscore') ? NOT_THERE : undefined));
    await home.at(addDays(DATE, 1), '08:02');
    const ids = games(DATE)
      .map(({ id }) => id)
      .sort();
    for (const table of ['nbac_schedule', 'nbac_game_results', 'bdl_player_boxscores'])
      expect(
        (await on(`nba_raw.${table}`, 'DISTINCT nba_game_id, game_date')).map((row) => row['nba_game_id']),
        table,
      ).toEqual(ids);
    const lines = await on('nba_raw.odds_api_game_lines', 'DISTINCT nba_game_id, game_date');
    expect(lines.map((row) => isStandInId(String(row['nba_game_id'])))).toEqual(lines.map(() => false));
    const after = await contents(home.client);
    expect(before[summary]).toBeDefined();
    expect(after[summary]).toBe(before[summary]);
  }, 300_000);
});
