-- One row for each player in the box score of a final game whose id is known. His usage is his share of his team's plays in the same game,
-- measured by the real length of the game.
WITH
-- @include final-team-games
-- @include shot-zones
-- @include player-points-lines
league_box_scores AS (
  SELECT *
  FROM nba_raw.nbac_player_boxscores
  WHERE game_date BETWEEN @start_date AND @end_date
),
second_box_scores AS (
  SELECT *
  FROM nba_raw.bdl_player_boxscores
  WHERE game_date BETWEEN @start_date AND @end_date AND stands_in AND nba_player_id IS NOT NULL
),
-- @include merged-box-scores
-- @include box-scores
-- @include known-numbers
charted_games AS (
  SELECT game_id, MIN(shot_source) AS zone_source, MAX(shot_source) AS told_source,
    COUNTIF(shot_made AND assisted IS NOT NULL) > 0 AS assists_charted
  FROM zoned_shots
  GROUP BY game_id
),
player_zones AS (
  SELECT game_id, player_lookup, shot_source,
    COUNTIF(shot_zone = 'paint') AS paint_attempts,
    COUNTIF(shot_zone = 'paint' AND shot_made) AS paint_makes,
    COUNTIF(shot_zone = 'mid_range') AS mid_range_attempts,
    COUNTIF(shot_zone = 'mid_range' AND shot_made) AS mid_range_makes,
    COUNTIF(shot_zone = 'three') AS three_attempts,
    COUNTIF(shot_zone = 'three' AND shot_made) AS three_makes,
    COUNTIF(shot_zone = 'unknown') AS unknown_attempts,
    COUNT(*) AS attempts,
    COUNTIF(shot_made AND assisted) AS assisted_makes,
    COUNTIF(shot_made AND NOT assisted) AS unassisted_makes,
    COUNTIF(shot_made AND assisted IS NULL) AS unclear_makes
  FROM zoned_shots
  GROUP BY game_id, player_lookup, shot_source
),
-- What the play-by-play alone says of a player: whose makes were assisted, which shots he blocked, and free throws after a make of his.
-- A free throw alone has a descriptor when it is for a technical or a flagrant foul.
player_plays AS (
  SELECT game_id, player_lookup, SUM(assisted_makes) AS assisted_makes, SUM(unassisted_makes) AS unassisted_makes, SUM(paint_blocks) AS paint_blocks,
    SUM(mid_range_blocks) AS mid_range_blocks, SUM(three_pt_blocks) AS three_pt_blocks, SUM(and1s) AS and1s
  FROM (
    SELECT game_id, player_lookup, IF(assisted, 1, 0) AS assisted_makes, IF(assisted, 0, 1) AS unassisted_makes, 0 AS paint_blocks,
      0 AS mid_range_blocks, 0 AS three_pt_blocks, 0 AS and1s
    FROM zoned_shots
    WHERE shot_source = 1 AND shot_made
    UNION ALL
    SELECT game_id, block_player_lookup AS player_lookup, 0 AS assisted_makes, 0 AS unassisted_makes,
      IF(shot_zone = 'paint', 1, 0) AS paint_blocks,
      IF(shot_zone = 'mid_range', 1, 0) AS mid_range_blocks, IF(shot_zone = 'three', 1, 0) AS three_pt_blocks, 0 AS and1s
    FROM zoned_shots
    WHERE shot_source = 1 AND block_player_lookup IS NOT NULL
    UNION ALL
    SELECT game_id, player_lookup, 0 AS assisted_makes, 0 AS unassisted_makes, 0 AS paint_blocks, 0 AS mid_range_blocks,
      0 AS three_pt_blocks, 1 AS and1s
    FROM told_actions
    WHERE shot_source = 1 AND shot_type = 'FT' AND event_action_type = '1 of 1' AND event_descriptor IS NULL
  ) AS credits
  GROUP BY game_id, player_lookup
),
offense_rows AS (
  SELECT game_id, team_abbr, game_minutes, is_production_ready, points_add_up, minutes_add_up, team_box_agrees,
    has_complete_team_box, primary_source_used,
    fg_attempts + 0.44 * ft_attempts + turnovers AS team_plays
  FROM nba_analytics.team_offense_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date
),
facts AS (
  SELECT box.game_id, box.game_date, games.season, games.season_type, box.player_lookup, box.player_name,
    box.nba_player_id, box.team_abbr, games.opponent_team_abbr, games.home_game, games.margin_of_victory,
    box.position, box.starter, box.minutes, box.points, box.field_goals_made, box.field_goals_attempted,
    box.three_pointers_made, box.three_pointers_attempted, box.free_throws_made, box.free_throws_attempted,
    box.offensive_rebounds, box.defensive_rebounds, box.rebounds, box.assists, box.steals, box.blocks, box.turnovers,
    box.personal_fouls, box.plus_minus, box.is_active, box.is_second_source, COALESCE(box.data_quality_issues LIKE '%id_in_doubt%', FALSE) AS id_in_doubt,
    box.lacks_assists, box.lacks_attempts, box.lacks_blocks, box.lacks_fouls, box.lacks_minutes, box.lacks_plus_minus,
    box.lacks_rebounds, box.lacks_steals,
    box.field_goals_attempted + 0.44 * box.free_throws_attempted AS true_attempts,
    IF(box.minutes > 0, SAFE_DIVIDE(
      100 * (box.field_goals_attempted + 0.44 * box.free_throws_attempted + box.turnovers) * offense.game_minutes,
      box.minutes * offense.team_plays), NULL) AS usage_raw,
    COALESCE(offense.is_production_ready, FALSE) AS is_team_complete,
    COALESCE(offense.has_complete_team_box, FALSE) AS has_complete_team_box,
    COALESCE(offense.points_add_up, TRUE) AS points_add_up,
    COALESCE(offense.minutes_add_up, TRUE) AS minutes_add_up,
    COALESCE(offense.team_box_agrees, TRUE) AS team_box_agrees,
    COALESCE(offense.primary_source_used <> 'nbac_team_boxscore', FALSE) AS is_team_box_reconstructed,
    COALESCE(charted.zone_source < 2, FALSE) AS is_charted,
    COALESCE(zones.paint_attempts, 0) AS paint_attempts,
    COALESCE(zones.paint_makes, 0) AS paint_makes,
    COALESCE(zones.mid_range_attempts, 0) AS mid_range_attempts,
    COALESCE(zones.mid_range_makes, 0) AS mid_range_makes,
    COALESCE(zones.three_attempts, 0) AS three_attempts,
    COALESCE(zones.three_makes, 0) AS three_makes,
    COALESCE(zones.unknown_attempts, 0) AS unknown_attempts,
    COALESCE(charted.zone_source < 2
      AND ABS(COALESCE(zones.attempts, 0) - box.field_goals_attempted) <= 1, FALSE) AS has_complete_shot_zones,
    CASE charted.zone_source WHEN 0 THEN 'nbac_shot_chart' WHEN 1 THEN 'nbac_play_by_play' END AS shot_zones_source,
    COALESCE(charted.told_source = 1, FALSE) AS is_told,
    COALESCE(charted.told_source = 2, FALSE) AS plays_differ,
    COALESCE(charted.assists_charted AND COALESCE(zones.unclear_makes, 0) = 0, FALSE) AS assists_charted,
    COALESCE(zones.assisted_makes, 0) AS charted_assisted_makes,
    COALESCE(zones.unassisted_makes, 0) AS charted_unassisted_makes,
    COALESCE(plays.assisted_makes, 0) AS told_assisted_makes,
    COALESCE(plays.unassisted_makes, 0) AS told_unassisted_makes,
    COALESCE(plays.and1s, 0) AS and1s,
    COALESCE(plays.paint_blocks, 0) AS paint_blocks,
    COALESCE(plays.mid_range_blocks, 0) AS mid_range_blocks,
    COALESCE(plays.three_pt_blocks, 0) AS three_pt_blocks,
    lines.bookmaker AS line_source, lines.latest_line, lines.earliest_line, lines.quotes AS line_quotes,
    lines.source_order AS line_source_order,
    own.game_id IS NOT NULL OR (lines.game_id IS NULL AND nobodys.unread_source_order IS NOT NULL) AS is_line_unread,
    nobodys.game_id IS NOT NULL AND (lines.game_id IS NOT NULL OR nobodys.unread_source_order IS NULL) AS line_unresolved
  FROM player_lines AS box
  JOIN final_team_games AS games
    ON games.game_id = box.game_id AND games.team_abbr = box.team_abbr
  LEFT JOIN offense_rows AS offense
    ON offense.game_id = box.game_id AND offense.team_abbr = box.team_abbr
  LEFT JOIN charted_games AS charted
    ON charted.game_id = box.game_id
  LEFT JOIN player_zones AS zones
    ON zones.game_id = box.game_id AND zones.player_lookup = box.player_lookup AND zones.shot_source = charted.zone_source
  LEFT JOIN player_plays AS plays
    ON plays.game_id = box.game_id AND plays.player_lookup = box.player_lookup
  LEFT JOIN player_points_lines AS lines
    ON lines.game_id = box.game_id AND lines.player_lookup = box.player_lookup
  LEFT JOIN players_with_unread_lines AS own
    ON own.game_id = box.game_id AND own.player_lookup = box.player_lookup AND lines.game_id IS NULL
  LEFT JOIN games_with_nobodys_lines AS nobodys
    ON nobodys.game_id = box.game_id AND nobodys.source_order <= COALESCE(lines.source_order, 2)
),
-- @include shot-zone-match
judged AS (
  SELECT *,
    true_attempts + turnovers IS NOT NULL AND minutes IS NOT NULL AS is_known,
    lacks_assists OR lacks_attempts OR lacks_blocks OR lacks_fouls OR lacks_minutes OR lacks_plus_minus OR lacks_rebounds
      OR lacks_steals AS lacks_numbers,
    COALESCE(points <> 2 * field_goals_made + three_pointers_made + free_throws_made, FALSE) AS breaks_identity
  FROM matched
)
SELECT
  game_id,
  game_date,
  season,
  season_type,
  player_lookup,
  player_name,
  nba_player_id,
  player_lookup || '_' || CAST(nba_player_id AS STRING) AS universal_player_id,
  team_abbr,
  opponent_team_abbr,
  home_game,
  position,
  starter AS starter_flag,
  is_active,
  margin_of_victory > 0 AS win_flag,
  minutes AS minutes_played,
  points,
  field_goals_attempted AS fg_attempts,
  field_goals_made AS fg_makes,
  three_pointers_attempted AS three_pt_attempts,
  three_pointers_made AS three_pt_makes,
  free_throws_attempted AS ft_attempts,
  free_throws_made AS ft_makes,
  offensive_rebounds,
  defensive_rebounds,
  rebounds,
  assists,
  steals,
  blocks,
  turnovers,
  personal_fouls,
  plus_minus,
  SAFE_DIVIDE(points, 2 * true_attempts) AS ts_pct,
  SAFE_DIVIDE(field_goals_made + 0.5 * three_pointers_made, field_goals_attempted) AS efg_pct,
  IF(usage_raw > 100, NULL, usage_raw) AS usage_rate,
  usage_raw AS usage_rate_raw,
  IF(usage_raw IS NULL, NULL, is_team_complete AND usage_raw <= 50) AS usage_rate_valid,
  IF(usage_raw > 50, 50, usage_raw) AS usage_rate_capped,
  IF(usage_raw > 50, IF(is_team_complete, 'short_stint', 'partial_team_data'), NULL) AS usage_rate_anomaly_reason,
  IF(is_charted, paint_attempts, NULL) AS paint_attempts,
  IF(is_charted, paint_makes, NULL) AS paint_makes,
  IF(is_charted, mid_range_attempts, NULL) AS mid_range_attempts,
  IF(is_charted, mid_range_makes, NULL) AS mid_range_makes,
  IF(is_charted, three_attempts, NULL) AS three_attempts_pbp,
  IF(is_charted, three_makes, NULL) AS three_makes_pbp,
  IF(is_charted, unknown_attempts, NULL) AS zone_unknown_attempts,
  CASE WHEN is_told THEN told_assisted_makes WHEN assists_charted THEN charted_assisted_makes END AS assisted_fg_makes,
  CASE WHEN is_told THEN told_unassisted_makes WHEN assists_charted THEN charted_unassisted_makes END AS unassisted_fg_makes,
  IF(is_told, and1s, NULL) AS and1_count,
  IF(is_told, paint_blocks, NULL) AS paint_blocks,
  IF(is_told, mid_range_blocks, NULL) AS mid_range_blocks,
  IF(is_told, three_pt_blocks, NULL) AS three_pt_blocks,
  has_complete_shot_zones,
  shot_zones_source,
  shot_zone_match,
  has_complete_team_box,
  lacks_minutes,
  lacks_attempts,
  latest_line AS points_line,
  line_source AS points_line_source,
  CASE line_source_order WHEN 1 THEN 'odds_api' WHEN 2 THEN 'bettingpros' END AS points_line_provider,
  IF(line_quotes > 1, earliest_line, NULL) AS opening_line,
  IF(line_quotes > 1, latest_line - earliest_line, NULL) AS line_movement,
  CASE
    WHEN NOT is_active OR latest_line IS NULL THEN NULL
    WHEN points > latest_line THEN 'OVER'
    WHEN points < latest_line THEN 'UNDER'
    ELSE 'PUSH'
  END AS over_under_result,
  IF(is_active, points - latest_line, NULL) AS margin,
  IF(is_second_source, 'bdl_player_boxscores', 'nbac_player_boxscores') AS primary_source_used,
  IF(is_known AND NOT is_second_source, 'silver', 'bronze') AS data_quality_tier,
  1 AS expected_games_count,
  IF(is_known, 1, 0) AS actual_games_count,
  IF(is_known, 100.0, 0.0) AS completeness_percentage,
  is_known AND NOT lacks_numbers AND is_team_complete AND has_complete_team_box AND NOT breaks_identity AS is_production_ready,
  NULLIF(SUBSTR(
    IF(lacks_assists, ',assists_unknown', '')
    || IF(true_attempts + turnovers IS NULL OR lacks_attempts, ',attempts_unknown', '')
    || IF(lacks_blocks, ',blocks_unknown', '')
    || IF(lacks_fouls, ',fouls_unknown', '')
    || IF(id_in_doubt, ',id_in_doubt', '')
    || IF(minutes_add_up, '', ',minutes_do_not_add_up')
    || IF(minutes IS NULL, ',minutes_unknown', '')
    || IF(plays_differ, ',plays_do_not_add_up', '')
    || IF(lacks_plus_minus, ',plus_minus_unknown', '')
    || IF(points_add_up, '', ',points_do_not_add_up')
    || IF(breaks_identity, ',points_identity', '')
    || IF(lacks_rebounds, ',rebounds_unknown', '')
    || IF(is_second_source, ',second_source', '')
    || IF(shot_zone_match <> 'exact', ',shot_zones_mismatch', '')
    || IF(is_charted, '', ',shot_zones_missing')
    || IF(starter IS NULL, ',starter_unknown', '')
    || IF(lacks_steals, ',steals_unknown', '')
    || IF(team_box_agrees, '', ',team_box_differs')
    || IF(is_team_box_reconstructed, ',team_box_reconstructed', '')
    || IF(is_team_complete, '', ',team_row_incomplete')
    || IF(is_line_unread, ',unread_lines', '')
    || IF(line_unresolved, ',unresolved_names', ''),
    2), '') AS data_quality_issues
FROM judged
