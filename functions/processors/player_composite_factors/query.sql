-- One row for each player of the pre-game universe: fatigue, shot-zone mismatch, pace and usage, and the inputs of these.
WITH
-- @include player-universe
-- @include player-shot-zones
-- @include team-defense-zones
-- @include player-contexts
team_contexts AS (
  SELECT *
  FROM nba_analytics.upcoming_team_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- @include player-form
-- @include rest-games
players AS (
  SELECT
    universe.game_date,
    universe.game_id,
    universe.season_phase,
    universe.player_lookup,
    universe.nba_player_id,
    universe.team_abbr,
    universe.opponent_team_abbr,
    universe.home_game,
    universe.birth_date,
    universe.age_unknown,
    universe.injury_status, universe.report_unresolved,
    context.game_id IS NOT NULL AS has_context,
    context.is_production_ready AS context_ready,
    context.player_status,
    context.player_age,
    context.days_since_last_game,
    context.days_rest,
    context.back_to_back,
    context.games_in_last_7_days,
    context.minutes_in_last_7_days,
    context.avg_minutes_per_game_last_7,
    context.back_to_backs_last_14_days,
    context.projected_usage_rate,
    context.base_usage_rate,
    context.projected_usage_source,
    context.star_teammates_out,
    COALESCE(context.absences_in_doubt, 0) AS absences_in_doubt
  FROM universe
  LEFT JOIN player_contexts AS context
    ON context.game_date = universe.game_date
    AND context.game_id = universe.game_id
    AND context.player_lookup = universe.player_lookup
),
-- For players without a context row: their rest, load and usage.
-- Rounded as the context rounds them. So the same games give the same factors, with a context row or without.
rest AS (
  SELECT
    players.game_date,
    players.player_lookup,
    UNIX_DATE(players.game_date) - UNIX_DATE(MAX(games.game_date)) AS days_since_last_game,
    COUNT(DISTINCT IF(games.game_date >= players.game_date - 7, games.game_date, NULL)) AS games_7,
    COUNTIF(games.game_date >= players.game_date - 7 AND games.minutes_played IS NOT NULL) AS timed_games_7,
    IF(
      COUNTIF(games.game_date >= players.game_date - 7 AND games.lacks_minutes) > 0,
      NULL,
      ROUND(ROUND(COALESCE(SUM(IF(games.game_date >= players.game_date - 7, games.minutes_played, NULL)), 0) * 1e7) / 1e7 * 1e1)
        / 1e1
    ) AS minutes_7,
    COUNTIF(games.game_date >= players.game_date - 13 AND games.previous_date = games.game_date - 1) AS back_to_backs_14
  FROM players
  JOIN rest_games AS games ON games.player_lookup = players.player_lookup AND games.game_date < players.game_date
  WHERE NOT players.has_context
  GROUP BY players.game_date, players.player_lookup
),
context AS (
  SELECT
    players.game_date,
    players.game_id,
    players.season_phase,
    players.player_lookup,
    players.nba_player_id,
    players.team_abbr,
    players.opponent_team_abbr,
    players.home_game,
    players.has_context, players.age_unknown, players.report_unresolved,
    COALESCE(players.context_ready, FALSE) AS context_ready,
    IF(
      players.has_context,
      players.player_status,
      COALESCE(players.injury_status, IF(reported_teams.names_resolved, 'available', NULL))
    ) AS player_status,
    IF(
      players.has_context,
      players.player_age,
      EXTRACT(YEAR FROM players.game_date) - EXTRACT(YEAR FROM players.birth_date)
      - IF(SUBSTR(CAST(players.game_date AS STRING), 6) < SUBSTR(CAST(players.birth_date AS STRING), 6), 1, 0)
    ) AS player_age,
    IF(players.has_context, players.days_since_last_game, rest.days_since_last_game) AS days_since_last_game,
    IF(players.has_context, players.days_rest, rest.days_since_last_game - 1) AS days_rest,
    IF(players.has_context, players.back_to_back, COALESCE(rest.days_since_last_game = 1, FALSE))
      AS back_to_back,
    IF(players.has_context, players.games_in_last_7_days, COALESCE(rest.games_7, 0)) AS games_in_last_7_days,
    IF(players.has_context, players.minutes_in_last_7_days, IF(rest.player_lookup IS NULL, 0, rest.minutes_7))
      AS minutes_in_last_7_days,
    IF(
      players.has_context,
      players.avg_minutes_per_game_last_7,
      ROUND(ROUND(SAFE_DIVIDE(rest.minutes_7, rest.timed_games_7) * 1e7) / 1e7 * 1e1) / 1e1
    ) AS avg_minutes_per_game_last_7,
    IF(players.has_context, players.back_to_backs_last_14_days, COALESCE(rest.back_to_backs_14, 0))
      AS back_to_backs_last_14_days,
    IF(players.has_context, players.projected_usage_rate, ROUND(ROUND(form.usage_avg_last_7 * 1e8) / 1e8 * 1e2) / 1e2) AS projected_usage_rate,
    IF(players.has_context, players.base_usage_rate, ROUND(ROUND(form.usage_avg_season * 1e8) / 1e8 * 1e2) / 1e2) AS base_usage_rate,
    IF(
      players.has_context,
      players.projected_usage_source,
      IF(form.usage_avg_last_7 IS NULL, NULL, 'recent_form')
    ) AS projected_usage_source,
    players.star_teammates_out,
    players.absences_in_doubt,
    form.games_last_10 AS form_games_10,
    form.known_last_10 AS form_known_10
  FROM players
  LEFT JOIN rest ON rest.game_date = players.game_date AND rest.player_lookup = players.player_lookup
  LEFT JOIN player_form AS form
    ON form.player_lookup = players.player_lookup
    AND form.last_game_date < players.game_date
    AND form.next_game_date >= players.game_date
  LEFT JOIN reported_teams
    ON reported_teams.game_date = players.game_date AND reported_teams.team_abbr = players.team_abbr
),
-- @include player-gaps
-- @include team-form
-- @include league-paces
-- One row for each team of a game: the opponent's defence and rest, both teams' pace, whether their contexts are ready.
matchups AS (
  SELECT
    team_games.game_date,
    team_games.team_abbr,
    COALESCE(coverage.missing_10, 0) AS missing_10,
    own_pace.pace_10 AS own_pace,
    opponent_pace.pace_10 AS opponent_pace,
    league_paces.league_pace,
    COALESCE(league_paces.league_pace_gaps, 0) AS league_pace_gaps,
    COALESCE(defense.league_gaps, 0) AS league_zone_gaps,
    COALESCE(defense.zone_gaps, 0) AS defense_zone_gaps,
    COALESCE(defense.zone_mismatches, 0) AS defense_zone_mismatches,
    opponent_context.team_days_rest AS opponent_days_rest,
    COALESCE(own_context.is_production_ready AND opponent_context.is_production_ready, FALSE) AS context_ready,
    defense.team_abbr IS NOT NULL AS has_defense,
    COALESCE(defense.is_production_ready, FALSE) AS defense_ready,
    defense.paint_defense_vs_league_avg AS paint_difference,
    defense.mid_range_defense_vs_league_avg AS mid_range_difference,
    defense.three_pt_defense_vs_league_avg AS three_pt_difference
  FROM universe_team_games AS team_games
  LEFT JOIN team_coverage AS coverage
    ON coverage.team_abbr = team_games.team_abbr
    AND coverage.last_game_date < team_games.game_date
    AND coverage.next_game_date >= team_games.game_date
  LEFT JOIN team_paces AS own_pace
    ON own_pace.game_date = team_games.game_date AND own_pace.team_abbr = team_games.team_abbr
  LEFT JOIN team_paces AS opponent_pace
    ON opponent_pace.game_date = team_games.game_date
    AND opponent_pace.team_abbr = team_games.opponent_team_abbr
  LEFT JOIN league_paces ON league_paces.game_date = team_games.game_date
  LEFT JOIN team_contexts AS own_context
    ON own_context.game_date = team_games.game_date
    AND own_context.game_id = team_games.game_id
    AND own_context.team_abbr = team_games.team_abbr
  LEFT JOIN team_contexts AS opponent_context
    ON opponent_context.game_date = team_games.game_date
    AND opponent_context.game_id = team_games.game_id
    AND opponent_context.team_abbr = team_games.opponent_team_abbr
  LEFT JOIN team_defense_zones AS defense
    ON defense.analysis_date = team_games.game_date
    AND defense.team_abbr = team_games.opponent_team_abbr
),
facts AS (
  SELECT
    context.*,
    COALESCE(context.form_games_10, 0) AS games_10,
    COALESCE(context.form_known_10, 0) AS known_10,
    matchups.missing_10,
    matchups.own_pace,
    matchups.opponent_pace,
    matchups.league_pace,
    matchups.league_pace_gaps,
    matchups.league_zone_gaps,
    matchups.defense_zone_gaps + COALESCE(shots.zone_gaps_20, 0) AS zone_gaps,
    matchups.defense_zone_mismatches + COALESCE(shots.zone_mismatches_20, 0) AS zone_mismatches,
    matchups.opponent_days_rest,
    matchups.context_ready AS team_context_ready,
    matchups.has_defense,
    matchups.defense_ready,
    gaps.season_gaps,
    gaps.minutes_unknown,
    gaps.attempts_unknown,
    shots.player_lookup IS NOT NULL AS has_shots,
    COALESCE(shots.is_production_ready, FALSE) AS shots_ready,
    shots.primary_scoring_zone AS zone,
    CASE shots.primary_scoring_zone
      WHEN 'paint' THEN shots.paint_rate_last_10
      WHEN 'mid_range' THEN shots.mid_range_rate_last_10
      WHEN 'perimeter' THEN shots.three_pt_rate_last_10
      WHEN 'balanced' THEN 100
    END AS zone_rate,
    CASE shots.primary_scoring_zone
      WHEN 'paint' THEN matchups.paint_difference
      WHEN 'mid_range' THEN matchups.mid_range_difference
      WHEN 'perimeter' THEN matchups.three_pt_difference
      WHEN 'balanced' THEN (
        shots.paint_rate_last_10 * matchups.paint_difference
        + shots.mid_range_rate_last_10 * matchups.mid_range_difference
        + shots.three_pt_rate_last_10 * matchups.three_pt_difference
      ) / 100
    END AS zone_difference
  FROM context
  JOIN matchups ON matchups.game_date = context.game_date AND matchups.team_abbr = context.team_abbr
  JOIN player_gaps AS gaps ON gaps.game_date = context.game_date AND gaps.player_lookup = context.player_lookup
  LEFT JOIN player_shot_zones AS shots
    ON shots.analysis_date = context.game_date
    AND shots.player_lookup = context.player_lookup
),
-- Each factor before it is cut to its bounds.
factors AS (
  SELECT
    facts.*,
    IF(COALESCE(back_to_back, FALSE), -15, 0) AS back_to_back_penalty,
    IF(NOT COALESCE(back_to_back, FALSE) AND COALESCE(days_rest, 1) >= 3, 5, 0) AS rest_bonus,
    IF(COALESCE(games_in_last_7_days, 3) >= 4, -10, 0) AS games_penalty,
    IF(COALESCE(minutes_in_last_7_days, 200.0) > 240, -10, 0) AS minutes_penalty,
    IF(COALESCE(avg_minutes_per_game_last_7, 30.0) > 35, -8, 0) AS avg_minutes_penalty,
    CASE
      WHEN COALESCE(back_to_backs_last_14_days, 0) >= 2 THEN -12
      WHEN COALESCE(back_to_backs_last_14_days, 0) = 1 THEN -5
      ELSE 0
    END AS prior_back_to_backs_penalty,
    CASE
      WHEN COALESCE(player_age, 25) >= 35 THEN -10
      WHEN COALESCE(player_age, 25) >= 30 THEN -5
      ELSE 0
    END AS age_penalty,
    COALESCE(zone_difference, 0) * IF(COALESCE(zone_rate, 50) > 50, 1, COALESCE(zone_rate, 50) / 50)
      AS mismatch,
    own_pace - opponent_pace AS pace_differential,
    SAFE_DIVIDE(own_pace * opponent_pace, league_pace) AS expected_pace,
    projected_usage_rate - base_usage_rate AS usage_change
  FROM facts
),
bounded AS (
  SELECT
    factors.*,
    100 + back_to_back_penalty + rest_bonus + games_penalty + minutes_penalty + avg_minutes_penalty
      + prior_back_to_backs_penalty + age_penalty AS freshness,
    IF(ABS(mismatch) > 5, mismatch * 1.2, mismatch) AS amplified_mismatch,
    COALESCE((expected_pace - own_pace) / 2, 0) AS pace_shift,
    CASE
      WHEN usage_change IS NULL OR base_usage_rate = 0 THEN 0
      WHEN usage_change > 0 AND star_teammates_out = 1 THEN 0.3 * usage_change * 1.15
      WHEN usage_change > 0 AND star_teammates_out >= 2 THEN 0.3 * usage_change * 1.30
      ELSE 0.3 * usage_change
    END AS usage_shift
  FROM factors
),
scores AS (
  SELECT
    bounded.*,
    CASE WHEN freshness > 100 THEN 100 WHEN freshness < 0 THEN 0 ELSE freshness END AS fatigue_score,
    CASE
      WHEN amplified_mismatch > 10 THEN 10
      WHEN amplified_mismatch < -10 THEN -10
      ELSE amplified_mismatch
    END AS mismatch_score,
    CASE WHEN pace_shift > 3 THEN 3 WHEN pace_shift < -3 THEN -3 ELSE pace_shift END AS pace_score,
    CASE WHEN usage_shift > 3 THEN 3 WHEN usage_shift < -3 THEN -3 ELSE usage_shift END AS usage_score
  FROM bounded
),
totals AS (
  SELECT
    scores.*,
    (fatigue_score - 100) / 20 AS fatigue_adjustment,
    (fatigue_score - 100) / 20 + mismatch_score + pace_score + usage_score AS total,
    shots_ready AND defense_ready AND context_ready AND team_context_ready AS all_ready,
    games_10 + missing_10 AS expected_games,
    COALESCE(SAFE_DIVIDE(100 * known_10, games_10 + missing_10), 0) AS completeness
  FROM scores
),
labelled AS (
  SELECT
    totals.*,
    NULLIF(SUBSTR(
      IF(ABS(total) > 12, ',EXTREME_ADJUSTMENT', '')
      || IF(fatigue_score < 50, ',EXTREME_FATIGUE', '')
      || IF(ABS(mismatch_score) > 8, ',EXTREME_MATCHUP', ''), 2), '') AS warnings
  FROM totals
)
SELECT
  game_date,
  game_date AS analysis_date,
  player_lookup,
  nba_player_id,
  game_id,
  team_abbr,
  opponent_team_abbr,
  home_game,
  season_phase,
  IF(has_context, 'upcoming_context', 'synthetic') AS context_source,
  player_status,
  days_since_last_game,
  days_rest,
  COALESCE(back_to_back, FALSE) AS back_to_back,
  games_in_last_7_days,
  minutes_in_last_7_days,
  avg_minutes_per_game_last_7,
  back_to_backs_last_14_days,
  player_age,
  opponent_days_rest,
  back_to_back_penalty AS fatigue_back_to_back_penalty,
  rest_bonus AS fatigue_rest_bonus,
  games_penalty AS fatigue_games_penalty,
  minutes_penalty AS fatigue_minutes_penalty,
  avg_minutes_penalty AS fatigue_avg_minutes_penalty,
  prior_back_to_backs_penalty AS fatigue_prior_back_to_backs_penalty,
  age_penalty AS fatigue_age_penalty,
  fatigue_score,
  fatigue_adjustment,
  zone AS mismatch_zone,
  zone_rate AS mismatch_zone_rate,
  zone_difference AS mismatch_zone_difference,
  mismatch_score AS shot_zone_mismatch_score,
  own_pace AS team_pace_last_10,
  opponent_pace AS opponent_pace_last_10,
  pace_differential,
  league_pace,
  league_pace_gaps,
  league_zone_gaps,
  expected_pace AS expected_game_pace,
  CASE
    WHEN expected_pace - own_pace > 2 THEN 'fast'
    WHEN expected_pace - own_pace < -2 THEN 'slow'
    WHEN expected_pace IS NOT NULL THEN 'normal'
  END AS pace_label,
  pace_score,
  projected_usage_rate,
  base_usage_rate,
  projected_usage_source,
  star_teammates_out,
  CASE
    WHEN usage_change > 2 THEN 'spike'
    WHEN usage_change < -2 THEN 'drop'
    WHEN usage_change IS NOT NULL THEN 'stable'
  END AS usage_trend,
  usage_score AS usage_spike_score,
  total AS total_composite_adjustment,
  IF(days_rest IS NULL, 0, 20) + IF(projected_usage_rate IS NULL, 0, 20) + IF(pace_differential IS NULL, 0, 20)
    + IF(has_shots, 20, 0) + IF(has_defense, 20, 0) AS data_completeness_pct,
  NULLIF(SUBSTR(
    IF(avg_minutes_per_game_last_7 IS NULL, ',avg_minutes_per_game_last_7', '')
    || IF(back_to_backs_last_14_days IS NULL, ',back_to_backs_last_14_days', '')
    || IF(base_usage_rate IS NULL, ',base_usage_rate', '')
    || IF(days_rest IS NULL, ',days_rest', '')
    || IF(games_in_last_7_days IS NULL, ',games_in_last_7_days', '')
    || IF(minutes_in_last_7_days IS NULL, ',minutes_in_last_7_days', '')
    || IF(expected_pace IS NULL, ',pace_differential', '')
    || IF(player_age IS NULL, ',player_age', '')
    || IF(has_shots, '', ',player_shot_zone')
    || IF(has_shots AND zone IS NULL, ',primary_scoring_zone', '')
    || IF(projected_usage_rate IS NULL, ',projected_usage_rate', '')
    || IF(star_teammates_out IS NULL, ',star_teammates_out', '')
    || IF(has_defense, '', ',team_defense_zone')
    || IF(has_defense AND zone IS NOT NULL AND zone_difference IS NULL, ',zone_defense_vs_league_avg', '')
    || IF(zone IS NOT NULL AND zone_rate IS NULL, ',zone_rate', ''), 2), '') AS missing_data_fields,
  warnings IS NOT NULL AS has_warnings,
  warnings AS warning_details,
  shots_ready AS upstream_player_shot_ready,
  defense_ready AS upstream_team_defense_ready,
  context_ready AS upstream_player_context_ready,
  team_context_ready AS upstream_team_context_ready,
  all_ready AS all_upstreams_ready,
  expected_games AS expected_games_count,
  known_10 AS actual_games_count,
  completeness AS completeness_percentage,
  completeness >= 90 AND all_ready AS is_production_ready,
  NULLIF(SUBSTR(
    IF(absences_in_doubt = 0, '', ',absences_in_doubt:' || CAST(absences_in_doubt AS STRING))
    || IF(age_unknown, ',age_unknown', '')
    || IF(attempts_unknown = 0, '', ',attempts_unknown:' || CAST(attempts_unknown AS STRING))
    || IF(known_10 < games_10 + missing_10, ',history_incomplete', '')
    || IF(league_pace_gaps = 0, '', ',league_gap:' || CAST(league_pace_gaps AS STRING))
    || IF(league_zone_gaps = 0, '', ',league_zone_gap:' || CAST(league_zone_gaps AS STRING))
    || IF(minutes_unknown = 0, '', ',minutes_unknown:' || CAST(minutes_unknown AS STRING))
    || IF(games_10 = 0, ',no_history', '')
    || IF(context_ready, '', ',player_context_not_ready')
    || IF(shots_ready, '', ',player_shot_not_ready')
    || IF(season_gaps = 0, '', ',season_gap:' || CAST(season_gaps AS STRING))
    || IF(has_context, '', ',synthetic_context')
    || IF(team_context_ready, '', ',team_context_not_ready')
    || IF(defense_ready, '', ',team_defense_not_ready')
    || IF(report_unresolved, ',unresolved_names', '')
    || IF(zone_gaps = 0, '', ',zone_gap:' || CAST(zone_gaps AS STRING))
    || IF(zone_mismatches = 0, '', ',zone_mismatch:' || CAST(zone_mismatches AS STRING)), 2), '') AS data_quality_issues
FROM labelled
