-- The teams of the batch of which nobody is known although they have played: they have a final game in the last 30 days, no row
-- of it tells of a player, and there is no roster. Needs the CTEs of `player-universe` and `finals`, which comes from the results
-- alone. `finals_before` is the number of their final games of the season before the date. Such a team has five players at least.
unknown_teams AS (
  SELECT games.game_date, games.game_id, games.team_abbr, played_before.finals_before
  FROM universe_team_games AS games
  JOIN (
    SELECT dated.game_date, dated.team_abbr, COUNT(*) AS finals_before, MAX(finals.game_date) AS latest
    FROM universe_team_games AS dated
    JOIN finals ON finals.team_abbr = dated.team_abbr AND finals.game_date < dated.game_date
    GROUP BY dated.game_date, dated.team_abbr
  ) AS played_before
    ON played_before.game_date = games.game_date AND played_before.team_abbr = games.team_abbr
  LEFT JOIN (SELECT DISTINCT game_date, team_abbr FROM universe_candidates) AS known
    ON known.game_date = games.game_date AND known.team_abbr = games.team_abbr
  WHERE known.team_abbr IS NULL AND played_before.latest >= games.game_date - 30
),
