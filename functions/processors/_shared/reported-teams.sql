-- Teams that a report of their game names. A player of such a team whom no report names is available. Of a team that no
-- report names nothing is known, whatever the reports say of others on that date. Nor is a player known to be available when
-- his report names somebody who was matched with nobody, or has a line without a status: it may be he.
-- @include injury-reports
reported_teams AS (
  SELECT game_date, team_abbr, COUNTIF(matched_by = 'nobody' OR injury_status IS NULL) = 0 AS names_resolved
  FROM universe_injuries
  GROUP BY game_date, team_abbr
),
