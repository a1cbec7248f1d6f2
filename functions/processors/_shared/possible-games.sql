-- Games in which a player may have played although no row of his is known: the gaps of his team while he belonged to it. Of the play-in
-- and the play-offs only those count of which a game with rows is known: else no source has their box scores. `games_without_rows` is
-- the step, `possible_games` the result: his known games and these, each with the day after which it is known that it may be his.
-- What is known on a date does not depend on later ones. Needs `played`, a CTE of the query.
-- @include player-spans
-- @include team-gaps
kinds_with_rows AS (
  SELECT finals.season_type, MIN(finals.game_date) AS known_on
  FROM finals
  JOIN played ON played.game_id = finals.game_id
  GROUP BY finals.season_type
),
games_without_rows AS (
  SELECT gaps.team_abbr, gaps.game_id, gaps.game_date,
    IF(finals.season_type IN ('play_in', 'playoffs') AND kinds.known_on > gaps.game_date, kinds.known_on, gaps.game_date) AS known_on
  FROM team_gaps AS gaps
  JOIN finals ON finals.game_id = gaps.game_id AND finals.team_abbr = gaps.team_abbr
  LEFT JOIN kinds_with_rows AS kinds ON kinds.season_type = finals.season_type
  WHERE finals.season_type NOT IN ('play_in', 'playoffs') OR kinds.season_type IS NOT NULL
),
possible_games AS (
  SELECT player_lookup, game_id, game_date AS known_on
  FROM played
  UNION ALL
  SELECT spans.player_lookup, games.game_id,
    MIN(IF(spans.known_from > games.known_on, spans.known_from, games.known_on)) AS known_on
  FROM games_without_rows AS games
  JOIN player_spans AS spans
    ON spans.team_abbr = games.team_abbr AND games.game_date BETWEEN spans.first_date AND spans.last_date
  LEFT JOIN played AS own ON own.player_lookup = spans.player_lookup AND own.game_id = games.game_id
  WHERE own.game_id IS NULL
  GROUP BY spans.player_lookup, games.game_id
),
