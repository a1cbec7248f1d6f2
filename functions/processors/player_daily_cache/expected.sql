-- Players of the pre-game universe with at least three played games of the season before the date.
WITH
-- @include player-universe
-- @include played
-- @include universe-dates
players AS (
  SELECT universe.game_date, universe.player_lookup
  FROM universe
  JOIN played
    ON played.player_lookup = universe.player_lookup
    AND played.game_number = 3
    AND played.game_date < universe.game_date
)
SELECT
  dates.game_date AS expected_date,
  COUNT(players.player_lookup) AS expected_rows,
  dates.games AS expected_games
FROM dates
LEFT JOIN players ON players.game_date = dates.game_date
GROUP BY dates.game_date, dates.games
