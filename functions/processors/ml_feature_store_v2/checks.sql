-- Checks of the staged rows that need more than one column. The result has, for each date and check, the number of faults. When a
-- feature has the same value for everybody, a join is broken. Default values are not counted, because they are recorded.
WITH
-- Rows of a date that have the same defaults are grouped. There are few such groups, so the checks below read few rows.
extremes AS (
  SELECT
    game_date,
    defaulted_features,
    COUNT(*) AS players,
    MIN(points_avg_last_5) AS points_avg_last_5_min,
    MAX(points_avg_last_5) AS points_avg_last_5_max,
    MIN(points_avg_last_10) AS points_avg_last_10_min,
    MAX(points_avg_last_10) AS points_avg_last_10_max,
    MIN(points_avg_season) AS points_avg_season_min,
    MAX(points_avg_season) AS points_avg_season_max,
    MIN(points_std_last_10) AS points_std_last_10_min,
    MAX(points_std_last_10) AS points_std_last_10_max,
    MIN(games_in_last_7_days) AS games_in_last_7_days_min,
    MAX(games_in_last_7_days) AS games_in_last_7_days_max,
    MIN(fatigue_score) AS fatigue_score_min,
    MAX(fatigue_score) AS fatigue_score_max,
    MIN(shot_zone_mismatch_score) AS shot_zone_mismatch_score_min,
    MAX(shot_zone_mismatch_score) AS shot_zone_mismatch_score_max,
    MIN(pace_score) AS pace_score_min,
    MAX(pace_score) AS pace_score_max,
    MIN(usage_spike_score) AS usage_spike_score_min,
    MAX(usage_spike_score) AS usage_spike_score_max,
    MIN(opponent_def_rating) AS opponent_def_rating_min,
    MAX(opponent_def_rating) AS opponent_def_rating_max,
    MIN(opponent_pace) AS opponent_pace_min,
    MAX(opponent_pace) AS opponent_pace_max,
    MIN(team_pace) AS team_pace_min,
    MAX(team_pace) AS team_pace_max,
    MIN(team_off_rating) AS team_off_rating_min,
    MAX(team_off_rating) AS team_off_rating_max,
    MIN(team_win_pct) AS team_win_pct_min,
    MAX(team_win_pct) AS team_win_pct_max
  FROM staged
  GROUP BY game_date, defaulted_features
),
features AS (
  SELECT game_date, defaulted_features, players, 'points_avg_last_5' AS feature, points_avg_last_5_min AS low, points_avg_last_5_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'points_avg_last_10' AS feature, points_avg_last_10_min AS low, points_avg_last_10_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'points_avg_season' AS feature, points_avg_season_min AS low, points_avg_season_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'points_std_last_10' AS feature, points_std_last_10_min AS low, points_std_last_10_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'games_in_last_7_days' AS feature, games_in_last_7_days_min AS low, games_in_last_7_days_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'fatigue_score' AS feature, fatigue_score_min AS low, fatigue_score_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'shot_zone_mismatch_score' AS feature, shot_zone_mismatch_score_min AS low, shot_zone_mismatch_score_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'pace_score' AS feature, pace_score_min AS low, pace_score_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'usage_spike_score' AS feature, usage_spike_score_min AS low, usage_spike_score_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'opponent_def_rating' AS feature, opponent_def_rating_min AS low, opponent_def_rating_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'opponent_pace' AS feature, opponent_pace_min AS low, opponent_pace_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'team_pace' AS feature, team_pace_min AS low, team_pace_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'team_off_rating' AS feature, team_off_rating_min AS low, team_off_rating_max AS high
  FROM extremes
  UNION ALL
  SELECT game_date, defaulted_features, players, 'team_win_pct' AS feature, team_win_pct_min AS low, team_win_pct_max AS high
  FROM extremes
),
constant_features AS (
  SELECT game_date, feature, MIN(low) AS only_value
  FROM features
  WHERE ',' || COALESCE(defaulted_features, '') || ',' NOT LIKE '%,' || feature || ',%'
  GROUP BY game_date, feature
  HAVING SUM(players) > 50 AND MIN(low) = MAX(high)
),
daily AS (
  SELECT game_date, COUNT(*) AS players, SUM(back_to_back) AS back_to_backs
  FROM staged
  WHERE playoff_game = 0
  GROUP BY game_date
)
SELECT game_date AS check_date, check_name, severity, COUNT(*) AS failures
FROM (
  -- After a break of the league nobody has played for a week, so everybody is rested. A player with fewer than eight games
  -- has the same recent usage as for the season.
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
  -- Two weeks of the regular season with games on eleven or more days have back-to-backs. One week may have none.
  SELECT daily.game_date, 'no_back_to_backs' AS check_name, 'fail' AS severity
  FROM daily
  JOIN daily AS recent ON recent.game_date BETWEEN daily.game_date - 13 AND daily.game_date
  WHERE daily.players > 50
  GROUP BY daily.game_date
  HAVING COUNT(*) >= 11 AND SUM(recent.back_to_backs) = 0
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
  -- A default has the quality 40, and at most 33 features count.
  SELECT game_date, 'quality_above_its_defaults' AS check_name, 'fail' AS severity
  FROM staged
  WHERE feature_quality_score > 100 - 60 * required_default_count / 33 + 0.01
) AS broken
GROUP BY game_date, check_name, severity
