-- The game dates of the batch with their scheduled games, for the queries in `expected.sql`.
dates AS (
  SELECT game_date, COUNT(DISTINCT game_id) AS games
  FROM universe_team_games
  GROUP BY game_date
),
