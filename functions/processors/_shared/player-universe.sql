-- Which players have a row before the games of a date: the pre-game universe. Reads nbac_schedule, espn_team_rosters and
-- nbac_injury_report of the date, and player_game_summary of the season before it. The result is `universe`: one row for
-- each player and game date. `report_unresolved` says that the report on his team is not wholly understood.
-- @include universe-team-games
-- @include reported-teams
-- The team of a player, valid from the day after one of his games to the day of his next game, or to the end of the batch.
universe_player_teams AS (
  SELECT player_lookup, player_name, nba_player_id, team_abbr, game_date AS last_seen,
    COALESCE(LEAD(game_date) OVER (PARTITION BY player_lookup ORDER BY game_date, game_id), @end_date) AS next_seen
  FROM nba_analytics.player_game_summary
  WHERE game_date >= @read_start AND game_date >= @start_date - 30 AND game_date < @end_date
),
universe_rosters AS (
  SELECT game_date, team_abbr, player_lookup, player_name, nba_player_id, birth_date, matched_by
  FROM nba_raw.espn_team_rosters
  WHERE game_date BETWEEN @start_date AND @end_date
),
universe_rostered_teams AS (
  SELECT DISTINCT game_date, team_abbr
  FROM universe_rosters
),
universe_candidates AS (
  SELECT games.game_date, games.game_id, games.season, games.season_type, games.season_phase, games.team_abbr,
    games.opponent_team_abbr, games.home_game, rosters.player_lookup, rosters.player_name, rosters.nba_player_id,
    rosters.birth_date, 'roster' AS universe_source, 1 AS preference
  FROM universe_team_games AS games
  JOIN universe_rosters AS rosters
    ON rosters.game_date = games.game_date AND rosters.team_abbr = games.team_abbr
  UNION ALL
  SELECT games.game_date, games.game_id, games.season, games.season_type, games.season_phase, games.team_abbr,
    games.opponent_team_abbr, games.home_game, teams.player_lookup, teams.player_name, teams.nba_player_id,
    CAST(NULL AS DATE) AS birth_date, 'recent_games' AS universe_source, 2 AS preference
  FROM universe_team_games AS games
  JOIN universe_player_teams AS teams
    ON teams.team_abbr = games.team_abbr
    AND teams.last_seen < games.game_date
    AND teams.last_seen >= games.game_date - 30
    AND teams.next_seen >= games.game_date
  LEFT JOIN universe_rostered_teams AS rostered
    ON rostered.game_date = games.game_date AND rostered.team_abbr = games.team_abbr
  WHERE rostered.team_abbr IS NULL
),
-- One row for each player and date. The team comes from a roster where he is on one, else from his last game.
universe_players AS (
  SELECT *
  FROM universe_candidates
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY game_date, player_lookup ORDER BY preference, game_id, team_abbr) = 1
),
universe AS (
  SELECT players.game_date, players.game_id, players.season, players.season_type, players.season_phase,
    players.player_lookup, players.player_name, players.nba_player_id, players.birth_date, players.team_abbr,
    players.opponent_team_abbr, players.home_game, players.universe_source,
    players.universe_source = 'roster' AND players.birth_date IS NULL AS age_unknown, injuries.injury_status,
    COALESCE(NOT reports.names_resolved, FALSE) AS report_unresolved
  FROM universe_players AS players
  LEFT JOIN universe_injuries AS injuries
    ON injuries.game_date = players.game_date AND injuries.player_lookup = players.player_lookup
  LEFT JOIN reported_teams AS reports
    ON reports.game_date = players.game_date AND reports.team_abbr = players.team_abbr
  WHERE injuries.injury_status IS NULL OR injuries.injury_status <> 'out'
),
