-- Teams with at least five final games before the date.
WITH
-- @include expected-dates
finals AS (
  SELECT home_team_abbr AS team_abbr, game_date, game_id
  FROM nba_raw.nbac_game_results
  WHERE game_date BETWEEN @read_start AND @end_date
    AND season_type IN ('regular', 'play_in', 'playoffs')
  UNION ALL
  SELECT away_team_abbr AS team_abbr, game_date, game_id
  FROM nba_raw.nbac_game_results
  WHERE game_date BETWEEN @read_start AND @end_date
    AND season_type IN ('regular', 'play_in', 'playoffs')
),
numbered AS (
  SELECT
    team_abbr,
    game_date,
    ROW_NUMBER() OVER (PARTITION BY team_abbr ORDER BY game_date, game_id) AS game_number
  FROM finals
)
SELECT
  dates.expected_date,
  COUNT(numbered.team_abbr) AS expected_rows,
  0 AS expected_games
FROM dates
LEFT JOIN numbered ON numbered.game_number = 5 AND numbered.game_date < dates.expected_date
GROUP BY dates.expected_date
