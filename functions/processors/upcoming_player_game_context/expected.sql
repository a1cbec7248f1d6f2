-- The players of the universe, and five of each team that has played and of which nobody is known. On the first date of a team,
-- for which no player can be known, no row of it is expected.
WITH
-- @include player-universe
-- @include finals
-- @include unknown-teams
counted AS (
  SELECT game_date, CAST(NULL AS STRING) AS game_id, 0 AS players
  FROM universe_games
  UNION ALL
  SELECT game_date, game_id, 1 AS players
  FROM universe
  UNION ALL
  SELECT game_date, game_id, 5 AS players
  FROM unknown_teams
)
SELECT game_date AS expected_date, SUM(players) AS expected_rows, COUNT(DISTINCT game_id) AS expected_games
FROM counted
GROUP BY game_date
