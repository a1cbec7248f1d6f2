-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults.
SELECT game_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  SELECT game_date, 'rest_contradicts_load' AS check_name, 'fail' AS severity
  FROM staged
  WHERE back_to_back <> COALESCE(days_rest = 0, FALSE)
    OR (back_to_back AND games_in_last_7_days = 0)
    OR games_in_last_7_days > games_in_last_14_days
    OR minutes_in_last_7_days > minutes_in_last_14_days
  UNION ALL
  SELECT game_date, 'history_contradicts_form' AS check_name, 'fail' AS severity
  FROM staged
  WHERE (games_history = 0 AND points_avg_last_5 IS NOT NULL) OR (games_history > 0 AND points_avg_last_5 IS NULL)
  UNION ALL
  SELECT game_date, 'streak_without_line' AS check_name, 'fail' AS severity
  FROM staged
  WHERE NOT has_prop_line AND prop_over_streak + prop_under_streak > 0
  UNION ALL
  SELECT game_date, 'few_lines' AS check_name, 'warn' AS severity
  FROM staged
  GROUP BY game_date
  HAVING COUNTIF(has_prop_line) > 0 AND COUNTIF(has_prop_line) < 0.2 * COUNT(*)
  UNION ALL
  SELECT game_date, 'few_players_in_team' AS check_name, 'warn' AS severity
  FROM staged
  GROUP BY game_date, game_id, team_abbr
  HAVING COUNT(*) < 8
) AS broken
GROUP BY game_date, check_name, severity
