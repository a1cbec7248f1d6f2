-- A whole query: how many players the universe of each date should have.
WITH
-- @include expected-universe
-- @include universe-dates
expected AS (
  SELECT dates.game_date, dates.games, COUNT(players.player_lookup) AS players
  FROM dates
  LEFT JOIN expected_universe AS players ON players.game_date = dates.game_date
  GROUP BY dates.game_date, dates.games
)
SELECT game_date AS expected_date, players AS expected_rows, games AS expected_games
FROM expected
