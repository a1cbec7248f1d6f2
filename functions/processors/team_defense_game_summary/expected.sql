-- Two rows for each final game that counts. Only the results are read.
SELECT game_date AS expected_date, 2 * COUNT(*) AS expected_rows, COUNT(*) AS expected_games
FROM nba_raw.nbac_game_results
WHERE game_date BETWEEN @start_date AND @end_date AND season_type IN ('regular', 'play_in', 'playoffs')
GROUP BY game_date
