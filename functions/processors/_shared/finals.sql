-- Final games that count, and games of refused lines, which may count, once for each of the two teams: from the start of the
-- window to the day before the last date of the batch.
finals AS (
  SELECT home_team_abbr AS team_abbr, game_id, game_date, season_type, home_points AS points, away_points AS opponent_points
  FROM nba_raw.nbac_game_results
  WHERE game_date >= @read_start AND game_date < @end_date
    AND season_type IN ('regular', 'play_in', 'playoffs', 'unread')
  UNION ALL
  SELECT away_team_abbr AS team_abbr, game_id, game_date, season_type, away_points AS points, home_points AS opponent_points
  FROM nba_raw.nbac_game_results
  WHERE game_date >= @read_start AND game_date < @end_date
    AND season_type IN ('regular', 'play_in', 'playoffs', 'unread') AND away_team_abbr IS NOT NULL
),
