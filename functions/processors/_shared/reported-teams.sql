-- Teams that a report of their game names. A player of such a team whom no report names is available. Of a team that no
-- report names nothing is known, whatever the reports say of others on that date.
-- @include injury-reports
reported_teams AS (
  SELECT DISTINCT game_date, team_abbr
  FROM universe_injuries
),
