-- The day after which each player has three games, for expectations: a game of his team of which the box score is contradicted and
-- has no row of his may be one, for a row may be lacking there. It counts while he belonged to the team, as soon as that is known.
-- Needs `played`, a CTE of the query. `third_games` is the result, `possible_games` a step.
-- @include player-spans
possible_games AS (
  SELECT player_lookup, game_id, game_date AS known_on
  FROM played
  UNION ALL
  SELECT spans.player_lookup, games.game_id,
    MIN(IF(spans.known_from > games.game_date, spans.known_from, games.game_date)) AS known_on
  FROM (SELECT DISTINCT team_abbr, game_id, game_date FROM played WHERE NOT has_complete_team_box) AS games
  JOIN player_spans AS spans
    ON spans.team_abbr = games.team_abbr AND games.game_date BETWEEN spans.first_date AND spans.last_date
  LEFT JOIN played AS own ON own.player_lookup = spans.player_lookup AND own.game_id = games.game_id
  WHERE own.game_id IS NULL
  GROUP BY spans.player_lookup, games.game_id
),
third_games AS (
  SELECT player_lookup, known_on
  FROM possible_games
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY player_lookup ORDER BY known_on, game_id) = 3
),
