-- Games in which a player may have played although no row of his is known: the gaps of his team while he belonged to it. A kind of
-- games of which nobody has a row (regular season, play-in, play-offs) is left out: no source has its box scores. Needs `played`, a CTE
-- of the query. `games_without_rows` is the step, `possible_games` the result: his known games and these, each with the day after
-- which it is known that it may be his.
-- @include player-spans
-- @include team-gaps
games_without_rows AS (
  SELECT gaps.team_abbr, gaps.game_id, gaps.game_date
  FROM team_gaps AS gaps
  JOIN finals ON finals.game_id = gaps.game_id AND finals.team_abbr = gaps.team_abbr
  JOIN (
    SELECT DISTINCT finals.season_type
    FROM finals
    JOIN played ON played.game_id = finals.game_id
  ) AS kinds ON kinds.season_type = finals.season_type
),
possible_games AS (
  SELECT player_lookup, game_id, game_date AS known_on
  FROM played
  UNION ALL
  SELECT spans.player_lookup, games.game_id,
    MIN(IF(spans.known_from > games.game_date, spans.known_from, games.game_date)) AS known_on
  FROM games_without_rows AS games
  JOIN player_spans AS spans
    ON spans.team_abbr = games.team_abbr AND games.game_date BETWEEN spans.first_date AND spans.last_date
  LEFT JOIN played AS own ON own.player_lookup = spans.player_lookup AND own.game_id = games.game_id
  WHERE own.game_id IS NULL
  GROUP BY spans.player_lookup, games.game_id
),
