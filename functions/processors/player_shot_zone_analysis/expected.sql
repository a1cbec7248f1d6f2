-- Players with at least three played games of the season before the date.
WITH
-- @include analysis-dates
-- @include played
numbered AS (
  SELECT player_lookup, game_date
  FROM played
  WHERE game_number = 3
)
SELECT
  dates.analysis_date AS expected_date,
  COUNT(numbered.player_lookup) AS expected_rows,
  0 AS expected_games
FROM dates
LEFT JOIN numbered ON numbered.game_date < dates.analysis_date
GROUP BY dates.analysis_date
