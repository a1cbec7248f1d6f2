-- The lines of players that count: those of the league, which the query names `league_box_scores`, and of teams that these lack
-- points or minutes of, the lines of other players by a second source, `second_box_scores`. Of the second source the query has only
-- teams whose points are those of the final score. Whole minutes miss the length of a game by up to 4. A player of the second
-- source whom nobody knows may be one that the league has, so he counts only where it has nobody of his team; and together they
-- have no more points than the second source alone. The result is `box_score_rows`, with the table of each in `box_source`.
second_teams AS (
  SELECT seconds.game_id, seconds.team_abbr, seconds.points, COALESCE(league.points, 0) AS league_points,
    league.game_id IS NULL AS is_alone
  FROM (
    SELECT game_id, team_abbr, SUM(points) AS points, SUM(minutes) AS minutes
    FROM second_box_scores
    GROUP BY game_id, team_abbr
  ) AS seconds
  LEFT JOIN (
    SELECT game_id, team_abbr, SUM(points) AS points, SUM(minutes) AS minutes
    FROM league_box_scores
    GROUP BY game_id, team_abbr
  ) AS league ON league.game_id = seconds.game_id AND league.team_abbr = seconds.team_abbr
  WHERE league.game_id IS NULL OR league.points < seconds.points OR league.minutes < seconds.minutes - 4.05
),
second_rows AS (
  SELECT seconds.*, teams.points - teams.league_points AS lacking_points,
    SUM(seconds.points) OVER (PARTITION BY seconds.game_id, seconds.team_abbr) AS added_points
  FROM second_box_scores AS seconds
  JOIN second_teams AS teams
    ON teams.game_id = seconds.game_id AND teams.team_abbr = seconds.team_abbr
  LEFT JOIN league_box_scores AS league
    ON league.game_id = seconds.game_id AND league.player_lookup = seconds.player_lookup
  WHERE league.game_id IS NULL AND (seconds.nba_player_id IS NOT NULL OR teams.is_alone)
),
box_score_rows AS (
  SELECT game_id, game_date, team_abbr, player_lookup, player_name, nba_player_id, position, starter, minutes, points,
    field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted, free_throws_made,
    free_throws_attempted, offensive_rebounds, defensive_rebounds, rebounds, assists, steals, blocks, turnovers,
    personal_fouls, plus_minus, data_quality_issues, 'nbac_player_boxscores' AS box_source
  FROM league_box_scores
  UNION ALL
  SELECT game_id, game_date, team_abbr, player_lookup, player_name, nba_player_id, position, CAST(NULL AS BOOL) AS starter,
    minutes, points, field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted,
    free_throws_made, free_throws_attempted, offensive_rebounds, defensive_rebounds, rebounds, assists, steals, blocks,
    turnovers, personal_fouls, plus_minus, data_quality_issues, 'bdl_player_boxscores' AS box_source
  FROM second_rows
  WHERE added_points <= lacking_points
),
