-- A row for each prediction of a final game.
SELECT predictions.game_date AS expected_date, COUNT(*) AS expected_rows, COUNT(DISTINCT predictions.game_id) AS expected_games
FROM nba_predictions.player_prop_predictions AS predictions
JOIN (
  SELECT game_id
  FROM nba_raw.nbac_game_results
  WHERE game_date BETWEEN @start_date AND @end_date AND season_type IN ('regular', 'play_in', 'playoffs')
) AS games
  ON games.game_id = predictions.game_id
WHERE predictions.game_date BETWEEN @start_date AND @end_date
GROUP BY predictions.game_date
