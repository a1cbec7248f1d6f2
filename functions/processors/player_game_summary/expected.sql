-- The players of the raw box scores whose game is final and counts.
SELECT box.game_date AS expected_date, COUNT(*) AS expected_rows, COUNT(DISTINCT box.game_id) AS expected_games
FROM nba_raw.nbac_player_boxscores AS box
JOIN nba_raw.nbac_game_results AS results
  ON results.game_id = box.game_id
WHERE box.game_date BETWEEN @start_date AND @end_date
  AND results.game_date BETWEEN @start_date AND @end_date
  AND results.season_type IN ('regular', 'play_in', 'playoffs')
GROUP BY box.game_date
