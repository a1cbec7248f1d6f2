-- Every final game before the last date of the batch, once for each of the two teams, also a game that counts in no
-- standings, such as the Cup final. Rest is counted from these.
played_team_games AS (
  SELECT game_date, game_id, team_abbr,
    LAG(game_date) OVER by_game AS previous_date,
    LAG(game_id) OVER by_game AS previous_game_id,
    COALESCE(LEAD(game_date) OVER by_game, @end_date) AS next_date
  FROM (
    SELECT game_date, game_id, home_team_abbr AS team_abbr
    FROM nba_raw.nbac_game_results
    WHERE game_date >= @read_start AND game_date < @end_date
    UNION ALL
    SELECT game_date, game_id, away_team_abbr AS team_abbr
    FROM nba_raw.nbac_game_results
    WHERE game_date >= @read_start AND game_date < @end_date AND away_team_abbr IS NOT NULL
  ) AS sides
  WINDOW by_game AS (PARTITION BY team_abbr ORDER BY game_date, game_id)
),
