-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults.
SELECT analysis_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  SELECT analysis_date, 'zone_games_exceed_sample' AS check_name, 'fail' AS severity
  FROM staged
  WHERE zone_games_in_sample > games_in_sample OR zone_gaps > games_in_sample OR actual_games_count > expected_games_count
  UNION ALL
  SELECT analysis_date, 'zones_without_zone_games' AS check_name, 'fail' AS severity
  FROM staged
  WHERE zone_games_in_sample = 0
    AND (paint_pct_allowed_last_15 IS NOT NULL OR mid_range_pct_allowed_last_15 IS NOT NULL
      OR three_pt_pct_allowed_last_15 IS NOT NULL)
  UNION ALL
  -- Both shares are rounded to 0.001, so that their difference may be off by 0.1 percentage points and its own rounding.
  SELECT analysis_date, 'difference_does_not_match' AS check_name, 'fail' AS severity
  FROM staged
  WHERE ABS(100 * (paint_pct_allowed_last_15 - league_paint_pct) - paint_defense_vs_league_avg) > 0.11
    OR ABS(100 * (mid_range_pct_allowed_last_15 - league_mid_range_pct) - mid_range_defense_vs_league_avg) > 0.11
    OR ABS(100 * (three_pt_pct_allowed_last_15 - league_three_pt_pct) - three_pt_defense_vs_league_avg) > 0.11
  UNION ALL
  SELECT analysis_date, 'rating_out_of_bounds' AS check_name, 'warn' AS severity
  FROM staged
  WHERE defensive_rating_last_15 < 90 OR defensive_rating_last_15 > 135
  UNION ALL
  SELECT analysis_date, 'pace_out_of_bounds' AS check_name, 'warn' AS severity
  FROM staged
  WHERE opponent_pace < 85 OR opponent_pace > 120
) AS broken
GROUP BY analysis_date, check_name, severity
