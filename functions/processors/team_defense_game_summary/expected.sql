-- Two defences for each game that has an offence.
SELECT game_date AS expected_date, 2 * COUNT(DISTINCT game_id) AS expected_rows, COUNT(DISTINCT game_id) AS expected_games
FROM nba_analytics.team_offense_game_summary
WHERE game_date BETWEEN @start_date AND @end_date
GROUP BY game_date
