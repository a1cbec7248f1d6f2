-- The twenty features of the version points_v1, one row for each player of the universe. The columns say what they mean.
-- @include points-roster
-- @include points-opponent
-- @include points-market
points_season AS (
  SELECT MIN(game_date) AS first_date
  FROM finals
),
points_history AS (
  SELECT COUNT(*) = 0 AS is_lacking
  FROM season_carry
),
points_features AS (
  SELECT form.game_date, form.player_lookup,
    form.minutes_3 * SAFE_DIVIDE(form.points_ewm_30 + 1.2, form.minutes_ewm_30 + 3) AS e_prod,
    SAFE_DIVIDE(form.points_ewm_30 + 1.2, form.minutes_ewm_30 + 3) AS ppm_sh,
    2 * form.shots_6 * form.true_shooting_80 AS e_exp_ts,
    roster.points_share AS share_pts,
    roster.points_rank AS rank_pts,
    form.points_3 AS e3_pts,
    form.points_12 AS e12_pts,
    form.possessions_1_5 AS e1_5_ua,
    form.possessions_3 AS e3_ua,
    form.possessions_12 AS e12_ua,
    form.points_ewm_30 AS x30_pts,
    form.points_shrunk AS sh_pts,
    form.minutes_1 AS m1,
    IF(form.last_team_abbr = form.team_abbr, roster.vacant_points - usual.vacant_usual, NULL) AS d_vac_pts,
    UNIX_DATE(form.game_date) - UNIX_DATE(season.first_date) AS season_day,
    form.minutes_7 AS m7,
    market.game_spread AS spread,
    SAFE_DIVIDE(market.implied_points, market.implied_season) AS imp_rel_season,
    market.implied_points - market.implied_5 AS imp_rel_e5,
    allowed.points_allowed_beyond AS dvp_allppm,
    history.is_lacking AS no_previous_season
  FROM points_form AS form
  JOIN points_season AS season ON TRUE
  JOIN points_history AS history ON TRUE
  LEFT JOIN points_roster AS roster
    ON roster.game_date = form.game_date AND roster.player_lookup = form.player_lookup
  LEFT JOIN points_vacant_usual AS usual
    ON usual.player_lookup = form.player_lookup AND usual.game_number = form.game_number
  LEFT JOIN points_market AS market
    ON market.game_date = form.game_date AND market.team_abbr = form.team_abbr
  LEFT JOIN points_allowed AS allowed
    ON allowed.team_abbr = form.opponent_team_abbr
    AND allowed.game_date < form.game_date
    AND allowed.next_game_date >= form.game_date
),
