-- The final games of a team that are not wholly known: a missing game, of which `played`, a CTE of the query, has no player, or one
-- whose box score is contradicted by the final score, the team box score, the minutes of the game or a new id for a known name: a
-- player is lacking, or a number is wrong.
-- @include finals
team_gaps AS (
  SELECT finals.team_abbr, finals.game_id, finals.game_date
  FROM finals
  LEFT JOIN (SELECT DISTINCT team_abbr, game_id FROM played WHERE has_complete_team_box) AS known_games
    ON known_games.team_abbr = finals.team_abbr AND known_games.game_id = finals.game_id
  WHERE known_games.game_id IS NULL
),
