-- Players who have played in the two seasons before.
WITH
openings AS (
  SELECT season, MIN(game_date) AS carry_date
  FROM nba_raw.nbac_schedule
  WHERE game_date BETWEEN @read_start AND @end_date AND season_type = 'regular'
  GROUP BY season
  HAVING MIN(game_date) >= @start_date
),
players AS (
  SELECT player_lookup, MIN(game_date) AS first_game
  FROM nba_analytics.player_game_summary
  WHERE game_date >= @read_start AND game_date < @start_date AND is_active
  GROUP BY player_lookup
)
SELECT expected_date, SUM(players) AS expected_rows, 0 AS expected_games
FROM (
  SELECT carry_date AS expected_date, 0 AS players
  FROM openings
  UNION ALL
  SELECT openings.carry_date AS expected_date, 1 AS players
  FROM openings
  JOIN players ON players.first_game < openings.carry_date
) AS counted
GROUP BY expected_date
