-- Promises of the rows about to be published that no single column can make. A feature with one value for everybody is a
-- broken join; its defaults are left out, because they are recorded.
WITH
features AS (
  SELECT game_date, 'points_avg_last_5' AS feature, points_avg_last_5 AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'points_avg_last_10' AS feature, points_avg_last_10 AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'points_avg_season' AS feature, points_avg_season AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'points_std_last_10' AS feature, points_std_last_10 AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'games_in_last_7_days' AS feature, games_in_last_7_days AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'fatigue_score' AS feature, fatigue_score AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'shot_zone_mismatch_score' AS feature, shot_zone_mismatch_score AS value, defaulted_features
  FROM staged
  UNION ALL
  SELECT game_date, 'pace_score' AS feature, pace_score AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'usage_spike_score' AS feature, usage_spike_score AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'opponent_def_rating' AS feature, opponent_def_rating AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'opponent_pace' AS feature, opponent_pace AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'team_pace' AS feature, team_pace AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'team_off_rating' AS feature, team_off_rating AS value, defaulted_features FROM staged
  UNION ALL
  SELECT game_date, 'team_win_pct' AS feature, team_win_pct AS value, defaulted_features FROM staged
),
constant_features AS (
  SELECT game_date, feature, MIN(value) AS only_value
  FROM features
  WHERE ',' || COALESCE(defaulted_features, '') || ',' NOT LIKE '%,' || feature || ',%'
  GROUP BY game_date, feature
  HAVING COUNT(*) > 50 AND MIN(value) = MAX(value)
),
daily AS (
  SELECT game_date, COUNT(*) AS players, SUM(back_to_back) AS back_to_backs
  FROM staged
  WHERE playoff_game = 0
  GROUP BY game_date
)
SELECT game_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  -- After a break of the league nobody has played for a week and everybody is fresh; with less than eight games behind
  -- him a player's recent usage is that of the season.
  SELECT
    game_date,
    'constant_' || feature AS check_name,
    CASE
      WHEN feature = 'games_in_last_7_days' AND only_value = 0 THEN 'warn'
      WHEN feature = 'fatigue_score' AND only_value = 100 THEN 'warn'
      WHEN feature = 'usage_spike_score' AND only_value = 0 THEN 'warn'
      ELSE 'fail'
    END AS severity
  FROM constant_features
  UNION ALL
  -- Seven days of the regular season with games on six of them have back-to-backs; the week of the cup, with five, has none.
  SELECT daily.game_date, 'no_back_to_backs' AS check_name, 'fail' AS severity
  FROM daily
  JOIN daily AS recent ON recent.game_date BETWEEN daily.game_date - 6 AND daily.game_date
  WHERE daily.players > 50
  GROUP BY daily.game_date
  HAVING COUNT(*) >= 6 AND SUM(recent.back_to_backs) = 0
  UNION ALL
  SELECT game_date, 'back_to_back_against_rest' AS check_name, 'fail' AS severity
  FROM staged
  WHERE back_to_back <> IF(COALESCE(days_rest = 0, FALSE), 1, 0)
  UNION ALL
  SELECT game_date, 'training_names_disagree' AS check_name, 'fail' AS severity
  FROM staged
  WHERE is_home <> home_away
    OR opponent_def_rating_last_15 <> opponent_def_rating
    OR opponent_pace_last_15 <> opponent_pace
    OR team_pace_last_10 <> team_pace
    OR team_off_rating_last_10 <> team_off_rating
    OR ABS(paint_rate_last_10 - 100 * pct_paint) > 0.000001
    OR ABS(mid_range_rate_last_10 - 100 * pct_mid_range) > 0.000001
    OR ABS(three_pt_rate_last_10 - 100 * pct_three) > 0.000001
  UNION ALL
  SELECT game_date, 'ready_without_upstreams' AS check_name, 'fail' AS severity
  FROM staged
  WHERE is_production_ready AND NOT all_upstreams_ready
  UNION ALL
  SELECT game_date, 'quality_above_its_cap' AS check_name, 'fail' AS severity
  FROM staged
  WHERE feature_quality_score > CASE
    WHEN required_default_count >= 5 THEN 49
    WHEN required_default_count >= 1 THEN 69
    ELSE 100
  END
) AS broken
GROUP BY game_date, check_name, severity
