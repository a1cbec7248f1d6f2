-- The form of each player of the universe, and of those whom a report names: means over his last games and the season, after his last
-- game before the batch and after each of his games in it. Valid from the day after `last_game_date` to `next_game_date`; after his
-- last game that is the end of the batch. A mean of usage or true shooting needs five games with known attempts, or all of them while
-- there are fewer. Counted apart are games in which a number of his alone is lacking: sums and means leave these out. The result is
-- `player_form`; `own_games` is a step.
-- @include injury-reports
-- @include played
wanted_players AS (
  SELECT DISTINCT player_lookup
  FROM (
    SELECT player_lookup
    FROM universe
    UNION ALL
    SELECT player_lookup
    FROM universe_injuries
  ) AS named
),
own_games AS (
  SELECT played.player_lookup, played.team_abbr, played.game_date, played.points, played.minutes_played, played.fg_attempts,
    played.ft_makes, played.usage_rate, played.ts_pct, played.lacks_minutes, played.lacks_attempts,
    ROW_NUMBER() OVER by_game AS game_number,
    COALESCE(LEAD(played.game_date) OVER by_game, @end_date) AS next_game_date
  FROM played
  JOIN wanted_players AS wanted ON wanted.player_lookup = played.player_lookup
  WINDOW by_game AS (PARTITION BY played.player_lookup ORDER BY played.game_date, played.game_id)
),
latest_games AS (
  SELECT player_lookup, game_number, game_date, next_game_date
  FROM own_games
  WHERE next_game_date >= @start_date
),
-- Sums are over the rows of a join. Windows would take ten times as long.
season_form AS (
  SELECT latest.player_lookup, latest.game_number,
    AVG(games.points) AS points_avg_season,
    AVG(games.minutes_played) AS minutes_avg_season,
    AVG(games.usage_rate) AS usage_avg_season,
    COUNTIF(games.lacks_minutes) AS minutes_unknown,
    COUNTIF(games.lacks_attempts) AS attempts_unknown,
    MAX(IF(games.lacks_minutes OR games.lacks_attempts, games.game_date, NULL)) AS last_lacking
  FROM latest_games AS latest
  JOIN own_games AS games
    ON games.player_lookup = latest.player_lookup AND games.game_number <= latest.game_number
  GROUP BY latest.player_lookup, latest.game_number
),
last_ten_games AS (
  SELECT latest.player_lookup, latest.game_number, latest.game_date AS last_game_date, latest.next_game_date,
    latest.game_number - games.game_number AS games_ago, games.game_date, games.points, games.minutes_played,
    games.fg_attempts, games.ft_makes, games.usage_rate, games.ts_pct,
    games.lacks_minutes OR games.lacks_attempts AS lacks_numbers
  FROM latest_games AS latest
  JOIN own_games AS games
    ON games.player_lookup = latest.player_lookup
    AND games.game_number BETWEEN latest.game_number - 9 AND latest.game_number
),
recent_form AS (
  SELECT player_lookup, game_number, last_game_date, next_game_date,
    COUNTIF(games_ago < 5) AS games_last_5,
    COUNT(*) AS games_last_10,
    MAX(IF(games_ago = 4, game_date, NULL)) AS last_5_from,
    MAX(IF(games_ago = 6, game_date, NULL)) AS last_7_from,
    MAX(IF(games_ago = 9, game_date, NULL)) AS last_10_from,
    COUNT(IF(games_ago < 5, fg_attempts, NULL)) AS known_last_5,
    COUNT(fg_attempts) AS known_last_10,
    AVG(IF(games_ago < 5, points, NULL)) AS points_avg_last_5,
    AVG(points) AS points_avg_last_10,
    STDDEV_SAMP(points) AS points_std_last_10,
    IF(
      COUNT(IF(games_ago < 5, points, NULL)) = 5,
      SUM(IF(games_ago < 2, points, NULL)) / 2 - SUM(IF(games_ago BETWEEN 2 AND 4, points, NULL)) / 3,
      NULL
    ) AS points_trend,
    AVG(minutes_played) AS minutes_avg_last_10,
    IF(
      COUNT(IF(games_ago < 7, fg_attempts, NULL)) >= 5 OR COUNTIF(games_ago < 7 AND fg_attempts IS NULL) = 0,
      AVG(IF(games_ago < 7, usage_rate, NULL)),
      NULL
    ) AS usage_avg_last_7,
    IF(COUNT(fg_attempts) >= 5 OR COUNT(fg_attempts) = COUNT(*), AVG(usage_rate), NULL) AS usage_avg_last_10,
    IF(COUNT(fg_attempts) >= 5 OR COUNT(fg_attempts) = COUNT(*), AVG(ts_pct), NULL) AS ts_pct_last_10,
    COUNT(ft_makes) AS free_throw_games,
    SUM(ft_makes) AS free_throws,
    SUM(IF(ft_makes IS NULL, NULL, points)) AS free_throw_game_points,
    COUNTIF(games_ago < 7 AND lacks_numbers) AS lacking_last_7,
    COUNTIF(lacks_numbers) AS lacking_last_10
  FROM last_ten_games
  GROUP BY player_lookup, game_number, last_game_date, next_game_date
),
player_form AS (
  SELECT recent.*, recent.game_number AS games_played, season.points_avg_season, season.minutes_avg_season,
    season.usage_avg_season, season.minutes_unknown, season.attempts_unknown, season.last_lacking
  FROM recent_form AS recent
  JOIN season_form AS season
    ON season.player_lookup = recent.player_lookup AND season.game_number = recent.game_number
),
