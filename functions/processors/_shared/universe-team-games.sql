-- The scheduled games of the batch, once for each of the two teams.
universe_games AS (
  SELECT game_date, game_id, season, season_type, home_team_abbr, away_team_abbr,
    CASE
      WHEN season_type IN ('play_in', 'playoffs') THEN 'playoffs'
      WHEN EXTRACT(MONTH FROM game_date) IN (10, 11) THEN 'early'
      WHEN EXTRACT(MONTH FROM game_date) IN (12, 1, 2) THEN 'mid'
      ELSE 'late'
    END AS season_phase
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @start_date AND @end_date AND season_type IN ('regular', 'play_in', 'playoffs')
),
universe_team_games AS (
  SELECT game_date, game_id, season, season_type, season_phase,
    home_team_abbr AS team_abbr, away_team_abbr AS opponent_team_abbr, TRUE AS home_game
  FROM universe_games
  UNION ALL
  SELECT game_date, game_id, season, season_type, season_phase,
    away_team_abbr AS team_abbr, home_team_abbr AS opponent_team_abbr, FALSE AS home_game
  FROM universe_games
),
