-- Moving averages predict every player who has played this season; the rows of moving_average alone are counted.
SELECT inputs.game_date AS expected_date, COUNT(*) AS expected_rows, COUNT(DISTINCT inputs.game_id) AS expected_games
FROM nba_predictions.prediction_inputs AS inputs
JOIN (
  SELECT game_id, player_lookup
  FROM nba_analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @start_date AND @end_date AND games_history > 0
) AS contexts
  ON contexts.game_id = inputs.game_id
  AND contexts.player_lookup = inputs.player_lookup
WHERE inputs.game_date BETWEEN @start_date AND @end_date
GROUP BY inputs.game_date
