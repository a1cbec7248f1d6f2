-- Players with at least three games of the season before the date, also when some of these may be lacking.
WITH
-- @include analysis-dates
-- @include played
-- @include third-games
counted AS (
  SELECT analysis_date AS expected_date, 0 AS players
  FROM dates
  UNION ALL
  SELECT dates.analysis_date AS expected_date, 1 AS players
  FROM dates
  JOIN third_games ON third_games.known_on < dates.analysis_date
)
SELECT expected_date, SUM(players) AS expected_rows, 0 AS expected_games
FROM counted
GROUP BY expected_date
