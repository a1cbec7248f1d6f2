-- The final games of the batch that count, once for each of the two teams, with the official points.
final_games AS (
  SELECT schedule.game_date, schedule.game_id, schedule.season, schedule.season_type, schedule.home_team_abbr,
    schedule.away_team_abbr, results.home_points, results.away_points
  FROM nba_raw.nbac_schedule AS schedule
  JOIN nba_raw.nbac_game_results AS results
    ON results.game_id = schedule.game_id AND results.game_date = schedule.game_date
  WHERE schedule.game_date BETWEEN @start_date AND @end_date
    AND results.game_date BETWEEN @start_date AND @end_date
    AND schedule.season_type IN ('regular', 'play_in', 'playoffs')
    AND results.season_type IN ('regular', 'play_in', 'playoffs')
),
final_team_games AS (
  SELECT game_date, game_id, season, season_type, home_team_abbr AS team_abbr, away_team_abbr AS opponent_team_abbr,
    TRUE AS home_game, home_points AS official_points, home_points - away_points AS margin_of_victory
  FROM final_games
  UNION ALL
  SELECT game_date, game_id, season, season_type, away_team_abbr AS team_abbr, home_team_abbr AS opponent_team_abbr,
    FALSE AS home_game, away_points AS official_points, away_points - home_points AS margin_of_victory
  FROM final_games
),
