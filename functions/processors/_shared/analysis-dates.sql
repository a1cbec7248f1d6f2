-- The game dates of the batch, for tables that have the same players or teams on each of them, whoever plays.
dates AS (
  SELECT DISTINCT game_date AS analysis_date
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @start_date AND @end_date
    AND season_type IN ('regular', 'play_in', 'playoffs')
),
