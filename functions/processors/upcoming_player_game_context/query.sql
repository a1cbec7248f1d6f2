-- One row for each player of the universe of a game date.
WITH
-- @include player-universe
-- @include team-context
-- @include player-points-lines
-- @include player-form
-- @include rest-games
-- @include player-gaps
-- The last game of a player before the batch and his games in it, each with the game before it and his latest until then that followed
-- at least 2 free days. Valid from the day after `last_game_date` to `next_date`.
player_rest AS (
  SELECT latest.player_lookup, latest.game_date AS last_game_date, latest.previous_date, latest.next_date,
    MAX(IF(games.game_date > games.previous_date + 2, games.game_date, NULL)) AS last_rested_date
  FROM rest_games AS latest
  JOIN rest_games AS games ON games.player_lookup = latest.player_lookup AND games.game_date <= latest.game_date
  WHERE latest.next_date >= @start_date
  GROUP BY latest.player_lookup, latest.game_date, latest.previous_date, latest.next_date
),
player_load AS (
  SELECT universe.game_date, universe.player_lookup,
    COUNTIF(recent.game_date >= universe.game_date - 7 AND recent.is_new_date) AS games_in_last_7_days,
    COUNTIF(recent.is_new_date) AS games_in_last_14_days,
    SUM(IF(recent.game_date >= universe.game_date - 7, recent.minutes_played, 0)) AS minutes_in_last_7_days,
    COUNTIF(recent.game_date >= universe.game_date - 7 AND recent.minutes_played IS NOT NULL) AS timed_games_in_last_7_days,
    SUM(recent.minutes_played) AS minutes_in_last_14_days,
    COUNTIF(recent.game_date >= universe.game_date - 7 AND recent.lacks_minutes) AS unknown_minutes_7_days,
    COUNTIF(recent.lacks_minutes) AS unknown_minutes_14_days,
    COUNTIF(recent.previous_date = recent.game_date - 1 AND recent.previous_date >= universe.game_date - 14)
      AS back_to_backs_last_14_days
  FROM universe
  JOIN (
    SELECT player_lookup, game_date, previous_date, minutes_played, lacks_minutes,
      previous_date IS NULL OR previous_date < game_date AS is_new_date
    FROM rest_games
  ) AS recent
    ON recent.player_lookup = universe.player_lookup
    AND recent.game_date BETWEEN universe.game_date - 14 AND universe.game_date - 1
  GROUP BY universe.game_date, universe.player_lookup
),
-- The latest game in which he was not above the line of today, and the latest in which he was not below it.
line_history AS (
  SELECT universe.game_date, universe.player_lookup,
    MAX(IF(history.points > lines.latest_line, 0, history.game_number)) AS last_not_over,
    MAX(IF(history.points < lines.latest_line, 0, history.game_number)) AS last_not_under
  FROM universe
  JOIN player_points_lines AS lines
    ON lines.game_id = universe.game_id AND lines.player_lookup = universe.player_lookup
  JOIN own_games AS history
    ON history.player_lookup = universe.player_lookup AND history.game_date < universe.game_date
  GROUP BY universe.game_date, universe.player_lookup
),
-- @include reported-teams
-- How many gaps the seasons of those have who may not play.
absent_gaps AS (
  SELECT injuries.game_date, injuries.player_lookup, COUNT(*) AS season_gaps
  FROM universe_injuries AS injuries
  JOIN games_with_gaps AS gaps
    ON gaps.player_lookup = injuries.player_lookup
    AND gaps.game_date < injuries.game_date
    AND gaps.known_from < injuries.game_date
  WHERE injuries.injury_status IN ('out', 'doubtful')
  GROUP BY injuries.game_date, injuries.player_lookup
),
-- Everybody whom a report names, and whether he is a star who will not play. That is in doubt when a game or a number of his season
-- is lacking; from 20 games on it is taken as known.
reported_players AS (
  SELECT injuries.game_date, injuries.team_abbr, injuries.player_lookup, injuries.injury_status,
    form.usage_avg_season,
    injuries.injury_status IN ('out', 'doubtful')
      AND COALESCE(form.games_played >= 10, FALSE)
      AND COALESCE(
        form.points_avg_season >= 18 OR (form.minutes_avg_season >= 28 AND form.points_avg_season >= 12), FALSE
      ) AS is_absent_star,
    injuries.injury_status IN ('out', 'doubtful')
      AND (gaps.season_gaps IS NOT NULL OR COALESCE(form.minutes_unknown + form.attempts_unknown > 0, FALSE)) AS is_in_doubt,
    COALESCE(form.games_played, 0) < 20 AS is_early
  FROM universe_injuries AS injuries
  LEFT JOIN player_form AS form
    ON form.player_lookup = injuries.player_lookup
    AND form.last_game_date < injuries.game_date
    AND form.next_game_date >= injuries.game_date
  LEFT JOIN absent_gaps AS gaps
    ON gaps.game_date = injuries.game_date AND gaps.player_lookup = injuries.player_lookup
),
team_reports AS (
  SELECT game_date, team_abbr,
    COUNTIF(is_absent_star) AS stars_out,
    SUM(IF(is_absent_star, usage_avg_season - 20, 0)) AS freed_usage,
    COUNTIF(is_in_doubt) AS in_doubt,
    COUNTIF(is_in_doubt AND is_early) AS early_in_doubt,
    COUNTIF(injury_status = 'questionable') AS questionable,
    COUNTIF(injury_status = 'probable') AS probable
  FROM reported_players
  GROUP BY game_date, team_abbr
),
entering AS (
  SELECT universe.game_date, universe.game_id, universe.season, universe.season_type, universe.season_phase,
    universe.player_lookup, universe.player_name, universe.nba_player_id, universe.birth_date, universe.team_abbr,
    universe.opponent_team_abbr, universe.home_game, universe.universe_source, universe.age_unknown, universe.injury_status,
    rest.last_game_date, rest.previous_date, rest.last_rested_date, COALESCE(form.games_played, 0) AS games_played,
    form.points_avg_last_5, form.points_avg_last_10, form.points_avg_season, form.minutes_avg_season,
    form.usage_avg_last_7, form.usage_avg_season,
    UNIX_DATE(universe.game_date) - UNIX_DATE(rest.last_game_date) AS days_since_last_game,
    SUM(IF(universe.injury_status = 'doubtful', 0, form.usage_avg_last_7)) OVER (
      PARTITION BY universe.game_date, universe.team_abbr
    ) AS available_usage,
    MAX(IF(gaps.misses_last_7 AND COALESCE(universe.injury_status <> 'doubtful', TRUE), 1, 0)) OVER (
      PARTITION BY universe.game_date, universe.team_abbr
    ) = 1 AS misses_available_usage
  FROM universe
  JOIN player_gaps AS gaps ON gaps.game_date = universe.game_date AND gaps.player_lookup = universe.player_lookup
  LEFT JOIN player_form AS form
    ON form.player_lookup = universe.player_lookup
    AND form.last_game_date < universe.game_date
    AND form.next_game_date >= universe.game_date
  LEFT JOIN player_rest AS rest
    ON rest.player_lookup = universe.player_lookup
    AND rest.last_game_date < universe.game_date
    AND rest.next_date >= universe.game_date
),
-- What the reports say of a player's team mates, without himself.
with_team_mates AS (
  SELECT entering.*,
    COALESCE(reported.names_resolved, FALSE) AS injuries_known,
    COALESCE(NOT reported.names_resolved, FALSE) AS report_has_unresolved,
    COALESCE(team_reports.stars_out, 0) - COALESCE(IF(own.is_absent_star, 1, 0), 0) AS stars_out,
    COALESCE(team_reports.freed_usage, 0) - COALESCE(IF(own.is_absent_star, own.usage_avg_season - 20, 0), 0) AS freed_usage,
    IF(COALESCE(reported.names_resolved, FALSE), COALESCE(team_reports.in_doubt, 0) - COALESCE(IF(own.is_in_doubt, 1, 0), 0), 0)
      AS absences_in_doubt,
    COALESCE(reported.names_resolved, FALSE)
      AND COALESCE(team_reports.early_in_doubt, 0) - COALESCE(IF(own.is_in_doubt AND own.is_early, 1, 0), 0) > 0
      AS misses_absences,
    COALESCE(team_reports.questionable, 0) - COALESCE(IF(own.injury_status = 'questionable', 1, 0), 0) AS questionable,
    COALESCE(team_reports.probable, 0) - COALESCE(IF(own.injury_status = 'probable', 1, 0), 0) AS probable
  FROM entering
  LEFT JOIN reported_teams AS reported
    ON reported.game_date = entering.game_date AND reported.team_abbr = entering.team_abbr
  LEFT JOIN team_reports
    ON team_reports.game_date = entering.game_date AND team_reports.team_abbr = entering.team_abbr
  LEFT JOIN reported_players AS own
    ON own.game_date = entering.game_date AND own.team_abbr = entering.team_abbr
    AND own.player_lookup = entering.player_lookup
),
projected AS (
  SELECT *,
    injuries_known AND misses_available_usage AND COALESCE(freed_usage <> 0, TRUE) AS misses_team_usage,
    IF(injuries_known, usage_avg_last_7, usage_avg_season) AS base_usage,
    IF(
      injuries_known,
      usage_avg_last_7 + COALESCE(freed_usage * SAFE_DIVIDE(usage_avg_last_7, available_usage), 0),
      usage_avg_last_7
    ) AS projected_usage
  FROM with_team_mates
)
SELECT
  player.game_id,
  player.game_date,
  player.season,
  player.season_type,
  player.season_phase,
  player.player_lookup,
  player.player_name,
  player.nba_player_id,
  player.player_lookup || '_' || CAST(player.nba_player_id AS STRING) AS universal_player_id,
  player.team_abbr,
  player.opponent_team_abbr,
  player.home_game,
  player.universe_source,
  COALESCE(player.injury_status, IF(player.injuries_known, 'available', NULL)) AS player_status,
  EXTRACT(YEAR FROM player.game_date) - EXTRACT(YEAR FROM player.birth_date)
    - IF(SUBSTR(CAST(player.game_date AS STRING), 6) < SUBSTR(CAST(player.birth_date AS STRING), 6), 1, 0) AS player_age,
  player.games_played AS games_history,
  player.days_since_last_game,
  player.days_since_last_game - 1 AS days_rest,
  COALESCE(player.days_since_last_game = 1, FALSE) AS back_to_back,
  COALESCE(load.games_in_last_7_days, 0) AS games_in_last_7_days,
  COALESCE(load.games_in_last_14_days, 0) AS games_in_last_14_days,
  IF(load.unknown_minutes_7_days > 0, NULL, COALESCE(load.minutes_in_last_7_days, 0)) AS minutes_in_last_7_days,
  IF(load.unknown_minutes_14_days > 0, NULL, COALESCE(load.minutes_in_last_14_days, 0)) AS minutes_in_last_14_days,
  IF(load.unknown_minutes_7_days > 0, NULL, SAFE_DIVIDE(load.minutes_in_last_7_days, load.timed_games_in_last_7_days)) AS avg_minutes_per_game_last_7,
  COALESCE(load.back_to_backs_last_14_days, 0) AS back_to_backs_last_14_days,
  UNIX_DATE(player.last_game_date) - UNIX_DATE(player.previous_date) - 1 AS days_rest_before_last_game,
  UNIX_DATE(player.game_date) - UNIX_DATE(player.last_rested_date) AS days_since_2_plus_days_rest,
  player.points_avg_last_5,
  player.points_avg_last_10,
  player.points_avg_season,
  player.minutes_avg_season,
  player.usage_avg_last_7 AS avg_usage_rate_last_7_games,
  player.usage_avg_season AS season_usage_rate,
  player.base_usage AS base_usage_rate,
  IF(player.projected_usage > player.base_usage + 8 AND player.injuries_known, player.base_usage + 8, player.projected_usage)
    AS projected_usage_rate,
  CASE
    WHEN player.projected_usage IS NULL THEN NULL
    WHEN player.injuries_known THEN 'absent_stars'
    ELSE 'recent_form'
  END AS projected_usage_source,
  IF(lines.latest_line IS NULL AND (own.game_id IS NOT NULL OR nobodys.game_id IS NOT NULL), NULL, lines.latest_line IS NOT NULL)
    AS has_prop_line,
  CASE
    WHEN own.game_id IS NOT NULL OR (lines.game_id IS NULL AND nobodys.unread_source_order IS NOT NULL) THEN 'unread_lines'
    WHEN nobodys.game_id IS NOT NULL THEN 'unresolved_names'
  END AS points_line_doubt,
  lines.latest_line AS current_points_line,
  IF(lines.quotes > 1, lines.earliest_line, NULL) AS opening_points_line,
  IF(lines.quotes > 1, lines.latest_line - lines.earliest_line, NULL) AS line_movement,
  lines.latest_snapshot_at AS points_line_snapshot_at,
  lines.bookmaker AS points_line_source,
  CASE lines.source_order WHEN 1 THEN 'odds_api' WHEN 2 THEN 'bettingpros' END AS points_line_provider,
  COALESCE(player.games_played - history.last_not_over, 0) AS prop_over_streak,
  COALESCE(player.games_played - history.last_not_under, 0) AS prop_under_streak,
  team.game_spread,
  team.opening_spread,
  team.spread_movement,
  team.game_spread_source,
  team.game_total,
  team.opening_total,
  team.total_movement,
  team.game_total_source,
  team.pace_last_10 AS team_pace_last_10,
  team.opponent_pace_last_10,
  team.pace_differential,
  team.opponent_def_rating_last_10,
  team.opponent_ft_rate_allowed,
  team.opponent_days_rest,
  IF(player.injuries_known, player.stars_out, NULL) AS star_teammates_out,
  player.absences_in_doubt,
  IF(player.injuries_known, player.questionable, NULL) AS questionable_teammates,
  IF(player.injuries_known, player.probable, NULL) AS probable_teammates,
  team.next_game_days_rest,
  team.games_in_next_7_days,
  team.next_opponent_win_pct,
  team.opponent_next_game_days_rest,
  team.opponent_games_in_next_7_days,
  CASE
    WHEN player.games_played >= 10 THEN 'gold'
    WHEN player.games_played >= 5 THEN 'silver'
    ELSE 'bronze'
  END AS data_quality_tier,
  team.games_last_10 AS expected_games_count,
  team.players_known_last_10 AS actual_games_count,
  COALESCE(SAFE_DIVIDE(100 * team.players_known_last_10, team.games_last_10), 0) AS completeness_percentage,
  COALESCE(SAFE_DIVIDE(100 * team.players_known_last_10, team.games_last_10), 0) >= 90 AND assumed.team_abbr IS NULL
    AND NOT gaps.misses_last_10 AND NOT gaps.misses_14_days AND NOT gaps.misses_season AND NOT gaps.misses_numbers
    AND COALESCE(load.unknown_minutes_14_days, 0) = 0 AND NOT player.misses_absences AND NOT player.misses_team_usage
    AND team.gaps_last_10 = 0 AND COALESCE(team.opponent_gaps_last_10, 0) = 0 AS is_production_ready,
  NULLIF(SUBSTR(
    IF(player.absences_in_doubt = 0, '', ',absences_in_doubt:' || CAST(player.absences_in_doubt AS STRING))
    || IF(player.age_unknown, ',age_unknown', '')
    || IF(gaps.attempts_unknown = 0, '', ',attempts_unknown:' || CAST(gaps.attempts_unknown AS STRING))
    || IF(team.players_known_last_10 < team.games_last_10 OR gaps.misses_last_10 OR gaps.misses_14_days, ',incomplete_history', '')
    || IF(player.injuries_known, '', ',injuries_unknown')
    || CASE
      WHEN gaps.minutes_unknown > 0 THEN ',minutes_unknown:' || CAST(gaps.minutes_unknown AS STRING)
      WHEN load.unknown_minutes_14_days > 0 THEN ',minutes_unknown:' || CAST(load.unknown_minutes_14_days AS STRING)
      ELSE ''
    END
    || IF(team.game_spread IS NULL, ',missing_game_spread', '')
    || IF(team.game_total IS NULL, ',missing_game_total', '')
    || IF(team.next_opponent_gaps = 0, '', ',next_opponent_gap:' || CAST(team.next_opponent_gaps AS STRING))
    || IF(player.games_played = 0, ',no_history', '')
    || IF(NOT player.injuries_known AND player.projected_usage IS NOT NULL, ',projected_usage_from_form', '')
    || IF(assumed.team_abbr IS NULL, '', ',rest_assumed')
    || IF(team.unread_games_ahead + team.opponent_unread_games_ahead = 0, '',
      ',schedule_gap:' || CAST(team.unread_games_ahead + team.opponent_unread_games_ahead AS STRING))
    || IF(gaps.season_gaps = 0, '', ',season_gap:' || CAST(gaps.season_gaps AS STRING))
    || IF(team.gaps_last_10 + COALESCE(team.opponent_gaps_last_10, 0) > 0, ',team_form_incomplete', '')
    || IF(player.misses_team_usage, ',team_usage_incomplete', '')
    || IF(player.games_played IN (1, 2), ',thin_sample', '')
    || IF(own.game_id IS NOT NULL OR (lines.game_id IS NULL AND nobodys.unread_source_order IS NOT NULL) OR team.lines_unread,
      ',unread_lines', '')
    || IF(player.report_has_unresolved
      OR (nobodys.game_id IS NOT NULL AND (lines.game_id IS NOT NULL OR nobodys.unread_source_order IS NULL)),
      ',unresolved_names', ''),
    2), '') AS data_quality_issues
FROM projected AS player
JOIN team_context AS team
  ON team.game_id = player.game_id AND team.team_abbr = player.team_abbr
JOIN player_gaps AS gaps
  ON gaps.game_date = player.game_date AND gaps.player_lookup = player.player_lookup
LEFT JOIN teams_with_assumed_rest AS assumed
  ON assumed.game_date = player.game_date AND assumed.team_abbr = player.team_abbr
LEFT JOIN player_load AS load
  ON load.game_date = player.game_date AND load.player_lookup = player.player_lookup
LEFT JOIN player_points_lines AS lines
  ON lines.game_id = player.game_id AND lines.player_lookup = player.player_lookup
LEFT JOIN players_with_unread_lines AS own
  ON own.game_id = player.game_id AND own.player_lookup = player.player_lookup AND lines.game_id IS NULL
LEFT JOIN games_with_nobodys_lines AS nobodys
  ON nobodys.game_id = player.game_id AND nobodys.source_order <= COALESCE(lines.source_order, 2)
LEFT JOIN line_history AS history
  ON history.game_date = player.game_date AND history.player_lookup = player.player_lookup
