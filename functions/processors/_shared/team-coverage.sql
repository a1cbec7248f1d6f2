-- The final games of a team of which `played`, a CTE of the query, has no player: such a game is missing in the numbers of
-- its players. `team_coverage` counts them among the last 5 and 10 games of a team, after each of its games. It is valid
-- from the day after `last_game_date` to `next_game_date`.
-- @include finals
team_coverage AS (
  SELECT
    finals.team_abbr,
    finals.game_date AS last_game_date,
    COALESCE(LEAD(finals.game_date) OVER games, @end_date) AS next_game_date,
    SUM(IF(known_games.game_id IS NULL, 1, 0)) OVER last_5 AS missing_5,
    SUM(IF(known_games.game_id IS NULL, 1, 0)) OVER last_10 AS missing_10,
    MAX(IF(known_games.game_id IS NULL, finals.game_date, NULL)) OVER season AS last_missing
  FROM finals
  LEFT JOIN (SELECT DISTINCT team_abbr, game_id FROM played) AS known_games
    ON known_games.team_abbr = finals.team_abbr AND known_games.game_id = finals.game_id
  WINDOW
    games AS (PARTITION BY finals.team_abbr ORDER BY finals.game_date, finals.game_id),
    season AS (games ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    last_5 AS (games ROWS BETWEEN 4 PRECEDING AND CURRENT ROW),
    last_10 AS (games ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)
),
