-- The games from which the rest and the load of players are counted: all that they played, also those that count in no
-- standings. Needs `wanted_players`, a CTE of the query. `played` has the games of player_game_summary. The Cup final is read from
-- its box scores. When nobody's line of a game is known, those who played the game of the team before it are taken to have played
-- it, with unknown minutes. Rows whose last 14 days hold such a game say so. The result is `rest_games`.
-- @include played
-- @include played-team-games
league_box_scores AS (
  SELECT *
  FROM nba_raw.nbac_player_boxscores
  WHERE game_date >= @read_start AND game_date < @end_date AND season_type = 'cup_final'
),
second_box_scores AS (
  SELECT *
  FROM nba_raw.bdl_player_boxscores
  WHERE game_date >= @read_start AND game_date < @end_date AND season_type = 'cup_final' AND stands_in
),
-- @include merged-box-scores
-- @include box-scores
-- @include known-numbers
known_rest_games AS (
  SELECT player_lookup, game_id, game_date, team_abbr, minutes_played, lacks_minutes
  FROM played
  UNION ALL
  SELECT player_lookup, game_id, game_date, team_abbr, minutes AS minutes_played, lacks_minutes
  FROM player_lines
  WHERE is_active
),
games_without_players AS (
  SELECT games.game_date, games.game_id, games.team_abbr, games.previous_game_id
  FROM played_team_games AS games
  LEFT JOIN (SELECT DISTINCT game_id, team_abbr FROM known_rest_games) AS known
    ON known.game_id = games.game_id AND known.team_abbr = games.team_abbr
  WHERE known.game_id IS NULL
),
rest_games AS (
  SELECT lines.player_lookup, lines.game_date, lines.minutes_played, lines.lacks_minutes,
    LAG(lines.game_date) OVER by_game AS previous_date,
    COALESCE(LEAD(lines.game_date) OVER by_game, @end_date) AS next_date
  FROM (
    SELECT player_lookup, game_id, game_date, minutes_played, lacks_minutes
    FROM known_rest_games
    UNION ALL
    SELECT earlier.player_lookup, games.game_id, games.game_date, CAST(NULL AS FLOAT64) AS minutes_played, FALSE AS lacks_minutes
    FROM games_without_players AS games
    JOIN known_rest_games AS earlier
      ON earlier.game_id = games.previous_game_id AND earlier.team_abbr = games.team_abbr
  ) AS lines
  JOIN wanted_players AS wanted ON wanted.player_lookup = lines.player_lookup
  WINDOW by_game AS (PARTITION BY lines.player_lookup ORDER BY lines.game_date, lines.game_id)
),
-- The teams whose last 14 days hold a game of which no player is known.
teams_with_assumed_rest AS (
  SELECT DISTINCT team_games.game_date, team_games.team_abbr
  FROM universe_team_games AS team_games
  JOIN games_without_players AS games
    ON games.team_abbr = team_games.team_abbr
    AND games.game_date BETWEEN team_games.game_date - 14 AND team_games.game_date - 1
),
