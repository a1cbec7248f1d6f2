-- The games of a team that are missing, of which `played`, a CTE of the query, has no player, and its gaps. `team_coverage` counts both
-- among the last games of a team, after each of its games. It is valid from the day after `last_game_date` to `next_game_date`.
-- @include team-gaps
team_coverage AS (
  SELECT
    finals.team_abbr,
    finals.game_date AS last_game_date,
    COALESCE(LEAD(finals.game_date) OVER games, @end_date) AS next_game_date,
    SUM(IF(known_games.game_id IS NULL, 1, 0)) OVER last_5 AS missing_5,
    SUM(IF(known_games.game_id IS NULL, 1, 0)) OVER last_10 AS missing_10,
    SUM(IF(team_gaps.game_id IS NULL, 0, 1)) OVER last_5 AS gaps_5,
    SUM(IF(team_gaps.game_id IS NULL, 0, 1)) OVER last_10 AS gaps_10,
    SUM(IF(team_gaps.game_id IS NULL, 0, 1)) OVER last_20 AS gaps_20,
    MAX(team_gaps.game_date) OVER season AS last_gap
  FROM finals
  LEFT JOIN (SELECT DISTINCT team_abbr, game_id FROM played) AS known_games
    ON known_games.team_abbr = finals.team_abbr AND known_games.game_id = finals.game_id
  LEFT JOIN team_gaps ON team_gaps.team_abbr = finals.team_abbr AND team_gaps.game_id = finals.game_id
  WINDOW
    games AS (PARTITION BY finals.team_abbr ORDER BY finals.game_date, finals.game_id),
    season AS (games ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    last_5 AS (games ROWS BETWEEN 4 PRECEDING AND CURRENT ROW),
    last_10 AS (games ROWS BETWEEN 9 PRECEDING AND CURRENT ROW),
    last_20 AS (games ROWS BETWEEN 19 PRECEDING AND CURRENT ROW)
),
