-- The pace of each team before each date of the batch, and that of the league. Needs `team_form` and `universe_team_games`, CTEs of the
-- query. The results are `team_paces` and `league_paces`.
dates AS (
  SELECT DISTINCT game_date
  FROM universe_team_games
),
team_paces AS (
  SELECT dates.game_date, form.team_abbr, form.pace_last_10 AS pace_10, form.pace_gaps_last_10 AS pace_gaps
  FROM dates
  JOIN team_form AS form ON form.last_game_date < dates.game_date AND form.next_game_date >= dates.game_date
),
-- The average pace of the league, over the last 10 games of each team. So when the whole league slows down in spring, a
-- usual game is not called slow.
league_paces AS (
  SELECT game_date, AVG(pace_10) AS league_pace, SUM(pace_gaps) AS league_pace_gaps
  FROM team_paces
  GROUP BY game_date
),
