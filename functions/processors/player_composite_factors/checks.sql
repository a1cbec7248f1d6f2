-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults.
SELECT game_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  SELECT game_date, 'fatigue_without_its_parts' AS check_name, 'fail' AS severity
  FROM (
    SELECT
      game_date,
      fatigue_score,
      100 + fatigue_back_to_back_penalty + fatigue_rest_bonus + fatigue_games_penalty + fatigue_minutes_penalty
        + fatigue_avg_minutes_penalty + fatigue_prior_back_to_backs_penalty + fatigue_age_penalty AS parts
    FROM staged
  ) AS fatigue
  WHERE fatigue_score <> IF(parts > 100, 100, parts)
  UNION ALL
  SELECT game_date, 'back_to_back_against_rest' AS check_name, 'fail' AS severity
  FROM staged
  WHERE back_to_back <> COALESCE(days_rest = 0, FALSE)
  UNION ALL
  SELECT game_date, 'fatigue_collapsed' AS check_name, 'fail' AS severity
  FROM staged
  GROUP BY game_date
  HAVING AVG(fatigue_score) < 20
  UNION ALL
  -- After a break of the league everybody is rested, so 100 for all players is no fault.
  SELECT game_date, 'fatigue_constant' AS check_name, 'fail' AS severity
  FROM staged
  GROUP BY game_date
  HAVING COUNT(*) > 50 AND MIN(fatigue_score) = MAX(fatigue_score) AND MIN(fatigue_score) < 100
  UNION ALL
  SELECT game_date, 'ready_without_upstreams' AS check_name, 'fail' AS severity
  FROM staged
  WHERE is_production_ready AND NOT all_upstreams_ready
  UNION ALL
  SELECT game_date, 'pace_mostly_unknown' AS check_name, 'warn' AS severity
  FROM staged
  GROUP BY game_date
  HAVING COUNT(*) > 50 AND COUNT(pace_differential) < 0.5 * COUNT(*)
  UNION ALL
  SELECT game_date, 'usage_mostly_unknown' AS check_name, 'warn' AS severity
  FROM staged
  GROUP BY game_date
  HAVING COUNT(*) > 50 AND COUNT(projected_usage_rate) < 0.5 * COUNT(*)
  UNION ALL
  SELECT game_date, 'synthetic_context' AS check_name, 'warn' AS severity
  FROM staged
  WHERE context_source = 'synthetic'
) AS broken
GROUP BY game_date, check_name, severity
