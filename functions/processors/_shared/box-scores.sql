-- Which rows of `box_score_rows`, a CTE of the query with lines of players, are of players who took part in
-- the game: those with minutes or with any statistic. A source of whole minutes writes less than half a minute as 0. So
-- where all minutes of a game are whole, a player with 0 minutes took part. A player without minutes and without
-- statistics did not, unless he has minutes that cannot be read: then he is taken to have played, with unknown minutes, and his rows say
-- so.
box_scores AS (
  SELECT *,
    COALESCE(minutes > 0, FALSE)
      OR COALESCE(minutes = 0 AND SUM(IF(minutes > FLOOR(minutes), 1, 0)) OVER (PARTITION BY game_id) = 0, FALSE)
      OR points + COALESCE(field_goals_attempted, 0) + COALESCE(free_throws_attempted, 0) + COALESCE(rebounds, 0)
        + COALESCE(assists, 0) + COALESCE(steals, 0) + COALESCE(blocks, 0) + COALESCE(turnovers, 0)
        + COALESCE(personal_fouls, 0) + ABS(COALESCE(plus_minus, 0)) > 0
      OR (minutes IS NULL AND COALESCE(data_quality_issues LIKE '%minutes_unreadable%', FALSE)) AS is_active
  FROM box_score_rows
),
