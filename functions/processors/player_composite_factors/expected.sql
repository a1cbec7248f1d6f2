-- Players of the pre-game universe.
WITH
-- @include player-universe
dates AS (
  SELECT game_date, COUNT(DISTINCT game_id) AS games
  FROM universe_team_games
  GROUP BY game_date
)
SELECT
  dates.game_date AS expected_date,
  COUNT(universe.player_lookup) AS expected_rows,
  dates.games AS expected_games
FROM dates
LEFT JOIN universe ON universe.game_date = dates.game_date
GROUP BY dates.game_date, dates.games
