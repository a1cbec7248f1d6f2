-- Players of the pre-game universe, and five of each team that has played and of which nobody is known.
WITH
-- @include player-universe
-- @include universe-dates
-- @include finals
-- @include unknown-teams
counted AS (
  SELECT game_date, 0 AS players
  FROM dates
  UNION ALL
  SELECT game_date, 1 AS players
  FROM universe
  UNION ALL
  SELECT game_date, 5 AS players
  FROM unknown_teams
)
SELECT counted.game_date AS expected_date, SUM(counted.players) AS expected_rows, dates.games AS expected_games
FROM counted
JOIN dates ON dates.game_date = counted.game_date
GROUP BY counted.game_date, dates.games
