-- Players of the pre-game universe.
WITH
-- @include player-universe
-- @include universe-dates
expected AS (
  SELECT dates.game_date, dates.games, COUNT(universe.player_lookup) AS players
  FROM dates
  LEFT JOIN universe ON universe.game_date = dates.game_date
  GROUP BY dates.game_date, dates.games
)
SELECT game_date AS expected_date, players AS expected_rows, games AS expected_games
FROM expected
