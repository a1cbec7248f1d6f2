-- One row for each team of a scheduled game: its rest and load, form and streaks, lines, absences and schedule ahead.
WITH
-- @include team-context
-- @include injury-reports
recent_games AS (
  SELECT own.game_date, own.team_abbr,
    COUNT(DISTINCT IF(played.game_date >= own.game_date - 7, played.game_date, NULL)) AS games_in_last_7_days,
    COUNT(DISTINCT played.game_date) AS games_in_last_14_days,
    COUNTIF(played.previous_date = played.game_date - 1 AND played.previous_date >= own.game_date - 14)
      AS back_to_backs_last_14_days
  FROM team_context AS own
  JOIN played_team_games AS played
    ON played.team_abbr = own.team_abbr
    AND played.game_date BETWEEN own.game_date - 14 AND own.game_date - 1
  GROUP BY own.game_date, own.team_abbr
),
-- How many of the team's last 5 games each player started, of how many the source says it, and of how many it does not.
recent_starts AS (
  SELECT own.game_date, own.team_abbr, players.player_lookup, COUNTIF(players.starter_flag) AS starts,
    COUNT(players.starter_flag) AS known_starts, COUNTIF(players.starter_flag IS NULL) AS unknown_starts
  FROM team_context AS own
  JOIN team_results AS played
    ON played.team_abbr = own.team_abbr
    AND played.game_number BETWEEN own.games_played - 4 AND own.games_played
  JOIN nba_analytics.player_game_summary AS players
    ON players.game_id = played.game_id AND players.team_abbr = played.team_abbr
  WHERE players.game_date >= @read_start AND players.game_date < @end_date
  GROUP BY own.game_date, own.team_abbr, players.player_lookup
),
teams_with_starters AS (
  SELECT game_date, team_abbr
  FROM recent_starts
  GROUP BY game_date, team_abbr
  HAVING SUM(known_starts) > 0
),
-- @include reported-teams
absences AS (
  SELECT injuries.game_date, injuries.team_abbr,
    COUNTIF(injuries.injury_status IN ('out', 'doubtful') AND starts.starts >= 3) AS starters_out,
    COUNTIF(injuries.injury_status IN ('out', 'doubtful') AND starts.starts < 3 AND starts.starts + starts.unknown_starts >= 3)
      AS unclear_starters,
    COUNTIF(injuries.injury_status = 'questionable') AS questionable
  FROM universe_injuries AS injuries
  LEFT JOIN recent_starts AS starts
    ON starts.game_date = injuries.game_date AND starts.team_abbr = injuries.team_abbr
    AND starts.player_lookup = injuries.player_lookup
  GROUP BY injuries.game_date, injuries.team_abbr
),
judged AS (
  SELECT *, COALESCE(SAFE_DIVIDE(100 * offense_known_last_10, games_last_10), 0) AS completeness
  FROM team_context
)
SELECT
  own.game_id,
  own.game_date,
  own.season,
  own.season_type,
  own.season_phase,
  own.team_abbr,
  own.opponent_team_abbr,
  own.home_game,
  own.games_played + 1 AS game_number_in_season,
  own.days_since_last_game,
  own.days_since_last_game - 1 AS team_days_rest,
  COALESCE(own.days_since_last_game = 1, FALSE) AS team_back_to_back,
  own.opponent_days_rest,
  COALESCE(recent.games_in_last_7_days, 0) AS games_in_last_7_days,
  COALESCE(recent.games_in_last_14_days, 0) AS games_in_last_14_days,
  COALESCE(recent.back_to_backs_last_14_days, 0) AS back_to_backs_last_14_days,
  IF(own.home_game, 0, own.road_streak + 1) AS consecutive_road_games,
  own.win_streak AS team_win_streak_entering,
  own.loss_streak AS team_loss_streak_entering,
  own.last_margin AS last_game_margin,
  CASE WHEN own.last_margin > 0 THEN 'W' WHEN own.last_margin < 0 THEN 'L' END AS last_game_result,
  own.win_pct AS team_win_pct,
  own.pace_last_10 AS team_pace_last_10,
  own.off_rating_last_10 AS team_off_rating_last_10,
  own.def_rating_last_10 AS team_def_rating_last_10,
  own.game_spread,
  own.opening_spread,
  own.spread_movement,
  own.game_spread_source,
  own.game_total,
  own.opening_total,
  own.total_movement,
  own.game_total_source,
  CASE
    WHEN own.total_updated_at IS NULL OR own.spread_updated_at > own.total_updated_at THEN own.spread_updated_at
    ELSE own.total_updated_at
  END AS betting_lines_updated_at,
  IF(
    reported.names_resolved AND known.team_abbr IS NOT NULL AND COALESCE(absences.unclear_starters, 0) = 0,
    COALESCE(absences.starters_out, 0),
    NULL
  ) AS starters_out_count,
  IF(reported.names_resolved, COALESCE(absences.questionable, 0), NULL) AS questionable_players_count,
  own.next_game_days_rest,
  own.games_in_next_7_days,
  own.games_last_10 AS expected_games_count,
  own.offense_known_last_10 AS actual_games_count,
  own.completeness AS completeness_percentage,
  own.completeness >= 90 AND own.gaps_last_10 = 0 AS is_production_ready,
  NULLIF(SUBSTR(
    IF(own.games_played = 0, ',first_game', '')
    || IF(own.offense_known_last_10 < own.games_last_10 OR own.gaps_last_10 > 0, ',incomplete_history', '')
    || IF(reported.names_resolved, '', ',injuries_unknown')
    || IF(own.game_spread IS NULL, ',missing_game_spread', '')
    || IF(own.game_total IS NULL, ',missing_game_total', '')
    || IF(own.unread_games_ahead = 0, '', ',schedule_gap:' || CAST(own.unread_games_ahead AS STRING))
    || IF(own.season_gaps = 0, '', ',season_gap:' || CAST(own.season_gaps AS STRING))
    || IF(reported.names_resolved AND (known.team_abbr IS NULL OR absences.unclear_starters > 0), ',starters_unknown', '')
    || IF(own.lines_unread, ',unread_lines', '')
    || IF(NOT reported.names_resolved, ',unresolved_names', ''),
    2), '') AS data_quality_issues
FROM judged AS own
LEFT JOIN recent_games AS recent
  ON recent.game_date = own.game_date AND recent.team_abbr = own.team_abbr
LEFT JOIN reported_teams AS reported
  ON reported.game_date = own.game_date AND reported.team_abbr = own.team_abbr
LEFT JOIN teams_with_starters AS known
  ON known.game_date = own.game_date AND known.team_abbr = own.team_abbr
LEFT JOIN absences
  ON absences.game_date = own.game_date AND absences.team_abbr = own.team_abbr
