-- One row for each team of a final game. Totals come from the team box score where it has attempts. Else they are the sum
-- of the players who took part where these have attempts, else the totals without attempts. Minutes are those of the players where all
-- of them have some: a team box may have the length of the game instead.
WITH
-- @include final-team-games
-- @include shot-zones
league_box_scores AS (
  SELECT *
  FROM nba_raw.nbac_player_boxscores
  WHERE game_date BETWEEN @start_date AND @end_date
),
second_box_scores AS (
  SELECT *
  FROM nba_raw.bdl_player_boxscores
  WHERE game_date BETWEEN @start_date AND @end_date AND stands_in
),
-- @include merged-box-scores
-- @include box-scores
-- @include known-numbers
player_sums AS (
  SELECT game_id, team_abbr,
    IF(COUNT(minutes) = COUNT(*), SUM(minutes), NULL) AS minutes,
    SUM(IF(minutes > FLOOR(minutes), 1, 0)) AS fractional_minutes,
    COUNT(minutes) AS known_minutes,
    SUM(points) AS points,
    IF(COUNT(field_goals_made) = COUNT(*), SUM(field_goals_made), NULL) AS field_goals_made,
    IF(COUNT(field_goals_attempted) = COUNT(*), SUM(field_goals_attempted), NULL) AS field_goals_attempted,
    IF(COUNT(three_pointers_made) = COUNT(*), SUM(three_pointers_made), NULL) AS three_pointers_made,
    IF(COUNT(three_pointers_attempted) = COUNT(*), SUM(three_pointers_attempted), NULL) AS three_pointers_attempted,
    IF(COUNT(free_throws_made) = COUNT(*), SUM(free_throws_made), NULL) AS free_throws_made,
    IF(COUNT(free_throws_attempted) = COUNT(*), SUM(free_throws_attempted), NULL) AS free_throws_attempted,
    IF(COUNT(offensive_rebounds) = COUNT(*), SUM(offensive_rebounds), NULL) AS offensive_rebounds,
    IF(COUNT(defensive_rebounds) = COUNT(*), SUM(defensive_rebounds), NULL) AS defensive_rebounds,
    IF(COUNT(rebounds) = COUNT(*), SUM(rebounds), NULL) AS rebounds,
    IF(COUNT(assists) = COUNT(*), SUM(assists), NULL) AS assists,
    IF(COUNT(steals) = COUNT(*), SUM(steals), NULL) AS steals,
    IF(COUNT(blocks) = COUNT(*), SUM(blocks), NULL) AS blocks,
    IF(COUNT(turnovers) = COUNT(*), SUM(turnovers), NULL) AS turnovers,
    IF(COUNT(personal_fouls) = COUNT(*), SUM(personal_fouls), NULL) AS personal_fouls,
    MAX(IF(lacks_assists, 1, 0)) AS lacks_assists,
    MAX(IF(lacks_attempts, 1, 0)) AS lacks_attempts,
    MAX(IF(lacks_blocks, 1, 0)) AS lacks_blocks,
    MAX(IF(lacks_fouls, 1, 0)) AS lacks_fouls,
    MAX(IF(lacks_minutes, 1, 0)) AS lacks_minutes,
    MAX(IF(lacks_rebounds, 1, 0)) AS lacks_rebounds,
    MAX(IF(lacks_steals, 1, 0)) AS lacks_steals,
    MAX(IF(is_second_source, 1, 0)) AS has_second_source
  FROM player_lines
  WHERE is_active
  GROUP BY game_id, team_abbr
),
-- Teams with a player under a new id who may be one of theirs.
teams_in_doubt AS (
  SELECT DISTINCT game_id, team_abbr
  FROM box_score_rows
  WHERE data_quality_issues LIKE '%id_in_doubt%'
),
team_boxes AS (
  SELECT *
  FROM nba_raw.nbac_team_boxscore
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- @include team-box-witnesses
-- What a full team box lacks. A lite one lacks what the other team of the game has.
team_box_gaps AS (
  SELECT game_id, team_abbr, second_chance_points,
    assists IS NULL AND (is_full OR COUNT(assists) OVER game > 0) AS lacks_assists,
    field_goals_attempted + free_throws_attempted + turnovers + offensive_rebounds IS NULL
      AND (is_full OR COUNT(field_goals_attempted) OVER game + COUNT(free_throws_attempted) OVER game > 0) AS lacks_attempts,
    blocks IS NULL AND (is_full OR COUNT(blocks) OVER game > 0) AS lacks_blocks,
    personal_fouls IS NULL AND (is_full OR COUNT(personal_fouls) OVER game > 0) AS lacks_fouls,
    rebounds + defensive_rebounds IS NULL
      AND (is_full OR COUNT(rebounds + defensive_rebounds) OVER game > 0) AS lacks_rebounds,
    steals IS NULL AND (is_full OR COUNT(steals) OVER game > 0) AS lacks_steals
  FROM (SELECT *, COALESCE(source_detail = 'full', FALSE) AS is_full FROM team_boxes) AS boxes
  WINDOW game AS (PARTITION BY game_id)
),
sources AS (
  SELECT game_id, team_abbr, 'nbac_team_boxscore' AS primary_source_used,
    minutes, points, field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted,
    free_throws_made, free_throws_attempted, offensive_rebounds, defensive_rebounds, rebounds, assists, steals, blocks,
    turnovers, personal_fouls,
    IF(field_goals_attempted + free_throws_attempted + turnovers + offensive_rebounds IS NULL, 3, 1) AS preference
  FROM team_boxes
  UNION ALL
  SELECT game_id, team_abbr, IF(has_second_source = 1, 'bdl_player_boxscores', 'nbac_player_boxscores') AS primary_source_used,
    minutes, points, field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted,
    free_throws_made, free_throws_attempted, offensive_rebounds, defensive_rebounds, rebounds, assists, steals, blocks,
    turnovers, personal_fouls,
    IF(field_goals_attempted + free_throws_attempted + turnovers + offensive_rebounds IS NULL, 4, 2) AS preference
  FROM player_sums
),
totals AS (
  SELECT *
  FROM sources
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY game_id, team_abbr ORDER BY preference) = 1
),
charted_games AS (
  SELECT game_id, MIN(shot_source) AS zone_source, MAX(shot_source) AS told_source
  FROM zoned_shots
  GROUP BY game_id
),
team_zones AS (
  SELECT game_id, team_abbr, shot_source,
    COUNTIF(shot_zone = 'paint') AS paint_attempts,
    COUNTIF(shot_zone = 'paint' AND shot_made) AS paint_makes,
    COUNTIF(shot_zone = 'mid_range') AS mid_range_attempts,
    COUNTIF(shot_zone = 'mid_range' AND shot_made) AS mid_range_makes,
    COUNTIF(shot_zone = 'three') AS three_attempts,
    COUNTIF(shot_zone = 'three' AND shot_made) AS three_makes,
    COUNTIF(shot_zone = 'unknown') AS unknown_attempts,
    COUNT(*) AS attempts
  FROM zoned_shots
  GROUP BY game_id, team_abbr, shot_source
),
-- The shots of a team that its opponents blocked.
team_blocked AS (
  SELECT game_id, team_abbr,
    COUNTIF(shot_zone = 'paint') AS paint,
    COUNTIF(shot_zone = 'mid_range') AS mid_range,
    COUNTIF(shot_zone = 'three') AS three
  FROM zoned_shots
  WHERE shot_source = 1 AND block_player_lookup IS NOT NULL
  GROUP BY game_id, team_abbr
),
-- When players' minutes are given as whole numbers, those of a game without overtime add up to 239 to 242. Therefore the
-- number of overtimes is rounded to the nearest whole number.
facts AS (
  SELECT games.game_id, games.game_date, games.season, games.season_type, games.team_abbr, games.opponent_team_abbr,
    games.home_game, games.official_points, games.margin_of_victory, totals.primary_source_used,
    totals.points, totals.field_goals_made, totals.field_goals_attempted, totals.three_pointers_made,
    totals.three_pointers_attempted, totals.free_throws_made, totals.free_throws_attempted, totals.offensive_rebounds,
    totals.defensive_rebounds, totals.rebounds, totals.assists, totals.steals, totals.blocks, totals.turnovers,
    totals.personal_fouls,
    COALESCE(player_sums.has_second_source = 1, FALSE) AS has_second_source,
    COALESCE(player_sums.minutes, totals.minutes) AS team_minutes,
    MAX(ROUND((COALESCE(totals.minutes, player_sums.minutes) - 240) / 25)) OVER (PARTITION BY games.game_id) AS overtimes,
    totals.field_goals_attempted + 0.44 * totals.free_throws_attempted + totals.turnovers - totals.offensive_rebounds
      AS possessions,
    witnesses.points_add_up,
    witnesses.minutes_add_up,
    witnesses.team_box_agrees,
    doubts.game_id IS NOT NULL AS id_in_doubt,
    boxes.second_chance_points,
    totals.assists IS NULL AND (COALESCE(player_sums.lacks_assists = 1, FALSE) OR COALESCE(boxes.lacks_assists, FALSE)) AS lacks_assists,
    totals.field_goals_attempted + totals.free_throws_attempted + totals.turnovers + totals.offensive_rebounds IS NULL
      AND (COALESCE(player_sums.lacks_attempts + player_sums.lacks_rebounds > 0, FALSE) OR COALESCE(boxes.lacks_attempts, FALSE))
      AS lacks_attempts,
    totals.blocks IS NULL AND (COALESCE(player_sums.lacks_blocks = 1, FALSE) OR COALESCE(boxes.lacks_blocks, FALSE)) AS lacks_blocks,
    totals.personal_fouls IS NULL AND (COALESCE(player_sums.lacks_fouls = 1, FALSE) OR COALESCE(boxes.lacks_fouls, FALSE)) AS lacks_fouls,
    COALESCE(totals.minutes, player_sums.minutes) IS NULL AND COALESCE(player_sums.lacks_minutes = 1, FALSE) AS lacks_minutes,
    totals.rebounds + totals.defensive_rebounds IS NULL
      AND (COALESCE(player_sums.lacks_rebounds = 1, FALSE) OR COALESCE(boxes.lacks_rebounds, FALSE)) AS lacks_rebounds,
    totals.steals IS NULL AND (COALESCE(player_sums.lacks_steals = 1, FALSE) OR COALESCE(boxes.lacks_steals, FALSE)) AS lacks_steals,
    COALESCE(charted.zone_source < 2, FALSE) AS is_charted,
    CASE charted.zone_source WHEN 0 THEN 'nbac_shot_chart' WHEN 1 THEN 'nbac_play_by_play' END AS shot_zones_source,
    CASE charted.told_source WHEN 1 THEN TRUE WHEN 2 THEN FALSE END AS plays_add_up,
    COALESCE(blocked.paint, 0) AS paint_blocked,
    COALESCE(blocked.mid_range, 0) AS mid_range_blocked,
    COALESCE(blocked.three, 0) AS three_blocked,
    COALESCE(zones.paint_attempts, 0) AS paint_attempts,
    COALESCE(zones.paint_makes, 0) AS paint_makes,
    COALESCE(zones.mid_range_attempts, 0) AS mid_range_attempts,
    COALESCE(zones.mid_range_makes, 0) AS mid_range_makes,
    COALESCE(zones.three_attempts, 0) AS three_attempts,
    COALESCE(zones.three_makes, 0) AS three_makes,
    COALESCE(zones.unknown_attempts, 0) AS unknown_attempts,
    COALESCE(charted.zone_source < 2
      AND ABS(COALESCE(zones.attempts, 0) - totals.field_goals_attempted) <= 1, FALSE) AS has_complete_shot_zones
  FROM final_team_games AS games
  JOIN totals
    ON totals.game_id = games.game_id AND totals.team_abbr = games.team_abbr
  JOIN team_witnesses AS witnesses
    ON witnesses.game_id = games.game_id AND witnesses.team_abbr = games.team_abbr
  LEFT JOIN teams_in_doubt AS doubts
    ON doubts.game_id = games.game_id AND doubts.team_abbr = games.team_abbr
  LEFT JOIN team_box_gaps AS boxes
    ON boxes.game_id = games.game_id AND boxes.team_abbr = games.team_abbr
  LEFT JOIN player_sums
    ON player_sums.game_id = games.game_id AND player_sums.team_abbr = games.team_abbr
  LEFT JOIN charted_games AS charted
    ON charted.game_id = games.game_id
  LEFT JOIN team_blocked AS blocked
    ON blocked.game_id = games.game_id AND blocked.team_abbr = games.team_abbr
  LEFT JOIN team_zones AS zones
    ON zones.game_id = games.game_id AND zones.team_abbr = games.team_abbr AND zones.shot_source = charted.zone_source
),
-- @include shot-zone-match
rated AS (
  SELECT *,
    CAST(ROUND(IF(overtimes < 0, 0, overtimes)) AS INT64) AS overtime_periods,
    48 + 5 * IF(overtimes < 0, 0, overtimes) AS game_minutes,
    possessions IS NOT NULL AND points = official_points AS is_complete,
    points_add_up AND minutes_add_up AND team_box_agrees AND NOT id_in_doubt AND NOT lacks_attempts
      AND NOT (lacks_minutes AND overtimes IS NULL) AS has_complete_team_box,
    lacks_assists OR lacks_attempts OR lacks_blocks OR lacks_fouls OR lacks_minutes OR lacks_rebounds OR lacks_steals
      AS lacks_numbers
  FROM matched
)
SELECT
  game_id,
  game_date,
  season,
  season_type,
  team_abbr,
  opponent_team_abbr,
  home_game,
  margin_of_victory > 0 AS win_flag,
  margin_of_victory,
  points AS points_scored,
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
  team_minutes,
  overtime_periods,
  game_minutes,
  possessions,
  SAFE_DIVIDE(100 * points, possessions) AS offensive_rating,
  SAFE_DIVIDE(possessions * 48, game_minutes) AS pace,
  SAFE_DIVIDE(points, 2 * (field_goals_attempted + 0.44 * free_throws_attempted)) AS ts_pct,
  IF(is_charted, paint_attempts, NULL) AS team_paint_attempts,
  IF(is_charted, paint_makes, NULL) AS team_paint_makes,
  IF(is_charted, mid_range_attempts, NULL) AS team_mid_range_attempts,
  IF(is_charted, mid_range_makes, NULL) AS team_mid_range_makes,
  IF(is_charted, three_attempts, NULL) AS three_attempts_pbp,
  IF(is_charted, three_makes, NULL) AS three_makes_pbp,
  IF(is_charted, unknown_attempts, NULL) AS zone_unknown_attempts,
  IF(is_charted, 2 * paint_makes, NULL) AS points_in_paint_scored,
  second_chance_points AS second_chance_points_scored,
  IF(plays_add_up, paint_blocked, NULL) AS paint_attempts_blocked,
  IF(plays_add_up, mid_range_blocked, NULL) AS mid_range_attempts_blocked,
  IF(plays_add_up, three_blocked, NULL) AS three_pt_attempts_blocked,
  has_complete_shot_zones,
  shot_zones_source,
  shot_zone_match,
  plays_add_up,
  points_add_up,
  minutes_add_up,
  team_box_agrees,
  has_complete_team_box,
  lacks_numbers,
  CASE
    WHEN possessions IS NULL OR primary_source_used <> 'nbac_team_boxscore' THEN 'low'
    WHEN has_complete_shot_zones THEN 'high'
    ELSE 'medium'
  END AS data_quality_tier,
  primary_source_used,
  1 AS expected_games_count,
  IF(is_complete, 1, 0) AS actual_games_count,
  IF(is_complete, 100.0, 0.0) AS completeness_percentage,
  is_complete AND has_complete_team_box AND NOT lacks_numbers AS is_production_ready,
  NULLIF(SUBSTR(
    IF(lacks_assists, ',assists_unknown', '')
    || IF(possessions IS NULL, ',attempts_unknown', '')
    || IF(lacks_blocks, ',blocks_unknown', '')
    || IF(lacks_fouls, ',fouls_unknown', '')
    || IF(id_in_doubt, ',id_in_doubt', '')
    || IF(minutes_add_up, '', ',minutes_do_not_add_up')
    || IF(lacks_minutes, ',minutes_unknown', '')
    || IF(COALESCE(plays_add_up, TRUE), '', ',plays_do_not_add_up')
    || IF(points_add_up, '', ',points_do_not_add_up')
    || IF(lacks_rebounds, ',rebounds_unknown', '')
    || IF(has_second_source, ',second_source', '')
    || IF(shot_zone_match <> 'exact', ',shot_zones_mismatch', '')
    || IF(is_charted, '', ',shot_zones_missing')
    || IF(lacks_steals, ',steals_unknown', '')
    || IF(team_box_agrees, '', ',team_box_differs')
    || IF(primary_source_used <> 'nbac_team_boxscore', ',team_box_reconstructed', ''),
    2), '') AS data_quality_issues
FROM rated
