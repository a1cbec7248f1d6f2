-- Players who are or may be of the pre-game universe, with at least three games of the season before the date, also when some of
-- these may be lacking; of a team of which nobody is known, one player after its third game.
WITH
-- @include expected-universe
-- @include third-games
-- @include universe-dates
players AS (
  SELECT universe.game_date, universe.player_lookup
  FROM expected_universe AS universe
  JOIN third_games
    ON third_games.player_lookup = universe.player_lookup
    AND third_games.known_on < universe.game_date
  UNION ALL
  SELECT universe.game_date, universe.player_lookup
  FROM expected_universe AS universe
  JOIN (
    SELECT 'somebody of ' || team_abbr AS player_lookup, game_date
    FROM finals
    WHERE TRUE
    QUALIFY ROW_NUMBER() OVER (PARTITION BY team_abbr ORDER BY game_date, game_id) = 3
  ) AS third_finals
    ON third_finals.player_lookup = universe.player_lookup
    AND third_finals.game_date < universe.game_date
)
SELECT
  dates.game_date AS expected_date,
  COUNT(players.player_lookup) AS expected_rows,
  dates.games AS expected_games
FROM dates
LEFT JOIN players ON players.game_date = dates.game_date
GROUP BY dates.game_date, dates.games
