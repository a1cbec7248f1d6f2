-- The day after which each player has three games, for expectations. A game in which he may have played counts. Needs `played`, a CTE of
-- the query. `third_games` is the result.
-- @include possible-games
third_games AS (
  SELECT player_lookup, known_on
  FROM possible_games
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY player_lookup ORDER BY known_on, game_id) = 3
),
