-- What is known of each team before its game of the batch: form, rest, schedule ahead and lines. Reads nbac_schedule to 14
-- days ahead, nbac_game_results and the phase 3 summaries of the season before the date, odds_api_game_lines of the date.
-- The result is `team_context`: one row for each team and game. `team_results` and `team_form` are steps on the way to it.
-- @include universe-team-games
-- @include game-lines
-- @include played-team-games
-- @include team-form
teams_with_player_facts AS (
  SELECT DISTINCT game_id, team_abbr
  FROM nba_analytics.player_game_summary
  WHERE game_date >= @read_start AND game_date < @end_date AND fg_attempts IS NOT NULL
),
defense_facts AS (
  SELECT results.next_game_date, results.team_abbr, results.game_number, defense.defensive_rating, defense.opp_fg_attempts,
    defense.opp_ft_attempts,
    IF(defense.opp_fg_attempts IS NULL, 0, 1) AS is_known,
    IF(COALESCE(defense.points_allowed = results.points - results.margin AND defense.has_complete_team_box, FALSE), 0, 1) AS is_gap,
    IF(players.game_id IS NULL, 0, 1) AS players_known
  FROM team_results AS results
  LEFT JOIN (
    SELECT game_id, defending_team_abbr, points_allowed, defensive_rating, opp_fg_attempts, opp_ft_attempts,
      has_complete_team_box
    FROM nba_analytics.team_defense_game_summary
    WHERE game_date >= @read_start AND game_date < @end_date
  ) AS defense
    ON defense.game_id = results.game_id AND defense.defending_team_abbr = results.team_abbr
  LEFT JOIN teams_with_player_facts AS players
    ON players.game_id = results.game_id AND players.team_abbr = results.team_abbr
),
-- What the defence of a team allowed in its last 10 games, by the same rule of five known games.
defense_form AS (
  SELECT latest.team_abbr, latest.game_number,
    IF(SUM(games.is_known) >= 5 OR SUM(games.is_known) = COUNT(*), AVG(games.defensive_rating), NULL) AS def_rating_last_10,
    IF(
      SUM(games.is_known) >= 5 OR SUM(games.is_known) = COUNT(*),
      SAFE_DIVIDE(SUM(games.opp_ft_attempts), SUM(IF(games.opp_ft_attempts IS NULL, NULL, games.opp_fg_attempts))),
      NULL
    ) AS ft_rate_allowed_last_10,
    SUM(games.players_known) AS players_known_last_10,
    SUM(games.is_gap) AS gaps_last_10
  FROM defense_facts AS latest
  JOIN defense_facts AS games
    ON games.team_abbr = latest.team_abbr AND games.game_number BETWEEN latest.game_number - 9 AND latest.game_number
  WHERE latest.next_game_date >= @start_date
  GROUP BY latest.team_abbr, latest.game_number
),
team_entering AS (
  SELECT games.game_date, games.game_id, games.season, games.season_type, games.season_phase, games.team_abbr,
    games.opponent_team_abbr, games.home_game,
    UNIX_DATE(games.game_date) - UNIX_DATE(played.game_date) AS days_since_last_game,
    COALESCE(form.games_played, 0) AS games_played, form.last_margin, form.win_pct,
    COALESCE(form.win_streak, 0) AS win_streak, COALESCE(form.loss_streak, 0) AS loss_streak,
    COALESCE(form.road_streak, 0) AS road_streak, form.pace_last_10, form.off_rating_last_10, defense.def_rating_last_10,
    defense.ft_rate_allowed_last_10, COALESCE(form.games_last_10, 0) AS games_last_10,
    COALESCE(form.offense_known_last_10, 0) AS offense_known_last_10,
    COALESCE(defense.players_known_last_10, 0) AS players_known_last_10,
    COALESCE(form.gaps_last_10, 0) + COALESCE(defense.gaps_last_10, 0) AS gaps_last_10,
    COALESCE(form.season_gaps, 0) AS season_gaps
  FROM universe_team_games AS games
  LEFT JOIN team_form AS form
    ON form.team_abbr = games.team_abbr
    AND form.last_game_date < games.game_date
    AND form.next_game_date >= games.game_date
  LEFT JOIN defense_form AS defense
    ON defense.team_abbr = form.team_abbr AND defense.game_number = form.games_played
  LEFT JOIN played_team_games AS played
    ON played.team_abbr = games.team_abbr
    AND played.game_date < games.game_date
    AND played.next_date >= games.game_date
),
-- Games of the regular season and the Cup final, and those of refused lines, whose teams are known to have a game. Which games
-- come after the regular season is not known before its results are.
games_ahead AS (
  SELECT game_date, game_id, season_type, home_team_abbr AS team_abbr, away_team_abbr AS opponent_team_abbr
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @start_date AND @end_date + 14 AND season_type IN ('regular', 'cup_final', 'unread')
  UNION ALL
  SELECT game_date, game_id, season_type, away_team_abbr AS team_abbr, home_team_abbr AS opponent_team_abbr
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @start_date AND @end_date + 14 AND season_type IN ('regular', 'cup_final', 'unread')
    AND away_team_abbr IS NOT NULL
),
ranked_games_ahead AS (
  SELECT games.game_date, games.team_abbr, ahead.game_date AS ahead_date, ahead.opponent_team_abbr AS ahead_opponent,
    ahead.season_type AS ahead_type,
    ROW_NUMBER() OVER (PARTITION BY games.game_id, games.team_abbr ORDER BY ahead.game_date, ahead.game_id) AS place
  FROM universe_team_games AS games
  LEFT JOIN games_ahead AS ahead
    ON ahead.team_abbr = games.team_abbr AND ahead.game_date > games.game_date AND ahead.game_date <= games.game_date + 14
  WHERE games.season_type = 'regular'
),
schedule_ahead AS (
  SELECT game_date, team_abbr,
    MAX(IF(place = 1, UNIX_DATE(ahead_date) - UNIX_DATE(game_date) - 1, NULL)) AS next_game_days_rest,
    MAX(IF(place = 1, ahead_opponent, NULL)) AS next_opponent,
    COUNTIF(ahead_date <= game_date + 7) AS games_in_next_7_days,
    COUNTIF(ahead_type = 'unread') AS unread_games
  FROM ranked_games_ahead
  GROUP BY game_date, team_abbr
),
team_context AS (
  SELECT own.game_date, own.game_id, own.season, own.season_type, own.season_phase, own.team_abbr, own.opponent_team_abbr,
    own.home_game, own.days_since_last_game, own.games_played, own.last_margin, own.win_pct,
    own.win_streak, own.loss_streak, own.road_streak, own.pace_last_10, own.off_rating_last_10, own.def_rating_last_10,
    own.games_last_10, own.offense_known_last_10, own.players_known_last_10, own.gaps_last_10, own.season_gaps,
    opponent.gaps_last_10 AS opponent_gaps_last_10,
    opponent.days_since_last_game - 1 AS opponent_days_rest,
    opponent.pace_last_10 AS opponent_pace_last_10,
    own.pace_last_10 - opponent.pace_last_10 AS pace_differential,
    opponent.def_rating_last_10 AS opponent_def_rating_last_10,
    opponent.ft_rate_allowed_last_10 AS opponent_ft_rate_allowed,
    ahead.next_game_days_rest, ahead.games_in_next_7_days,
    opponent_ahead.next_game_days_rest AS opponent_next_game_days_rest,
    opponent_ahead.games_in_next_7_days AS opponent_games_in_next_7_days,
    next_form.win_pct AS next_opponent_win_pct,
    COALESCE(next_form.season_gaps, 0) AS next_opponent_gaps,
    spread.latest_point AS game_spread,
    IF(spread.quotes > 1, spread.earliest_point, NULL) AS opening_spread,
    IF(spread.quotes > 1, spread.latest_point - spread.earliest_point, NULL) AS spread_movement,
    spread.bookmaker AS game_spread_source,
    spread.latest_at AS spread_updated_at,
    total.latest_point AS game_total,
    IF(total.quotes > 1, total.earliest_point, NULL) AS opening_total,
    IF(total.quotes > 1, total.latest_point - total.earliest_point, NULL) AS total_movement,
    total.bookmaker AS game_total_source,
    total.latest_at AS total_updated_at,
    unread.game_id IS NOT NULL AS lines_unread,
    COALESCE(ahead.unread_games, 0) AS unread_games_ahead,
    COALESCE(opponent_ahead.unread_games, 0) AS opponent_unread_games_ahead
  FROM team_entering AS own
  LEFT JOIN team_entering AS opponent
    ON opponent.game_id = own.game_id AND opponent.team_abbr = own.opponent_team_abbr
  LEFT JOIN schedule_ahead AS ahead
    ON ahead.game_date = own.game_date AND ahead.team_abbr = own.team_abbr
  LEFT JOIN schedule_ahead AS opponent_ahead
    ON opponent_ahead.game_date = own.game_date AND opponent_ahead.team_abbr = own.opponent_team_abbr
  LEFT JOIN team_form AS next_form
    ON next_form.team_abbr = ahead.next_opponent
    AND next_form.last_game_date < own.game_date
    AND next_form.next_game_date >= own.game_date
  LEFT JOIN game_lines AS spread
    ON spread.game_id = own.game_id AND spread.market_key = 'spreads' AND spread.outcome_name = own.team_abbr
  LEFT JOIN game_lines AS total
    ON total.game_id = own.game_id AND total.market_key = 'totals'
  LEFT JOIN games_with_unread_quotes AS unread
    ON unread.game_id = own.game_id
),
