-- One row for each player of the two seasons before: the weighted sums of his games at the opening night of the batch.
WITH
-- The season that opens in the batch, and the label of the season before it: 2022-23 before 2023-24.
openings AS (
  SELECT season, MIN(game_date) AS carry_date,
    CAST(EXTRACT(YEAR FROM MIN(game_date)) - 1 AS STRING) || '-'
      || SUBSTR(CAST(EXTRACT(YEAR FROM MIN(game_date)) AS STRING), 3, 2) AS season_before
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @read_start AND @end_date AND season_type = 'regular'
  GROUP BY season
  HAVING MIN(game_date) >= @start_date
),
games AS (
  SELECT openings.carry_date, games.game_id, games.player_lookup, games.nba_player_id, games.points, games.minutes_played,
    games.fg_attempts + 0.44 * games.ft_attempts AS shots,
    games.season = openings.season_before AS is_last_season,
    ROW_NUMBER() OVER (PARTITION BY games.player_lookup ORDER BY games.game_date DESC, games.game_id DESC) - 1 AS later_games
  FROM nba_analytics.player_game_summary AS games
  JOIN openings ON openings.carry_date > games.game_date
  WHERE games.game_date >= @read_start AND games.game_date < @start_date
    AND games.is_active
),
weighted AS (
  SELECT games.*,
    POW(2, -later_games / 10) AS weight_10,
    POW(2, -later_games / 30) * IF(is_last_season, 1, 0.6) AS weight_30,
    POW(2, -later_games / 80) * IF(is_last_season, 1, 0.6) AS weight_80
  FROM games
),
gaps AS (
  SELECT openings.carry_date, COUNT(*) AS season_gaps
  FROM nba_raw.nbac_game_results AS results
  JOIN openings ON openings.carry_date > results.game_date
  LEFT JOIN (SELECT DISTINCT game_id FROM games) AS known ON known.game_id = results.game_id
  WHERE results.game_date >= @read_start AND results.game_date < @start_date
    AND results.season_type = 'regular' AND known.game_id IS NULL
  GROUP BY openings.carry_date
),
carried AS (
  SELECT carry_date, player_lookup,
    MAX(nba_player_id) AS nba_player_id,
    COUNTIF(is_last_season) AS games_last_season,
    SUM(IF(is_last_season, points, 0)) AS points_last_season,
    COUNT(*) AS career_games,
    SUM(points) AS career_points,
    SUM(points * weight_30) AS points_30,
    SUM(weight_30) AS weight_30,
    COALESCE(SUM(minutes_played * weight_30), 0) AS minutes_30,
    SUM(IF(minutes_played IS NULL, 0, weight_30)) AS minutes_weight_30,
    SUM(IF(shots IS NULL, 0, points * weight_80)) AS points_80,
    COALESCE(SUM(shots * weight_80), 0) AS shots_80,
    SUM(points * weight_10) AS points_10,
    SUM(weight_10) AS weight_10
  FROM weighted
  GROUP BY carry_date, player_lookup
)
SELECT
  carried.carry_date,
  carried.player_lookup,
  carried.nba_player_id,
  carried.games_last_season,
  carried.points_last_season,
  carried.career_games,
  carried.career_points,
  carried.points_30,
  carried.weight_30,
  carried.minutes_30,
  carried.minutes_weight_30,
  carried.points_80,
  carried.shots_80,
  carried.points_10,
  carried.weight_10,
  COALESCE(gaps.season_gaps, 0) AS season_gaps,
  gaps.season_gaps IS NULL AS is_production_ready,
  NULLIF(SUBSTR(
    IF(carried.games_last_season = 0, ',no_last_season', '')
    || IF(gaps.season_gaps IS NULL, '', ',season_gap:' || CAST(gaps.season_gaps AS STRING)), 2), '') AS data_quality_issues
FROM carried
LEFT JOIN gaps ON gaps.carry_date = carried.carry_date
