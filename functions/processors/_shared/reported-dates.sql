-- Dates that have injury reports. On these dates a player whom no report names is available.
-- @include injury-reports
reported_dates AS (
  SELECT DISTINCT game_date
  FROM universe_injuries
),
