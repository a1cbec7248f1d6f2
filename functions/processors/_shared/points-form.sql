-- The points form of each player of the universe: weighted means over his games of the season, with what earlier seasons leave where the
-- name says career. The result is `points_form`, one row for each player and date, also without a game this season.
-- @include points-games
points_wanted AS (
  SELECT DISTINCT player_lookup
  FROM universe
),
points_own_games AS (
  SELECT games.*,
    POW(2, games.game_number / 1.5) AS weight_1_5,
    POW(2, games.game_number / 3) AS weight_3,
    POW(2, games.game_number / 6) AS weight_6,
    POW(2, games.game_number / 12) AS weight_12,
    POW(2, games.game_number / 80) AS weight_80,
    ROW_NUMBER() OVER (PARTITION BY games.player_lookup, games.team_abbr ORDER BY games.game_number) AS number_with_team
  FROM points_games AS games
  JOIN points_wanted AS wanted ON wanted.player_lookup = games.player_lookup
),
-- The games that are the latest of their player on a date of the batch, each with the sums over all games to it.
points_latest AS (
  SELECT latest.player_lookup, latest.game_number, latest.game_date AS last_game_date, latest.next_game_date,
    latest.team_abbr, latest.team_game, latest.minutes_played, latest.points_ewm_10, latest.points_ewm_30, latest.minutes_ewm_30,
    SUM(games.points) AS season_points,
    SUM(games.points * games.weight_3) AS points_3,
    SUM(games.weight_3) AS weight_3,
    SUM(games.points * games.weight_12) AS points_12,
    SUM(games.weight_12) AS weight_12,
    SUM(games.minutes_played * games.weight_3) AS minutes_3,
    SUM(IF(games.minutes_played IS NULL, 0, games.weight_3)) AS minutes_weight_3,
    SUM(games.possessions * games.weight_1_5) AS possessions_1_5,
    SUM(IF(games.possessions IS NULL, 0, games.weight_1_5)) AS possessions_weight_1_5,
    SUM(games.possessions * games.weight_3) AS possessions_3,
    SUM(IF(games.possessions IS NULL, 0, games.weight_3)) AS possessions_weight_3,
    SUM(games.possessions * games.weight_12) AS possessions_12,
    SUM(IF(games.possessions IS NULL, 0, games.weight_12)) AS possessions_weight_12,
    SUM(games.shots * games.weight_6) AS shots_6,
    SUM(IF(games.shots IS NULL, 0, games.weight_6)) AS shots_weight_6,
    SUM(IF(games.shots IS NULL, 0, games.points * games.weight_80)) AS points_80,
    COALESCE(SUM(games.shots * games.weight_80), 0) AS shots_80
  FROM points_own_games AS latest
  JOIN points_own_games AS games
    ON games.player_lookup = latest.player_lookup AND games.game_number <= latest.game_number
  WHERE latest.next_game_date >= @start_date
  GROUP BY latest.player_lookup, latest.game_number, latest.game_date, latest.next_game_date, latest.team_abbr, latest.team_game,
    latest.minutes_played, latest.points_ewm_10, latest.points_ewm_30, latest.minutes_ewm_30
),
points_last_week AS (
  SELECT universe.game_date, universe.player_lookup,
    SUM(games.minutes_played) AS minutes_7,
    COUNTIF(games.minutes_played IS NULL) AS minutes_unknown
  FROM universe
  JOIN points_own_games AS games
    ON games.player_lookup = universe.player_lookup
    AND games.game_date BETWEEN universe.game_date - 7 AND universe.game_date - 1
  GROUP BY universe.game_date, universe.player_lookup
),
points_form AS (
  SELECT universe.game_date, universe.player_lookup, universe.team_abbr, universe.opponent_team_abbr,
    latest.team_abbr AS last_team_abbr,
    latest.game_number,
    latest.minutes_played AS minutes_1,
    COALESCE(latest.points_ewm_10, SAFE_DIVIDE(carry.points_10, carry.weight_10)) AS points_ewm_10,
    COALESCE(latest.points_ewm_30, SAFE_DIVIDE(carry.points_30, carry.weight_30)) AS points_ewm_30,
    COALESCE(latest.minutes_ewm_30, SAFE_DIVIDE(carry.minutes_30, carry.minutes_weight_30)) AS minutes_ewm_30,
    SAFE_DIVIDE(latest.points_3, latest.weight_3) AS points_3,
    SAFE_DIVIDE(latest.points_12, latest.weight_12) AS points_12,
    SAFE_DIVIDE(latest.minutes_3, latest.minutes_weight_3) AS minutes_3,
    SAFE_DIVIDE(latest.possessions_1_5, latest.possessions_weight_1_5) AS possessions_1_5,
    SAFE_DIVIDE(latest.possessions_3, latest.possessions_weight_3) AS possessions_3,
    SAFE_DIVIDE(latest.possessions_12, latest.possessions_weight_12) AS possessions_12,
    SAFE_DIVIDE(latest.shots_6, latest.shots_weight_6) AS shots_6,
    SAFE_DIVIDE(
      COALESCE(latest.points_80, 0) + 0.6 * COALESCE(carry.points_80, 0),
      2 * (COALESCE(latest.shots_80, 0) + 0.6 * COALESCE(carry.shots_80, 0))
    ) AS true_shooting_80,
    -- The season mean, drawn towards that of last season, or without one towards 8 points in 20 games.
    IF(
      COALESCE(carry.games_last_season, 0) > 0,
      SAFE_DIVIDE(
        COALESCE(latest.season_points, 0) + 8 * SAFE_DIVIDE(carry.points_last_season, carry.games_last_season),
        COALESCE(latest.game_number, 0) + 8
      ),
      SAFE_DIVIDE(
        COALESCE(latest.season_points, 0) + COALESCE(carry.career_points, 0) + 160,
        COALESCE(latest.game_number, 0) + COALESCE(carry.career_games, 0) + 20
      )
    ) AS points_shrunk,
    IF(COALESCE(week.minutes_unknown, 0) > 0, NULL, COALESCE(week.minutes_7, 0)) AS minutes_7
  FROM universe
  LEFT JOIN points_latest AS latest
    ON latest.player_lookup = universe.player_lookup
    AND latest.last_game_date < universe.game_date
    AND latest.next_game_date >= universe.game_date
  LEFT JOIN season_carry AS carry ON carry.player_lookup = universe.player_lookup
  LEFT JOIN points_last_week AS week
    ON week.game_date = universe.game_date AND week.player_lookup = universe.player_lookup
),
