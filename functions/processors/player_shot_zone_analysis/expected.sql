-- Players with at least three played games of the season before the date.
WITH
-- @include analysis-dates
-- @include played
numbered AS (
  SELECT player_lookup, game_date
  FROM played
  WHERE game_number = 3
)
SELECT expected_date, SUM(players) AS expected_rows, 0 AS expected_games
FROM (
  SELECT analysis_date AS expected_date, 0 AS players
  FROM dates
  UNION ALL
  SELECT dates.analysis_date AS expected_date, 1 AS players
  FROM dates
  JOIN numbered ON numbered.game_date < dates.analysis_date
) AS counted
GROUP BY expected_date
