import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { addDays, daysBetween, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { BOOTSTRAP_DAYS } from '../../shared/domain/season.ts';
import {
  type ComputedTable,
  type Input,
  isComputed,
  qualifiedName,
  type TableDefinition,
} from '../../shared/domain/table.ts';
import { readEnd, readStart } from '../../shared/domain/window.ts';
import { haveRealData, rawStatements } from '../support/real-raw.ts';
import {
  batchSelect,
  brokenChecks,
  build,
  expectations,
  loadDefinitions,
  openTables,
  run,
  type Row,
} from '../support/tables.ts';

const PHASE3 = [
  'team_offense_game_summary',
  'team_defense_game_summary',
  'player_game_summary',
  'upcoming_team_game_context',
  'upcoming_player_game_context',
];
const PHASE4 = [
  'team_defense_zone_analysis',
  'player_shot_zone_analysis',
  'player_daily_cache',
  'player_composite_factors',
  'ml_feature_store_v2',
];

const READ_DEFENSES = ['player_composite_factors', 'ml_feature_store_v2'];

const definitions = await loadDefinitions();

interface BuiltSeason {
  readonly connection: DuckDBConnection;
  readonly openingNight: GameDate;
  /** Game dates after the bootstrap. */
  readonly dates: readonly GameDate[];
}

describe.skipIf(!haveRealData('phase 4 on the real season 2023-24'))(
  'phase 4 on the real season 2023-24',
  () => {
    let season: BuiltSeason;
    const one = async (sql: string): Promise<Row> => (await run(season.connection, sql))[0] ?? {};

    beforeAll(async () => {
      season = await buildSeason('2023-24');
    });

    it.each(PHASE4)('%s has the rows it expects on every date, and breaks no promise', async (name) => {
      const table = computed(name);
      const rows = await run(
        season.connection,
        `SELECT ${table.partitionColumn} AS date, COUNT(*) AS found FROM ${qualifiedName(table)} GROUP BY ALL`,
      );
      const found = new Map(rows.map((row) => [String(row['date']), Number(row['found'])]));

      const expected = await expectations(season.connection, table, whole(season));

      expect(expected.map(({ date, rows: count }) => [date, count])).toEqual(
        expected.map(({ date }) => [date, found.get(date)]),
      );
      expect(expected).toHaveLength(season.dates.length);
      expect(await brokenPromises(season.connection, table)).toEqual([]);
      expect(
        [...(await brokenChecks(season.connection, table)).keys()].filter((check) =>
          check.startsWith('fail'),
        ),
      ).toEqual([]);
    });

    it('has 30 teams on every date', async () => {
      expect(
        await one(`SELECT MIN(teams) AS fewest, MAX(teams) AS most FROM (
        SELECT COUNT(*) AS teams FROM nba_precompute.team_defense_zone_analysis GROUP BY analysis_date)`),
      ).toEqual({ fewest: 30, most: 30 });
    });

    it('keeps the factors of the regular season within the bands of a plausible league', async () => {
      const factors =
        await one(`SELECT AVG(fatigue_score) AS fatigue, AVG(shot_zone_mismatch_score) AS mismatch,
      STDDEV_SAMP(shot_zone_mismatch_score) AS mismatch_spread, AVG(usage_spike_score) AS usage,
      AVG(CAST(home_game AS INT)) AS home, AVG(CAST(is_production_ready AS INT)) AS ready
      FROM nba_precompute.player_composite_factors WHERE season_phase <> 'playoffs'`);
      expect(factors['fatigue']).toBeGreaterThan(75);
      expect(factors['fatigue']).toBeLessThan(95);
      expect(Math.abs(Number(factors['mismatch']))).toBeLessThan(0.5);
      expect(factors['mismatch_spread']).toBeGreaterThan(1);
      expect(Math.abs(Number(factors['usage']))).toBeLessThan(0.1);
      expect(Math.abs(Number(factors['home']) - 0.5)).toBeLessThan(0.01);
      expect(factors['ready']).toBeGreaterThan(0.85);
    });

    it('tells rows apart by the quality of their features', async () => {
      const tiers = await run(
        season.connection,
        `SELECT feature_quality_tier AS tier, COUNT(*) AS players FROM nba_predictions.ml_feature_store_v2 GROUP BY ALL`,
      );
      const players = new Map(tiers.map((row) => [String(row['tier']), Number(row['players'])]));
      const all = [...players.values()].reduce((sum, n) => sum + n, 0);
      const shares = [...players].map(([tier, n]) => `${tier} ${((100 * n) / all).toFixed(1)} %`);
      console.log(`quality of features: ${shares.join(', ')}`);
      for (const tier of ['gold', 'silver', 'bronze', 'poor'])
        expect([tier, players.get(tier)]).not.toContain(undefined);
      expect(Math.max(...players.values())).toBeLessThan(0.95 * all);
    });

    it('says the same of the pace and the record of a team in every table', async () => {
      expect(
        await one(`SELECT COUNTIF(factors.pace_differential IS DISTINCT FROM context.pace_differential) AS paces,
          COUNTIF(features.team_win_pct <> 0.5 AND ABS(features.team_win_pct - teams.team_win_pct) > 0.0006) AS records,
          COUNT(*) > 30000 AS enough
        FROM nba_precompute.player_composite_factors AS factors
        JOIN nba_analytics.upcoming_player_game_context AS context USING (game_id, player_lookup)
        JOIN nba_predictions.ml_feature_store_v2 AS features USING (game_id, player_lookup)
        JOIN nba_analytics.upcoming_team_game_context AS teams
          ON teams.game_id = factors.game_id AND teams.team_abbr = factors.team_abbr`),
      ).toEqual({ paces: 0, records: 0, enough: true });
    });

    it('has a mean pace score of zero over both teams of the games', async () => {
      const { pace } = await one(`SELECT AVG(pace_score) AS pace FROM (
      SELECT DISTINCT game_id, team_abbr, pace_score FROM nba_precompute.player_composite_factors
      WHERE season_phase <> 'playoffs')`);
      expect(Math.abs(Number(pace))).toBeLessThan(0.05);
    });

    it('finds back-to-backs among the players who then played', async () => {
      const { share } = await one(`SELECT AVG(features.back_to_back) AS share
      FROM nba_predictions.ml_feature_store_v2 AS features
      JOIN nba_analytics.player_game_summary AS summary USING (game_id, player_lookup)
      WHERE summary.is_active AND features.playoff_game = 0`);
      expect(share).toBeGreaterThan(0.12);
      expect(share).toBeLessThan(0.22);
    });

    it('takes about 45 / 15 / 40 % of the shots from the paint, mid-range and behind the arc', async () => {
      const shots = await one(`SELECT SUM(paint_attempts_per_game * zone_games_10) AS paint,
      SUM(mid_range_attempts_per_game * zone_games_10) AS mid_range,
      SUM(three_pt_attempts_per_game * zone_games_10) AS three
      FROM nba_precompute.player_shot_zone_analysis`);
      const total = Number(shots['paint']) + Number(shots['mid_range']) + Number(shots['three']);
      expect(Math.abs((100 * Number(shots['paint'])) / total - 45)).toBeLessThan(8);
      expect(Math.abs((100 * Number(shots['mid_range'])) / total - 15)).toBeLessThan(8);
      expect(Math.abs((100 * Number(shots['three'])) / total - 40)).toBeLessThan(8);
    });

    it('compares a defence with the mean of all teams over 30 days, counted from the shots themselves', async () => {
      const truth = await one(`WITH allowed AS (
        SELECT IF(shots.team_abbr = games.home_team_abbr, games.away_team_abbr, games.home_team_abbr) AS team,
          AVG(CAST(shots.shot_made AS INT)) FILTER (shots.shot_type = '2PT' AND shots.shot_distance <= 8) AS paint,
          AVG(CAST(shots.shot_made AS INT)) FILTER (shots.shot_type = '3PT') AS three
        FROM nba_raw.nbac_shot_chart AS shots JOIN nba_raw.nbac_schedule AS games USING (game_id)
        WHERE shots.game_date BETWEEN DATE '2023-12-27' AND DATE '2024-01-25' GROUP BY team)
      SELECT ROUND(AVG(paint), 3) AS paint, ROUND(AVG(three), 3) AS three, COUNT(*) AS teams FROM allowed`);
      const row =
        await one(`SELECT league_paint_pct AS paint, league_three_pt_pct AS three, league_avg_defaulted
      FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date = DATE '2024-01-26' AND team_abbr = 'ATL'`);
      expect(truth['teams']).toBe(30);
      expect(row).toEqual({ paint: truth['paint'], three: truth['three'], league_avg_defaulted: false });
    });

    it('rates defences as a league does', async () => {
      const { rating, pace } =
        await one(`SELECT AVG(defensive_rating_last_15) AS rating, AVG(opponent_pace) AS pace
      FROM nba_precompute.team_defense_zone_analysis WHERE analysis_date <= DATE '2024-04-14'`);
      expect(rating).toBeGreaterThan(108);
      expect(rating).toBeLessThan(118);
      expect(pace).toBeGreaterThan(96);
      expect(pace).toBeLessThan(102);
    });

    it('knows what Doncic brought into 2024-01-27, the day after his 73 points', async () => {
      const row =
        await one(`SELECT points_avg_season, points_avg_last_5, days_rest, recent_trend FROM nba_predictions.ml_feature_store_v2
      WHERE game_date = DATE '2024-01-27' AND player_lookup = 'lukadoncic'`);
      const truth = await one(`SELECT ROUND(AVG(points), 4) AS season,
      ROUND(AVG(points) FILTER (place <= 5), 4) AS last_5 FROM (
        SELECT points, ROW_NUMBER() OVER (ORDER BY game_date DESC) AS place FROM nba_raw.nbac_player_boxscores
        WHERE player_lookup = 'lukadoncic' AND game_date < DATE '2024-01-27')`);
      expect(row).toEqual({
        points_avg_season: truth['season'],
        points_avg_last_5: truth['last_5'],
        days_rest: 0,
        recent_trend: 2,
      });
    });

    it.each(['2023-11-15', '2024-01-17', '2024-02-22', '2024-04-14', '2024-05-01'])(
      'computes %s from what was known before it',
      async (day) => {
        const date = gameDate(day);
        const known = (table: TableDefinition): string => {
          if (table.name === 'nbac_schedule') return 'TRUE';
          const isOfDate = table.timing === 'pre_game' && table.phase === 'phase2';
          return `${table.partitionColumn} ${isOfDate ? '<=' : '<'} DATE '${date}'`;
        };

        const truncated = await withCopy(season, known, async () => {
          for (const name of ['upcoming_team_game_context', 'upcoming_player_game_context', ...PHASE4]) {
            await build(season.connection, computed(name), { dates: [date], readStart: season.openingNight });
          }
          return everyRow(season.connection, date);
        });

        expect(truncated.map((rows) => rows.length > 0)).toEqual(PHASE4.map(() => true));
        expect(truncated).toEqual(await everyRow(season.connection, date));
      },
    );

    it.each(['2023-11-10', '2024-01-26', '2024-03-05', '2024-04-24'])(
      'reads for %s nothing outside its declared windows',
      async (day) => {
        const date = gameDate(day);
        for (const name of PHASE4) {
          const table = computed(name);
          const reached = (input: TableDefinition) =>
            clipOf(
              table.inputs.filter((each) => each.table === input.name),
              input,
              date,
            );

          const clipped = await withCopy(season, reached, async () => {
            await build(season.connection, table, { dates: [date], readStart: season.openingNight });
            return rowsOf(season.connection, table, date);
          });

          expect(clipped).toEqual(await rowsOf(season.connection, table, date));
        }
      },
    );

    it('gives the same rows date by date as in one batch', async () => {
      for (const name of PHASE4) {
        const table = computed(name);
        for (const date of season.dates.filter((_, i) => i % 31 === 7)) {
          const batch = { dates: [date], readStart: season.openingNight };
          const alone = await run(season.connection, `${batchSelect(table, batch)} ORDER BY ALL`, batch);
          expect(alone).toEqual(await rowsOf(season.connection, table, date));
        }
      }
    });

    it('computes the same rest, load and usage without the context rows, and says synthetic', async () => {
      const first = gameDate('2024-02-22');
      const dates = season.dates.filter((date) => date >= first && date <= addDays(first, 20));
      const compared = `game_date, player_lookup, days_since_last_game, days_rest, back_to_back, games_in_last_7_days,
      minutes_in_last_7_days, avg_minutes_per_game_last_7, back_to_backs_last_14_days, opponent_days_rest, season_phase,
      fatigue_score, shot_zone_mismatch_score, pace_score, projected_usage_rate, base_usage_rate, projected_usage_source,
      usage_spike_score, total_composite_adjustment, data_completeness_pct`;
      const factors = () =>
        run(
          season.connection,
          `SELECT ${compared} FROM nba_precompute.player_composite_factors
         WHERE game_date IN (${dates.map((date) => `DATE '${date}'`).join(', ')}) ORDER BY ALL`,
        );
      const absent = (table: TableDefinition) =>
        table.name === 'upcoming_player_game_context' || table.name === 'player_composite_factors'
          ? 'FALSE'
          : 'TRUE';

      const without = await withCopy(season, absent, async () => {
        await build(season.connection, computed('player_composite_factors'), {
          dates,
          readStart: season.openingNight,
        });
        return {
          factors: await factors(),
          kinds: await run(
            season.connection,
            `SELECT DISTINCT context_source, is_production_ready FROM nba_precompute.player_composite_factors`,
          ),
        };
      });

      expect(without.factors).toEqual(await factors());
      expect(without.kinds).toEqual([{ context_source: 'synthetic', is_production_ready: false }]);
    });

    it('takes readiness from exactly the players who face a team without a zone row', async () => {
      const date = gameDate('2024-01-26');
      const absent = (table: TableDefinition): string => {
        if (table.name === 'team_defense_zone_analysis')
          return `NOT (analysis_date = DATE '${date}' AND team_abbr = 'ATL')`;
        return READ_DEFENSES.includes(table.name) ? 'FALSE' : 'TRUE';
      };
      const flags = () =>
        Promise.all(
          READ_DEFENSES.map((name) =>
            run(
              season.connection,
              `SELECT player_lookup, opponent_team_abbr, all_upstreams_ready, is_production_ready
             FROM ${qualifiedName(computed(name))} WHERE game_date = DATE '${date}' ORDER BY ALL`,
            ),
          ),
        );

      const without = await withCopy(season, absent, async () => {
        for (const name of READ_DEFENSES) {
          await build(season.connection, computed(name), { dates: [date], readStart: season.openingNight });
        }
        return flags();
      });

      const complete = await flags();
      const facing = complete.flat().filter((row) => row['opponent_team_abbr'] === 'ATL');
      expect(facing.some((row) => row['all_upstreams_ready'] === true)).toBe(true);
      expect(without).toEqual(
        complete.map((rows) =>
          rows.map((row) =>
            facing.includes(row) ? { ...row, all_upstreams_ready: false, is_production_ready: false } : row,
          ),
        ),
      );
    });
  },
);

describe.skipIf(!haveRealData('phase 4 on the real season 2021-22'))(
  'phase 4 on the real season 2021-22, which has no shots',
  () => {
    it('has every row, no zone rate, and rows that are ready without zones', async () => {
      const { connection } = await buildSeason('2021-22');
      for (const name of [
        'team_defense_zone_analysis',
        'player_shot_zone_analysis',
        'player_composite_factors',
        'ml_feature_store_v2',
      ]) {
        const [row] = await run(
          connection,
          `SELECT COUNT(*) > 5000 AS complete, COUNTIF(is_production_ready) > 0.8 * COUNT(*) AS ready
           FROM ${qualifiedName(computed(name))}`,
        );
        expect([name, row]).toEqual([name, { complete: true, ready: true }]);
      }
      expect(
        await run(
          connection,
          `SELECT COUNT(paint_rate_last_10) AS rates, COUNT(primary_scoring_zone) AS zones FROM nba_precompute.player_shot_zone_analysis`,
        ),
      ).toEqual([{ rates: 0, zones: 0 }]);
      expect(
        await run(
          connection,
          `SELECT COUNTIF(shot_zone_mismatch_score <> 0) AS scored, COUNTIF(is_quality_ready) AS quality_ready,
           COUNTIF(defaulted_features NOT LIKE '%pct_paint%') AS undeclared
         FROM nba_predictions.ml_feature_store_v2`,
        ),
      ).toEqual([{ scored: 0, quality_ready: 0, undeclared: 0 }]);
      connection.closeSync();
    });
  },
);

function computed(name: string): ComputedTable {
  const table = definitions.get(name);
  if (table === undefined || !isComputed(table)) throw new Error(`There is no computed table ${name}`);
  return table;
}

/** A season in memory, from the historical files to the features. */
async function buildSeason(label: string): Promise<BuiltSeason> {
  const connection = await openTables(definitions.values());
  for (const statement of rawStatements([label])) await connection.run(statement);
  const all = (
    await run(
      connection,
      `SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE season_type <> 'cup_final' ORDER BY ALL`,
    )
  ).map((row) => gameDate(String(row['game_date'])));
  const openingNight = all[0] ?? gameDate('1970-01-01');
  const dates = all.filter((date) => daysBetween(openingNight, date) >= BOOTSTRAP_DAYS);
  for (const name of PHASE3) await build(connection, computed(name), { dates: all, readStart: openingNight });
  for (const name of PHASE4) await build(connection, computed(name), { dates, readStart: openingNight });
  return { connection, openingNight, dates };
}

function whole(season: BuiltSeason) {
  return { dates: season.dates, readStart: season.openingNight };
}

/**
 * What `work` gives when it runs on a copy of the season that has only the rows of each table that meet its condition.
 * `work` uses the connection of the season, which names the copy's tables meanwhile.
 */
async function withCopy<T>(
  { connection }: BuiltSeason,
  condition: (table: TableDefinition) => string,
  work: () => Promise<T>,
): Promise<T> {
  await connection.run("ATTACH ':memory:' AS part_of_season");
  for (const dataset of ['nba_raw', 'nba_analytics', 'nba_precompute', 'nba_predictions']) {
    await connection.run(`CREATE SCHEMA part_of_season.${dataset}`);
  }
  for (const table of definitions.values()) {
    const name = qualifiedName(table);
    await connection.run(
      `CREATE TABLE part_of_season.${name} AS SELECT * FROM memory.${name} WHERE ${condition(table)}`,
    );
  }
  await connection.run('USE part_of_season');
  try {
    return await work();
  } finally {
    await connection.run('USE memory');
    await connection.run('DETACH part_of_season');
  }
}

/** Which rows of `input` the windows of `inputs` reach for a run of `date`. */
function clipOf(inputs: readonly Input[], input: TableDefinition, date: GameDate): string {
  const part = input.partitionColumn;
  const reached = inputs.map(({ window }) => {
    switch (window.kind) {
      case 'same_date':
        return `${part} = DATE '${date}'`;
      case 'previous_days':
        return `${part} BETWEEN DATE '${addDays(date, -window.days)}' AND DATE '${addDays(date, -1)}'`;
      case 'season_to_date':
        return `${part} < DATE '${date}'`;
      case 'around_date':
        return `${part} BETWEEN DATE '${addDays(date, -window.back)}' AND DATE '${addDays(date, window.ahead)}'`;
      case 'last_games': {
        const games = isComputed(input) ? input.games : undefined;
        if (games === undefined) throw new Error(`${input.name} does not say what a game is`);
        return `rowid IN (SELECT rowid FROM memory.${qualifiedName(input)}
          WHERE ${part} < DATE '${date}' AND ${games.playedColumn ?? 'TRUE'}
          QUALIFY ROW_NUMBER() OVER (PARTITION BY ${games.entityColumn} ORDER BY ${part} DESC, game_id DESC) <= ${window.games})`;
      }
      case 'previous_seasons':
        return `${part} BETWEEN DATE '${readStart(window, date, date)}' AND DATE '${readEnd(window, date)}'`;
      default:
        return window satisfies never;
    }
  });
  return reached.length === 0 ? 'FALSE' : reached.join(' OR ');
}

function rowsOf(connection: DuckDBConnection, table: ComputedTable, date: GameDate): Promise<Row[]> {
  return run(
    connection,
    `SELECT ${Object.keys(table.columns).join(', ')} FROM ${qualifiedName(table)}
     WHERE ${table.partitionColumn} = DATE '${date}' ORDER BY ALL`,
  );
}

/** The rows of each phase 4 table on `date`, in the order of {@link PHASE4}. */
function everyRow(connection: DuckDBConnection, date: GameDate): Promise<Row[][]> {
  return Promise.all(PHASE4.map((name) => rowsOf(connection, computed(name), date)));
}

/** Columns whose declared promises stored rows break: NULL, range, closed list. */
async function brokenPromises(connection: DuckDBConnection, table: ComputedTable): Promise<string[]> {
  const conditions = Object.entries(table.columns).flatMap(([name, column]) => [
    ...(column.nullable === true ? [] : [`${name} IS NULL`]),
    ...(column.min === undefined ? [] : [`${name} < ${column.min}`]),
    ...(column.max === undefined ? [] : [`${name} > ${column.max}`]),
    ...(column.oneOf === undefined
      ? []
      : [`${name} NOT IN (${column.oneOf.map((value) => `'${value}'`).join(', ')})`]),
  ]);
  const counts = conditions.map((condition, i) => `COUNTIF(${condition}) AS broken_${i}`);
  const [row] = await run(connection, `SELECT ${counts.join(', ')} FROM ${qualifiedName(table)}`);
  return conditions.filter((_, i) => row?.[`broken_${i}`] !== 0);
}
