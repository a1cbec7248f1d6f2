-- How many points a minute the opponent of a team has allowed beyond what its opponents score otherwise, weighted to its last 15 games and
-- drawn towards 0 while there are few. The result is `points_allowed`, one row for each game of the opponent before the batch ends.
-- @include points-games
points_allowed_games AS (
  SELECT opponent_team_abbr AS team_abbr, game_id, game_date,
    ROW_NUMBER() OVER (PARTITION BY opponent_team_abbr ORDER BY game_date, game_id) AS team_game,
    SUM(points - minutes_played * SAFE_DIVIDE(points_before, minutes_before)) AS points_beyond,
    SUM(IF(SAFE_DIVIDE(points_before, minutes_before) IS NULL, NULL, minutes_played)) AS minutes
  FROM points_games
  GROUP BY opponent_team_abbr, game_id, game_date
),
points_allowed AS (
  SELECT team_abbr, game_date,
    COALESCE(LEAD(game_date) OVER by_game, @end_date) AS next_game_date,
    SAFE_DIVIDE(
      SUM(points_beyond * POW(2, team_game / 15)) OVER to_here,
      SUM(minutes * POW(2, team_game / 15)) OVER to_here
    ) * SAFE_DIVIDE(team_game, team_game + 8) AS points_allowed_beyond
  FROM points_allowed_games
  WINDOW
    by_game AS (PARTITION BY team_abbr ORDER BY team_game),
    to_here AS (PARTITION BY team_abbr ORDER BY team_game ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
