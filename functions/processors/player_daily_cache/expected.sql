-- Players of the pre-game universe with at least three games of the season before the date, also when one of these may be lacking.
WITH
-- @include player-universe
-- @include played
-- @include third-games
-- @include universe-dates
players AS (
  SELECT universe.game_date, universe.player_lookup
  FROM universe
  JOIN third_games
    ON third_games.player_lookup = universe.player_lookup
    AND third_games.known_on < universe.game_date
)
SELECT
  dates.game_date AS expected_date,
  COUNT(players.player_lookup) AS expected_rows,
  dates.games AS expected_games
FROM dates
LEFT JOIN players ON players.game_date = dates.game_date
GROUP BY dates.game_date, dates.games
