-- Teams with at least five final games before the date.
WITH
-- @include analysis-dates
-- @include finals
numbered AS (
  SELECT
    team_abbr,
    game_date,
    ROW_NUMBER() OVER (PARTITION BY team_abbr ORDER BY game_date, game_id) AS game_number
  FROM finals
)
SELECT expected_date, SUM(teams) AS expected_rows, 0 AS expected_games
FROM (
  SELECT analysis_date AS expected_date, 0 AS teams
  FROM dates
  UNION ALL
  SELECT dates.analysis_date AS expected_date, 1 AS teams
  FROM dates
  JOIN numbered ON numbered.game_date < dates.analysis_date
  WHERE numbered.game_number = 5
) AS counted
GROUP BY expected_date
