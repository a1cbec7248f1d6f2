-- The form of each player after each of his games: means over his last games and the season. Valid from the day after
-- `last_game_date` to `next_game_date`; after his last game that is the end of the batch. A mean of usage or true shooting
-- needs five games with known attempts, or all of them while there are fewer. Counted apart are games in which a number of his alone
-- is lacking: sums and means leave these out.
-- @include played
player_form AS (
  SELECT
    player_lookup,
    game_date AS last_game_date,
    COALESCE(LEAD(game_date) OVER by_game, @end_date) AS next_game_date,
    game_number AS games_played,
    COUNT(*) OVER last_5 AS games_last_5,
    COUNT(*) OVER last_10 AS games_last_10,
    IF(COUNT(*) OVER last_5 = 5, MIN(game_date) OVER last_5, NULL) AS last_5_from,
    IF(COUNT(*) OVER last_7 = 7, MIN(game_date) OVER last_7, NULL) AS last_7_from,
    IF(COUNT(*) OVER last_10 = 10, MIN(game_date) OVER last_10, NULL) AS last_10_from,
    COUNT(fg_attempts) OVER last_5 AS known_last_5,
    COUNT(fg_attempts) OVER last_10 AS known_last_10,
    AVG(points) OVER last_5 AS points_avg_last_5,
    AVG(points) OVER last_10 AS points_avg_last_10,
    AVG(points) OVER so_far AS points_avg_season,
    STDDEV_SAMP(points) OVER last_10 AS points_std_last_10,
    (points + LAG(points) OVER by_game) / 2
      - (LAG(points, 2) OVER by_game + LAG(points, 3) OVER by_game + LAG(points, 4) OVER by_game) / 3 AS points_trend,
    AVG(minutes_played) OVER last_10 AS minutes_avg_last_10,
    AVG(minutes_played) OVER so_far AS minutes_avg_season,
    IF(
      COUNT(fg_attempts) OVER last_7 >= 5 OR COUNT(fg_attempts) OVER last_7 = COUNT(*) OVER last_7,
      AVG(usage_rate) OVER last_7,
      NULL
    ) AS usage_avg_last_7,
    IF(
      COUNT(fg_attempts) OVER last_10 >= 5 OR COUNT(fg_attempts) OVER last_10 = COUNT(*) OVER last_10,
      AVG(usage_rate) OVER last_10,
      NULL
    ) AS usage_avg_last_10,
    AVG(usage_rate) OVER so_far AS usage_avg_season,
    IF(
      COUNT(fg_attempts) OVER last_10 >= 5 OR COUNT(fg_attempts) OVER last_10 = COUNT(*) OVER last_10,
      AVG(ts_pct) OVER last_10,
      NULL
    ) AS ts_pct_last_10,
    COUNT(ft_makes) OVER last_10 AS free_throw_games,
    SUM(ft_makes) OVER last_10 AS free_throws,
    SUM(IF(ft_makes IS NULL, NULL, points)) OVER last_10 AS free_throw_game_points,
    SUM(IF(lacks_minutes, 1, 0)) OVER so_far AS minutes_unknown,
    SUM(IF(lacks_attempts, 1, 0)) OVER so_far AS attempts_unknown,
    SUM(IF(lacks_minutes OR lacks_attempts, 1, 0)) OVER last_7 AS lacking_last_7,
    SUM(IF(lacks_minutes OR lacks_attempts, 1, 0)) OVER last_10 AS lacking_last_10,
    MAX(IF(lacks_minutes OR lacks_attempts, game_date, NULL)) OVER so_far AS last_lacking
  FROM played
  WINDOW by_game AS (PARTITION BY player_lookup ORDER BY game_number),
    so_far AS (by_game ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    last_5 AS (by_game ROWS BETWEEN 4 PRECEDING AND CURRENT ROW),
    last_7 AS (by_game ROWS BETWEEN 6 PRECEDING AND CURRENT ROW),
    last_10 AS (by_game ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)
),
