-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults.
SELECT cache_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  -- With at most 5 games in the season, the averages over 5 and 10 games are of the same games; with at most 10, those over
  -- 10 games and the season. If they differ, a window has read games of another season.
  SELECT cache_date, 'windows_disagree' AS check_name, 'fail' AS severity
  FROM staged
  WHERE (games_played_season <= 5 AND points_avg_last_5 <> points_avg_last_10)
    OR (games_played_season <= 10 AND points_avg_last_10 <> points_avg_season)
  UNION ALL
  -- The load also counts games that are in no average: a Cup final, and games of the play-in without box scores.
  SELECT cache_date, 'load_exceeds_games' AS check_name, 'fail' AS severity
  FROM staged
  WHERE games_in_last_7_days > games_in_last_14_days OR games_in_last_14_days > games_played_season + 3
  UNION ALL
  SELECT cache_date, 'usage_out_of_bounds' AS check_name, 'warn' AS severity
  FROM staged
  WHERE usage_rate_last_10 > 50
  UNION ALL
  SELECT cache_date, 'team_form_out_of_bounds' AS check_name, 'warn' AS severity
  FROM staged
  WHERE team_pace_last_10 < 85 OR team_pace_last_10 > 120
    OR team_off_rating_last_10 < 90 OR team_off_rating_last_10 > 135
) AS broken
GROUP BY cache_date, check_name, severity
