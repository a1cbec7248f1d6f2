-- How the shots in zones compare with the box score, for each row of `facts`, a CTE of the query. It is NULL without a shot chart.
-- Whose attempts are unknown differs: nobody can tell whether all of his shots are there.
matched AS (
  SELECT *,
    CASE
      WHEN NOT is_charted THEN NULL
      WHEN paint_attempts + mid_range_attempts + three_attempts = field_goals_attempted
        AND paint_makes + mid_range_makes + three_makes = field_goals_made
        AND three_attempts = three_pointers_attempted
        AND three_makes = three_pointers_made THEN 'exact'
      WHEN has_complete_shot_zones
        AND ABS(paint_attempts + mid_range_attempts + three_attempts - field_goals_attempted) <= 1
        AND ABS(paint_makes + mid_range_makes + three_makes - field_goals_made) <= 1
        AND ABS(three_attempts - three_pointers_attempted) <= 1
        AND ABS(three_makes - three_pointers_made) <= 1 THEN 'within_one'
      ELSE 'differs'
    END AS shot_zone_match
  FROM facts
),
