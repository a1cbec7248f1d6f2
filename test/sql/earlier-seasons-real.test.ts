/** Tables that read earlier seasons, on three real ones: the features of points_v1 by their definitions, no leak, and nothing outside the windows. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { POINTS_V1 } from '../../shared/domain/features.ts';
import { firstDateOf, lastDateOf } from '../../shared/domain/season.ts';
import {
  type ComputedTable,
  isComputed,
  qualifiedName,
  type TableDefinition,
} from '../../shared/domain/table.ts';
import { readEnd, readStart } from '../../shared/domain/window.ts';
import { pointsFeaturesOf, type History, type PlayedGame } from '../support/points-reference.ts';
import { haveRealData, rawStatements } from '../support/real-raw.ts';
import { isTurn } from '../support/turns.ts';
import { build, expectations, loadDefinitions, openTables, run, type Row } from '../support/tables.ts';

const SEASONS = ['2023-24', '2022-23', '2021-22'];
const OPENING = gameDate('2023-10-24');
/** The first date after the bootstrap period, one before and one after the break of the league, and one of the play-offs. */
const DATES = ['2023-11-08', '2024-01-26', '2024-02-22', '2024-05-01'].map(gameDate);
const SUMMARIES = ['team_offense_game_summary', 'team_defense_game_summary', 'player_game_summary'];
const CONTEXTS = ['upcoming_team_game_context', 'upcoming_player_game_context'];
const STORE = 'ml_feature_store_v2';
const CARRY = 'player_season_carry';
const PHASE4 = [
  ...['team_defense_zone_analysis', 'player_shot_zone_analysis', 'player_daily_cache'],
  ...['player_composite_factors', STORE],
];
const FEATURES = POINTS_V1.features.map(({ name }) => name);
const definitions = await loadDefinitions();

function computed(name: string): ComputedTable {
  const table = definitions.get(name);
  if (table === undefined || !isComputed(table)) throw new Error(`${name} is no computed table`);
  return table;
}

/** The earliest date that a run of the table for `date` reads. */
function startOf(table: TableDefinition, date: GameDate): GameDate {
  return table.inputs
    .map(({ window }) => readStart(window, date, OPENING))
    .reduce((a, b) => (a < b ? a : b), date);
}

/** Two files that look at three seasons take turns. */
const isHeld =
  haveRealData('features over three real seasons') && isTurn('queries over three real seasons', 1, 2);

describe.skipIf(!isHeld)('features over three real seasons', () => {
  let connection: DuckDBConnection;
  let history: History;

  beforeAll(async () => {
    connection = await openTables(definitions.values());
    for (const statement of rawStatements(SEASONS)) await connection.run(statement);
    for (const season of SEASONS.toReversed()) {
      const dates = await datesOf(connection, season);
      const batch = { dates, readStart: dates[0] ?? OPENING };
      for (const name of SUMMARIES) await build(connection, computed(name), batch);
      if (season === SEASONS[0]) for (const name of CONTEXTS) await build(connection, computed(name), batch);
    }
    history = await historyOf(connection);
    await buildOn(connection, CARRY, OPENING);
    for (const date of DATES) for (const name of PHASE4) await buildOn(connection, name, date);
  }, 240_000);

  it('a season has one carry, with a row for each player of the two seasons before', async () => {
    const expected = await expectations(connection, computed(CARRY), {
      dates: [OPENING],
      readStart: startOf(computed(CARRY), OPENING),
    });
    const [found] = await run(
      connection,
      `SELECT COUNT(*) AS rows, COUNTIF(is_production_ready) AS ready, SUM(games_last_season) AS games FROM ${qualifiedName(computed(CARRY))}`,
    );
    const [played] = await run(
      connection,
      `SELECT COUNT(DISTINCT player_lookup) AS players, COUNTIF(season = '2022-23') AS games
       FROM nba_analytics.player_game_summary WHERE is_active AND season <> '2023-24'`,
    );
    expect(found).toEqual({
      rows: played?.['players'],
      ready: played?.['players'],
      games: played?.['games'],
    });
    expect(expected).toEqual([{ date: OPENING, rows: found?.['rows'], games: 0 }]);
  });

  it('a date that is not the opening night has no carry', async () => {
    const table = computed(CARRY);
    const batch = { dates: [gameDate('2023-11-08')], readStart: startOf(table, gameDate('2023-11-08')) };
    expect(await expectations(connection, table, batch)).toEqual([]);
    await connection.run('BEGIN');
    await connection.run(`DELETE FROM ${qualifiedName(table)}`);
    await build(connection, table, batch);
    const [rows] = await run(connection, `SELECT COUNT(*) AS n FROM ${qualifiedName(table)}`);
    await connection.run('ROLLBACK');
    expect(rows).toEqual({ n: 0 });
  });

  it.each(DATES)('every feature of %s is what its definition says', async (date) => {
    const rows = await rowsOf(connection, STORE, date);
    expect(rows.length).toBeGreaterThan(20);
    const differing = rows.flatMap((row) => {
      const [player, team, opponent] = ['player_lookup', 'team_abbr', 'opponent_team_abbr'].map((name) =>
        String(row[name]),
      );
      const expected = pointsFeaturesOf(history, {
        player: player ?? '',
        team: team ?? '',
        opponent: opponent ?? '',
        date,
      });
      return FEATURES.filter((name) => !isAlike(row[name], expected[name] ?? null)).map(
        (name) => `${player} ${name}: ${String(row[name])}, by its definition ${String(expected[name])}`,
      );
    });
    expect(differing).toEqual([]);
  });

  it('every feature is known of nearly every player, and has many values', async () => {
    const counts = FEATURES.map(
      (name) => `COUNT(${name}) / COUNT(*) AS ${name}, COUNT(DISTINCT ${name}) AS values_of_${name}`,
    );
    const [row = {}] = await run(
      connection,
      `SELECT ${counts.join(', ')} FROM ${qualifiedName(computed(STORE))}`,
    );
    expect(FEATURES.filter((name) => Number(row[name]) < 0.97)).toEqual([]);
    expect(FEATURES.filter((name) => Number(row[`values_of_${name}`]) < DATES.length)).toEqual([]);
  });

  it.each(DATES)('computes %s from what was known before it', async (date) => {
    const known = (table: TableDefinition): string => {
      if (table.name === 'nbac_schedule') return 'TRUE';
      if (table.name === CARRY) return 'FALSE';
      const isOfDate = table.timing === 'pre_game' && table.phase === 'phase2';
      return `${table.partitionColumn} ${isOfDate ? '<=' : '<'} DATE '${date}'`;
    };
    const truncated = await onCopy(connection, known, async () => {
      await buildOn(connection, CARRY, OPENING);
      for (const name of [...CONTEXTS, ...PHASE4]) await buildOn(connection, name, date);
      return [await rowsOf(connection, CARRY, OPENING), await rowsOf(connection, STORE, date)];
    });
    expect(truncated).toEqual([
      await rowsOf(connection, CARRY, OPENING),
      await rowsOf(connection, STORE, date),
    ]);
  });

  it.each([[CARRY, OPENING] as const, ...DATES.map((date) => [STORE, date] as const)])(
    '%s reads for %s nothing outside its declared windows',
    async (name, date) => {
      const table = computed(name);
      const inside = (other: TableDefinition): string =>
        table.inputs
          .filter((input) => input.table === other.name)
          .map(
            ({ window }) =>
              `${other.partitionColumn} BETWEEN DATE '${readStart(window, date, OPENING)}' AND DATE '${readEnd(window, date)}'`,
          )
          .join(' OR ') || 'FALSE';
      const clipped = await onCopy(connection, inside, async () => {
        await buildOn(connection, name, date);
        return rowsOf(connection, name, date);
      });
      expect(clipped.length).toBeGreaterThan(20);
      expect(clipped).toEqual(await rowsOf(connection, name, date));
    },
  );

  it('without a season before, the features begin with this one and say so', async () => {
    const [date] = DATES;
    const thisSeason = (table: TableDefinition): string => `${table.partitionColumn} >= DATE '${OPENING}'`;
    const alone = (table: TableDefinition): string =>
      table.name === STORE || table.name === CARRY ? 'FALSE' : thisSeason(table);
    const rows = await onCopy(connection, alone, async () => {
      await buildOn(connection, CARRY, OPENING);
      await buildOn(connection, STORE, date ?? OPENING);
      return rowsOf(connection, STORE, date ?? OPENING);
    });
    const before = await rowsOf(connection, STORE, date ?? OPENING);
    expect(rows.map((row) => row['player_lookup'])).toEqual(before.map((row) => row['player_lookup']));
    const codesOf = ({ data_quality_issues: codes }: Row): string[] =>
      typeof codes === 'string' ? codes.split(',') : [];
    expect(rows.every((row) => codesOf(row).includes('no_previous_season'))).toBe(true);
    expect(before.some((row) => codesOf(row).includes('no_previous_season'))).toBe(false);
    expect(rows.filter((row, i) => row['e3_pts'] !== before[i]?.['e3_pts'])).toEqual([]);
    expect(rows.filter((row, i) => row['x30_pts'] !== before[i]?.['x30_pts']).length).toBeGreaterThan(100);
  });
});

/** Equal up to the six decimals that are kept. */
function isAlike(found: unknown, expected: number | null): boolean {
  if (expected === null || found === null) return expected === found;
  return Math.abs(Number(found) - expected) < 2e-6;
}

async function datesOf(connection: DuckDBConnection, season: string): Promise<GameDate[]> {
  const rows = await run(
    connection,
    `SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE season_type <> 'cup_final'
     AND game_date BETWEEN DATE '${firstDateOf(season)}' AND DATE '${lastDateOf(season)}' ORDER BY ALL`,
  );
  return rows.map((row) => gameDate(String(row['game_date'])));
}

async function buildOn(connection: DuckDBConnection, name: string, date: GameDate): Promise<void> {
  const table = computed(name);
  await build(connection, table, { dates: [date], readStart: startOf(table, date) });
}

function rowsOf(connection: DuckDBConnection, name: string, date: GameDate): Promise<Row[]> {
  const table = computed(name);
  return run(
    connection,
    `SELECT ${Object.keys(table.columns).join(', ')} FROM ${qualifiedName(table)}
     WHERE ${table.partitionColumn} = DATE '${date}' ORDER BY ALL`,
  );
}

async function historyOf(connection: DuckDBConnection): Promise<History> {
  const games = await run(
    connection,
    `SELECT player_lookup AS player, team_abbr AS team, opponent_team_abbr AS opponent, season, CAST(game_date AS VARCHAR) AS date,
       points, minutes_played AS minutes, fg_attempts + 0.44::DOUBLE * ft_attempts AS shots,
       fg_attempts + 0.44::DOUBLE * ft_attempts + turnovers AS possessions
     FROM nba_analytics.player_game_summary WHERE is_active ORDER BY game_date, game_id, player_lookup`,
  );
  const lines = await run(
    connection,
    `SELECT team_abbr AS team, CAST(game_date AS VARCHAR) AS date, game_spread AS spread, game_total AS total
     FROM nba_analytics.upcoming_team_game_context ORDER BY game_date, game_id`,
  );
  return {
    games: games as unknown as PlayedGame[],
    lines: lines as unknown as History['lines'],
    seasons: SEASONS,
    firstDate: OPENING,
  };
}

/** Works on copies of all tables, with those of their rows that meet a condition. */
async function onCopy<T>(
  connection: DuckDBConnection,
  condition: (table: TableDefinition) => string,
  work: () => Promise<T>,
): Promise<T> {
  await connection.run("ATTACH ':memory:' AS part");
  for (const dataset of ['nba_raw', 'nba_analytics', 'nba_precompute', 'nba_predictions'])
    await connection.run(`CREATE SCHEMA part.${dataset}`);
  for (const table of definitions.values()) {
    const name = qualifiedName(table);
    await connection.run(
      `CREATE TABLE part.${name} AS SELECT * FROM memory.${name} WHERE ${condition(table)}`,
    );
  }
  await connection.run('USE part');
  try {
    return await work();
  } finally {
    await connection.run('USE memory');
    await connection.run('DETACH part');
  }
}
