-- Which numbers of the line of a player who took part are known, for the rows of `box_scores`. A number is lacking when others who took
-- part in the game have it. What nobody of the game has, the source does not give: that is not lacking. Attempts are shots, threes,
-- free throws and turnovers, attempted and made. The result is `player_lines`.
player_lines AS (
  SELECT *,
    is_active AND assists IS NULL AND COUNT(IF(is_active, assists, NULL)) OVER game > 0 AS lacks_assists,
    is_active AND (
      (field_goals_attempted IS NULL AND COUNT(IF(is_active, field_goals_attempted, NULL)) OVER game > 0)
      OR (field_goals_made IS NULL AND COUNT(IF(is_active, field_goals_made, NULL)) OVER game > 0)
      OR (three_pointers_attempted IS NULL AND COUNT(IF(is_active, three_pointers_attempted, NULL)) OVER game > 0)
      OR (three_pointers_made IS NULL AND COUNT(IF(is_active, three_pointers_made, NULL)) OVER game > 0)
      OR (free_throws_attempted IS NULL AND COUNT(IF(is_active, free_throws_attempted, NULL)) OVER game > 0)
      OR (free_throws_made IS NULL AND COUNT(IF(is_active, free_throws_made, NULL)) OVER game > 0)
      OR (turnovers IS NULL AND COUNT(IF(is_active, turnovers, NULL)) OVER game > 0)
    ) AS lacks_attempts,
    is_active AND blocks IS NULL AND COUNT(IF(is_active, blocks, NULL)) OVER game > 0 AS lacks_blocks,
    is_active AND personal_fouls IS NULL AND COUNT(IF(is_active, personal_fouls, NULL)) OVER game > 0 AS lacks_fouls,
    is_active AND minutes IS NULL AND COUNT(IF(is_active, minutes, NULL)) OVER game > 0 AS lacks_minutes,
    is_active AND plus_minus IS NULL AND COUNT(IF(is_active, plus_minus, NULL)) OVER game > 0 AS lacks_plus_minus,
    is_active AND (
      (rebounds IS NULL AND COUNT(IF(is_active, rebounds, NULL)) OVER game > 0)
      OR (offensive_rebounds IS NULL AND COUNT(IF(is_active, offensive_rebounds, NULL)) OVER game > 0)
      OR (defensive_rebounds IS NULL AND COUNT(IF(is_active, defensive_rebounds, NULL)) OVER game > 0)
    ) AS lacks_rebounds,
    is_active AND steals IS NULL AND COUNT(IF(is_active, steals, NULL)) OVER game > 0 AS lacks_steals
  FROM box_scores
  WINDOW game AS (PARTITION BY game_id)
),
