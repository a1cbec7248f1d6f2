-- One row for each game date and player: his shots by zone over his last played games before that date.
WITH
-- @include analysis-dates
-- The zone numbers of a game are used only when its shots add up to the box score within one. A game without zones has no shots, or
-- such that differ from the box score by more; a mismatch is a difference of one.
played AS (
  SELECT
    player_lookup,
    nba_player_id,
    game_id,
    game_date,
    season_type,
    team_abbr,
    fg_attempts,
    has_complete_team_box AND NOT (lacks_minutes AND COALESCE(fg_attempts, 0) = 0) AS has_complete_team_box,
    lacks_attempts,
    IF(paint_attempts IS NULL, 0, 1) AS charted_game,
    IF(has_complete_shot_zones, 1, 0) AS zone_game,
    IF(COALESCE(shot_zone_match, 'differs') = 'differs', 1, 0) AS without_zones,
    IF(COALESCE(shot_zone_match, 'differs') = 'within_one', 1, 0) AS zone_mismatch,
    IF(has_complete_shot_zones, paint_attempts, NULL) AS paint_attempts,
    IF(has_complete_shot_zones, paint_makes, NULL) AS paint_makes,
    IF(has_complete_shot_zones, mid_range_attempts, NULL) AS mid_range_attempts,
    IF(has_complete_shot_zones, mid_range_makes, NULL) AS mid_range_makes,
    IF(has_complete_shot_zones, three_attempts_pbp, NULL) AS three_pt_attempts,
    IF(has_complete_shot_zones, three_makes_pbp, NULL) AS three_pt_makes,
    IF(has_complete_shot_zones, assisted_fg_makes, NULL) AS assisted_makes,
    IF(has_complete_shot_zones, unassisted_fg_makes, NULL) AS unassisted_makes,
    IF(has_complete_shot_zones AND assisted_fg_makes IS NOT NULL, fg_makes, NULL) AS makes_with_assists_known,
    ROW_NUMBER() OVER by_game AS game_number,
    COALESCE(LEAD(game_date) OVER by_game, @end_date) AS valid_until
  FROM nba_analytics.player_game_summary
  WHERE game_date >= @read_start AND game_date < @end_date
    AND is_active
  WINDOW by_game AS (PARTITION BY player_lookup ORDER BY game_date, game_id)
),
-- The sums of each player after his last game before the batch and after each of his games in it. They are valid until his next game.
-- They are over the rows of a join: windows would take ten times as long.
last_games AS (
  SELECT
    latest.player_lookup,
    latest.nba_player_id,
    latest.team_abbr,
    latest.game_number,
    latest.game_date,
    latest.valid_until,
    latest.game_number - games.game_number AS games_ago,
    games.game_date AS played_on,
    games.fg_attempts,
    games.without_zones,
    games.zone_mismatch,
    games.zone_game,
    games.has_complete_team_box,
    games.lacks_attempts,
    games.paint_attempts,
    games.paint_makes,
    games.mid_range_attempts,
    games.mid_range_makes,
    games.three_pt_attempts,
    games.three_pt_makes,
    games.assisted_makes,
    games.unassisted_makes,
    games.makes_with_assists_known
  FROM played AS latest
  JOIN played AS games
    ON games.player_lookup = latest.player_lookup
    AND games.game_number BETWEEN latest.game_number - 19 AND latest.game_number
  WHERE latest.valid_until >= @start_date
),
rolling AS (
  SELECT
    player_lookup,
    nba_player_id,
    team_abbr,
    game_date,
    valid_until,
    COUNTIF(games_ago < 10) AS games_10,
    COUNT(*) AS games_20,
    MAX(IF(games_ago = 19, played_on, NULL)) AS last_20_from,
    COUNT(IF(games_ago < 10, fg_attempts, NULL)) AS known_games_10,
    SUM(IF(games_ago < 10, without_zones, NULL)) AS without_zones_10,
    SUM(without_zones) AS without_zones_20,
    SUM(IF(games_ago < 10, zone_mismatch, NULL)) AS zone_mismatches_10,
    SUM(zone_mismatch) AS zone_mismatches_20,
    SUM(IF(games_ago < 10, zone_game, NULL)) AS zone_games_10,
    SUM(zone_game) AS zone_games_20,
    SUM(IF(has_complete_team_box, 0, 1)) AS own_gaps,
    SUM(IF(lacks_attempts, 1, 0)) AS attempts_unknown,
    SUM(IF(games_ago < 10, paint_attempts, NULL)) AS paint_attempts,
    SUM(IF(games_ago < 10, paint_makes, NULL)) AS paint_makes,
    SUM(IF(games_ago < 10, mid_range_attempts, NULL)) AS mid_range_attempts,
    SUM(IF(games_ago < 10, mid_range_makes, NULL)) AS mid_range_makes,
    SUM(IF(games_ago < 10, three_pt_attempts, NULL)) AS three_pt_attempts,
    SUM(IF(games_ago < 10, three_pt_makes, NULL)) AS three_pt_makes,
    SUM(IF(games_ago < 10, assisted_makes, NULL)) AS assisted_makes,
    SUM(IF(games_ago < 10, unassisted_makes, NULL)) AS unassisted_makes,
    SUM(IF(games_ago < 10, makes_with_assists_known, NULL)) AS makes_with_assists_known,
    SUM(paint_attempts) AS paint_attempts_20,
    SUM(paint_makes) AS paint_makes_20,
    SUM(paint_attempts + mid_range_attempts + three_pt_attempts) AS shots_20
  FROM last_games
  GROUP BY player_lookup, nba_player_id, team_abbr, game_number, game_date, valid_until
),
zone_games AS (
  SELECT player_lookup AS subject, game_number, game_date, valid_until, season_type, charted_game, without_zones
  FROM played
),
-- @include zone-gaps
-- @include team-coverage
-- @include player-spans
-- The gaps of each team and the last date on which each is seen: a game of which somebody has a row always, another while it is
-- among the last 20 of its team.
seen_gaps AS (
  SELECT gaps.team_abbr, gaps.game_date, IF(known.game_id IS NULL, games.left_on, @end_date) AS seen_until
  FROM team_gaps AS gaps
  JOIN (
    SELECT team_abbr, game_id,
      COALESCE(LEAD(game_date, 20) OVER (PARTITION BY team_abbr ORDER BY game_date, game_id), @end_date) AS left_on
    FROM finals
  ) AS games
    ON games.team_abbr = gaps.team_abbr AND games.game_id = gaps.game_id
  LEFT JOIN (SELECT DISTINCT team_abbr, game_id FROM played) AS known
    ON known.team_abbr = gaps.team_abbr AND known.game_id = gaps.game_id
),
-- The latest gap of a team of his while he belonged to it, also of a former team: a game of his may be lacking there.
gaps_of_players AS (
  SELECT dates.analysis_date, spans.player_lookup, MAX(gaps.game_date) AS last_gap
  FROM seen_gaps AS gaps
  JOIN player_spans AS spans
    ON spans.team_abbr = gaps.team_abbr AND gaps.game_date BETWEEN spans.first_date AND spans.last_date
  JOIN dates
    ON dates.analysis_date > gaps.game_date
    AND dates.analysis_date <= gaps.seen_until
    AND dates.analysis_date > spans.known_from
  GROUP BY dates.analysis_date, spans.player_lookup
),
measured AS (
  SELECT
    dates.analysis_date,
    rolling.*,
    rolling.paint_attempts + rolling.mid_range_attempts + rolling.three_pt_attempts AS shots,
    rolling.zone_games_10 >= 5 AS has_zones_10,
    rolling.zone_games_20 >= 5 AS has_zones_20,
    zones.zone_gaps_10,
    zones.zone_gaps_20,
    rolling.games_10 + COALESCE(coverage.missing_10, 0) AS expected_games,
    rolling.own_gaps + COALESCE(coverage.gaps_20, 0) > 0
      OR COALESCE(gaps.last_gap >= rolling.last_20_from, gaps.last_gap IS NOT NULL) AS has_gap
  FROM dates
  JOIN rolling
    ON rolling.game_date < dates.analysis_date
    AND rolling.valid_until >= dates.analysis_date
  JOIN zone_gaps AS zones
    ON zones.analysis_date = dates.analysis_date AND zones.subject = rolling.player_lookup
  LEFT JOIN team_coverage AS coverage
    ON coverage.team_abbr = rolling.team_abbr
    AND coverage.last_game_date < dates.analysis_date
    AND coverage.next_game_date >= dates.analysis_date
  LEFT JOIN gaps_of_players AS gaps
    ON gaps.analysis_date = dates.analysis_date AND gaps.player_lookup = rolling.player_lookup
  WHERE rolling.games_10 >= 3
),
rated AS (
  SELECT
    measured.*,
    IF(has_zones_10, SAFE_DIVIDE(100 * paint_attempts, shots), NULL) AS paint_rate,
    IF(has_zones_10, SAFE_DIVIDE(100 * mid_range_attempts, shots), NULL) AS mid_range_rate,
    IF(has_zones_10, SAFE_DIVIDE(100 * three_pt_attempts, shots), NULL) AS three_pt_rate,
    SAFE_DIVIDE(100 * known_games_10, expected_games) AS completeness
  FROM measured
)
SELECT
  analysis_date,
  player_lookup,
  nba_player_id,
  team_abbr,
  games_10 AS games_in_sample_10,
  zone_games_10,
  zone_gaps_10,
  zone_mismatches_10,
  CASE
    WHEN games_10 >= 10 THEN 'excellent'
    WHEN games_10 >= 7 THEN 'good'
    WHEN games_10 >= 5 THEN 'limited'
    ELSE 'insufficient'
  END AS sample_quality_10,
  games_20 AS games_in_sample_20,
  zone_games_20,
  zone_gaps_20,
  zone_mismatches_20,
  CASE
    WHEN games_20 >= 20 THEN 'excellent'
    WHEN games_20 >= 14 THEN 'good'
    WHEN games_20 >= 10 THEN 'limited'
    ELSE 'insufficient'
  END AS sample_quality_20,
  paint_rate AS paint_rate_last_10,
  mid_range_rate AS mid_range_rate_last_10,
  three_pt_rate AS three_pt_rate_last_10,
  IF(has_zones_10, SAFE_DIVIDE(paint_makes, paint_attempts), NULL) AS paint_pct_last_10,
  IF(has_zones_10, SAFE_DIVIDE(mid_range_makes, mid_range_attempts), NULL) AS mid_range_pct_last_10,
  IF(has_zones_10, SAFE_DIVIDE(three_pt_makes, three_pt_attempts), NULL) AS three_pt_pct_last_10,
  IF(has_zones_10, SAFE_DIVIDE(paint_attempts, zone_games_10), NULL) AS paint_attempts_per_game,
  IF(has_zones_10, SAFE_DIVIDE(mid_range_attempts, zone_games_10), NULL) AS mid_range_attempts_per_game,
  IF(has_zones_10, SAFE_DIVIDE(three_pt_attempts, zone_games_10), NULL) AS three_pt_attempts_per_game,
  NULLIF(shots, 0) AS total_shots_last_10,
  IF(has_zones_20, SAFE_DIVIDE(100 * paint_attempts_20, shots_20), NULL) AS paint_rate_last_20,
  IF(has_zones_20, SAFE_DIVIDE(paint_makes_20, paint_attempts_20), NULL) AS paint_pct_last_20,
  IF(has_zones_10, SAFE_DIVIDE(100 * assisted_makes, makes_with_assists_known), NULL)
    AS assisted_rate_last_10,
  IF(has_zones_10, SAFE_DIVIDE(100 * unassisted_makes, makes_with_assists_known), NULL)
    AS unassisted_rate_last_10,
  CASE
    WHEN paint_rate IS NULL THEN NULL
    WHEN paint_rate >= 40 THEN 'paint'
    WHEN three_pt_rate >= 40 THEN 'perimeter'
    WHEN mid_range_rate >= 35 THEN 'mid_range'
    ELSE 'balanced'
  END AS primary_scoring_zone,
  CASE WHEN games_10 >= 10 THEN 'high' WHEN games_10 >= 7 THEN 'medium' ELSE 'low' END AS data_quality_tier,
  expected_games AS expected_games_count,
  known_games_10 AS actual_games_count,
  completeness AS completeness_percentage,
  completeness >= 90 AND NOT has_gap AND attempts_unknown = 0 AND zone_gaps_20 = 0 AND (has_zones_10 OR without_zones_10 > 0) AS is_production_ready,
  NULLIF(SUBSTR(
    IF(zone_games_10 > 0 AND assisted_makes IS NULL, ',assists_unknown', '')
    || IF(attempts_unknown = 0, '', ',attempts_unknown:' || CAST(attempts_unknown AS STRING))
    || IF(known_games_10 < expected_games OR has_gap, ',history_incomplete', '')
    || IF(zone_games_10 = 0 AND zone_gaps_10 > 0, ',no_zone_data', '')
    || IF(without_zones_20 > zone_gaps_20, ',shots_unavailable', '')
    || IF(games_10 < 10, ',thin_sample', '')
    || IF(zone_games_10 BETWEEN 1 AND 4, ',thin_zone_sample', '')
    || IF(zone_gaps_20 = 0, '', ',zone_gap:' || CAST(zone_gaps_20 AS STRING))
    || IF(zone_mismatches_20 = 0, '', ',zone_mismatch:' || CAST(zone_mismatches_20 AS STRING)), 2), '') AS data_quality_issues
FROM rated
