-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults.
SELECT game_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  SELECT game_date, 'rating_out_of_bounds' AS check_name, 'warn' AS severity
  FROM staged
  WHERE defensive_rating < 70 OR defensive_rating > 160
  UNION ALL
  SELECT game_date, 'pace_out_of_bounds' AS check_name, 'warn' AS severity
  FROM staged
  WHERE opponent_pace < 60 OR opponent_pace > 140
  UNION ALL
  SELECT MIN(game_date) AS game_date, 'margins_do_not_mirror' AS check_name, 'fail' AS severity
  FROM staged
  GROUP BY game_id
  HAVING COUNT(*) = 2 AND SUM(margin_of_victory) <> 0
) AS broken
GROUP BY game_date, check_name, severity
