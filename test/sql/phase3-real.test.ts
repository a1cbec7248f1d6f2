/** Phase 3 on real seasons: known games computed by hand, and the bands that real basketball keeps to. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoted } from '../../shared/adapters/embedded/dialect.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { qualifiedName, type TableDefinition } from '../../shared/domain/table.ts';
import { readEnd, readStart as startOfWindow, type Window } from '../../shared/domain/window.ts';
import { haveRealData, rawStatements } from '../support/real-raw.ts';
import { isTurn } from '../support/turns.ts';
import {
  batchSelect,
  brokenChecks,
  build,
  expectations,
  loadDefinitions,
  openTables,
  run,
} from '../support/tables.ts';

const SEASONS = ['2021-22', '2022-23', '2023-24'];
const TABLES = [
  'team_offense_game_summary',
  'team_defense_game_summary',
  'player_game_summary',
  'upcoming_team_game_context',
  'upcoming_player_game_context',
];
const BATCH = 40;

const definitions = await loadDefinitions();
const tableOf = (name: string): TableDefinition => {
  const table = definitions.get(name);
  if (table === undefined) throw new Error(`There is no table ${name}`);
  return table;
};

/** Two files that look at three seasons take turns. */
const isHeld = haveRealData('phase 3 on real seasons') && isTurn('queries over three real seasons', 0, 2);

describe.skipIf(!isHeld)('phase 3 on real seasons', () => {
  let connection: DuckDBConnection;
  const opening = new Map<string, GameDate>();

  const one = async (sql: string) => (await run(connection, sql))[0] ?? {};
  const number = async (sql: string) => Number(Object.values(await one(sql))[0]);

  beforeAll(async () => {
    connection = await openTables(definitions.values());
    for (const statement of rawStatements(SEASONS)) await connection.run(statement);
    for (const season of SEASONS) {
      const rows = await run(
        connection,
        `SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE season = '${season}' ORDER BY 1`,
      );
      const dates = rows.map((row) => gameDate(String(row['game_date'])));
      const readStart = dates[0] ?? gameDate(`${season.slice(0, 4)}-10-01`);
      opening.set(season, readStart);
      const started = performance.now();
      const seconds: string[] = [];
      for (const name of TABLES) {
        const before = performance.now();
        for (let i = 0; i < dates.length; i += BATCH) {
          await build(connection, tableOf(name), { dates: dates.slice(i, i + BATCH), readStart });
        }
        seconds.push(`${name} ${((performance.now() - before) / 1000).toFixed(2)}`);
      }
      const total = ((performance.now() - started) / 1000).toFixed(2);
      console.log(
        `${season}: ${dates.length} dates in batches of ${BATCH}, five tables, ${total} s (${seconds.join(', ')})`,
      );
    }
  });

  describe('known games', () => {
    // 25 of 33 from the field, 8 of 13 threes, 15 of 16 free throws, 4 turnovers, 45 minutes. Dallas: 85 FGA, 32 FTA, 13 TOV.
    // TS = 73 / (2 * (33 + 0.44 * 16)) = 73 / 80.08 = 0.91159; eFG = (25 + 0.5 * 8) / 33 = 0.87879
    // usage = 100 * (33 + 7.04 + 4) * 48 / (45 * (85 + 14.08 + 13)) = 211392 / 5043.6 = 41.913
    it('Dončić scores 73 in Atlanta', async () => {
      const row =
        await one(`SELECT points, ts_pct, efg_pct, usage_rate, usage_rate_valid, opponent_team_abbr, home_game, win_flag
        FROM nba_analytics.player_game_summary WHERE game_date = '2024-01-26' AND player_lookup = 'lukadoncic'`);
      expect(row).toEqual({
        points: 73,
        ts_pct: 0.912,
        efg_pct: 0.879,
        usage_rate: 41.91,
        usage_rate_valid: true,
        opponent_team_abbr: 'ATL',
        home_game: false,
        win_flag: true,
      });
    });

    // DAL 85 + 0.44 * 32 + 13 - 6 = 106.08; 100 * 148 / 106.08 = 139.517
    // ATL 97 + 0.44 * 30 + 7 - 12 = 105.2; 100 * 143 / 105.2 = 135.932. Recorded minutes are 241 and 239.
    it('a game in regulation', async () => {
      const rows = await run(
        connection,
        `SELECT team_abbr, possessions, offensive_rating, pace, overtime_periods, game_minutes
        FROM nba_analytics.team_offense_game_summary WHERE game_id = '20240126_DAL_ATL' ORDER BY 1`,
      );
      expect(rows).toEqual([
        {
          team_abbr: 'ATL',
          possessions: 105.2,
          offensive_rating: 135.93,
          pace: 105.2,
          overtime_periods: 0,
          game_minutes: 48,
        },
        {
          team_abbr: 'DAL',
          possessions: 106.08,
          offensive_rating: 139.52,
          pace: 106.1,
          overtime_periods: 0,
          game_minutes: 48,
        },
      ]);
      const defense =
        await one(`SELECT defensive_rating, opponent_pace FROM nba_analytics.team_defense_game_summary
        WHERE game_id = '20240126_DAL_ATL' AND defending_team_abbr = 'ATL'`);
      expect(defense).toEqual({ defensive_rating: 139.52, opponent_pace: 106.1 });
    });

    // LAL 98 + 0.44 * 34 + 12 - 8 = 116.96; 12700 / 116.96 = 108.584; 116.96 * 48 / 53 = 105.926
    // SAC 104 + 0.44 * 24 + 10 - 6 = 118.56; 13200 / 118.56 = 111.336; 118.56 * 48 / 53 = 107.375
    it('a game with one overtime', async () => {
      const rows = await run(
        connection,
        `SELECT team_abbr, possessions, offensive_rating, pace, overtime_periods, game_minutes
        FROM nba_analytics.team_offense_game_summary WHERE game_id = '20231029_LAL_SAC' ORDER BY 1`,
      );
      expect(rows).toEqual([
        {
          team_abbr: 'LAL',
          possessions: 116.96,
          offensive_rating: 108.58,
          pace: 105.9,
          overtime_periods: 1,
          game_minutes: 53,
        },
        {
          team_abbr: 'SAC',
          possessions: 118.56,
          offensive_rating: 111.34,
          pace: 107.4,
          overtime_periods: 1,
          game_minutes: 53,
        },
      ]);
    });

    it('Sacramento beats the Clippers 176 to 175 after two overtimes', async () => {
      const row = await one(`SELECT points_scored, margin_of_victory, overtime_periods, game_minutes
        FROM nba_analytics.team_offense_game_summary WHERE game_id = '20230224_SAC_LAC' AND team_abbr = 'SAC'`);
      expect(row).toEqual({
        points_scored: 176,
        margin_of_victory: 1,
        overtime_periods: 2,
        game_minutes: 58,
      });
    });
  });

  describe('every row that should be there is', () => {
    it.each(TABLES)('%s', async (name) => {
      const table = tableOf(name);
      for (const season of SEASONS) {
        const readStart = opening.get(season) ?? gameDate('2021-10-19');
        const counted = await run(
          connection,
          `SELECT game_date AS date, COUNT(*) AS rows, COUNT(DISTINCT game_id) AS games
          FROM ${qualifiedName(table)} WHERE season = '${season}' AND season_type <> 'play_in' GROUP BY 1 ORDER BY 1`,
        );
        const wanted = await expectations(connection, table, {
          dates: [readStart, addDays(readStart, 300)],
          readStart,
        });
        const playIn = await run(
          connection,
          `SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE season = '${season}' AND season_type = 'play_in'`,
        );
        const withoutSource = new Set(playIn.map((row) => String(row['game_date'])));
        expect(counted).toEqual(
          wanted
            .filter(({ date, rows }) => rows > 0 && !withoutSource.has(date))
            .toSorted((a, b) => (a.date < b.date ? -1 : 1)),
        );
      }
    });

    it('no promise that stops a date is broken', async () => {
      for (const name of TABLES) {
        const broken = await brokenChecks(connection, tableOf(name));
        console.log(
          `${name} checks: ${[...broken].map(([check, failures]) => `${check} ${failures}`).join(', ') || 'none broken'}`,
        );
        expect([...broken.keys()].filter((check) => check.startsWith('fail'))).toEqual([]);
      }
    });

    it('rows are ready in the regular season and never where attempts are unknown', async () => {
      for (const name of TABLES.slice(0, 3)) {
        const table = qualifiedName(tableOf(name));
        expect(
          await number(
            `SELECT AVG(CAST(is_production_ready AS INT)) FROM ${table} WHERE season_type = 'regular'`,
          ),
        ).toBe(1);
        expect(
          await number(
            `SELECT COUNT(*) FROM ${table} WHERE season_type = 'playoffs' AND is_production_ready`,
          ),
        ).toBe(0);
      }
    });
  });

  describe('shots', () => {
    it('zones add up to the attempts of the box score', async () => {
      const row = await one(`SELECT
          AVG(CAST(has_complete_shot_zones AS INT)) AS complete,
          COUNT(*) FILTER (WHERE paint_attempts + mid_range_attempts + three_attempts_pbp + zone_unknown_attempts <> fg_attempts) AS off,
          COUNT(*) FILTER (WHERE paint_attempts IS NULL) AS missing
        FROM nba_analytics.player_game_summary WHERE season_type = 'regular' AND season <> '2021-22'`);
      expect(row['complete']).toBeGreaterThan(0.9998);
      expect(row['off']).toBeLessThanOrEqual(7);
      expect(row['missing']).toBe(0);
    });

    it('a season without a shot chart has NULL zones, not zeros', async () => {
      const row =
        await one(`SELECT COUNT(paint_attempts) AS known, COUNTIF(has_complete_shot_zones) AS complete
        FROM nba_analytics.player_game_summary WHERE season = '2021-22'`);
      expect(row).toEqual({ known: 0, complete: 0 });
    });

    it('paint, mid-range and three shares are those of the league', async () => {
      const row = await one(`SELECT 100 * SUM(team_paint_attempts) / SUM(fg_attempts) AS paint,
          100 * SUM(team_mid_range_attempts) / SUM(fg_attempts) AS mid_range, 100 * SUM(three_attempts_pbp) / SUM(fg_attempts) AS three
        FROM nba_analytics.team_offense_game_summary WHERE season IN ('2022-23', '2023-24') AND season_type = 'regular'`);
      console.log(`zone shares: ${JSON.stringify(row)}`);
      expect(Math.abs(Number(row['paint']) - 45)).toBeLessThan(8);
      expect(Math.abs(Number(row['mid_range']) - 15)).toBeLessThan(8);
      expect(Math.abs(Number(row['three']) - 40)).toBeLessThan(8);
    });
  });

  describe.each(SEASONS)('bands of %s', (season) => {
    const regular = `season = '${season}' AND season_type = 'regular'`;

    it('team ratings and pace', async () => {
      const offense = await one(`SELECT AVG(pace) AS pace, AVG(CAST(home_game AS INT)) AS home,
        MIN(pace) AS slowest, MAX(pace) AS fastest FROM nba_analytics.team_offense_game_summary WHERE ${regular}`);
      const rating = await number(
        `SELECT AVG(defensive_rating) FROM nba_analytics.team_defense_game_summary WHERE ${regular}`,
      );
      console.log(`${season}: defensive rating ${rating.toFixed(2)}, ${JSON.stringify(offense)}`);
      expect(offense['pace']).toBeGreaterThan(96);
      expect(offense['pace']).toBeLessThan(102);
      expect(offense['home']).toBe(0.5);
      expect(rating).toBeGreaterThan(108);
      expect(rating).toBeLessThan(118);
    });

    it('usage', async () => {
      const mean = await number(
        `SELECT AVG(usage_rate) FROM nba_analytics.player_game_summary WHERE ${regular}`,
      );
      const known = await number(
        `SELECT AVG(CAST(usage_rate IS NOT NULL AS INT)) FROM nba_analytics.player_game_summary WHERE ${regular} AND minutes_played > 0`,
      );
      // Weighted by their minutes, the usage of a team's players is 100 / 5 of its plays at any moment: 100 for the five.
      const shares = await one(`SELECT MIN(share) AS low, MAX(share) AS high, AVG(share) AS mean FROM (
        SELECT 5 * SUM(usage_rate_raw * minutes_played) / SUM(minutes_played) AS share
        FROM nba_analytics.player_game_summary WHERE ${regular} AND minutes_played > 0 GROUP BY game_id, team_abbr)`);
      console.log(
        `${season}: usage mean ${mean.toFixed(2)}, known ${known.toFixed(5)}, usage x minutes ${JSON.stringify(shares)}`,
      );
      expect(mean).toBeGreaterThan(18);
      expect(mean).toBeLessThan(21);
      expect(known).toBeGreaterThan(0.999);
      expect(Number(shares['low'])).toBeGreaterThan(95);
      expect(Number(shares['high'])).toBeLessThan(105);
    });

    // The universe also holds players who sit for weeks; of those who then play, the share is that of their teams.
    it('back-to-backs, rest and load', async () => {
      const row = await one(`SELECT AVG(CAST(context.back_to_back AS INT)) AS everybody,
          AVG(CAST(IF(played.is_active, context.back_to_back, NULL) AS INT)) AS who_then_play,
          MAX(context.games_in_last_7_days) AS busiest, AVG(CAST(context.home_game AS INT)) AS home
        FROM nba_analytics.upcoming_player_game_context AS context
        LEFT JOIN nba_analytics.player_game_summary AS played
          ON played.game_id = context.game_id AND played.player_lookup = context.player_lookup
        WHERE context.season = '${season}' AND context.season_type = 'regular'`);
      const teams = await number(
        `SELECT AVG(CAST(team_back_to_back AS INT)) FROM nba_analytics.upcoming_team_game_context WHERE ${regular}`,
      );
      console.log(`${season}: back-to-backs of teams ${teams.toFixed(4)}, ${JSON.stringify(row)}`);
      for (const share of [Number(row['who_then_play']), teams]) {
        expect(share).toBeGreaterThan(0.12);
        expect(share).toBeLessThan(0.22);
      }
      expect(Number(row['everybody'])).toBeGreaterThan(0.1);
      expect(Number(row['busiest'])).toBeLessThanOrEqual(5);
      expect(Math.abs(Number(row['home']) - 0.5)).toBeLessThan(0.01);
    });

    it('contexts know most of those who then play, and their form', async () => {
      const row = await one(`SELECT AVG(CAST(context.player_lookup IS NOT NULL AS INT)) AS covered,
          AVG(CAST(context.points_avg_last_5 IS NOT NULL AS INT)) AS with_form
        FROM nba_analytics.player_game_summary AS played
        LEFT JOIN nba_analytics.upcoming_player_game_context AS context
          ON context.game_id = played.game_id AND context.player_lookup = played.player_lookup
        WHERE played.season = '${season}' AND played.season_type = 'regular' AND played.is_active AND played.game_date >= DATE '${opening.get(season)}' + 14`);
      console.log(`${season}: players who played and have a context ${JSON.stringify(row)}`);
      expect(Number(row['covered'])).toBeGreaterThan(0.93);
      expect(Number(row['with_form'])).toBeGreaterThan(0.93);
    });
  });

  it('lines: spreads mirror each other and the over hits about half the time', async () => {
    const spreads =
      await one(`SELECT AVG(game_spread) AS mean, AVG(CAST(game_spread IS NOT NULL AS INT)) AS known
      FROM nba_analytics.upcoming_team_game_context`);
    const props =
      await one(`SELECT COUNTIF(over_under_result = 'OVER') / COUNTIF(over_under_result IN ('OVER', 'UNDER')) AS over_share,
      COUNT(points_line) AS lines, AVG(ABS(margin)) AS mean_error FROM nba_analytics.player_game_summary`);
    console.log(`lines: ${JSON.stringify({ ...spreads, ...props })}`);
    expect(Math.abs(Number(spreads['mean']))).toBeLessThan(0.01);
    expect(Number(spreads['known'])).toBeGreaterThan(0.99);
    expect(Number(props['over_share'])).toBeGreaterThan(0.46);
    expect(Number(props['over_share'])).toBeLessThan(0.52);
    expect(Number(props['mean_error'])).toBeGreaterThan(4);
    expect(Number(props['mean_error'])).toBeLessThan(6.5);
  });

  // In each case every input keeps the rows of its declared window and no other; the stored rows come from batches of 40.
  it.each(['2021-11-20', '2022-12-28', '2024-04-14', '2024-05-05'])(
    'rows of %s come from their declared windows alone',
    async (text) => {
      const date = gameDate(text);
      const readStart = opening.get(seasonOf(date)) ?? date;
      const batch = { dates: [date], readStart };
      for (const table of TABLES.map(tableOf)) {
        const columns = Object.keys(table.columns).map(quoted).join(', ');
        const stored = await run(
          connection,
          `SELECT ${columns} FROM ${qualifiedName(table)} WHERE game_date = '${date}' ORDER BY ALL`,
        );
        await connection.run('BEGIN');
        for (const input of table.inputs) {
          await connection.run(
            `DELETE FROM ${qualifiedName(tableOf(input.table))} WHERE NOT (${inside(input.window, date, readStart)})`,
          );
        }
        const again = await run(
          connection,
          `SELECT * FROM (${batchSelect(table, batch)}) ORDER BY ALL`,
          batch,
        );
        await connection.run('ROLLBACK');

        expect(stored.length).toBeGreaterThan(0);
        expect(again).toEqual(stored);
      }
    },
  );
});

function inside(window: Window, date: GameDate, readStart: GameDate): string {
  switch (window.kind) {
    case 'same_date':
      return `game_date = '${date}'`;
    case 'around_date':
      return `game_date BETWEEN '${addDays(date, -window.back)}' AND '${addDays(date, window.ahead)}'`;
    case 'previous_days':
      return `game_date BETWEEN '${addDays(date, -window.days)}' AND '${addDays(date, -1)}'`;
    case 'season_to_date':
    case 'last_games':
      return `game_date BETWEEN '${readStart}' AND '${addDays(date, -1)}'`;
    case 'previous_seasons':
      return `game_date BETWEEN '${startOfWindow(window, date, date)}' AND '${readEnd(window, date)}'`;
    default:
      return window satisfies never;
  }
}
