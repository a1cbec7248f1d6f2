-- To which team each player belongs when: to the team of a game of his until his next game, and to the team of that next game as
-- soon as it is known, from the day after the one before. Needs `played`, a CTE of the query.
player_spans AS (
  SELECT player_lookup, team_abbr, game_date AS first_date,
    COALESCE(LEAD(game_date) OVER (PARTITION BY player_lookup ORDER BY game_date, game_id) - 1, @end_date) AS last_date,
    game_date AS known_from
  FROM played
  UNION ALL
  SELECT player_lookup, team_abbr,
    COALESCE(LAG(game_date) OVER (PARTITION BY player_lookup ORDER BY game_date, game_id) + 1, @read_start) AS first_date,
    game_date AS last_date, game_date AS known_from
  FROM played
),
