-- One row for each player of the pre-game universe with composite factors. Each feature is read from phase 4, else from
-- phase 3, else it is a default. From these sources follows the quality of the row.
WITH
-- @include player-universe
-- @include player-shot-zones
-- @include team-defense-zones
-- @include player-contexts
composite_factors AS (
  SELECT *
  FROM nba_precompute.player_composite_factors
  WHERE game_date BETWEEN @start_date AND @end_date
),
daily_cache AS (
  SELECT *
  FROM nba_precompute.player_daily_cache
  WHERE cache_date BETWEEN @start_date AND @end_date
),
-- @include player-form
-- @include player-gaps
-- @include team-form
-- @include points-features
-- One row for each team of a game: its own form, and the opponent's defence.
matchups AS (
  SELECT
    team_games.game_date,
    team_games.team_abbr,
    team_form.games_played,
    team_form.win_pct,
    team_form.season_gaps,
    team_form.pace_last_10 AS pace_10,
    team_form.off_rating_last_10 AS rating_10,
    defense.defensive_rating_last_15,
    defense.opponent_pace,
    COALESCE(defense.is_production_ready, FALSE) AS defense_ready,
    COALESCE(defense.zone_gaps, 0) AS defense_zone_gaps,
    COALESCE(defense.zone_mismatches, 0) AS defense_zone_mismatches
  FROM universe_team_games AS team_games
  LEFT JOIN team_form
    ON team_form.team_abbr = team_games.team_abbr
    AND team_form.last_game_date < team_games.game_date
    AND team_form.next_game_date >= team_games.game_date
  LEFT JOIN team_defense_zones AS defense
    ON defense.analysis_date = team_games.game_date
    AND defense.team_abbr = team_games.opponent_team_abbr
),
facts AS (
  SELECT
    factors.game_date,
    factors.player_lookup,
    factors.nba_player_id,
    factors.game_id,
    factors.team_abbr,
    factors.opponent_team_abbr,
    factors.context_source,
    universe.age_unknown,
    universe.report_unresolved,
    factors.home_game,
    factors.season_phase,
    factors.player_status,
    factors.days_rest,
    factors.opponent_days_rest,
    factors.back_to_back,
    factors.fatigue_score,
    factors.shot_zone_mismatch_score,
    factors.mismatch_zone_difference,
    factors.pace_score,
    factors.expected_game_pace,
    factors.usage_spike_score,
    factors.usage_trend,
    factors.projected_usage_source,
    factors.games_in_last_7_days AS context_games_7,
    factors.opponent_pace_last_10 AS context_opponent_pace,
    COALESCE(factors.league_pace_gaps, 0) AS league_pace_gaps,
    COALESCE(factors.league_zone_gaps, 0) AS league_zone_gaps,
    gaps.season_gaps,
    gaps.minutes_unknown,
    gaps.attempts_unknown,
    COALESCE(matchups.season_gaps, 0) AS team_season_gaps,
    factors.expected_games_count,
    factors.actual_games_count,
    factors.completeness_percentage,
    factors.is_production_ready AS composite_ready,
    cache.points_avg_last_5 AS cache_points_5,
    cache.points_avg_last_10 AS cache_points_10,
    cache.points_avg_season AS cache_points_season,
    cache.points_std_last_10 AS cache_points_std,
    cache.games_in_last_7_days AS cache_games_7,
    cache.minutes_avg_last_10 AS cache_minutes_10,
    cache.usage_rate_last_10 AS cache_usage_10,
    cache.team_pace_last_10 AS cache_pace,
    cache.team_off_rating_last_10 AS cache_rating,
    COALESCE(cache.is_production_ready, FALSE) AS cache_ready,
    COALESCE(shots.paint_rate_last_10, cache.paint_rate_last_10) AS paint_rate,
    COALESCE(shots.mid_range_rate_last_10, cache.mid_range_rate_last_10) AS mid_range_rate,
    COALESCE(shots.three_pt_rate_last_10, cache.three_pt_rate_last_10) AS three_pt_rate,
    COALESCE(shots.assisted_rate_last_10, cache.assisted_rate_last_10) AS assisted_rate,
    COALESCE(shots.is_production_ready, FALSE) AS shots_ready,
    COALESCE(matchups.defense_zone_gaps, 0) + COALESCE(shots.zone_gaps_20, 0) AS zone_gaps,
    COALESCE(matchups.defense_zone_mismatches, 0) + COALESCE(shots.zone_mismatches_20, 0) AS zone_mismatches,
    form.points_avg_last_5 AS points_5,
    form.points_avg_last_10 AS points_10,
    form.points_avg_season AS points_season,
    form.points_trend,
    form.minutes_avg_last_10 AS minutes_10,
    -- Rounded, because the feature has steps, and the last bit of a sum of fractions must not decide between two steps.
    ROUND(SAFE_DIVIDE(form.minutes_avg_last_10 - form.minutes_avg_season, form.minutes_avg_season) * 1e9) / 1e9 AS minutes_trend,
    form.usage_avg_last_10 AS usage_10,
    COALESCE(form.free_throw_games, 0) AS free_throw_games,
    SAFE_DIVIDE(form.free_throws, form.free_throw_game_points) AS free_throw_share,
    COALESCE(matchups.games_played, 0) AS team_games,
    matchups.win_pct AS win_share,
    matchups.pace_10,
    matchups.rating_10,
    matchups.defensive_rating_last_15,
    matchups.opponent_pace,
    matchups.defense_ready,
    context.opponent_def_rating_last_10 AS context_def_rating,
    COALESCE(context.absences_in_doubt, 0) AS absences_in_doubt,
    context.current_points_line,
    context.opening_points_line,
    context.line_movement,
    context.points_line_doubt,
    -- A line that was refused or matched with nobody may be his, and he has no other one.
    context.points_line_doubt IS NOT NULL AND context.current_points_line IS NULL AS line_unresolved
  FROM universe
  JOIN composite_factors AS factors
    ON factors.game_date = universe.game_date
    AND factors.player_lookup = universe.player_lookup
  JOIN player_gaps AS gaps
    ON gaps.game_date = factors.game_date AND gaps.player_lookup = factors.player_lookup
  LEFT JOIN matchups ON matchups.game_date = factors.game_date AND matchups.team_abbr = factors.team_abbr
  LEFT JOIN player_form AS form
    ON form.player_lookup = factors.player_lookup
    AND form.last_game_date < factors.game_date
    AND form.next_game_date >= factors.game_date
  LEFT JOIN daily_cache AS cache
    ON cache.cache_date = factors.game_date
    AND cache.player_lookup = factors.player_lookup
  LEFT JOIN player_shot_zones AS shots
    ON shots.analysis_date = factors.game_date
    AND shots.player_lookup = factors.player_lookup
  LEFT JOIN player_contexts AS context
    ON context.game_date = factors.game_date
    AND context.game_id = factors.game_id
    AND context.player_lookup = factors.player_lookup
),
-- The quality of each feature by its source: 100 for phase 4 or a calculation on known inputs, 87 for phase 3, 40 for a
-- default.
sources AS (
  SELECT
    facts.*,
    CASE WHEN cache_points_5 IS NOT NULL THEN 100 WHEN points_5 IS NOT NULL THEN 87 ELSE 40 END AS q_points_5,
    CASE WHEN cache_points_10 IS NOT NULL THEN 100 WHEN points_10 IS NOT NULL THEN 87 ELSE 40 END AS q_points_10,
    CASE WHEN cache_points_season IS NOT NULL THEN 100 WHEN points_season IS NOT NULL THEN 87 ELSE 40 END
      AS q_points_season,
    IF(cache_points_std IS NULL, 40, 100) AS q_points_std,
    CASE WHEN cache_games_7 IS NOT NULL THEN 100 WHEN context_games_7 IS NOT NULL THEN 87 ELSE 40 END AS q_games_7,
    100 AS q_fatigue,
    IF(mismatch_zone_difference IS NULL, 40, 100) AS q_mismatch,
    IF(expected_game_pace IS NULL, 40, 100) AS q_pace,
    IF(usage_trend IS NULL, 40, 100) AS q_usage_spike,
    IF(days_rest IS NULL OR opponent_days_rest IS NULL, 40, 100) AS q_rest_advantage,
    IF(player_status IS NULL, 40, 100) AS q_injury_risk,
    IF(points_trend IS NULL, 40, 100) AS q_recent_trend,
    IF(minutes_trend IS NULL, 40, 100) AS q_minutes_change,
    CASE
      WHEN defensive_rating_last_15 IS NOT NULL THEN 100
      WHEN context_def_rating IS NOT NULL THEN 87
      ELSE 40
    END AS q_opponent_rating,
    CASE WHEN opponent_pace IS NOT NULL THEN 100 WHEN context_opponent_pace IS NOT NULL THEN 87 ELSE 40 END
      AS q_opponent_pace,
    IF(paint_rate IS NULL, 40, 100) AS q_paint,
    IF(mid_range_rate IS NULL, 40, 100) AS q_mid_range,
    IF(three_pt_rate IS NULL, 40, 100) AS q_three,
    IF(free_throw_games < 5 OR free_throw_share IS NULL, 40, 100) AS q_free_throw,
    CASE WHEN cache_pace IS NOT NULL THEN 100 WHEN pace_10 IS NOT NULL THEN 87 ELSE 40 END AS q_team_pace,
    CASE WHEN cache_rating IS NOT NULL THEN 100 WHEN rating_10 IS NOT NULL THEN 87 ELSE 40 END AS q_team_rating,
    IF(team_games < 5, 40, 100) AS q_win_pct,
    CASE WHEN cache_minutes_10 IS NOT NULL THEN 100 WHEN minutes_10 IS NOT NULL THEN 87 ELSE 0 END AS q_minutes_10,
    IF(days_rest IS NULL, 0, 100) AS q_days_rest,
    CASE WHEN cache_usage_10 IS NOT NULL THEN 100 WHEN usage_10 IS NOT NULL THEN 87 ELSE 0 END AS q_usage_10
  FROM facts
),
counted AS (
  SELECT
    sources.*,
    -- Features that are always known: home_away, back_to_back, playoff_game. So is has_vegas_line, but for a line that may be his.
    q_points_5 + q_points_10 + q_points_season + q_points_std + q_games_7 + q_fatigue + q_mismatch + q_pace
      + q_usage_spike + q_rest_advantage + q_injury_risk + q_recent_trend + q_minutes_change
      + q_opponent_rating + q_opponent_pace + q_paint + q_mid_range + q_three + q_free_throw + q_team_pace
      + q_team_rating + q_win_pct + q_minutes_10 + q_days_rest + q_usage_10 + 300 + IF(line_unresolved, 0, 100)
      + IF(current_points_line IS NULL, 0, 100) + IF(opening_points_line IS NULL, 0, 100)
      + IF(line_movement IS NULL, 0, 100) + IF(assisted_rate IS NULL, 0, 100) AS quality_sum,
    28 + IF(line_unresolved, 0, 1) + IF(current_points_line IS NULL, 0, 1)
      + IF(opening_points_line IS NULL, 0, 1) + IF(line_movement IS NULL, 0, 1) + IF(assisted_rate IS NULL, 0, 1)
      AS quality_features,
    IF(q_points_5 = 40, 1, 0) + IF(q_points_10 = 40, 1, 0) + IF(q_points_season = 40, 1, 0)
      + IF(q_points_std = 40, 1, 0) + IF(q_games_7 = 40, 1, 0) + IF(q_mismatch = 40, 1, 0) + IF(q_pace = 40, 1, 0)
      + IF(q_usage_spike = 40, 1, 0) + IF(q_rest_advantage = 40, 1, 0) + IF(q_recent_trend = 40, 1, 0)
      + IF(q_minutes_change = 40, 1, 0) + IF(q_opponent_rating = 40, 1, 0) + IF(q_opponent_pace = 40, 1, 0)
      + IF(q_paint = 40, 1, 0) + IF(q_mid_range = 40, 1, 0) + IF(q_three = 40, 1, 0) + IF(q_free_throw = 40, 1, 0)
      + IF(q_team_pace = 40, 1, 0) + IF(q_team_rating = 40, 1, 0) + IF(q_win_pct = 40, 1, 0) AS required_defaults,
    IF(q_points_5 = 100, 1, 0) + IF(q_points_10 = 100, 1, 0) + IF(q_points_season = 100, 1, 0)
      + IF(q_points_std = 100, 1, 0) + IF(q_games_7 = 100, 1, 0) + IF(q_fatigue = 100, 1, 0)
      + IF(q_mismatch = 100, 1, 0) + IF(q_pace = 100, 1, 0) + IF(q_usage_spike = 100, 1, 0)
      + IF(q_opponent_rating = 100, 1, 0) + IF(q_opponent_pace = 100, 1, 0) + IF(q_paint = 100, 1, 0)
      + IF(q_mid_range = 100, 1, 0) + IF(q_three = 100, 1, 0) + IF(q_team_pace = 100, 1, 0)
      + IF(q_team_rating = 100, 1, 0) AS phase4_features,
    IF(q_points_5 = 87, 1, 0) + IF(q_points_10 = 87, 1, 0) + IF(q_points_season = 87, 1, 0)
      + IF(q_games_7 = 87, 1, 0) + IF(q_opponent_rating = 87, 1, 0) + IF(q_opponent_pace = 87, 1, 0)
      + IF(q_team_pace = 87, 1, 0) + IF(q_team_rating = 87, 1, 0) AS phase3_features,
    (q_fatigue + q_mismatch + q_pace + q_usage_spike + q_opponent_rating + q_opponent_pace) / 6 AS critical_quality,
    (q_points_5 + q_points_10 + q_points_season + q_points_std + q_games_7) / 5 AS history_quality,
    cache_ready AND composite_ready AND shots_ready AND defense_ready AS all_ready
  FROM sources
),
judged AS (
  SELECT
    counted.*,
    SAFE_DIVIDE(quality_sum, quality_features) AS quality
  FROM counted
)
SELECT
  judged.game_date,
  judged.player_lookup,
  nba_player_id,
  'v1_33features' AS feature_version,
  game_id,
  team_abbr,
  opponent_team_abbr,
  context_source,
  projected_usage_source,
  COALESCE(cache_points_5, points_5, 10) AS points_avg_last_5,
  COALESCE(cache_points_10, points_10, 10) AS points_avg_last_10,
  COALESCE(cache_points_season, points_season, 10) AS points_avg_season,
  COALESCE(cache_points_std, 5) AS points_std_last_10,
  COALESCE(cache_games_7, context_games_7, 3) AS games_in_last_7_days,
  fatigue_score,
  shot_zone_mismatch_score,
  pace_score,
  usage_spike_score,
  CASE
    WHEN q_rest_advantage = 40 THEN 0
    WHEN days_rest - opponent_days_rest > 2 THEN 2
    WHEN days_rest - opponent_days_rest < -2 THEN -2
    ELSE days_rest - opponent_days_rest
  END AS rest_advantage,
  CASE player_status WHEN 'probable' THEN 1 WHEN 'questionable' THEN 2 WHEN 'doubtful' THEN 3 ELSE 0 END
    AS injury_risk,
  CASE
    WHEN q_recent_trend = 40 THEN 0
    WHEN points_trend >= 5 THEN 2
    WHEN points_trend >= 2 THEN 1
    WHEN points_trend <= -5 THEN -2
    WHEN points_trend <= -2 THEN -1
    ELSE 0
  END AS recent_trend,
  CASE
    WHEN minutes_trend >= 0.2 THEN 2
    WHEN minutes_trend >= 0.1 THEN 1
    WHEN minutes_trend <= -0.2 THEN -2
    WHEN minutes_trend <= -0.1 THEN -1
    ELSE 0
  END AS minutes_change,
  COALESCE(defensive_rating_last_15, context_def_rating, 112) AS opponent_def_rating,
  COALESCE(opponent_pace, context_opponent_pace, 100) AS opponent_pace,
  IF(home_game, 1, 0) AS home_away,
  IF(back_to_back, 1, 0) AS back_to_back,
  IF(season_phase = 'playoffs', 1, 0) AS playoff_game,
  COALESCE(paint_rate / 100, 0.30) AS pct_paint,
  COALESCE(mid_range_rate / 100, 0.20) AS pct_mid_range,
  COALESCE(three_pt_rate / 100, 0.35) AS pct_three,
  CASE
    WHEN q_free_throw = 40 THEN 0.15
    WHEN free_throw_share > 0.5 THEN 0.5
    ELSE free_throw_share
  END AS pct_free_throw,
  COALESCE(cache_pace, pace_10, 100) AS team_pace,
  COALESCE(cache_rating, rating_10, 112) AS team_off_rating,
  IF(q_win_pct = 40, 0.5, win_share) AS team_win_pct,
  current_points_line AS vegas_points_line,
  opening_points_line AS vegas_opening_line,
  line_movement AS vegas_line_move,
  IF(line_unresolved, NULL, IF(current_points_line IS NULL, 0, 1)) AS has_vegas_line,
  COALESCE(cache_minutes_10, minutes_10) AS minutes_avg_last_10,
  days_rest,
  assisted_rate AS assisted_rate_last_10,
  COALESCE(cache_usage_10, usage_10) AS usage_rate_last_10,
  IF(home_game, 1, 0) AS is_home,
  defensive_rating_last_15 AS opponent_def_rating_last_15,
  opponent_pace AS opponent_pace_last_15,
  paint_rate AS paint_rate_last_10,
  mid_range_rate AS mid_range_rate_last_10,
  three_pt_rate AS three_pt_rate_last_10,
  COALESCE(cache_pace, pace_10) AS team_pace_last_10,
  COALESCE(cache_rating, rating_10) AS team_off_rating_last_10,
  e_prod,
  ppm_sh,
  e_exp_ts,
  share_pts,
  rank_pts,
  e3_pts,
  e12_pts,
  e1_5_ua,
  e3_ua,
  e12_ua,
  x30_pts,
  sh_pts,
  m1,
  d_vac_pts,
  season_day,
  m7,
  spread,
  imp_rel_season,
  imp_rel_e5,
  dvp_allppm,
  NULLIF(SUBSTR(
    IF(q_games_7 = 40, ',games_in_last_7_days', '')
    || IF(q_injury_risk = 40, ',injury_risk', '')
    || IF(q_minutes_change = 40, ',minutes_change', '')
    || IF(q_opponent_rating = 40, ',opponent_def_rating', '')
    || IF(q_opponent_pace = 40, ',opponent_pace', '')
    || IF(q_pace = 40, ',pace_score', '')
    || IF(q_free_throw = 40, ',pct_free_throw', '')
    || IF(q_mid_range = 40, ',pct_mid_range', '')
    || IF(q_paint = 40, ',pct_paint', '')
    || IF(q_three = 40, ',pct_three', '')
    || IF(q_points_10 = 40, ',points_avg_last_10', '')
    || IF(q_points_5 = 40, ',points_avg_last_5', '')
    || IF(q_points_season = 40, ',points_avg_season', '')
    || IF(q_points_std = 40, ',points_std_last_10', '')
    || IF(q_recent_trend = 40, ',recent_trend', '')
    || IF(q_rest_advantage = 40, ',rest_advantage', '')
    || IF(q_mismatch = 40, ',shot_zone_mismatch_score', '')
    || IF(q_team_rating = 40, ',team_off_rating', '')
    || IF(q_team_pace = 40, ',team_pace', '')
    || IF(q_win_pct = 40, ',team_win_pct', '')
    || IF(q_usage_spike = 40, ',usage_spike_score', ''), 2), '') AS defaulted_features,
  required_defaults AS required_default_count,
  quality AS feature_quality_score,
  critical_quality,
  history_quality AS player_history_quality,
  CASE
    WHEN quality >= 95 THEN 'gold'
    WHEN quality >= 85 THEN 'silver'
    WHEN quality >= 75 THEN 'bronze'
    WHEN quality >= 70 THEN 'poor'
    ELSE 'unusable'
  END AS feature_quality_tier,
  CASE
    WHEN phase4_features >= 0.9 * 16 THEN 'phase4'
    WHEN phase4_features >= 0.5 * 16 THEN 'phase4_partial'
    WHEN phase3_features >= 0.5 * 16 THEN 'phase3'
    ELSE 'mixed'
  END AS data_source,
  quality >= 75 AND critical_quality >= 50 AND required_defaults = 0 AS is_quality_ready,
  quality >= 85 AND critical_quality >= 70 AND history_quality >= 80 AND required_defaults = 0 AS is_training_ready,
  cache_ready AS upstream_daily_cache_ready,
  composite_ready AS upstream_composite_ready,
  shots_ready AS upstream_player_shot_ready,
  defense_ready AS upstream_team_defense_ready,
  all_ready AS all_upstreams_ready,
  expected_games_count,
  actual_games_count,
  completeness_percentage,
  completeness_percentage >= 90 AND all_ready AS is_production_ready,
  NULLIF(SUBSTR(
    IF(absences_in_doubt = 0, '', ',absences_in_doubt:' || CAST(absences_in_doubt AS STRING))
    || IF(age_unknown, ',age_unknown', '')
    || IF(attempts_unknown = 0, '', ',attempts_unknown:' || CAST(attempts_unknown AS STRING))
    || IF(composite_ready, '', ',composite_not_ready')
    || IF(cache_ready, '', ',daily_cache_not_ready')
    || IF(earlier_season_gaps = 0, '', ',earlier_season_gap:' || CAST(earlier_season_gaps AS STRING))
    || IF(actual_games_count < expected_games_count, ',history_incomplete', '')
    || IF(league_pace_gaps = 0, '', ',league_gap:' || CAST(league_pace_gaps AS STRING))
    || IF(league_zone_gaps = 0, '', ',league_zone_gap:' || CAST(league_zone_gaps AS STRING))
    || IF(lines_in_doubt = 0, '', ',lines_in_doubt:' || CAST(lines_in_doubt AS STRING))
    || IF(minutes_unknown = 0, '', ',minutes_unknown:' || CAST(minutes_unknown AS STRING))
    || IF(no_previous_season, ',no_previous_season', '')
    || IF(shots_ready, '', ',player_shot_not_ready')
    || IF(points_gaps = 0, '', ',points_gap:' || CAST(points_gaps AS STRING))
    || IF(required_defaults > 0, ',required_defaults', '')
    || IF(season_gaps = 0, '', ',season_gap:' || CAST(season_gaps AS STRING))
    || IF(context_source = 'synthetic', ',synthetic_context', '')
    || IF(defense_ready, '', ',team_defense_not_ready')
    || IF(team_season_gaps = 0, '', ',team_season_gap:' || CAST(team_season_gaps AS STRING))
    || IF(COALESCE(points_line_doubt = 'unread_lines', FALSE), ',unread_lines', '')
    || IF(report_unresolved OR COALESCE(points_line_doubt = 'unresolved_names', FALSE), ',unresolved_names', '')
    || IF(zone_gaps = 0, '', ',zone_gap:' || CAST(zone_gaps AS STRING))
    || IF(zone_mismatches = 0, '', ',zone_mismatch:' || CAST(zone_mismatches AS STRING)), 2), '') AS data_quality_issues
FROM judged
JOIN points_features AS points
  ON points.game_date = judged.game_date AND points.player_lookup = judged.player_lookup
