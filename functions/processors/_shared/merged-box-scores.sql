-- The lines of players that count: those of the league, which the query names `league_box_scores`, and those of a second source that
-- stand in for lines that the league lacks, `second_box_scores`. The load of the second source decides which these are. The result
-- is `box_score_rows`; `is_second_source` tells the two apart.
box_score_rows AS (
  SELECT game_id, game_date, team_abbr, player_lookup, player_name, nba_player_id, position, starter, minutes, points,
    field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted, free_throws_made,
    free_throws_attempted, offensive_rebounds, defensive_rebounds, rebounds, assists, steals, blocks, turnovers,
    personal_fouls, plus_minus, data_quality_issues, FALSE AS is_second_source
  FROM league_box_scores
  UNION ALL
  SELECT game_id, game_date, team_abbr, player_lookup, player_name, nba_player_id, position, CAST(NULL AS BOOL) AS starter,
    minutes, points, field_goals_made, field_goals_attempted, three_pointers_made, three_pointers_attempted,
    free_throws_made, free_throws_attempted, offensive_rebounds, defensive_rebounds, rebounds, assists, steals, blocks,
    turnovers, personal_fouls, plus_minus, data_quality_issues, TRUE AS is_second_source
  FROM second_box_scores
),
