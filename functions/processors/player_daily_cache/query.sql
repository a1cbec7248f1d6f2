-- One row for each player of the pre-game universe with at least three earlier games: what he brings into his game.
WITH
-- @include player-universe
-- @include player-shot-zones
-- @include player-contexts
-- @include player-form
-- @include team-form
-- @include player-gaps
-- The first of the last 7 and of the last 14 game dates of the league. After a break of the league these reach further back
-- in days.
league_dates AS (
  SELECT
    game_date,
    COALESCE(LEAD(game_date) OVER dates, @end_date) AS valid_until,
    COALESCE(LAG(game_date, 6) OVER dates, @read_start) AS start_7,
    COALESCE(LAG(game_date, 13) OVER dates, @read_start) AS start_14
  FROM (SELECT DISTINCT game_date FROM finals) AS final_dates
  WINDOW dates AS (ORDER BY game_date)
),
league_starts AS (
  SELECT universe_dates.game_date, league_dates.start_7, league_dates.start_14
  FROM (SELECT DISTINCT game_date FROM universe_team_games) AS universe_dates
  JOIN league_dates
    ON league_dates.game_date < universe_dates.game_date
    AND league_dates.valid_until >= universe_dates.game_date
),
team_state AS (
  SELECT
    team_games.game_date,
    team_games.team_abbr,
    team_form.pace_last_10 AS pace_10,
    team_form.off_rating_last_10 AS rating_10,
    COALESCE(coverage.missing_5, 0) AS missing_5,
    COALESCE(coverage.missing_10, 0) AS missing_10,
    COALESCE(team_form.gaps_last_10, 0) AS form_gaps,
    league_starts.start_7,
    league_starts.start_14
  FROM universe_team_games AS team_games
  LEFT JOIN team_form
    ON team_form.team_abbr = team_games.team_abbr
    AND team_form.last_game_date < team_games.game_date
    AND team_form.next_game_date >= team_games.game_date
  LEFT JOIN team_coverage AS coverage
    ON coverage.team_abbr = team_games.team_abbr
    AND coverage.last_game_date < team_games.game_date
    AND coverage.next_game_date >= team_games.game_date
  LEFT JOIN league_starts ON league_starts.game_date = team_games.game_date
),
joined AS (
  SELECT
    universe.game_date,
    universe.game_id,
    universe.player_lookup,
    universe.nba_player_id,
    universe.team_abbr,
    universe.opponent_team_abbr,
    form.games_played AS games_season,
    form.games_last_5 AS games_5,
    form.games_last_10 AS games_10,
    form.known_last_5 AS known_5,
    form.known_last_10 AS known_10,
    form.points_avg_last_5 AS points_5,
    form.points_avg_last_10 AS points_10,
    form.points_avg_season AS points_season,
    form.points_std_last_10 AS points_std,
    form.minutes_avg_last_10 AS minutes_10,
    form.minutes_avg_season AS minutes_season,
    form.usage_avg_last_10 AS usage_10,
    form.usage_avg_season AS usage_season,
    form.ts_pct_last_10 AS ts_10,
    team_state.pace_10,
    team_state.rating_10,
    context.game_id IS NOT NULL AS has_context,
    universe.age_unknown,
    universe.report_unresolved,
    context.games_in_last_7_days,
    context.games_in_last_14_days,
    context.minutes_in_last_7_days,
    context.minutes_in_last_14_days,
    context.avg_minutes_per_game_last_7,
    context.back_to_backs_last_14_days,
    context.player_age,
    shots.primary_scoring_zone,
    shots.paint_rate_last_10,
    shots.mid_range_rate_last_10,
    shots.three_pt_rate_last_10,
    shots.assisted_rate_last_10,
    COALESCE(shots.zone_gaps_10, 0) AS zone_gaps,
    COALESCE(shots.zone_mismatches_10, 0) AS zone_mismatches,
    team_state.missing_5,
    team_state.missing_10,
    team_state.form_gaps,
    gaps.season_gaps,
    gaps.misses_last_5,
    gaps.misses_last_10,
    gaps.misses_season,
    IF(gaps.minutes_unknown = 0 AND context.game_id IS NOT NULL AND context.minutes_in_last_14_days IS NULL, 1, gaps.minutes_unknown)
      AS minutes_unknown,
    gaps.attempts_unknown,
    gaps.misses_numbers OR (context.game_id IS NOT NULL AND context.minutes_in_last_14_days IS NULL) AS misses_numbers,
    COALESCE(gaps.last_gap >= team_state.start_7, FALSE) OR COALESCE(gaps.last_team_gap >= team_state.start_7, FALSE)
      AS misses_7_days,
    COALESCE(gaps.last_gap >= team_state.start_14, FALSE) OR COALESCE(gaps.last_team_gap >= team_state.start_14, FALSE)
      AS misses_14_days,
    SAFE_DIVIDE(100 * form.known_last_5, form.games_last_5 + team_state.missing_5) AS completeness_5,
    SAFE_DIVIDE(100 * form.known_last_10, form.games_last_10 + team_state.missing_10) AS completeness_10
  FROM universe
  JOIN player_form AS form
    ON form.player_lookup = universe.player_lookup
    AND form.last_game_date < universe.game_date
    AND form.next_game_date >= universe.game_date
  JOIN team_state ON team_state.game_date = universe.game_date AND team_state.team_abbr = universe.team_abbr
  JOIN player_gaps AS gaps
    ON gaps.game_date = universe.game_date AND gaps.player_lookup = universe.player_lookup
  LEFT JOIN player_shot_zones AS shots
    ON shots.analysis_date = universe.game_date
    AND shots.player_lookup = universe.player_lookup
  LEFT JOIN player_contexts AS context
    ON context.game_date = universe.game_date
    AND context.game_id = universe.game_id
    AND context.player_lookup = universe.player_lookup
  WHERE form.games_played >= 3
)
SELECT
  game_date AS cache_date,
  player_lookup,
  nba_player_id,
  game_id,
  team_abbr,
  opponent_team_abbr,
  games_season AS games_played_season,
  games_season < 10 AS early_season_flag,
  points_5 AS points_avg_last_5,
  points_10 AS points_avg_last_10,
  points_season AS points_avg_season,
  points_std AS points_std_last_10,
  minutes_10 AS minutes_avg_last_10,
  minutes_season AS minutes_avg_season,
  usage_10 AS usage_rate_last_10,
  usage_season AS player_usage_rate_season,
  ts_10 AS ts_pct_last_10,
  pace_10 AS team_pace_last_10,
  rating_10 AS team_off_rating_last_10,
  games_in_last_7_days,
  games_in_last_14_days,
  minutes_in_last_7_days,
  minutes_in_last_14_days,
  avg_minutes_per_game_last_7,
  back_to_backs_last_14_days,
  player_age,
  paint_rate_last_10 IS NOT NULL AS shot_zone_data_available,
  primary_scoring_zone,
  paint_rate_last_10,
  mid_range_rate_last_10,
  three_pt_rate_last_10,
  assisted_rate_last_10,
  CASE
    WHEN completeness_5 >= 95 THEN 'gold'
    WHEN completeness_5 >= 75 THEN 'silver'
    WHEN completeness_5 >= 50 THEN 'bronze'
    WHEN completeness_5 >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  games_5 + missing_5 AS expected_games_count,
  known_5 AS actual_games_count,
  completeness_5 AS completeness_percentage,
  completeness_5 >= 90 AND completeness_10 >= 90 AND NOT misses_7_days AND NOT misses_14_days
    AND NOT misses_last_5 AND NOT misses_last_10 AND NOT misses_season AND NOT misses_numbers AND form_gaps = 0
    AND zone_gaps = 0 AS is_production_ready,
  NULLIF(SUBSTR(
    IF(age_unknown, ',age_unknown', '')
    || IF(attempts_unknown = 0, '', ',attempts_unknown:' || CAST(attempts_unknown AS STRING))
    || IF(known_10 < games_10 + missing_10 OR misses_last_10, ',incomplete_l10', '')
    || IF(misses_14_days, ',incomplete_l14d', '')
    || IF(known_5 < games_5 + missing_5 OR misses_last_5, ',incomplete_l5', '')
    || IF(misses_7_days, ',incomplete_l7d', '')
    || IF(minutes_unknown = 0, '', ',minutes_unknown:' || CAST(minutes_unknown AS STRING))
    || IF(has_context, '', ',missing_player_context')
    || IF(paint_rate_last_10 IS NULL, ',missing_shot_zones', '')
    || IF(season_gaps = 0, '', ',season_gap:' || CAST(season_gaps AS STRING))
    || IF(form_gaps > 0, ',team_form_incomplete', '')
    || IF(pace_10 IS NULL, ',team_pace_unknown', '')
    || IF(games_season < 10, ',thin_sample', '')
    || IF(report_unresolved, ',unresolved_names', '')
    || IF(zone_gaps = 0, '', ',zone_gap:' || CAST(zone_gaps AS STRING))
    || IF(zone_mismatches = 0, '', ',zone_mismatch:' || CAST(zone_mismatches AS STRING)), 2), '') AS data_quality_issues
FROM joined
