-- The games of a team that are missing, of which `played`, a CTE of the query, has no player, and its gaps. `team_coverage` counts both
-- among the last games of a team, after its last game before the batch and after each of its games in it. It is valid from the day after `last_game_date` to `next_game_date`.
-- @include team-gaps
covered_games AS (
  SELECT finals.team_abbr, finals.game_date, team_gaps.game_date AS gap_date,
    known_games.game_id IS NULL AS is_missing,
    ROW_NUMBER() OVER by_game AS game_number,
    COALESCE(LEAD(finals.game_date) OVER by_game, @end_date) AS next_game_date
  FROM finals
  LEFT JOIN (SELECT DISTINCT team_abbr, game_id FROM played) AS known_games
    ON known_games.team_abbr = finals.team_abbr AND known_games.game_id = finals.game_id
  LEFT JOIN team_gaps ON team_gaps.team_abbr = finals.team_abbr AND team_gaps.game_id = finals.game_id
  WINDOW by_game AS (PARTITION BY finals.team_abbr ORDER BY finals.game_date, finals.game_id)
),
team_coverage AS (
  SELECT
    latest.team_abbr,
    latest.game_date AS last_game_date,
    latest.next_game_date,
    COUNTIF(games.is_missing AND games.game_number > latest.game_number - 5) AS missing_5,
    COUNTIF(games.is_missing AND games.game_number > latest.game_number - 10) AS missing_10,
    COUNTIF(games.gap_date IS NOT NULL AND games.game_number > latest.game_number - 5) AS gaps_5,
    COUNTIF(games.gap_date IS NOT NULL AND games.game_number > latest.game_number - 10) AS gaps_10,
    COUNTIF(games.gap_date IS NOT NULL AND games.game_number > latest.game_number - 20) AS gaps_20,
    MAX(games.gap_date) AS last_gap
  FROM covered_games AS latest
  JOIN covered_games AS games ON games.team_abbr = latest.team_abbr AND games.game_number <= latest.game_number
  WHERE latest.next_game_date >= @start_date
  GROUP BY latest.team_abbr, latest.game_number, latest.game_date, latest.next_game_date
),
