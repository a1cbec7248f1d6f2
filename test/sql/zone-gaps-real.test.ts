/**
 * Wrong shots in a real season: whatever is lacking or doubled, a row of phase 4 that differs from the sound season is not ready or
 * has a code that the sound row does not have, and no row differs whose windows do not hold the wrong game.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { daysBetween, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { BOOTSTRAP_DAYS } from '../../shared/domain/season.ts';
import { shuffled } from '../../shared/domain/seeded-random.ts';
import { type ComputedTable, isRaw, qualifiedName } from '../../shared/domain/table.ts';
import { drawn } from '../support/draw.ts';
import { byProof } from '../support/proof.ts';
import { haveRealData, rawStatements } from '../support/real-raw.ts';
import { build, loadDefinitions, openTables, run, type Row } from '../support/tables.ts';

const SUMMARIES = ['team_offense_game_summary', 'team_defense_game_summary', 'player_game_summary'];
const CONTEXTS = ['upcoming_team_game_context', 'upcoming_player_game_context'];
const PHASE4 = [
  'team_defense_zone_analysis',
  'player_shot_zone_analysis',
  'player_daily_cache',
  'player_composite_factors',
  'ml_feature_store_v2',
];
/** The part of the season that is built, and the date whose shots are changed. */
const LAST = gameDate('2024-01-10');
const WRONG = gameDate('2023-11-24');
const GAME = `(SELECT MIN(game_id) FROM nba_raw.nbac_schedule WHERE game_date = DATE '${WRONG}')`;
const SCORER = `(SELECT player_lookup FROM nba_raw.nbac_shot_chart WHERE game_id = ${GAME}
  GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1)`;

const definitions = await loadDefinitions();

const ALL_MISTAKES: readonly { what: string; sql: string }[] = [
  {
    what: 'one shot is lacking',
    sql: `DELETE FROM nba_raw.nbac_shot_chart WHERE game_id = ${GAME} AND shot_number = (
      SELECT MIN(shot_number) FROM nba_raw.nbac_shot_chart WHERE game_id = ${GAME} AND player_lookup = ${SCORER})`,
  },
  {
    what: 'the shots of a player are lacking',
    sql: `DELETE FROM nba_raw.nbac_shot_chart WHERE game_id = ${GAME} AND player_lookup = ${SCORER}`,
  },
  {
    what: 'the shots of a game are lacking, or set aside because they are doubled',
    sql: `DELETE FROM nba_raw.nbac_shot_chart WHERE game_id = ${GAME}`,
  },
  {
    what: 'the shots of a night are lacking',
    sql: `DELETE FROM nba_raw.nbac_shot_chart WHERE game_date = DATE '${WRONG}'`,
  },
  {
    what: 'the shots end early',
    sql: `DELETE FROM nba_raw.nbac_shot_chart WHERE game_date >= DATE '${WRONG}'`,
  },
  {
    what: 'a make of a player is a miss',
    sql: `UPDATE nba_raw.nbac_shot_chart SET shot_made = FALSE WHERE game_id = ${GAME} AND shot_number = (
      SELECT MIN(shot_number) FROM nba_raw.nbac_shot_chart
      WHERE game_id = ${GAME} AND player_lookup = ${SCORER} AND shot_made)`,
  },
  {
    what: 'no shot of a game has a distance',
    sql: `UPDATE nba_raw.nbac_shot_chart SET shot_distance = NULL WHERE game_id = ${GAME}`,
  },
];

/** Those that this run makes, drawn from all. */
const MISTAKES = shuffled(drawn('wrong shots', '2023-24'), ALL_MISTAKES).slice(
  0,
  byProof({ small: 1, ci: 3, all: ALL_MISTAKES.length }),
);

describe.skipIf(!haveRealData('wrong shots in the real season 2023-24'))('wrong shots', () => {
  let connection: DuckDBConnection;
  let all: readonly GameDate[];

  beforeAll(async () => {
    connection = await openTables(definitions.values());
    for (const statement of rawStatements(['2023-24'])) await connection.run(statement);
    for (const table of definitions.values()) {
      if (isRaw(table))
        await connection.run(
          `DELETE FROM ${qualifiedName(table)} WHERE ${table.partitionColumn} > DATE '${LAST}'`,
        );
    }
    all = (
      await run(
        connection,
        `SELECT DISTINCT game_date FROM nba_raw.nbac_schedule WHERE season_type = 'regular' ORDER BY ALL`,
      )
    ).map((row) => gameDate(String(row['game_date'])));
    await buildTables([...SUMMARIES, ...CONTEXTS], all);
    await buildTables(PHASE4, later());
    await connection.run('CREATE SCHEMA sound');
    for (const name of [...SUMMARIES, ...PHASE4, 'nbac_shot_chart'])
      await connection.run(`CREATE TABLE sound.${name} AS FROM ${qualifiedName(table(name))}`);
  });

  const opening = (): GameDate => all[0] ?? LAST;
  const later = (): GameDate[] => all.filter((date) => daysBetween(opening(), date) >= BOOTSTRAP_DAYS);
  const buildTables = async (names: readonly string[], dates: readonly GameDate[]): Promise<void> => {
    for (const name of names) await build(connection, table(name), { dates, readStart: opening() });
  };

  it.each(MISTAKES)('are seen: $what', { timeout: 300_000 }, async ({ sql }) => {
    await connection.run(`CREATE OR REPLACE TABLE nba_raw.nbac_shot_chart AS FROM sound.nbac_shot_chart`);
    await connection.run(sql);
    for (const name of [...SUMMARIES, ...PHASE4])
      await connection.run(`DELETE FROM ${qualifiedName(table(name))}`);
    await buildTables(SUMMARIES, all);
    await buildTables(PHASE4, later());

    for (const name of [...SUMMARIES, ...PHASE4]) {
      const { changed, silent, early } = await differences(table(name));
      expect({ name, silent, early }).toEqual({ name, silent: 0, early: 0 });
      expect({ name, changed: Number(changed) > 0 }).toEqual({ name, changed: true });
    }
    for (const windows of WINDOWS)
      expect([windows.name, await run(connection, outsideSql(windows))]).toEqual([windows.name, [{ n: 0 }]]);
  });

  /** Rows that differ from the sound ones, those of them that say nothing, and those before the wrong date. */
  async function differences(definition: ComputedTable): Promise<Row> {
    const { name, key, partitionColumn: date, readinessColumn } = definition;
    const codes = (of: string): string => `string_split(COALESCE(${of}.data_quality_issues, ''), ',')`;
    const isNew = `list_has_any(list_filter(${codes('wrong')}, code -> code <> '' AND NOT list_contains(${codes('sound_row')}, code)), ${codes('wrong')})`;
    const [row] = await run(
      connection,
      `SELECT COUNT(*) AS changed, COUNTIF(wrong.${readinessColumn} AND NOT ${isNew}) AS silent,
         COUNTIF(wrong.${date} < DATE '${WRONG}') AS early
       FROM ${qualifiedName(definition)} AS wrong JOIN sound.${name} AS sound_row USING (${key.join(', ')})
       WHERE ${differing(Object.keys(definition.columns))}`,
    );
    return row ?? {};
  }
});

function table(name: string): ComputedTable {
  const found = definitions.get(name);
  if (found === undefined) throw new Error(`There is no table ${name}`);
  return found as ComputedTable;
}

/** A table, and of whose last games its rows are. */
interface Windows {
  readonly name: string;
  readonly who: string;
  readonly games: string;
  readonly entity: string;
  readonly size: number;
  /** Columns that no game outside of the window may change. */
  readonly columns: readonly string[];
}
const WINDOWS: readonly Windows[] = [
  {
    name: 'player_shot_zone_analysis',
    who: 'player_lookup',
    games: 'player_game_summary WHERE is_active',
    entity: 'player_lookup',
    size: 20,
    columns: ['is_production_ready', 'data_quality_issues', 'paint_rate_last_20', 'zone_games_20'],
  },
  {
    name: 'team_defense_zone_analysis',
    who: 'team_abbr',
    games: 'team_defense_game_summary',
    entity: 'defending_team_abbr',
    size: 15,
    columns: ['is_production_ready', 'zone_games_in_sample', 'paint_pct_allowed_last_15'],
  },
];

/** Rows that differ although no game with other shots is among those that their windows hold. */
function outsideSql({ name, who, games, entity, size, columns }: Windows): string {
  return `SELECT COUNT(*) AS n FROM nba_precompute.${name} AS wrong
    JOIN sound.${name} AS sound_row USING (analysis_date, ${who})
    WHERE (${differing(columns)}) AND NOT EXISTS (
      SELECT 1 FROM (
        SELECT game_id, game_date, ${entity},
          LEAD(game_date, ${size}) OVER (PARTITION BY ${entity} ORDER BY game_date) AS gone_on
        FROM sound.${games}
      ) AS game
      WHERE game.${entity} = wrong.${who} AND game.game_date < wrong.analysis_date
        AND COALESCE(game.gone_on >= wrong.analysis_date, TRUE)
        AND game.game_id IN (SELECT game_id FROM (FROM sound.nbac_shot_chart EXCEPT FROM nba_raw.nbac_shot_chart)))`;
}

function differing(columns: readonly string[]): string {
  return columns.map((column) => `wrong.${column} IS DISTINCT FROM sound_row.${column}`).join(' OR ');
}
