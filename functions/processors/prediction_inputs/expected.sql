-- A row for each row of features.
SELECT game_date AS expected_date, COUNT(*) AS expected_rows, COUNT(DISTINCT game_id) AS expected_games
FROM nba_predictions.ml_feature_store_v2
WHERE game_date BETWEEN @start_date AND @end_date
GROUP BY game_date
