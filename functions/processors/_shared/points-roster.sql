-- What the team-mates of each player of the universe score. The roster of a team are the players whose latest game was with it, among
-- its last 15 games; those are available who played in one of its last 3, and those absent who did not play in the last one. The result
-- is `points_roster`, one row for each player and date.
-- @include points-form
-- How many points a game the players scored who were on the roster and absent: for each game of a team.
points_vacant AS (
  SELECT team_games.team_abbr, team_games.team_game, SUM(games.points_ewm_10) AS vacant_points
  FROM points_team_games AS team_games
  JOIN points_games AS games
    ON games.team_abbr = team_games.team_abbr
    AND games.team_game BETWEEN team_games.team_game - 14 AND team_games.team_game - 1
    AND games.next_game_date > team_games.game_date
  GROUP BY team_games.team_abbr, team_games.team_game
),
-- The mean of it over the last ten games of a player with the team of his latest game.
points_vacant_usual AS (
  SELECT latest.player_lookup, latest.game_number, AVG(COALESCE(vacant.vacant_points, 0)) AS vacant_usual
  FROM points_own_games AS latest
  JOIN points_own_games AS games
    ON games.player_lookup = latest.player_lookup AND games.team_abbr = latest.team_abbr
    AND games.number_with_team BETWEEN latest.number_with_team - 9 AND latest.number_with_team
  LEFT JOIN points_vacant AS vacant
    ON vacant.team_abbr = games.team_abbr AND vacant.team_game = games.team_game
  WHERE latest.next_game_date >= @start_date
  GROUP BY latest.player_lookup, latest.game_number
),
points_mates AS (
  SELECT team_games.game_date, team_games.team_abbr, games.player_lookup,
    -- Rounded, because players are compared by it.
    ROUND(games.points_ewm_10 * 1e9) / 1e9 AS points_ewm_10,
    games.team_game >= last_games.team_game - 2 AS is_available,
    games.team_game < last_games.team_game AS is_absent
  FROM universe_team_games AS team_games
  JOIN points_team_games AS last_games
    ON last_games.team_abbr = team_games.team_abbr
    AND last_games.game_date < team_games.game_date
    AND last_games.next_game_date >= team_games.game_date
  JOIN points_games AS games
    ON games.team_abbr = team_games.team_abbr
    AND games.game_date < team_games.game_date
    AND games.next_game_date >= team_games.game_date
    AND games.team_game >= last_games.team_game - 14
),
points_roster AS (
  SELECT form.game_date, form.player_lookup,
    SAFE_DIVIDE(
      form.points_ewm_10,
      form.points_ewm_10 + SUM(IF(mates.is_available AND mates.player_lookup <> form.player_lookup, mates.points_ewm_10, 0))
    ) AS points_share,
    COUNTIF(
      mates.is_available AND mates.player_lookup <> form.player_lookup
      AND mates.points_ewm_10 > ROUND(form.points_ewm_10 * 1e9) / 1e9
    ) AS points_rank,
    SUM(IF(mates.is_absent AND mates.player_lookup <> form.player_lookup, mates.points_ewm_10, 0)) AS vacant_points
  FROM points_form AS form
  JOIN points_mates AS mates ON mates.game_date = form.game_date AND mates.team_abbr = form.team_abbr
  GROUP BY form.game_date, form.player_lookup, form.points_ewm_10
),
