-- One row for each system, date and origin of predictions.
WITH
played AS (
  SELECT game_date, COUNT(*) AS players
  FROM nba_analytics.player_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date AND is_active
  GROUP BY game_date
),
-- Players with a prediction of the system who played, whatever the origin.
predicted AS (
  SELECT game_date, system_id, COUNT(DISTINCT IF(grade = 'graded', player_lookup, NULL)) AS players
  FROM nba_predictions.prediction_accuracy
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date, system_id
),
counted AS (
  SELECT
    game_date,
    system_id,
    origin,
    COUNT(*) AS predictions,
    COUNTIF(grade = 'graded') AS graded,
    COUNTIF(grade = 'void') AS voided,
    COUNTIF(grade = 'ungraded') AS ungraded,
    AVG(absolute_error) AS mae,
    AVG(signed_error) AS bias,
    SQRT(AVG(signed_error * signed_error)) AS rmse,
    COUNTIF(within_3_points) AS within_3,
    COUNTIF(within_5_points) AS within_5,
    COUNTIF(within_interval) AS inside,
    COUNT(within_interval) AS with_interval,
    COUNTIF(lean_correct) AS lean_wins,
    COUNTIF(NOT lean_correct) AS lean_losses,
    COUNTIF(prediction_correct) AS wins,
    COUNTIF(NOT prediction_correct) AS losses,
    COUNTIF(is_push AND recommendation IN ('OVER', 'UNDER')) AS pushes,
    COUNTIF(prediction_correct AND recommendation = 'OVER') AS over_wins,
    COUNTIF(NOT prediction_correct AND recommendation = 'OVER') AS over_losses,
    COUNTIF(prediction_correct AND confidence_score >= 0.7) AS high_confidence_wins,
    COUNTIF(NOT prediction_correct AND confidence_score >= 0.7) AS high_confidence_losses
  FROM nba_predictions.prediction_accuracy
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date, system_id, origin
),
shares AS (
  SELECT
    counted.*,
    lean_wins + lean_losses AS lean_n,
    wins + losses AS n,
    SAFE_DIVIDE(lean_wins, lean_wins + lean_losses) AS lean_share,
    SAFE_DIVIDE(wins, wins + losses) AS share
  FROM counted
),
-- The middle and half the width of the Wilson interval of a share of n, with z = 1.96.
wilson AS (
  SELECT
    shares.*,
    SAFE_DIVIDE(lean_wins + 1.9208, lean_n + 3.8416) AS lean_middle,
    SAFE_DIVIDE(1.96 * SQRT(lean_n * lean_share * (1 - lean_share) + 0.9604), lean_n + 3.8416) AS lean_half,
    SAFE_DIVIDE(wins + 1.9208, n + 3.8416) AS middle,
    SAFE_DIVIDE(1.96 * SQRT(n * share * (1 - share) + 0.9604), n + 3.8416) AS half
  FROM shares
)
SELECT
  wilson.game_date,
  wilson.system_id,
  wilson.origin,
  predictions,
  graded,
  voided,
  ungraded,
  IF(COALESCE(played.players, 0) > predicted.players, played.players - predicted.players, 0) AS players_unpredicted,
  mae,
  bias,
  rmse,
  SAFE_DIVIDE(within_3, graded) AS within_3_share,
  SAFE_DIVIDE(within_5, graded) AS within_5_share,
  SAFE_DIVIDE(inside, with_interval) AS interval_coverage,
  lean_wins,
  lean_losses,
  IF(lean_n >= 30, lean_share, NULL) AS lean_win_rate,
  IF(lean_middle < lean_half, 0, lean_middle - lean_half) AS lean_win_rate_lower,
  IF(lean_middle + lean_half > 1, 1, lean_middle + lean_half) AS lean_win_rate_upper,
  wins,
  losses,
  pushes,
  IF(n >= 30, share, NULL) AS win_rate,
  IF(middle < half, 0, middle - half) AS win_rate_lower,
  IF(middle + half > 1, 1, middle + half) AS win_rate_upper,
  over_wins,
  over_losses,
  high_confidence_wins,
  high_confidence_losses,
  predictions AS expected_games_count,
  predictions - ungraded AS actual_games_count,
  100 * SAFE_DIVIDE(predictions - ungraded, predictions) AS completeness_percentage,
  SAFE_DIVIDE(predictions - ungraded, predictions) >= 0.9 AS is_production_ready,
  IF(ungraded = 0, NULL, 'ungraded:' || CAST(ungraded AS STRING)) AS data_quality_issues
FROM wilson
JOIN predicted ON predicted.game_date = wilson.game_date AND predicted.system_id = wilson.system_id
LEFT JOIN played ON played.game_date = wilson.game_date
