-- The players of the box scores of final games that count, also those of a second source whom nobody knows, and those who may be lacking: one more of a team whose box score
-- something contradicts (the final score, the team box score, the minutes of the game or a new id for a known name), and five of a
-- team without any. A cell that is unknown contradicts nothing.
WITH sides AS (
  SELECT game_date, game_id, home_team_abbr AS team_abbr, home_points AS official_points
  FROM nba_raw.nbac_game_results
  WHERE game_date BETWEEN @start_date AND @end_date AND season_type IN ('regular', 'play_in', 'playoffs')
  UNION ALL
  SELECT game_date, game_id, away_team_abbr AS team_abbr, away_points AS official_points
  FROM nba_raw.nbac_game_results
  WHERE game_date BETWEEN @start_date AND @end_date AND season_type IN ('regular', 'play_in', 'playoffs')
),
league_box_scores AS (
  SELECT *
  FROM nba_raw.nbac_player_boxscores
  WHERE game_date BETWEEN @start_date AND @end_date
),
second_box_scores AS (
  SELECT *
  FROM nba_raw.bdl_player_boxscores
  WHERE game_date BETWEEN @start_date AND @end_date AND stands_in
),
-- @include merged-box-scores
teams AS (
  SELECT game_id, team_abbr, COUNT(*) AS players, SUM(points) AS points
  FROM box_score_rows
  GROUP BY game_id, team_abbr
),
contradicted AS (
  SELECT game_id, team_abbr
  FROM nba_analytics.team_offense_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date
    AND (NOT (points_add_up AND minutes_add_up AND team_box_agrees) OR COALESCE(data_quality_issues LIKE '%id_in_doubt%', FALSE))
)
SELECT sides.game_date AS expected_date,
  SUM(
    COALESCE(teams.players, 5)
    + IF(teams.points < sides.official_points OR (teams.players IS NOT NULL AND contradicted.game_id IS NOT NULL), 1, 0)
  ) AS expected_rows,
  COUNT(DISTINCT sides.game_id) AS expected_games
FROM sides
LEFT JOIN teams ON teams.game_id = sides.game_id AND teams.team_abbr = sides.team_abbr
LEFT JOIN contradicted ON contradicted.game_id = sides.game_id AND contradicted.team_abbr = sides.team_abbr
GROUP BY sides.game_date
