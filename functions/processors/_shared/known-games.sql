-- The games of a team for which `played`, a CTE of the query, has at least one player. When a final game of a team is not
-- among them, a game is missing in the numbers of its players.
known_games AS (
  SELECT DISTINCT team_abbr, game_id
  FROM played
),
