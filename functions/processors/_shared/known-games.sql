-- Games of which at least one player of the team is known, by `played` of the query. Whoever played in another final game of
-- his team lacks a game.
known_games AS (
  SELECT DISTINCT team_abbr, game_id
  FROM played
),
