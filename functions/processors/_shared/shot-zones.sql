-- The zone of every shot of the batch. Players, offence and defence all use this classification.
zoned_shots AS (
  SELECT game_id, team_abbr, player_lookup, shot_made, assisted,
    CASE
      WHEN shot_type = '3PT' THEN 'three'
      WHEN shot_distance IS NULL THEN 'unknown'
      WHEN shot_distance <= 8.0 THEN 'paint'
      ELSE 'mid_range'
    END AS shot_zone
  FROM nba_raw.nbac_shot_chart
  WHERE game_date BETWEEN @start_date AND @end_date
),
