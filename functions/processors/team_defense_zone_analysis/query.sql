-- One row for each game date and team: what its defence allowed over its last 15 games before that date.
WITH
-- @include analysis-dates
-- The zone numbers of a game are used only when its shots add up to the box score within one. A game without zones has no shots, or
-- such that differ from the box score by more; a mismatch is a difference of one.
defence AS (
  SELECT
    defending_team_abbr AS team_abbr,
    game_id,
    game_date,
    season_type,
    points_allowed,
    has_complete_team_box,
    opponent_pace,
    defensive_rating,
    IF(opp_possessions IS NULL, NULL, points_allowed) AS rated_points,
    opp_possessions AS rated_possessions,
    IF(opp_paint_attempts IS NULL, 0, 1) AS charted_game,
    shot_zone_match,
    IF(has_complete_shot_zones, 1, 0) AS zone_game,
    IF(COALESCE(shot_zone_match, 'differs') = 'differs', 1, 0) AS without_zones,
    IF(COALESCE(shot_zone_match, 'differs') = 'within_one', 1, 0) AS zone_mismatch,
    IF(has_complete_shot_zones, opp_paint_attempts, NULL) AS paint_attempts,
    IF(has_complete_shot_zones, opp_paint_makes, NULL) AS paint_makes,
    IF(has_complete_shot_zones, opp_mid_range_attempts, NULL) AS mid_range_attempts,
    IF(has_complete_shot_zones, opp_mid_range_makes, NULL) AS mid_range_makes,
    IF(has_complete_shot_zones, opp_three_attempts_pbp, NULL) AS three_pt_attempts,
    IF(has_complete_shot_zones, opp_three_makes_pbp, NULL) AS three_pt_makes,
    IF(has_complete_shot_zones, points_in_paint_allowed, NULL) AS paint_points,
    blocks_paint,
    blocks_mid_range,
    blocks_three_pt,
    ROW_NUMBER() OVER by_game AS game_number,
    COALESCE(LEAD(game_date) OVER by_game, @end_date) AS valid_until
  FROM nba_analytics.team_defense_game_summary
  WHERE game_date BETWEEN @read_start AND @end_date
  WINDOW by_game AS (PARTITION BY defending_team_abbr ORDER BY game_date, game_id)
),
-- The averages of each team after its last game before the batch and after each of its games in it. They are valid until its next game.
rolling AS (
  SELECT
    latest.team_abbr,
    latest.game_date,
    latest.valid_until,
    COUNT(*) AS games_in_sample,
    SUM(games.without_zones) AS games_without_zones,
    SUM(games.zone_mismatch) AS zone_mismatches,
    SUM(games.zone_game) AS zone_games,
    SUM(games.paint_attempts) AS paint_attempts,
    SUM(games.paint_makes) AS paint_makes,
    SUM(games.mid_range_attempts) AS mid_range_attempts,
    SUM(games.mid_range_makes) AS mid_range_makes,
    SUM(games.three_pt_attempts) AS three_pt_attempts,
    SUM(games.three_pt_makes) AS three_pt_makes,
    SUM(games.paint_points) AS paint_points,
    AVG(games.blocks_paint) AS paint_blocks,
    AVG(games.blocks_mid_range) AS mid_range_blocks,
    AVG(games.blocks_three_pt) AS three_pt_blocks,
    SUM(games.rated_points) AS rated_points,
    SUM(games.rated_possessions) AS rated_possessions,
    COUNT(games.rated_possessions) AS rated_games,
    AVG(games.defensive_rating) AS mean_rating,
    AVG(games.points_allowed) AS points_allowed,
    AVG(games.opponent_pace) AS opponent_pace
  FROM defence AS latest
  JOIN defence AS games
    ON games.team_abbr = latest.team_abbr AND games.game_number BETWEEN latest.game_number - 14 AND latest.game_number
  WHERE latest.valid_until >= @start_date
  GROUP BY latest.team_abbr, latest.game_number, latest.game_date, latest.valid_until
),
zone_games AS (
  SELECT team_abbr AS subject, game_number, game_date, valid_until, season_type, charted_game, without_zones
  FROM defence
),
-- @include zone-gaps
league_teams AS (
  SELECT
    dates.analysis_date,
    defence.team_abbr,
    SAFE_DIVIDE(SUM(defence.paint_makes), SUM(defence.paint_attempts)) AS paint_pct,
    SAFE_DIVIDE(SUM(defence.mid_range_makes), SUM(defence.mid_range_attempts)) AS mid_range_pct,
    SAFE_DIVIDE(SUM(defence.three_pt_makes), SUM(defence.three_pt_attempts)) AS three_pt_pct
  FROM dates
  JOIN defence
    ON defence.game_date BETWEEN dates.analysis_date - 30 AND dates.analysis_date - 1
  WHERE defence.zone_game = 1
  GROUP BY dates.analysis_date, defence.team_abbr
  HAVING COUNT(*) >= 10
),
league AS (
  SELECT
    analysis_date,
    AVG(paint_pct) AS paint_pct,
    AVG(mid_range_pct) AS mid_range_pct,
    AVG(three_pt_pct) AS three_pt_pct
  FROM league_teams
  GROUP BY analysis_date
  HAVING COUNT(*) >= 10
),
-- @include finals
covered AS (
  SELECT
    finals.team_abbr,
    finals.game_date,
    COALESCE(LEAD(finals.game_date) OVER games, @end_date) AS valid_until,
    COUNT(*) OVER sample AS expected_games,
    COUNT(defence.rated_possessions) OVER sample AS actual_games,
    SUM(IF(COALESCE(defence.points_allowed = finals.opponent_points AND defence.has_complete_team_box, FALSE), 0, 1))
      OVER sample AS gaps
  FROM finals
  LEFT JOIN defence ON defence.team_abbr = finals.team_abbr AND defence.game_id = finals.game_id
  WINDOW
    games AS (PARTITION BY finals.team_abbr ORDER BY finals.game_date, finals.game_id),
    sample AS (games ROWS BETWEEN 14 PRECEDING AND CURRENT ROW)
),
-- Team games of the 30 days that the averages of the league lack or that are not wholly known: no row, other points than the
-- final score, a box score that something contradicts, or zones that do not add up.
league_gaps AS (
  SELECT dates.analysis_date, COUNT(*) AS gaps
  FROM dates
  JOIN finals
    ON finals.game_date BETWEEN dates.analysis_date - 30 AND dates.analysis_date - 1
  LEFT JOIN defence ON defence.team_abbr = finals.team_abbr AND defence.game_id = finals.game_id
  WHERE NOT COALESCE(
    defence.points_allowed = finals.opponent_points AND defence.has_complete_team_box
      AND defence.shot_zone_match = 'exact', FALSE)
  GROUP BY dates.analysis_date
),
measured AS (
  SELECT
    dates.analysis_date,
    rolling.team_abbr,
    rolling.games_in_sample,
    rolling.zone_games,
    rolling.rated_games,
    SAFE_DIVIDE(rolling.paint_makes, rolling.paint_attempts) AS paint_pct,
    SAFE_DIVIDE(rolling.mid_range_makes, rolling.mid_range_attempts) AS mid_range_pct,
    SAFE_DIVIDE(rolling.three_pt_makes, rolling.three_pt_attempts) AS three_pt_pct,
    SAFE_DIVIDE(rolling.paint_attempts, rolling.zone_games) AS paint_attempts_per_game,
    SAFE_DIVIDE(rolling.mid_range_attempts, rolling.zone_games) AS mid_range_attempts_per_game,
    SAFE_DIVIDE(rolling.three_pt_attempts, rolling.zone_games) AS three_pt_attempts_per_game,
    SAFE_DIVIDE(rolling.paint_points, rolling.zone_games) AS paint_points_per_game,
    rolling.paint_blocks,
    rolling.mid_range_blocks,
    rolling.three_pt_blocks,
    IF(rolling.rated_games >= 5, SAFE_DIVIDE(100 * rolling.rated_points, rolling.rated_possessions), NULL) AS weighted_rating,
    IF(rolling.rated_games >= 5, rolling.mean_rating, NULL) AS mean_rating,
    rolling.points_allowed,
    IF(rolling.rated_games >= 5, rolling.opponent_pace, NULL) AS opponent_pace,
    rolling.games_without_zones,
    rolling.zone_mismatches,
    zones.zone_gaps_15 AS zone_gaps,
    league.analysis_date IS NULL AS league_defaulted,
    COALESCE(league.paint_pct, 0.580) AS league_paint_pct,
    COALESCE(league.mid_range_pct, 0.410) AS league_mid_range_pct,
    COALESCE(league.three_pt_pct, 0.355) AS league_three_pt_pct,
    IF(zones.has_charts, COALESCE(league_gaps.gaps, 0), 0) AS league_gaps,
    COALESCE(covered.expected_games, 0) AS expected_games,
    COALESCE(covered.actual_games, 0) AS actual_games,
    COALESCE(covered.gaps, 0) > 0 AS has_gap
  FROM dates
  JOIN rolling
    ON rolling.game_date < dates.analysis_date
    AND rolling.valid_until >= dates.analysis_date
  JOIN zone_gaps AS zones
    ON zones.analysis_date = dates.analysis_date AND zones.subject = rolling.team_abbr
  LEFT JOIN league ON league.analysis_date = dates.analysis_date
  LEFT JOIN league_gaps ON league_gaps.analysis_date = dates.analysis_date
  LEFT JOIN covered
    ON covered.team_abbr = rolling.team_abbr
    AND covered.game_date < dates.analysis_date
    AND covered.valid_until >= dates.analysis_date
  WHERE rolling.games_in_sample >= 5
),
compared AS (
  SELECT
    measured.*,
    100 * (paint_pct - league_paint_pct) AS paint_difference,
    100 * (mid_range_pct - league_mid_range_pct) AS mid_range_difference,
    100 * (three_pt_pct - league_three_pt_pct) AS three_pt_difference,
    COALESCE(SAFE_DIVIDE(100 * actual_games, expected_games), 0) AS completeness
  FROM measured
)
SELECT
  analysis_date,
  team_abbr,
  games_in_sample,
  zone_games AS zone_games_in_sample,
  zone_gaps,
  zone_mismatches,
  paint_pct AS paint_pct_allowed_last_15,
  paint_attempts_per_game AS paint_attempts_allowed_per_game,
  paint_points_per_game AS paint_points_allowed_per_game,
  paint_blocks AS paint_blocks_per_game,
  paint_difference AS paint_defense_vs_league_avg,
  mid_range_pct AS mid_range_pct_allowed_last_15,
  mid_range_attempts_per_game AS mid_range_attempts_allowed_per_game,
  mid_range_blocks AS mid_range_blocks_per_game,
  mid_range_difference AS mid_range_defense_vs_league_avg,
  three_pt_pct AS three_pt_pct_allowed_last_15,
  three_pt_attempts_per_game AS three_pt_attempts_allowed_per_game,
  three_pt_blocks AS three_pt_blocks_per_game,
  three_pt_difference AS three_pt_defense_vs_league_avg,
  league_paint_pct,
  league_mid_range_pct,
  league_three_pt_pct,
  league_defaulted AS league_avg_defaulted,
  league_gaps,
  weighted_rating AS defensive_rating_last_15,
  mean_rating AS defensive_rating_mean_last_15,
  points_allowed AS opponent_points_per_game,
  opponent_pace,
  CASE
    WHEN paint_difference <= COALESCE(mid_range_difference, paint_difference)
      AND paint_difference <= COALESCE(three_pt_difference, paint_difference) THEN 'paint'
    WHEN mid_range_difference <= COALESCE(three_pt_difference, mid_range_difference) THEN 'mid_range'
    WHEN three_pt_difference IS NOT NULL THEN 'perimeter'
  END AS strongest_zone,
  CASE
    WHEN paint_difference >= COALESCE(mid_range_difference, paint_difference)
      AND paint_difference >= COALESCE(three_pt_difference, paint_difference) THEN 'paint'
    WHEN mid_range_difference >= COALESCE(three_pt_difference, mid_range_difference) THEN 'mid_range'
    WHEN three_pt_difference IS NOT NULL THEN 'perimeter'
  END AS weakest_zone,
  CASE WHEN games_in_sample >= 15 THEN 'high' WHEN games_in_sample >= 10 THEN 'medium' ELSE 'low' END
    AS data_quality_tier,
  NULLIF(SUBSTR(
    IF(mid_range_pct IS NULL, ',no_mid_range_attempts', '')
    || IF(paint_pct IS NULL, ',no_paint_attempts', '')
    || IF(three_pt_pct IS NULL, ',no_three_pt_attempts', ''), 2), '') AS calculation_notes,
  expected_games AS expected_games_count,
  actual_games AS actual_games_count,
  completeness AS completeness_percentage,
  completeness >= 90 AND NOT has_gap AND zone_gaps = 0 AS is_production_ready,
  NULLIF(SUBSTR(
    IF(rated_games < games_in_sample, ',attempts_unknown', '')
    || IF(actual_games < expected_games OR has_gap, ',history_incomplete', '')
    || IF(league_defaulted, ',league_avg_defaulted', '')
    || IF(league_gaps = 0, '', ',league_gap:' || CAST(league_gaps AS STRING))
    || IF(zone_games = 0 AND zone_gaps > 0, ',no_zone_data', '')
    || IF(games_without_zones > zone_gaps, ',shots_unavailable', '')
    || IF(games_in_sample < 15, ',thin_sample', '')
    || IF(zone_games BETWEEN 1 AND 4, ',thin_zone_sample', '')
    || IF(zone_gaps = 0, '', ',zone_gap:' || CAST(zone_gaps AS STRING))
    || IF(zone_mismatches = 0, '', ',zone_mismatch:' || CAST(zone_mismatches AS STRING)), 2), '') AS data_quality_issues
FROM compared
