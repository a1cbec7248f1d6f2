-- What the defence of each team allowed by zone, for the dates of the batch.
team_defense_zones AS (
  SELECT *
  FROM nba_precompute.team_defense_zone_analysis
  WHERE analysis_date BETWEEN @start_date AND @end_date
),
