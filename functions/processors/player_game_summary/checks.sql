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
  WHERE points <> 2 * fg_makes + three_pt_makes + ft_makes
  UNION ALL
  SELECT game_date, 'zone_makes_exceed_attempts' AS check_name, 'fail' AS severity
  FROM staged
  WHERE paint_makes > paint_attempts OR mid_range_makes > mid_range_attempts OR three_makes_pbp > three_attempts_pbp
  UNION ALL
  SELECT game_date, 'usage_without_team_row' AS check_name, 'fail' AS severity
  FROM staged
  WHERE usage_rate_raw > 100 AND usage_rate IS NOT NULL
  UNION ALL
  SELECT MIN(game_date) AS game_date, 'usage_does_not_add_up' AS check_name, 'warn' AS severity
  FROM staged
  WHERE minutes_played > 0
  GROUP BY game_id, team_abbr
  HAVING COUNT(usage_rate_raw) = COUNT(*)
    AND ABS(SAFE_DIVIDE(SUM(usage_rate_raw * minutes_played), SUM(minutes_played)) - 20) > 1
  UNION ALL
  SELECT game_date, 'minutes_suspicious' AS check_name, 'warn' AS severity
  FROM staged
  WHERE minutes_played > 65
  UNION ALL
  SELECT game_date, 'points_suspicious' AS check_name, 'warn' AS severity
  FROM staged
  WHERE points > 100
  UNION ALL
  SELECT game_date, 'shot_zones_mismatch' AS check_name, 'warn' AS severity
  FROM staged
  WHERE paint_attempts IS NOT NULL AND NOT has_complete_shot_zones
  UNION ALL
  SELECT game_date, 'plays_exceed_box_score' AS check_name, 'warn' AS severity
  FROM staged
  WHERE assisted_fg_makes + unassisted_fg_makes > fg_makes + 1 OR paint_blocks + mid_range_blocks + three_pt_blocks > blocks
) AS broken
GROUP BY game_date, check_name, severity
