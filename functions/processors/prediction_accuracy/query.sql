-- One row for each prediction of a final game. Who has no row in the box score of his team, of which nothing is in doubt, did not
-- play: his prediction is void. While a box score is in doubt, nobody knows whether he played.
WITH
games AS (
  SELECT game_id
  FROM nba_raw.nbac_game_results
  WHERE game_date BETWEEN @start_date AND @end_date AND season_type IN ('regular', 'play_in', 'playoffs')
),
predictions AS (
  SELECT *
  FROM nba_predictions.player_prop_predictions
  WHERE game_date BETWEEN @start_date AND @end_date
),
box AS (
  SELECT game_id, player_lookup, team_abbr, opponent_team_abbr, points, minutes_played, is_active, has_complete_team_box
  FROM nba_analytics.player_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- Whether the whole box score of a team is known.
box_teams AS (
  SELECT game_id, team_abbr, COUNTIF(NOT has_complete_team_box) = 0 AS is_complete
  FROM box
  GROUP BY game_id, team_abbr
),
-- The last report on each player, and whether there is a report on his team at all.
reported AS (
  SELECT game_id, player_lookup, injury_status
  FROM nba_raw.nbac_injury_report
  WHERE game_date BETWEEN @start_date AND @end_date
  QUALIFY ROW_NUMBER() OVER (PARTITION BY game_id, player_lookup ORDER BY report_at DESC, team_abbr) = 1
),
reported_teams AS (
  SELECT DISTINCT game_id, team_abbr
  FROM nba_raw.nbac_injury_report
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- What the gamebook says of those who did not play.
absent AS (
  SELECT game_id, player_lookup, MIN(dnp_reason_category) AS dnp_reason_category
  FROM nba_raw.nbac_gamebook_player_stats
  WHERE game_date BETWEEN @start_date AND @end_date AND player_status <> 'active'
  GROUP BY game_id, player_lookup
),
judged AS (
  SELECT
    predictions.*,
    COALESCE(box.team_abbr, predictions.team_abbr) AS played_for,
    COALESCE(box.opponent_team_abbr, predictions.opponent_team_abbr) AS played_against,
    CASE
      WHEN COALESCE(box.is_active, FALSE) AND box.points IS NOT NULL THEN 'graded'
      WHEN box.is_active IS NULL AND NOT COALESCE(box_teams.is_complete, FALSE) THEN 'ungraded'
      WHEN COALESCE(box.is_active, FALSE) THEN 'ungraded'
      ELSE 'void'
    END AS grade,
    box.points,
    box.minutes_played,
    COALESCE(box.has_complete_team_box, box_teams.is_complete, FALSE) AS box_complete,
    CASE
      WHEN absent.dnp_reason_category = 'injury' OR reported.injury_status IN ('out', 'doubtful') THEN 'dnp_injury_confirmed'
      WHEN reported_teams.game_id IS NOT NULL THEN 'dnp_late_scratch'
      ELSE 'dnp_unknown'
    END AS absence
  FROM predictions
  JOIN games ON games.game_id = predictions.game_id
  LEFT JOIN box ON box.game_id = predictions.game_id AND box.player_lookup = predictions.player_lookup
  LEFT JOIN box_teams
    ON box_teams.game_id = predictions.game_id
    AND box_teams.team_abbr = predictions.team_abbr
  LEFT JOIN reported ON reported.game_id = predictions.game_id AND reported.player_lookup = predictions.player_lookup
  LEFT JOIN reported_teams
    ON reported_teams.game_id = predictions.game_id
    AND reported_teams.team_abbr = predictions.team_abbr
  LEFT JOIN absent ON absent.game_id = predictions.game_id AND absent.player_lookup = predictions.player_lookup
),
compared AS (
  SELECT
    judged.*,
    IF(grade = 'graded', points, NULL) AS actual,
    IF(grade = 'graded', ROUND((predicted_points - points) * 10) / 10, NULL) AS error,
    IF(grade = 'graded', points - current_points_line, NULL) AS margin
  FROM judged
)
SELECT
  game_id,
  game_date,
  season,
  season_type,
  player_lookup,
  nba_player_id,
  system_id,
  origin,
  model_id,
  feature_version,
  played_for AS team_abbr,
  played_against AS opponent_team_abbr,
  predicted_points,
  predicted_p10,
  predicted_p90,
  confidence_score,
  actual AS actual_points,
  IF(grade = 'graded', minutes_played, NULL) AS minutes_played,
  grade,
  grade = 'void' AS is_voided,
  IF(grade = 'void', absence, NULL) AS void_reason,
  ABS(error) AS absolute_error,
  error AS signed_error,
  ABS(error) <= 3 AS within_3_points,
  ABS(error) <= 5 AS within_5_points,
  actual BETWEEN predicted_p10 AND predicted_p90 AS within_interval,
  has_prop_line,
  current_points_line,
  estimated_line_value,
  recommendation,
  lean,
  predicted_points - current_points_line AS predicted_margin,
  margin AS actual_margin,
  margin = 0 AS is_push,
  CASE WHEN margin <> 0 THEN (margin > 0) = (lean = 'OVER') END AS lean_correct,
  CASE WHEN margin <> 0 AND recommendation IN ('OVER', 'UNDER') THEN (margin > 0) = (recommendation = 'OVER') END
    AS prediction_correct,
  IF(confidence_score >= 1, 10, CAST(FLOOR(confidence_score * 10 + 1e-9) AS INT64) + 1) AS confidence_decile,
  line_source,
  1 AS expected_games_count,
  IF(grade = 'ungraded', 0, 1) AS actual_games_count,
  IF(grade = 'ungraded', 0, 100) AS completeness_percentage,
  grade <> 'ungraded' AND box_complete AS is_production_ready,
  NULLIF(SUBSTR(
    IF(box_complete, '', ',box_score_in_doubt')
    || IF(grade = 'ungraded', ',ungraded', ''), 2), '') AS data_quality_issues
FROM compared
