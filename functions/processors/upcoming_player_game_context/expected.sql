-- The players of the universe. On a date for which no player is known yet, no row is expected.
WITH
-- @include player-universe
dates AS (
  SELECT DISTINCT game_date
  FROM universe_games
)
SELECT dates.game_date AS expected_date, COUNT(universe.player_lookup) AS expected_rows,
  COUNT(DISTINCT universe.game_id) AS expected_games
FROM dates
LEFT JOIN universe
  ON universe.game_date = dates.game_date
GROUP BY dates.game_date
