-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults.
SELECT game_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  SELECT game_date, 'makes_exceed_attempts' AS check_name, 'fail' AS severity
  FROM staged
  WHERE fg_makes > fg_attempts OR three_pt_makes > three_pt_attempts OR ft_makes > ft_attempts
    OR three_pt_attempts > fg_attempts OR three_pt_makes > fg_makes
  UNION ALL
  SELECT game_date, 'points_identity' AS check_name, 'fail' AS severity
  FROM staged
  WHERE points_scored <> 2 * fg_makes + three_pt_makes + ft_makes
  UNION ALL
  SELECT game_date, 'zone_makes_exceed_attempts' AS check_name, 'fail' AS severity
  FROM staged
  WHERE team_paint_makes > team_paint_attempts OR team_mid_range_makes > team_mid_range_attempts
    OR three_makes_pbp > three_attempts_pbp
  UNION ALL
  SELECT game_date, 'possessions_out_of_bounds' AS check_name, 'warn' AS severity
  FROM staged
  WHERE pace < 60 OR pace > 140
  UNION ALL
  SELECT game_date, 'rating_out_of_bounds' AS check_name, 'warn' AS severity
  FROM staged
  WHERE offensive_rating < 70 OR offensive_rating > 160
  UNION ALL
  SELECT game_date, 'points_do_not_add_up' AS check_name, 'warn' AS severity
  FROM staged
  WHERE NOT points_add_up
  UNION ALL
  SELECT game_date, 'minutes_do_not_add_up' AS check_name, 'warn' AS severity
  FROM staged
  WHERE NOT minutes_add_up
  UNION ALL
  SELECT game_date, 'team_box_differs' AS check_name, 'warn' AS severity
  FROM staged
  WHERE NOT team_box_agrees
  UNION ALL
  SELECT game_date, 'shot_zones_mismatch' AS check_name, 'warn' AS severity
  FROM staged
  WHERE team_paint_attempts IS NOT NULL AND NOT has_complete_shot_zones
) AS broken
GROUP BY game_date, check_name, severity
