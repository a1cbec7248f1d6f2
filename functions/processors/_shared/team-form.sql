-- The form of each team after its last game before the batch and after each of its games in it that count: regular season, play-in and play-offs. Reads nbac_game_results
-- and team_offense_game_summary of the season before the last date of the batch. A mean over the last 10 games needs five
-- games whose attempts are known, or all of them while there are fewer. A gap is a game without a row, with other points than the
-- final score, or whose box score something contradicts. A game is in doubt while it is a gap of either team: who won may be wrong.
-- A game of a refused line is a gap of its teams.
-- `team_form` is the result, `team_results` a step.
team_results AS (
  SELECT game_date, game_id, team_abbr, home_game, points, margin,
    ROW_NUMBER() OVER by_game AS game_number,
    COALESCE(LEAD(game_date) OVER by_game, @end_date) AS next_game_date
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
  WINDOW by_game AS (PARTITION BY team_abbr ORDER BY game_date, game_id)
),
team_facts AS (
  SELECT results.game_date, results.next_game_date, results.team_abbr, results.home_game, results.margin, results.game_number,
    offense.pace, offense.offensive_rating,
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
games_so_far AS (
  SELECT latest.team_abbr, latest.game_date AS last_game_date, latest.next_game_date, latest.game_number AS games_played,
    latest.margin AS last_margin, games.game_number, games.margin, games.home_game, games.is_in_doubt,
    games.is_known, games.is_gap, games.pace, games.offensive_rating,
    games.game_number > latest.game_number - 10 AS is_recent
  FROM team_facts AS latest
  JOIN team_facts AS games ON games.team_abbr = latest.team_abbr AND games.game_number <= latest.game_number
  WHERE latest.next_game_date >= @start_date
),
team_form AS (
  SELECT team_abbr, last_game_date, next_game_date, games_played, last_margin,
    COUNTIF(margin > 0) AS wins,
    SAFE_DIVIDE(COUNTIF(margin > 0), games_played) AS win_pct,
    games_played - MAX(IF(margin > 0, 0, game_number)) AS win_streak,
    games_played - MAX(IF(margin > 0, game_number, 0)) AS loss_streak,
    games_played - MAX(IF(home_game, game_number, 0)) AS road_streak,
    IF(
      COUNTIF(is_recent AND is_known = 1) >= 5 OR COUNTIF(is_recent AND is_known = 0) = 0,
      AVG(IF(is_recent, pace, NULL)),
      NULL
    ) AS pace_last_10,
    IF(
      COUNTIF(is_recent AND is_known = 1) >= 5 OR COUNTIF(is_recent AND is_known = 0) = 0,
      AVG(IF(is_recent, offensive_rating, NULL)),
      NULL
    ) AS off_rating_last_10,
    COUNTIF(is_recent) AS games_last_10,
    COUNTIF(is_recent AND is_known = 1) AS offense_known_last_10,
    COUNTIF(is_recent AND is_gap = 1) AS gaps_last_10,
    COUNTIF(is_recent AND (is_known = 0 OR is_in_doubt = 1)) AS pace_gaps_last_10,
    SUM(is_in_doubt) AS season_gaps
  FROM games_so_far
  GROUP BY team_abbr, last_game_date, next_game_date, games_played, last_margin
),
