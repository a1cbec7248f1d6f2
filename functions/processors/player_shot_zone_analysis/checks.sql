-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults.
SELECT analysis_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  SELECT analysis_date, 'rates_do_not_add_up' AS check_name, 'fail' AS severity
  FROM staged
  WHERE ABS(paint_rate_last_10 + mid_range_rate_last_10 + three_pt_rate_last_10 - 100) > 0.02
    OR (paint_rate_last_10 IS NULL) <> (mid_range_rate_last_10 IS NULL)
    OR (paint_rate_last_10 IS NULL) <> (three_pt_rate_last_10 IS NULL)
  UNION ALL
  SELECT analysis_date, 'rates_of_a_thin_sample' AS check_name, 'fail' AS severity
  FROM staged
  WHERE zone_games_10 < 5 AND (paint_rate_last_10 IS NOT NULL OR primary_scoring_zone IS NOT NULL)
  UNION ALL
  SELECT analysis_date, 'samples_disagree' AS check_name, 'fail' AS severity
  FROM staged
  WHERE games_in_sample_20 < games_in_sample_10 OR zone_games_10 > games_in_sample_10
    OR zone_games_20 > games_in_sample_20 OR zone_games_20 < zone_games_10
    OR zone_gaps_10 > games_in_sample_10 OR zone_gaps_20 > games_in_sample_20 OR zone_gaps_20 < zone_gaps_10
    OR (games_in_sample_10 < 10 AND games_in_sample_20 <> games_in_sample_10)
  UNION ALL
  SELECT analysis_date, 'assists_do_not_add_up' AS check_name, 'warn' AS severity
  FROM staged
  WHERE assisted_rate_last_10 + unassisted_rate_last_10 > 100.02
) AS broken
GROUP BY analysis_date, check_name, severity
