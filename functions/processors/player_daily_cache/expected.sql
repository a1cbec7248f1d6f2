-- Players of the pre-game universe with at least three played games of the season before the date.
WITH
-- @include player-universe
numbered AS (
  SELECT
    player_lookup,
    game_date,
    ROW_NUMBER() OVER (PARTITION BY player_lookup ORDER BY game_date, game_id) AS game_number
  FROM nba_analytics.player_game_summary
  WHERE game_date >= @read_start AND game_date < @end_date
    AND is_active
),
dates AS (
  SELECT game_date, COUNT(DISTINCT game_id) AS games
  FROM universe_team_games
  GROUP BY game_date
),
players AS (
  SELECT universe.game_date, universe.player_lookup
  FROM universe
  JOIN numbered
    ON numbered.player_lookup = universe.player_lookup
    AND numbered.game_number = 3
    AND numbered.game_date < universe.game_date
)
SELECT
  dates.game_date AS expected_date,
  COUNT(players.player_lookup) AS expected_rows,
  dates.games AS expected_games
FROM dates
LEFT JOIN players ON players.game_date = dates.game_date
GROUP BY dates.game_date, dates.games
