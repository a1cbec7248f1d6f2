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
SELECT
  dates.analysis_date AS expected_date,
  COUNT(numbered.team_abbr) AS expected_rows,
  0 AS expected_games
FROM dates
LEFT JOIN numbered ON numbered.game_number = 5 AND numbered.game_date < dates.analysis_date
GROUP BY dates.analysis_date
