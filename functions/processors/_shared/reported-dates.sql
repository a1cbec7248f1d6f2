-- Dates of which there are injury reports at all: on these, a player whom no report names is available.
-- @include injury-reports
reported_dates AS (
  SELECT DISTINCT game_date
  FROM universe_injuries
),
