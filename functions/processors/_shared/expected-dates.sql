-- The game dates of the batch, for the query in `expected.sql`.
dates AS (
  SELECT DISTINCT game_date AS expected_date
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @start_date AND @end_date
    AND season_type IN ('regular', 'play_in', 'playoffs')
),
