-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults.
SELECT game_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  SELECT game_date, 'grade_contradicts_points' AS check_name, 'fail' AS severity
  FROM staged
  WHERE (grade = 'graded') <> (actual_points IS NOT NULL) OR (grade = 'void') <> (void_reason IS NOT NULL)
  UNION ALL
  -- A player has the same points in every row of his game.
  SELECT MIN(game_date) AS game_date, 'points_differ_between_systems' AS check_name, 'fail' AS severity
  FROM staged
  GROUP BY game_id, player_lookup
  HAVING MIN(actual_points) <> MAX(actual_points) OR MIN(grade) <> MAX(grade)
) AS broken
GROUP BY game_date, check_name, severity
