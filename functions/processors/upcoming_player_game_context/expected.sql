-- The players of the universe, and those who may be of it. Where nobody is known and no game is lacking, no row is expected.
WITH
-- @include expected-universe
dates AS (
  SELECT DISTINCT game_date
  FROM universe_games
)
SELECT dates.game_date AS expected_date, COUNT(players.player_lookup) AS expected_rows,
  COUNT(DISTINCT players.game_id) AS expected_games
FROM dates
LEFT JOIN expected_universe AS players
  ON players.game_date = dates.game_date
GROUP BY dates.game_date
