-- The form of each team after each of its games that count: regular season, play-in and play-offs. Reads nbac_game_results
-- and team_offense_game_summary of the season before the last date of the batch. A mean over the last 10 games needs five
-- games whose attempts are known, or all of them while there are fewer. A gap is a game without a row, with other points than the
-- final score, or whose box score something contradicts. A game is in doubt while it is a gap of either team: who won may be wrong.
-- A game of a refused line is a gap of its teams.
-- `team_form` is the result, `team_results` a step.
team_results AS (
  SELECT game_date, game_id, team_abbr, home_game, points, margin,
    ROW_NUMBER() OVER (PARTITION BY team_abbr ORDER BY game_date, game_id) AS game_number
  FROM (
    SELECT game_date, game_id, home_team_abbr AS team_abbr, TRUE AS home_game, home_points AS points,
      home_points - away_points AS margin
    FROM nba_raw.nbac_game_results
    WHERE game_date >= @read_start AND game_date < @end_date AND season_type IN ('regular', 'play_in', 'playoffs', 'unread')
    UNION ALL
    SELECT game_date, game_id, away_team_abbr AS team_abbr, FALSE AS home_game, away_points AS points,
      away_points - home_points AS margin
    FROM nba_raw.nbac_game_results
    WHERE game_date >= @read_start AND game_date < @end_date AND season_type IN ('regular', 'play_in', 'playoffs', 'unread')
      AND away_team_abbr IS NOT NULL
  ) AS sides
),
team_facts AS (
  SELECT results.game_date, results.team_abbr, results.home_game, results.margin, results.game_number, offense.pace,
    offense.offensive_rating,
    IF(offense.fg_attempts IS NULL, 0, 1) AS is_known,
    IF(COALESCE(offense.points_scored = results.points AND offense.has_complete_team_box, FALSE), 0, 1) AS is_gap,
    MAX(IF(COALESCE(offense.points_scored = results.points AND offense.has_complete_team_box, FALSE), 0, 1)) OVER (PARTITION BY results.game_id) AS is_in_doubt
  FROM team_results AS results
  LEFT JOIN (
    SELECT game_id, team_abbr, points_scored, pace, offensive_rating, fg_attempts, has_complete_team_box
    FROM nba_analytics.team_offense_game_summary
    WHERE game_date >= @read_start AND game_date < @end_date
  ) AS offense
    ON offense.game_id = results.game_id AND offense.team_abbr = results.team_abbr
),
-- Valid from the day after `last_game_date` to `next_game_date`. After a team's last game that is the end of the batch.
team_form AS (
  SELECT team_abbr, game_date AS last_game_date, game_number AS games_played, margin AS last_margin,
    COALESCE(LEAD(game_date) OVER by_game, @end_date) AS next_game_date,
    SUM(IF(margin > 0, 1, 0)) OVER so_far AS wins,
    SAFE_DIVIDE(SUM(IF(margin > 0, 1, 0)) OVER so_far, game_number) AS win_pct,
    game_number - MAX(IF(margin > 0, 0, game_number)) OVER so_far AS win_streak,
    game_number - MAX(IF(margin > 0, game_number, 0)) OVER so_far AS loss_streak,
    game_number - MAX(IF(home_game, game_number, 0)) OVER so_far AS road_streak,
    IF(SUM(is_known) OVER last_10 >= 5 OR SUM(is_known) OVER last_10 = COUNT(*) OVER last_10, AVG(pace) OVER last_10, NULL)
      AS pace_last_10,
    IF(
      SUM(is_known) OVER last_10 >= 5 OR SUM(is_known) OVER last_10 = COUNT(*) OVER last_10,
      AVG(offensive_rating) OVER last_10,
      NULL
    ) AS off_rating_last_10,
    COUNT(*) OVER last_10 AS games_last_10,
    SUM(is_known) OVER last_10 AS offense_known_last_10,
    SUM(is_gap) OVER last_10 AS gaps_last_10,
    SUM(IF(is_known = 1 AND is_in_doubt = 0, 0, 1)) OVER last_10 AS pace_gaps_last_10,
    SUM(is_in_doubt) OVER so_far AS season_gaps
  FROM team_facts
  WINDOW by_game AS (PARTITION BY team_abbr ORDER BY game_number),
    so_far AS (by_game ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    last_10 AS (by_game ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)
),
