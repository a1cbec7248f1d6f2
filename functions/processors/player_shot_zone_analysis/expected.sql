-- Players with at least three played games of the season before the date.
WITH
-- @include expected-dates
numbered AS (
  SELECT
    player_lookup,
    game_date,
    ROW_NUMBER() OVER (PARTITION BY player_lookup ORDER BY game_date, game_id) AS game_number
  FROM nba_analytics.player_game_summary
  WHERE game_date BETWEEN @read_start AND @end_date
    AND is_active
)
SELECT
  dates.expected_date,
  COUNT(numbered.player_lookup) AS expected_rows,
  0 AS expected_games
FROM dates
LEFT JOIN numbered ON numbered.game_number = 3 AND numbered.game_date < dates.expected_date
GROUP BY dates.expected_date
