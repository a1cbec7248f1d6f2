-- A row for each system and origin of the date's predictions.
SELECT game_date AS expected_date, COUNT(*) AS expected_rows, 0 AS expected_games
FROM (
  SELECT game_date, system_id, origin
  FROM nba_predictions.prediction_accuracy
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date, system_id, origin
) AS systems
GROUP BY game_date
