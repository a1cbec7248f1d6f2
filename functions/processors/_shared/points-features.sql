-- The twenty features of the version points_v1, one row for each player of the universe. The columns say what they mean. What an opponent
-- allows is compared with what its opponents score otherwise, so a gap in any earlier game of the season can move a feature of anybody:
-- `points_gaps` counts them, and `earlier_season_gaps` those of the earlier seasons. `team_gaps` is a CTE of the query.
-- @include points-roster
-- @include points-opponent
-- @include points-market
points_season AS (
  SELECT MIN(game_date) AS first_date
  FROM finals
),
points_history AS (
  SELECT COUNT(*) = 0 AS is_lacking, COALESCE(MAX(season_gaps), 0) AS season_gaps
  FROM season_carry
),
-- The games of the season before each date that are not wholly known, or in which minutes of a player are lacking.
points_season_gaps AS (
  SELECT dates.game_date, COUNT(DISTINCT gaps.game_id) AS gaps
  FROM (SELECT DISTINCT game_date FROM universe) AS dates
  JOIN (
    SELECT game_id, game_date FROM team_gaps
    UNION ALL
    SELECT game_id, game_date FROM points_games WHERE minutes_played IS NULL
  ) AS gaps ON gaps.game_date < dates.game_date
  GROUP BY dates.game_date
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
    COALESCE(season_gaps.gaps, 0) AS points_gaps,
    COALESCE(market.lines_in_doubt, 1) AS lines_in_doubt,
    history.season_gaps AS earlier_season_gaps,
    history.is_lacking AS no_previous_season
  FROM points_form AS form
  JOIN points_season AS season ON TRUE
  JOIN points_history AS history ON TRUE
  LEFT JOIN points_season_gaps AS season_gaps ON season_gaps.game_date = form.game_date
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
