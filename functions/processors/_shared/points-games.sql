-- The games of the season before the last date of the batch, of every player who took part, with running sums in which older games have
-- smaller weights. The weight of a game of number i grows as 2^(i/h), with the half-life h in games, so one sum serves every later
-- date. The sums over 10 and 30 games begin with the earlier seasons of the player, which weigh 1 and 0.6. The result is `points_games`;
-- `next_game_date` is the date until which a row is the latest of its player, `team_game` the number of the game in the season of his
-- team. `points_before` and `minutes_before` are his means over 30 games before the game.
-- `season_carry` is what the earlier seasons leave: of the latest opening night.
season_carry AS (
  SELECT *
  FROM nba_precompute.player_season_carry
  WHERE carry_date >= @read_start AND carry_date < @end_date
  QUALIFY carry_date = MAX(carry_date) OVER (PARTITION BY 1)
),
points_box_scores AS (
  SELECT player_lookup, team_abbr, opponent_team_abbr, game_id, game_date, points, minutes_played,
    fg_attempts + 0.44 * ft_attempts AS shots,
    fg_attempts + 0.44 * ft_attempts + turnovers AS possessions,
    ROW_NUMBER() OVER by_game AS game_number,
    COALESCE(LEAD(game_date) OVER by_game, @end_date) AS next_game_date
  FROM nba_analytics.player_game_summary
  WHERE game_date >= @read_start AND game_date < @end_date AND is_active
  WINDOW by_game AS (PARTITION BY player_lookup ORDER BY game_date, game_id)
),
-- The games of each team; each is the latest until `next_game_date`.
points_team_games AS (
  SELECT team_abbr, game_id, game_date,
    ROW_NUMBER() OVER by_game AS team_game,
    COALESCE(LEAD(game_date) OVER by_game, @end_date) AS next_game_date
  FROM nba_analytics.team_offense_game_summary
  WHERE game_date >= @read_start AND game_date < @end_date
  WINDOW by_game AS (PARTITION BY team_abbr ORDER BY game_date, game_id)
),
points_sums AS (
  SELECT player_lookup, team_abbr, opponent_team_abbr, game_id, game_date, next_game_date, game_number, points, minutes_played, shots,
    possessions,
    -- The sum of the weights 2^(i/h) of the numbers i from 1 to n is that of a geometric series.
    (POW(2, game_number / 10) - 1) * SAFE_DIVIDE(POW(2, 1 / 10), POW(2, 1 / 10) - 1) AS weights_10,
    (POW(2, game_number / 30) - 1) * SAFE_DIVIDE(POW(2, 1 / 30), POW(2, 1 / 30) - 1) AS weights_30,
    (POW(2, (game_number - 1) / 30) - 1) * SAFE_DIVIDE(POW(2, 1 / 30), POW(2, 1 / 30) - 1) AS weights_before_30,
    points * POW(2, game_number / 30) AS points_here,
    COALESCE(minutes_played * POW(2, game_number / 30), 0) AS minutes_here,
    IF(minutes_played IS NULL, 0, POW(2, game_number / 30)) AS minutes_weight_here,
    SUM(points * POW(2, game_number / 10)) OVER to_here AS sum_10,
    SUM(points * POW(2, game_number / 30)) OVER to_here AS sum_30,
    SUM(COALESCE(minutes_played * POW(2, game_number / 30), 0)) OVER to_here AS minutes_30,
    SUM(IF(minutes_played IS NULL, 0, POW(2, game_number / 30))) OVER to_here AS minutes_weights_30
  FROM points_box_scores
  WINDOW to_here AS (PARTITION BY player_lookup ORDER BY game_number ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
-- The same sums with those that earlier seasons leave.
points_career_sums AS (
  SELECT games.player_lookup, games.team_abbr, games.opponent_team_abbr, games.game_id, games.game_date, games.next_game_date,
    games.game_number, team_games.team_game, games.points, games.minutes_played, games.shots, games.possessions,
    games.points_here, games.minutes_here, games.minutes_weight_here,
    games.sum_10 + COALESCE(carry.points_10, 0) AS points_10,
    games.weights_10 + COALESCE(carry.weight_10, 0) AS weight_10,
    games.sum_30 + 0.6 * COALESCE(carry.points_30, 0) AS points_30,
    games.weights_30 + 0.6 * COALESCE(carry.weight_30, 0) AS weight_30,
    games.weights_before_30 + 0.6 * COALESCE(carry.weight_30, 0) AS weight_before_30,
    games.minutes_30 + 0.6 * COALESCE(carry.minutes_30, 0) AS minutes_30,
    games.minutes_weights_30 + 0.6 * COALESCE(carry.minutes_weight_30, 0) AS minutes_weight_30
  FROM points_sums AS games
  LEFT JOIN points_team_games AS team_games
    ON team_games.team_abbr = games.team_abbr AND team_games.game_id = games.game_id
  LEFT JOIN season_carry AS carry ON carry.player_lookup = games.player_lookup
),
points_games AS (
  SELECT player_lookup, team_abbr, opponent_team_abbr, game_id, game_date, next_game_date, game_number, team_game, points,
    minutes_played, shots, possessions,
    SAFE_DIVIDE(points_10, weight_10) AS points_ewm_10,
    SAFE_DIVIDE(points_30, weight_30) AS points_ewm_30,
    SAFE_DIVIDE(minutes_30, minutes_weight_30) AS minutes_ewm_30,
    SAFE_DIVIDE(points_30 - points_here, weight_before_30) AS points_before,
    SAFE_DIVIDE(minutes_30 - minutes_here, minutes_weight_30 - minutes_weight_here) AS minutes_before
  FROM points_career_sums
),
