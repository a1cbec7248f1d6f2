/** Reads the historical files into the raw tables of a DuckDB connection, in SQL, for tests of what is built on them. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DIRECTORY =
  process.env['FULLCOURT_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** Whether the historical files are on this machine; the line on the console names what is left out when they are not. */
export function haveRealData(leftOut: string): boolean {
  const found = existsSync(`${DIRECTORY}/schedule_2023-24.csv.gz`);
  if (!found) console.log(`Left out: ${leftOut} (no historical files in ${DIRECTORY}; set FULLCOURT_DATA)`);
  return found;
}

/** How a file writes an optional number, flag or text: an empty field is NULL. */
const int = (name: string) => `TRY_CAST(${name} AS BIGINT)`;
const real = (name: string) => `TRY_CAST(${name} AS DOUBLE)`;
const flag = (name: string) => `TRY_CAST(${name} AS BOOLEAN)`;
const lookup = (name: string) => `regexp_replace(lower(strip_accents(${name})), '[^a-z0-9]', '', 'g')`;

/** Statements that fill the raw tables with the given seasons, in order. */
export function rawStatements(seasons: readonly string[]): string[] {
  const file = (name: string) => (existsSync(`${DIRECTORY}/${name}`) ? [`'${DIRECTORY}/${name}'`] : []);
  const files = (prefix: string) => seasons.flatMap((season) => file(`${prefix}_${season}.csv.gz`));
  const read = (paths: readonly string[]) =>
    `read_csv([${paths.join(', ')}], all_varchar = true, union_by_name = true)`;
  const chosen = `season IN (${seasons.map((season) => `'${season}'`).join(', ')})`;
  const playoffs = (kind: string) => file(`${kind}_box_lite_playoffs_2021-22_to_2023-24.csv.gz`);
  const statements = [
    `CREATE TABLE files_schedule AS SELECT game_id AS nba_game_id, CAST(game_date AS DATE) AS game_date, season, season_type,
      home_team, visitor_team, ${int('home_pts')} AS home_pts, ${int('visitor_pts')} AS visitor_pts, winner,
      ${flag('neutral_site')} AS neutral_site, arena, arena_city,
      strftime(CAST(game_date AS DATE), '%Y%m%d') || '_' || visitor_team || '_' || home_team AS game_id
      FROM ${read(files('schedule'))}`,
    `INSERT INTO nba_raw.nbac_schedule BY NAME SELECT game_id, nba_game_id, game_date, season, season_type,
      home_team AS home_team_abbr, visitor_team AS away_team_abbr, arena, arena_city, neutral_site FROM files_schedule`,
    `INSERT INTO nba_raw.nbac_game_results BY NAME SELECT game_id, nba_game_id, game_date, season, season_type,
      home_team AS home_team_abbr, visitor_team AS away_team_abbr, 'final' AS game_status, home_pts AS home_points,
      visitor_pts AS away_points, winner AS winning_team_abbr FROM files_schedule WHERE home_pts IS NOT NULL`,
    ...boxScores(
      'player',
      read([...files('player_box'), ...files('player_box_partial')]),
      'full',
      PLAYER,
      chosen,
    ),
    ...boxScores(
      'player',
      read([...files('player_box_lite'), ...playoffs('player')]),
      'lite',
      PLAYER_LITE,
      chosen,
    ),
    ...boxScores('team', read([...files('team_box')]), 'full', TEAM, chosen),
    ...boxScores('team', read([...files('team_box_lite'), ...playoffs('team')]), 'lite', TEAM_LITE, chosen),
  ];
  if (files('shots').length > 0) {
    statements.push(`INSERT INTO nba_raw.nbac_shot_chart BY NAME SELECT games.game_id, games.game_date, games.season,
      games.season_type, row_number() OVER (PARTITION BY shots.game_id) AS shot_number, shots.team AS team_abbr,
      box.player_lookup, ${int('shots.player_id')} AS nba_player_id, ${flag('shots.made')} AS shot_made,
      CASE WHEN shots.is_three = 'true' THEN '3PT' ELSE '2PT' END AS shot_type,
      ${real('shots.shot_distance')} AS shot_distance, shots.zone
      FROM ${read(files('shots'))} AS shots JOIN files_schedule AS games ON games.nba_game_id = shots.game_id
      JOIN nba_raw.nbac_player_boxscores AS box ON box.game_id = games.game_id
        AND box.nba_player_id = ${int('shots.player_id')}`);
  }
  if (files('game_odds').length > 0) {
    const side = (market: string, outcome: string, point: string) =>
      `SELECT games.game_id, games.game_date, games.season, games.season_type, games.home_team AS home_team_abbr,
        games.visitor_team AS away_team_abbr, 'closing_line' AS bookmaker_key, '${market}' AS market_key,
        ${outcome} AS outcome_name, ${point} AS outcome_point, 'closing' AS snapshot_label
        FROM ${read(files('game_odds'))} AS odds JOIN files_schedule AS games ON games.nba_game_id = odds.game_id
        WHERE ${point} IS NOT NULL`;
    statements.push(
      `INSERT INTO nba_raw.odds_api_game_lines BY NAME ${side('spreads', 'games.home_team', real('odds.spread_home'))}`,
      `INSERT INTO nba_raw.odds_api_game_lines BY NAME ${side('spreads', 'games.visitor_team', `-${real('odds.spread_home')}`)}`,
      `INSERT INTO nba_raw.odds_api_game_lines BY NAME ${side('totals', "'Over'", real('odds.total'))}`,
    );
  }
  if (files('player_props').length > 0) {
    statements.push(`INSERT INTO nba_raw.odds_api_player_points_props BY NAME SELECT games.game_id, games.game_date,
      games.season, games.season_type, ${lookup('props.player_name')} AS player_lookup, props.player_name,
      props.bookmaker, ${real('props.line')} AS points_line, ${flag('props.is_main_line')} AS is_main_line,
      props.snapshot_utc AS snapshot_label, CAST(props.snapshot_utc AS TIMESTAMP) AS snapshot_at, props.source
      FROM ${read(files('player_props'))} AS props JOIN files_schedule AS games ON games.nba_game_id = props.game_id
      WHERE props.market = 'player_points'`);
  }
  return statements;
}

const SHARED: Readonly<Record<string, string>> = {
  points: int('pts'),
  rebounds: int('reb'),
  assists: int('ast'),
  steals: int('stl'),
  blocks: int('blk'),
  turnovers: int('tov'),
  plus_minus: int('plus_minus'),
};
const FULL: Readonly<Record<string, string>> = {
  minutes: real('minutes'),
  field_goals_made: int('fgm'),
  field_goals_attempted: int('fga'),
  three_pointers_made: int('fg3m'),
  three_pointers_attempted: int('fg3a'),
  free_throws_made: int('ftm'),
  free_throws_attempted: int('fta'),
  offensive_rebounds: int('oreb'),
  defensive_rebounds: int('dreb'),
  personal_fouls: int('pf'),
};
const IDENTITY: Readonly<Record<string, string>> = {
  player_lookup: lookup('player_name'),
  player_name: 'player_name',
  nba_player_id: int('player_id'),
};
const PLAYER = { ...IDENTITY, position: 'position', ...SHARED, ...FULL };
const PLAYER_LITE = { ...IDENTITY, minutes: real('minutes'), ...SHARED };
const TEAM = { ...SHARED, ...FULL };
const TEAM_LITE = SHARED;

/** Rows of games that are not yet there: the full files are read before the lite ones. */
function boxScores(
  kind: 'player' | 'team',
  source: string,
  detail: string,
  columns: Record<string, string>,
  chosen: string,
) {
  if (source.startsWith('read_csv([]')) return [];
  const table = kind === 'player' ? 'nba_raw.nbac_player_boxscores' : 'nba_raw.nbac_team_boxscore';
  const values = Object.entries(columns).map(([name, value]) => `${value} AS ${name}`);
  return [
    `INSERT INTO ${table} BY NAME SELECT games.game_id, games.nba_game_id, games.game_date, games.season,
      games.season_type, box.team AS team_abbr, box.opponent AS opponent_team_abbr, box.is_home, '${detail}' AS source_detail,
      ${values.join(', ')}
      FROM (SELECT * REPLACE (CAST(is_home AS BOOLEAN) AS is_home) FROM ${source} WHERE ${chosen}) AS box
      JOIN files_schedule AS games ON games.nba_game_id = box.game_id
      WHERE games.game_id NOT IN (SELECT game_id FROM ${table})`,
  ];
}
