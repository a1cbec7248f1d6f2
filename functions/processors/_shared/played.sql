-- The games that players took part in, of those that count, from the start of the window to the day before the last date
-- of the batch.
played AS (
  SELECT player_lookup, game_id, game_date, team_abbr, points, minutes_played, fg_attempts, ft_makes, usage_rate, ts_pct,
    has_complete_team_box, lacks_minutes, lacks_attempts
  FROM nba_analytics.player_game_summary
  WHERE game_date >= @read_start AND game_date < @end_date
    AND is_active
),
