-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults.
SELECT game_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  SELECT game_date, 'rest_contradicts_load' AS check_name, 'fail' AS severity
  FROM staged
  WHERE team_back_to_back <> COALESCE(team_days_rest = 0, FALSE)
    OR (team_back_to_back AND games_in_last_7_days = 0)
    OR games_in_last_7_days > games_in_last_14_days
  UNION ALL
  SELECT game_date, 'both_streaks' AS check_name, 'fail' AS severity
  FROM staged
  WHERE team_win_streak_entering > 0 AND team_loss_streak_entering > 0
  UNION ALL
  SELECT MIN(game_date) AS game_date, 'spreads_do_not_mirror' AS check_name, 'warn' AS severity
  FROM staged
  GROUP BY game_id
  HAVING COUNT(game_spread) = 2 AND ABS(SUM(game_spread)) > 0.05
) AS broken
GROUP BY game_date, check_name, severity
