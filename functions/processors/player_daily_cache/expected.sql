-- Players of the pre-game universe with at least three games of the season before the date, also when one of these may be lacking;
-- and five of each team that has played three games and of which nobody is known.
WITH
-- @include player-universe
-- @include played
-- @include third-games
-- @include universe-dates
-- @include finals
-- @include unknown-teams
counted AS (
  SELECT game_date, 0 AS players
  FROM dates
  UNION ALL
  SELECT universe.game_date, 1 AS players
  FROM universe
  JOIN third_games
    ON third_games.player_lookup = universe.player_lookup
    AND third_games.known_on < universe.game_date
  UNION ALL
  SELECT game_date, 5 AS players
  FROM unknown_teams
  WHERE finals_before >= 3
)
SELECT counted.game_date AS expected_date, SUM(counted.players) AS expected_rows, dates.games AS expected_games
FROM counted
JOIN dates ON dates.game_date = counted.game_date
GROUP BY counted.game_date, dates.games
