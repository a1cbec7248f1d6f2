-- Which of the final team games are wholly known, by what speaks for or against their box scores: the final score, the team
-- box score line by line, and the minutes of the game. Needs `final_team_games`, `team_boxes` (rows of nbac_team_boxscore) and
-- `player_sums`. A statistic is compared where the team and every player of it have it. A lite team box counts turnovers of the
-- team itself, at most 6. The minutes of a team are 240 and 25 more for each overtime. Whole minutes of players miss that by at
-- most 4, minutes with seconds by 1. Where a team box of the game has another number, it is the sum of the whole minutes.
-- `team_witnesses` is the result, `compared_boxes` a step.
compared_boxes AS (
  SELECT games.game_id, games.team_abbr,
    players.points <> games.official_points OR boxes.points <> games.official_points AS points_differ,
    players.field_goals_made <> boxes.field_goals_made
      OR players.field_goals_attempted <> boxes.field_goals_attempted
      OR players.three_pointers_made <> boxes.three_pointers_made
      OR players.three_pointers_attempted <> boxes.three_pointers_attempted
      OR players.free_throws_made <> boxes.free_throws_made
      OR players.free_throws_attempted <> boxes.free_throws_attempted
      OR players.offensive_rebounds <> boxes.offensive_rebounds
      OR players.defensive_rebounds <> boxes.defensive_rebounds
      OR players.rebounds <> boxes.rebounds
      OR players.assists <> boxes.assists
      OR players.steals <> boxes.steals
      OR players.blocks <> boxes.blocks
      OR players.personal_fouls <> boxes.personal_fouls
      OR players.turnovers > boxes.turnovers
      OR boxes.turnovers - players.turnovers > IF(boxes.source_detail = 'lite', 6, 0) AS lines_differ,
    players.minutes AS player_minutes,
    boxes.minutes AS box_minutes,
    240 + 25 * MAX(ROUND((COALESCE(boxes.minutes, players.minutes) - 240) / 25)) OVER game AS longest,
    2 * SUM(players.fractional_minutes) OVER game <= SUM(players.known_minutes) OVER game AS has_whole_minutes,
    MAX(ABS(boxes.minutes - 240 - 25 * ROUND((boxes.minutes - 240) / 25))) OVER game > 0.05 AS boxes_are_sums
  FROM final_team_games AS games
  LEFT JOIN team_boxes AS boxes
    ON boxes.game_id = games.game_id AND boxes.team_abbr = games.team_abbr
  LEFT JOIN player_sums AS players
    ON players.game_id = games.game_id AND players.team_abbr = games.team_abbr
  WINDOW game AS (PARTITION BY games.game_id)
),
team_witnesses AS (
  SELECT game_id, team_abbr,
    NOT COALESCE(points_differ, FALSE) AS points_add_up,
    NOT COALESCE(lines_differ, FALSE) AS team_box_agrees,
    NOT COALESCE(
      ABS(player_minutes - IF(longest < 240, 240, longest)) > IF(has_whole_minutes, 4, 1)
      OR ABS(box_minutes - IF(longest < 240, 240, longest)) > 4
      OR (boxes_are_sums AND has_whole_minutes AND ABS(player_minutes - box_minutes) > 0.25),
      FALSE) AS minutes_add_up
  FROM compared_boxes
),
