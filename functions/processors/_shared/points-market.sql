-- What the betting market says of the points of a team: half of the total minus half of its spread are its implied points. They are
-- compared with those of its earlier games of the season. The result is `points_market`, one row for each game of a team.
points_lines AS (
  SELECT game_date, game_id, team_abbr, game_spread, game_total / 2 - game_spread / 2 AS implied_points,
    -- A line is lacking, or another one on the game was refused.
    game_total IS NULL OR game_spread IS NULL OR COALESCE(data_quality_issues, '') LIKE '%unread_lines%' AS is_in_doubt
  FROM nba_analytics.upcoming_team_game_context
  WHERE game_date BETWEEN @read_start AND @end_date
),
points_numbered_lines AS (
  SELECT game_date, game_id, team_abbr, game_spread, implied_points, is_in_doubt,
    COUNT(implied_points) OVER earlier AS lines_before
  FROM points_lines
  WINDOW earlier AS (
    PARTITION BY team_abbr ORDER BY game_date, game_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  )
),
points_market AS (
  SELECT game_date, game_id, team_abbr, game_spread, implied_points,
    COALESCE(SUM(IF(is_in_doubt, 1, 0)) OVER earlier, 0) + IF(is_in_doubt, 1, 0) AS lines_in_doubt,
    AVG(implied_points) OVER earlier AS implied_season,
    SAFE_DIVIDE(
      SUM(implied_points * POW(2, lines_before / 5)) OVER earlier,
      SUM(IF(implied_points IS NULL, 0, POW(2, lines_before / 5))) OVER earlier
    ) AS implied_5
  FROM points_numbered_lines
  WINDOW earlier AS (
    PARTITION BY team_abbr ORDER BY game_date, game_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  )
),
