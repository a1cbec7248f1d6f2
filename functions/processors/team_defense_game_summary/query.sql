-- One row for each team of a final game: what the opponent's offence row says, and what the defending team did itself, from
-- its own offence row.
WITH offense_rows AS (
  SELECT *
  FROM nba_analytics.team_offense_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date
)
SELECT
  offense.game_id,
  offense.game_date,
  offense.season,
  offense.season_type,
  offense.opponent_team_abbr AS defending_team_abbr,
  offense.team_abbr AS opponent_team_abbr,
  NOT offense.home_game AS home_game,
  offense.margin_of_victory < 0 AS win_flag,
  -offense.margin_of_victory AS margin_of_victory,
  offense.overtime_periods,
  offense.game_minutes,
  offense.points_scored AS points_allowed,
  offense.fg_attempts AS opp_fg_attempts,
  offense.fg_makes AS opp_fg_makes,
  offense.three_pt_attempts AS opp_three_pt_attempts,
  offense.three_pt_makes AS opp_three_pt_makes,
  offense.ft_attempts AS opp_ft_attempts,
  offense.ft_makes AS opp_ft_makes,
  offense.offensive_rebounds AS opp_offensive_rebounds,
  offense.rebounds AS opp_rebounds,
  offense.assists AS opp_assists,
  offense.turnovers AS turnovers_forced,
  own.personal_fouls AS fouls_committed,
  own.steals,
  own.blocks,
  own.defensive_rebounds,
  offense.possessions AS opp_possessions,
  SAFE_DIVIDE(100 * offense.points_scored, offense.possessions) AS defensive_rating,
  SAFE_DIVIDE(offense.possessions * 48, offense.game_minutes) AS opponent_pace,
  SAFE_DIVIDE(offense.points_scored, 2 * (offense.fg_attempts + 0.44 * offense.ft_attempts)) AS opponent_ts_pct,
  offense.team_paint_attempts AS opp_paint_attempts,
  offense.team_paint_makes AS opp_paint_makes,
  offense.team_mid_range_attempts AS opp_mid_range_attempts,
  offense.team_mid_range_makes AS opp_mid_range_makes,
  offense.three_attempts_pbp AS opp_three_attempts_pbp,
  offense.three_makes_pbp AS opp_three_makes_pbp,
  offense.zone_unknown_attempts AS opp_zone_unknown_attempts,
  offense.points_in_paint_scored AS points_in_paint_allowed,
  2 * offense.team_mid_range_makes AS mid_range_points_allowed,
  3 * offense.three_makes_pbp AS three_pt_points_allowed,
  offense.paint_attempts_blocked AS blocks_paint,
  offense.mid_range_attempts_blocked AS blocks_mid_range,
  offense.three_pt_attempts_blocked AS blocks_three_pt,
  offense.has_complete_shot_zones,
  offense.shot_zones_source,
  offense.shot_zone_match,
  offense.has_complete_team_box AND COALESCE(own.has_complete_team_box, TRUE) AS has_complete_team_box,
  CASE
    WHEN offense.possessions IS NULL OR own.steals IS NULL OR own.defensive_rebounds IS NULL THEN 'low'
    WHEN offense.primary_source_used = 'nbac_team_boxscore' AND offense.has_complete_shot_zones THEN 'high'
    ELSE 'medium'
  END AS data_quality_tier,
  offense.expected_games_count,
  offense.actual_games_count,
  offense.completeness_percentage,
  offense.is_production_ready AND COALESCE(own.has_complete_team_box, TRUE)
    AND NOT offense.lacks_numbers AND NOT COALESCE(own.lacks_numbers, FALSE) AS is_production_ready,
  NULLIF(SUBSTR(
    IF(offense.possessions IS NULL, ',attempts_unknown', '')
    || IF(own.steals IS NULL OR own.defensive_rebounds IS NULL, ',defensive_actions_unknown', '')
    || IF(offense.minutes_add_up AND COALESCE(own.minutes_add_up, TRUE), '', ',minutes_do_not_add_up')
    || IF(offense.lacks_numbers OR COALESCE(own.lacks_numbers, FALSE), ',numbers_unknown', '')
    || IF(COALESCE(offense.plays_add_up, TRUE), '', ',plays_do_not_add_up')
    || IF(offense.points_add_up AND COALESCE(own.points_add_up, TRUE), '', ',points_do_not_add_up')
    || IF(offense.shot_zone_match <> 'exact', ',shot_zones_mismatch', '')
    || IF(offense.team_paint_attempts IS NULL, ',shot_zones_missing', '')
    || IF(offense.team_box_agrees AND COALESCE(own.team_box_agrees, TRUE), '', ',team_box_differs')
    || IF(offense.primary_source_used <> 'nbac_team_boxscore', ',team_box_reconstructed', ''),
    2), '') AS data_quality_issues
FROM offense_rows AS offense
LEFT JOIN offense_rows AS own
  ON own.game_id = offense.game_id AND own.team_abbr = offense.opponent_team_abbr
